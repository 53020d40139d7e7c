/**
 * All text that a document ever had, in the order in which it stands, as runs that came and went together.
 *
 * Yjs keeps deleted text in its place, so one pass over the runs answers what the text was at any moment, who wrote it,
 * and how it differs from another moment. Blocks of runs know whether they have to be looked at.
 */
import * as Y from 'yjs';
import { NEVER, NO_UNIT, type Arrivals } from './arrivals.ts';
import { Numbers } from './numbers.ts';

const BLOCK = 256;

export class Runs {
  /** The positions from which on it is there, and from which on it is gone (`NEVER`). */
  readonly since = new Numbers(1024);
  readonly until = new Numbers(1024);
  /** The updates that brought and deleted it (`NEVER`): the same, unless something had to wait. */
  readonly row = new Numbers(1024);
  readonly deleter = new Numbers(1024);
  /** Where it begins in `all`. */
  readonly start = new Numbers(1024);
  /** Its number among the clients, and the clock of its first unit. */
  readonly client = new Numbers(1024);
  readonly clock = new Numbers(1024);
  /** Its first unit (see arrivals.ts). */
  readonly unit = new Numbers(1024);
  readonly clients: number[] = [];
  all = '';
  private arrivals: Arrivals;
  private ends: ReadonlySet<number> = new Set();
  /** The code units of `all`. */
  private readonly codes = new Numbers(1024);
  private readonly firstSince = new Numbers();
  private readonly lastSince = new Numbers();
  private readonly firstUntil = new Numbers();
  private readonly lastUntil = new Numbers();

  private constructor(arrivals: Arrivals) {
    this.arrivals = arrivals;
  }

  get length(): number {
    return this.row.length;
  }

  /**
   * Reads the runs of a text whose document has no garbage collection and was fed with what arrived.
   *
   * @param old runs that nobody needs any more: with each edit that comes, what they take up is used again. Taking and giving
   * back a hundred megabytes each time would cost more than all else
   */
  static of(text: Y.Text, arrivals: Arrivals, old: Runs | null = null): Runs {
    const runs = old ?? new Runs(arrivals);
    runs.arrivals = arrivals;
    runs.ends = endsOf(arrivals);
    runs.clear();
    const numbers = new Map<number, number>();
    for (let item = text._start; item !== null; item = item.right) {
      if (!(item.content instanceof Y.ContentString)) continue;
      const { client, clock } = item.id;
      const content = arrivals.contentOf(client);
      if (content === null) continue;
      let number = numbers.get(client);
      if (number === undefined) {
        number = runs.clients.push(client) - 1;
        numbers.set(client, number);
      }
      const end = Math.min(clock + item.length, content.next);
      for (let range = content.find(clock), from = clock; from < end; range++) {
        const to = Math.min(end, content.endOf(range));
        const unit = content.units.at(range);
        const offset = from - content.starts.at(range);
        if (unit !== NO_UNIT) {
          runs.addContent(number, from, to - from, content.rows.at(range), content.since.at(range), unit + offset);
        }
        from = to;
      }
    }
    runs.start.push(runs.codes.length);
    runs.all = runs.codes.toText();
    runs.summarise();
    return runs;
  }

  /** Where a run ends in `all`. */
  endOf(run: number): number {
    return this.start.at(run + 1);
  }

  /** All text of the runs from `first` up to `end`. */
  textOf(first: number, end: number): string {
    return this.all.slice(this.start.at(first), this.start.at(end));
  }

  isThere(run: number, position: number): boolean {
    return this.since.at(run) <= position && this.until.at(run) > position;
  }

  /** Calls `take` with each run that is there at a position, or with several in a row at once: from `first` up to `end`. */
  eachThere(position: number, take: (first: number, end: number) => void): void {
    const { since, until, length } = this;
    for (let block = 0, first = 0; first < length; block++, first += BLOCK) {
      if (this.firstSince.at(block) > position || this.lastUntil.at(block) <= position) continue;
      const end = Math.min(first + BLOCK, length);
      if (this.lastSince.at(block) <= position && this.firstUntil.at(block) > position) {
        take(first, end);
        continue;
      }
      for (let run = first; run < end; run++) {
        if (since.at(run) <= position && until.at(run) > position) take(run, run + 1);
      }
    }
  }

