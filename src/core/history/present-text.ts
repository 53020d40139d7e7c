import type { ClockRange } from '../id-ranges.ts';
import { Numbers } from './numbers.ts';
import type { Runs } from './runs.ts';

/** Which Yjs structs the characters of a text at one moment are. */
export class PresentText {
  private readonly runs: Runs;
  /** Where each run that is there begins in the text, and its number. */
  private readonly starts = new Numbers(1024);
  private readonly numbers = new Numbers(1024);
  readonly length: number;

  constructor(runs: Runs, position: number) {
    this.runs = runs;
    let length = 0;
    runs.eachThere(position, (first, end) => {
      for (let run = first; run < end; run++) {
        this.starts.push(length);
        this.numbers.push(run);
        length += runs.endOf(run) - runs.start.at(run);
      }
    });
    this.length = length;
  }

  /** The structs of the characters from `start` up to `end`, in the order of the text. */
  idsOf(start: number, end: number): ClockRange[] {
    const ids: ClockRange[] = [];
    const { runs } = this;
    for (let part = this.partAt(start), at = start; at < end; part++) {
      const run = this.numbers.at(part);
      const from = this.starts.at(part);
      const to = Math.min(end, from + runs.endOf(run) - runs.start.at(run));
      const client = runs.clients[runs.client.at(run)] ?? 0;
      ids.push({ client, clock: runs.clock.at(run) + at - from, length: to - at });
      at = to;
    }
    return ids;
  }

  private partAt(index: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.starts.at(middle) <= index) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
