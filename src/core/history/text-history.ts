/**
 * The history of a text document: its text at any moment, who wrote each part of it, and how two moments differ.
 *
 * Built once from all saved updates, before and after compactions alike; new ones are appended. Questions are passes over
 * the runs of runs.ts, so any moment is as near as any other; texts come from passages that rest (passages.ts).
 */
import * as Y from 'yjs';
import type { LogEntry } from '../codec.ts';
import { TEXT_NAME } from '../text.ts';
import { Arrivals, NO_UNIT, type ArrivalListener } from './arrivals.ts';
import { Blame } from './blame.ts';
import { diffRuns } from './diff.ts';
import { EntryTable } from './entry-table.ts';
import { inOrder, type Timed } from './order.ts';
import { Passages } from './passages.ts';
import { Runs } from './runs.ts';
import type { HistoryEntry, Hunk } from './types.ts';

/** What a history is made of: what `readHistory` of the compaction gives. */
export interface HistorySource {
  /** The state from which it starts, format V2; `null` unless what was before has been purged. */
  readonly base?: Uint8Array | null | undefined;
  /** Epoch milliseconds: the newest update in the base; `null`, the default: not known. */
  readonly baseTime?: number | null | undefined;
  /** Updates that count, in any order; of those with one row id the first is taken. */
  readonly entries: readonly LogEntry[];
}

/** Updates that a transaction of Yjs takes: it tidies up after each. */
const TRANSACTION_UPDATES = 2_000;

/** Yjs throws at an update. */
class Refusal extends Error {
  readonly row: number;

  constructor(row: number, cause: unknown) {
    super('Yjs refuses an update', { cause });
    this.row = row;
  }
}

export class TextHistory {
  private readonly listener: ArrivalListener = {
    credited: (client, row) => this.noteClient(client, row),
    integrated: (struct, known, row) => this.integrate(struct, known, row),
  };
  private readonly base: Uint8Array | null;
  private readonly baseTime: number | null;
  /** Row ids of updates that Yjs throws at. */
  private readonly refusedRows = new Set<string>();
  private table = new EntryTable();
  private arrivals = new Arrivals(this.listener);
  /** All text that there ever was, in its order; what was deleted is only told by `arrivals`. */
  private doc = new Y.Doc({ gc: false });
  private transaction: Y.Transaction | null = null;
  private authorsOfClients = new Map<number, string | null>();
  private borrowed = new Set<number>();
  private runsNow: Runs | null = null;
  /** What was `runsNow` until more came. */
  private runsBefore: Runs | null = null;
  private passages: Passages | null = null;

  constructor({ base = null, baseTime = null, entries }: HistorySource) {
    this.base = base;
    this.baseTime = baseTime;
    this.build(inOrder(entries));
  }

  /** The number of updates: the position of now. */
  get length(): number {
    return this.table.length;
  }

  /**
   * From when on (epoch milliseconds) its texts are known: what was before has been purged, and position 0 is the text of this
   * time, not of any earlier one. `-Infinity`: from the beginning on. `Infinity`: only the text of now.
   */
  get knownSince(): number {
    if (this.base === null) return -Infinity;
    return this.baseTime ?? (this.length === 0 ? Infinity : this.timeAt(1));
  }

  /** Rows that take no effect yet, or not all of it, since what they build on is missing. */
  get waiting(): readonly string[] {
    return this.arrivals.waiting.map((position) => this.table.id(position));
  }

  /** Rows that Yjs refuses: they are no part of the text. */
  get refused(): readonly string[] {
    return [...this.refusedRows];
  }

  /**
   * Takes more updates; those that it has are ignored. Updates that are newer than all others are quick; one that is
   * older than some moves the positions behind it, and builds the history anew.
   *
   * @returns the first position that changed: all before it are as they were. `length + 1` as it was before if the updates
   * are newer than all others
   */
  append(entries: readonly LogEntry[]): number {
    const fresh = inOrder(this.table.missing(entries)).filter(({ entry }) => !this.refusedRows.has(entry.id));
    const first = fresh[0];
    const end = this.length + 1;
    if (first === undefined) return end;
    if (this.isBehindAll(first)) {
      if (!this.feed(fresh)) this.build(inOrder([...this.entries(), ...fresh.map(({ entry }) => entry)]));
      return end;
    }
    const position = this.positionBefore(first) + 1;
    this.build(inOrder([...this.entries(), ...fresh.map(({ entry }) => entry)]));
    return position;
  }

  /** @param position from 1 to `length`; throws outside */
  entry(position: number): HistoryEntry {
    const stamped = this.table.stamped(position);
    if (stamped === null) throw new RangeError(`There is no update ${position} in a history of ${this.length}.`);
    return {
      position,
      row: this.table.id(position),
      author: stamped.author,
      role: stamped.role,
      time: this.table.time(position),
      borrowedClient: this.borrowed.has(position),
      inserted: this.arrivals.insertedUnits(position),
      deleted: this.arrivals.deletedUnits(position),
    };
  }

  /** The user id of the author of an update, `null` for position 0; cheaper than `entry`. */
  authorAt(position: number): string | null {
    return this.table.author(position);
  }

  /** The time of an update, 0 for position 0; cheaper than `entry`. */
  timeAt(position: number): number {
    return this.table.time(position);
  }

  /** Code units of text that an update brought, and was the first to delete; cheaper than `entry`. */
  amountAt(position: number): { readonly inserted: number; readonly deleted: number } {
    return { inserted: this.arrivals.insertedUnits(position), deleted: this.arrivals.deletedUnits(position) };
  }

