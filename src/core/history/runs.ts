/**
 * All text that a document ever had, in the order in which it stands, as runs that came and went together.
 *
 * Yjs keeps deleted text in its place, so one pass over the runs answers what the text was at any moment, who wrote it,
 * and how it differs from another moment. Blocks of runs know whether they have to be looked at.
 */
import * as Y from 'yjs';
import { NO_UNIT, type Arrivals } from './arrivals.ts';
import { Numbers } from './numbers.ts';

/** Of a run that was never deleted. */
export const NEVER = 0xffff_ffff;

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
  private firstSince = new Numbers();
  private lastSince = new Numbers();
  private firstUntil = new Numbers();
  private lastUntil = new Numbers();

  get length(): number {
    return this.row.length;
  }

  /** Reads the runs of a text whose document has no garbage collection and was fed with what arrived. */
  static of(text: Y.Text, arrivals: Arrivals): Runs {
    const runs = new Runs();
    const numbers = new Map<number, number>();
    const cuts = cutsOf(arrivals);
    const strings: string[] = [];
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
      const string = item.content.str;
      const end = clock + string.length;
      let from = clock;
      for (let range = content.find(clock); from < end; range++) {
        const to = Math.min(end, content.endOf(range));
        const first = content.units.at(range);
        if (to <= from) break;
        if (first === NO_UNIT) {
          from = to;
          continue;
        }
        const unit = first + from - content.starts.at(range);
        strings.push(from === clock && to === end ? string : string.slice(from - clock, to - clock));
        runs.push(number, from, to - from, content.rows.at(range), content.since.at(range), unit, arrivals, cuts);
        from = to;
      }
    }
    runs.all = strings.join('');
    runs.start.push(runs.all.length);
    runs.summarise();
    return runs;
  }

  /** Where a run ends in `all`. */
  endOf(run: number): number {
    return this.start.at(run + 1);
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

  /** Adds one range of one row, cut where what deleted it changes. */
  private push(
    client: number,
    clock: number,
    length: number,
    row: number,
    since: number,
    unit: number,
    arrivals: Arrivals,
    cuts: ReadonlySet<number>,
  ): void {
    let offset = 0;
    let start = this.nextStart;
    while (offset < length) {
      const deleter = arrivals.deleterOf(unit + offset);
      const until = deleter === -1 ? NEVER : arrivals.deletedSince(unit + offset);
      const isSame = (other: number): boolean =>
        arrivals.deleterOf(other) === deleter &&
        (deleter === -1 || arrivals.deletedSince(other) === until) &&
        !cuts.has(other);
      let end = offset + 1;
      while (end < length && isSame(unit + end)) end++;
      this.row.push(row);
      this.since.push(since);
      this.deleter.push(deleter === -1 ? NEVER : deleter);
      this.until.push(until);
      this.client.push(client);
      this.clock.push(clock + offset);
      this.unit.push(unit + offset);
      this.start.push(start);
      start += end - offset;
      offset = end;
    }
    this.nextStart = start;
  }

  private nextStart = 0;

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

/** Units at which a run has to end, since from there on it was deleted once more, or not any more. */
function cutsOf({ repeated }: Arrivals): Set<number> {
  const cuts = new Set<number>();
  for (const { unit, length } of repeated) {
    cuts.add(unit);
    cuts.add(unit + length);
  }
  return cuts;
}
