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
    const ends = endsOf(arrivals);
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
      const end = clock + item.length;
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
        const part = { client: number, clock: from, length: to - from, row: content.rows.at(range) };
        runs.push({ ...part, since: content.since.at(range), unit }, arrivals, ends, strings);
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

  /** Adds the content of one row in runs that end where what deleted it changes, and where a pair was cut. */
  private push(part: Part, arrivals: Arrivals, ends: ReadonlySet<number>, strings: string[]): void {
    const add = (from: number, text: string, row: number, since: number, until: number, deleter: number): void => {
      this.row.push(row);
      this.since.push(since);
      this.until.push(until);
      this.deleter.push(deleter);
      this.client.push(part.client);
      this.clock.push(part.clock + from);
      this.unit.push(part.unit + from);
      this.start.push(this.nextStart);
      this.nextStart += text.length;
      strings.push(text);
    };
    for (let from = 0; from < part.length;) {
      const unit = part.unit + from;
      const [deleter, until] = endOf(unit, arrivals);
      const cut = arrivals.cuts.get(unit);
      if (cut) {
        const [otherDeleter, otherUntil] = endOf(unit + 1, arrivals);
        const end = Math.min(until, otherUntil);
        const gone = until <= otherUntil ? deleter : otherDeleter;
        const whole = end < cut.since ? ([end, gone] as const) : ([cut.since, cut.row] as const);
        add(from, arrivals.textOf(unit, 2), part.row, part.since, ...whole);
      }
      const half = cut ?? arrivals.cuts.get(unit - 1);
      if (half) {
        add(from, REPLACEMENT, half.row, Math.max(part.since, half.since), until, deleter);
        from++;
        continue;
      }
      const isSame = (other: number): boolean => {
        const [otherDeleter, otherUntil] = endOf(other, arrivals);
        return otherDeleter === deleter && otherUntil === until && !ends.has(other) && !arrivals.cuts.has(other);
      };
      let to = from + 1;
      while (to < part.length && isSame(part.unit + to)) to++;
      add(from, arrivals.textOf(unit, to - from), part.row, part.since, until, deleter);
      from = to;
    }
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

/** Content of one row that stands together. */
interface Part {
  readonly client: number;
  readonly clock: number;
  readonly length: number;
  readonly row: number;
  readonly since: number;
  readonly unit: number;
}

const REPLACEMENT = '\uFFFD';

/** What deleted a unit, and from when on it is gone. */
function endOf(unit: number, arrivals: Arrivals): readonly [deleter: number, until: number] {
  const deleter = arrivals.deleterOf(unit);
  return deleter === -1 ? NOT_DELETED : [deleter, arrivals.deletedSince(unit)];
}

const NOT_DELETED = [NEVER, NEVER] as const;

/** Units at which a run has to end, since from there on it was deleted once more, or not any more. */
function endsOf({ repeated }: Arrivals): Set<number> {
  const ends = new Set<number>();
  for (const { unit, length } of repeated) {
    ends.add(unit);
    ends.add(unit + length);
  }
  return ends;
}