  /**
   * Calls `kept` with the length of text that is there at both positions and `changed` with each run that is there at
   * one of them only, in the order of the text.
   */
  eachChange(before: number, after: number, kept: (length: number) => void, changed: (run: number) => void): void {
    const { start, length } = this;
    const low = Math.min(before, after);
    const high = Math.max(before, after);
    for (let block = 0, first = 0; first < length; block++, first += BLOCK) {
      if (this.firstSince.at(block) > high || this.lastUntil.at(block) <= low) continue;
      const end = Math.min(first + BLOCK, length);
      if (this.lastSince.at(block) <= low && this.firstUntil.at(block) > high) {
        kept(start.at(end) - start.at(first));
        continue;
      }
      for (let run = first; run < end; run++) {
        const was = this.isThere(run, before);
        const is = this.isThere(run, after);
        if (was && is) kept(start.at(run + 1) - start.at(run));
        else if (was || is) changed(run);
      }
    }
  }

  /** Adds content of one row that stands together, in runs that end where what deleted it changes or a pair was cut. */
  private addContent(client: number, clock: number, length: number, row: number, since: number, first: number): void {
    const { arrivals } = this;
    for (let from = 0; from < length;) {
      const unit = first + from;
      if (arrivals.cuts.size > 0 && (arrivals.cuts.has(unit) || arrivals.cuts.has(unit - 1))) {
        this.addHalf(client, clock + from, row, since, unit);
        from++;
        continue;
      }
      const deleter = arrivals.deleterOf(unit);
      let to = from + 1;
      while (to < length && this.goesOn(first + to, deleter)) to++;
      this.add(client, clock + from, row, since, deleter, deleter, unit);
      for (let at = unit; at < first + to; at++) this.codes.push(arrivals.codeOf(at));
      from = to;
    }
  }

  /** Whether a unit belongs to the run of the one before it. */
  private goesOn(unit: number, deleter: number): boolean {
    const { arrivals } = this;
    if (arrivals.deleterOf(unit) !== deleter) return false;
    return !this.ends.has(unit) && (arrivals.cuts.size === 0 || !arrivals.cuts.has(unit));
  }

  /** Adds half of a pair that was cut: with the first half the pair as it was before, then what Yjs made of the half. */
  private addHalf(client: number, clock: number, row: number, since: number, unit: number): void {
    const { arrivals } = this;
    const cut = arrivals.cuts.get(unit);
    if (cut) {
      const end = Math.min(arrivals.deleterOf(unit), arrivals.deleterOf(unit + 1));
      if (end < cut.since) this.add(client, clock, row, since, end, end, unit);
      else this.add(client, clock, row, since, cut.since, cut.row, unit);
      this.codes.push(arrivals.codeOf(unit));
      this.codes.push(arrivals.codeOf(unit + 1));
    }
    const half = cut ?? arrivals.cuts.get(unit - 1);
    if (half === undefined) return;
    const later = Math.max(since, half.since);
    const deleter = arrivals.deleterOf(unit);
    this.add(client, clock, half.row, later, deleter, deleter, unit);
    this.codes.push(REPLACEMENT);
  }

  private add(
    client: number,
    clock: number,
    row: number,
    since: number,
    until: number,
    deleter: number,
    unit: number,
  ): void {
    this.row.push(row);
    this.since.push(since);
    this.until.push(until);
    this.deleter.push(deleter);
    this.client.push(client);
    this.clock.push(clock);
    this.unit.push(unit);
    this.start.push(this.codes.length);
  }

  private clear(): void {
    const { since, until, row, deleter, start, client, clock, unit, codes } = this;
    const { firstSince, lastSince, firstUntil, lastUntil } = this;
    for (const column of [since, until, row, deleter, start, client, clock, unit, codes]) column.clear();
    for (const column of [firstSince, lastSince, firstUntil, lastUntil]) column.clear();
    this.clients.length = 0;
    this.all = '';
  }

  private summarise(): void {
    for (let first = 0; first < this.length; first += BLOCK) {
      let [minSince, maxSince, minUntil, maxUntil] = [NEVER, 0, NEVER, 0];
      for (let run = first; run < Math.min(first + BLOCK, this.length); run++) {
        const since = this.since.at(run);
        const until = this.until.at(run);
        if (since < minSince) minSince = since;
        if (since > maxSince) maxSince = since;
        if (until < minUntil) minUntil = until;
        if (until > maxUntil) maxUntil = until;
      }
      this.firstSince.push(minSince);
      this.lastSince.push(maxSince);
      this.firstUntil.push(minUntil);
      this.lastUntil.push(maxUntil);
    }
  }
}

const REPLACEMENT = 0xfffd;

/** Units at which a run has to end, since from there on it was deleted once more, or not any more. */
function endsOf({ repeated }: Arrivals): Set<number> {
  const ends = new Set<number>();
  for (const { unit, length } of repeated) {
    ends.add(unit);
    ends.add(unit + length);
  }
  return ends;
}