  /** The moment of a time: the position of the last update at or before it; 0 if all are later. */
  positionAt(time: number): number {
    return this.table.positionAt(time);
  }

  /** The moment just after a row, or `null` if the history does not hold it. */
  positionOf(row: string): number | null {
    return this.table.positionOf(row);
  }

  /** User ids of all who wrote, in the order of their first update. */
  get authors(): readonly string[] {
    return this.table.allAuthors();
  }

  /** The exact text at a moment. @param position default: now */
  text(position: number = this.length): string {
    this.passages ??= new Passages(this.runs);
    return this.passages.text(position);
  }

  /** Who wrote each character of the text at a moment, and when. @param position default: now */
  blame(position: number = this.length): Blame {
    return new Blame(this, this.runs, position);
  }

  /**
   * How the text at one moment differs from the text at another, character by character as it was written, with who did it.
   * `after` may be the earlier moment: then what was written since is removed, and its pieces say who wrote that.
   */
  diff(before: number, after: number): readonly Hunk[] {
    return diffRuns(this, this.runs, before, after);
  }

  /** All updates, oldest first. */
  entries(): LogEntry[] {
    return this.table.entries();
  }

  /** The runs of text as they are until the next update is taken: for the other files of this folder. */
  get runs(): Runs {
    this.runsNow ??= Runs.of(this.doc.getText(TEXT_NAME), this.arrivals, this.runsBefore);
    this.runsBefore = null;
    return this.runsNow;
  }

  /** What was deleted by more than one update: for the other files of this folder. */
  get repeatedDeletes(): Arrivals['repeated'] {
    return this.arrivals.repeated;
  }

  /** The first item of the text in Yjs, deleted ones among them: for the other files of this folder. */
  get firstItem(): Y.Item | null {
    return this.doc.getText(TEXT_NAME)._start;
  }

  /** The update that brought a Yjs struct, or -1: for the other files of this folder. */
  rowOfStruct(client: number, clock: number): number {
    const content = this.arrivals.contentOf(client);
    if (content === null || clock >= content.next) return -1;
    return content.rows.at(content.find(clock));
  }

  /** The code unit of text that a Yjs struct was when it came; `null` if there is none: for the other files of this folder. */
  codeOfStruct(client: number, clock: number): number | null {
    const content = this.arrivals.contentOf(client);
    if (content === null || clock >= content.next) return null;
    const range = content.find(clock);
    const unit = content.units.at(range);
    return unit === NO_UNIT ? null : this.arrivals.codeOf(unit + clock - content.starts.at(range));
  }

  private build(entries: readonly Timed[]): void {
    for (;;) {
      this.doc.destroy();
      this.doc = new Y.Doc({ gc: false });
      this.doc.getText(TEXT_NAME);
      this.table = new EntryTable();
      this.authorsOfClients = new Map();
      this.borrowed = new Set();
      this.arrivals = new Arrivals(this.listener);
      if (this.base !== null) {
        const base = Y.decodeUpdateV2(this.base);
        this.transact(() => this.arrivals.add(0, base));
      }
      if (this.feed(entries.filter(({ entry }) => !this.refusedRows.has(entry.id)))) return;
    }
  }

  /** False if Yjs refused an update, which is in `refusedRows` then: everything has to be built anew. */
  private feed(entries: readonly Timed[]): boolean {
    this.runsBefore = this.runsNow ?? this.runsBefore;
    this.runsNow = null;
    this.passages = null;
    try {
      for (let start = 0; start < entries.length; start += TRANSACTION_UPDATES) {
        this.transact(() => {
          for (const timed of entries.slice(start, start + TRANSACTION_UPDATES)) {
            this.table.add(timed);
            this.arrivals.add(this.length, Y.decodeUpdate(timed.entry.update));
          }
        });
      }
      return true;
    } catch (error) {
      if (!(error instanceof Refusal) || error.row === 0) throw error;
      this.refusedRows.add(this.table.id(error.row));
      return false;
    }
  }

  private transact(run: () => void): void {
    this.doc.transact((transaction) => {
      this.transaction = transaction;
      run();
    });
  }

  /** What Yjs itself does with a struct of an update, once nothing that it needs is missing. */
  private integrate(struct: Y.Item | Y.GC | Y.Skip, known: number, row: number): void {
    const { doc, transaction } = this;
    if (transaction === null) throw new Error('Structs come only in transactions');
    try {
      if (struct instanceof Y.Item && typeof struct.parent === 'string') struct.parent = doc.get(struct.parent);
      if (struct instanceof Y.Item && struct.getMissing(transaction, doc.store) !== null) {
        throw new Error('Yjs lacks something for what it was given');
      }
      struct.integrate(transaction, known);
    } catch (error) {
      throw new Refusal(row, error);
    }
  }

  private noteClient(client: number, row: number): void {
    const author = this.table.author(row);
    const first = this.authorsOfClients.get(client);
    if (first === undefined) this.authorsOfClients.set(client, author);
    else if (first !== author && first !== null) this.borrowed.add(row);
  }

  private isBehindAll(entry: Timed): boolean {
    return this.positionBefore(entry) === this.length;
  }

  /** The number of updates that come before an entry. */
  private positionBefore({ time, entry: { id } }: Timed): number {
    let position = this.table.positionAt(time);
    while (position > 0 && this.table.time(position) === time && this.table.id(position) > id) position--;
    return position;
  }
}
