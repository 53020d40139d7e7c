import { CreditBuilder } from './credit.ts';
import { Numbers } from './numbers.ts';
import type { Runs } from './runs.ts';
import type { TextHistory } from './text-history.ts';
import { SESSION_GAP_MS, type BlameLine, type BlameRange, type HistoryEntry } from './types.ts';

/** Who wrote each character of a text at one moment. Every character is in exactly one part. */
export class Blame {
  readonly position: number;
  /** The text that is meant. */
  readonly text: string;
  private readonly history: TextHistory;
  /** Where each part begins in the text, and the position of the update that brought it. */
  private readonly starts = new Numbers(1024);
  private readonly rows = new Numbers(1024);

  constructor(history: TextHistory, runs: Runs, position: number) {
    this.history = history;
    this.position = position;
    this.text = history.text(position);
    let length = 0;
    runs.eachThere(position, (first, end) => {
      for (let run = first; run < end; run++) {
        const row = runs.row.at(run);
        if (this.rows.length === 0 || this.rows.at(this.rows.length - 1) !== row) {
          this.starts.push(length);
          this.rows.push(row);
        }
        length += runs.endOf(run) - runs.start.at(run);
      }
    });
  }

  /** The update that brought the character at an index; `null` if it is older than the history. Throws outside the text. */
  at(index: number): HistoryEntry | null {
    if (index < 0 || index >= this.text.length) throw new RangeError(`There is no character ${index}.`);
    return this.entry(this.rows.at(this.partAt(index)));
  }

  /**
   * Parts of one author each, from the beginning of the text to its end without gaps.
   *
   * @param gap updates of one author at most so many milliseconds apart are one part; default: those of a session.
   * Negative: each update is a part of its own
   * @param from only what is from here on
   * @param to and before this
   */
  ranges(gap: number = SESSION_GAP_MS, from = 0, to: number = this.text.length): BlameRange[] {
    const ranges: BlameRange[] = [];
    let builder = null as CreditBuilder | null;
    let start = from;
    if (from >= to) return ranges;
    for (let part = this.partAt(from); part < this.starts.length && this.starts.at(part) < to; part++) {
      const row = this.rows.at(part);
      if (builder?.take(row) === true) continue;
      const at = Math.max(from, this.starts.at(part));
      if (builder !== null) ranges.push({ from: start, to: at, ...builder.credit });
      builder = new CreditBuilder(this.history, row, gap);
      start = at;
    }
    if (builder !== null) ranges.push({ from: start, to, ...builder.credit });
    return ranges;
  }

  /** What a blame gutter shows: all lines of the text, or those from `first` up to and without `end`. */
  lines(first = 0, end = Number.POSITIVE_INFINITY): BlameLine[] {
    const lines: BlameLine[] = [];
    let from = 0;
    let part = 0;
    for (let line = 0; line < end; line++) {
      const feed = this.text.indexOf('\n', from);
      const to = feed === -1 ? this.text.length : feed;
      // The line feed belongs to its line: who ended it wrote in it.
      const behind = feed === -1 ? to : to + 1;
      while (part + 1 < this.starts.length && this.starts.at(part + 1) <= from) part++;
      if (line >= first) lines.push(this.lineOf(line, from, to, behind, part));
      if (feed === -1) return lines;
      from = behind;
    }
    return lines;
  }

  private lineOf(line: number, from: number, to: number, behind: number, firstPart: number): BlameLine {
    // Behind the last line feed of a text there is nothing that anybody wrote.
    if (from === behind) return { line, from, to, newest: null, authors: [] };
    let newest = this.rows.at(firstPart);
    let author = this.history.authorAt(newest);
    let share = 0;
    /** Where more than one wrote in it. */
    let shares: Map<string | null, number> | null = null;
    const count = (): void => {
      shares ??= new Map();
      shares.set(author, (shares.get(author) ?? 0) + share);
    };
    for (let part = firstPart; part < this.starts.length && this.starts.at(part) < behind; part++) {
      const row = this.rows.at(part);
      const writer = this.history.authorAt(row);
      if (writer !== author) {
        count();
        [author, share] = [writer, 0];
      }
      share += Math.min(behind, this.endOf(part)) - Math.max(from, this.starts.at(part));
      if (row > newest) newest = row;
    }
    if (shares !== null) count();
    const authors = shares === null ? [author] : inOrderOf(shares);
    return { line, from, to, newest: this.entry(newest), authors };
  }

  private endOf(part: number): number {
    return part + 1 < this.starts.length ? this.starts.at(part + 1) : this.text.length;
  }

  private entry(position: number): HistoryEntry | null {
    return position === 0 ? null : this.history.entry(position);
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

/** The one with the most first. */
function inOrderOf(shares: ReadonlyMap<string | null, number>): (string | null)[] {
  return [...shares].sort((a, b) => b[1] - a[1]).map(([author]) => author);
}
