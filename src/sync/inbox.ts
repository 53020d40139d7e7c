import * as Y from 'yjs';
import { decodeUpdateRow, isQuarantined, type LogEntry, type UpdateRow } from '../core/codec.ts';
import { documentKind } from '../core/ids.ts';
import { CATCH_UP_OVERLAP_MS, COMPLETE_LIST_EVERY } from '../core/limits.ts';
import { REMOTE } from '../core/origins.ts';
import { retryPending } from '../core/pending.ts';
import { StructStamps } from '../core/review/stamped.ts';

/**
 * Rows on their way into one document: each is checked, applied once, and quarantined if it does not count
 * [STAMP-2, STAMP-4]. Nothing here waits or reads; `DocumentSync` decides when.
 */
export class Inbox {
  /** Rows that were skipped, with the reason, by row id. */
  readonly quarantined = new Map<string, string>();
  /** How many rows were applied that this page has not written. */
  count = 0;
  /** Who wrote what, for documents that show it entry by entry; files have their history for that [STAMP-3]. */
  readonly stamps: StructStamps | null;
  private readonly project: string;
  private readonly docId: string;
  private readonly doc: Y.Doc;
  private readonly isOwn: (row: string) => boolean;
  /** Ids of rows that are applied, with their time, as long as a list can bring them again. */
  private readonly applied = new Map<string, number>();
  private newestListed: number | null = null;
  private lists = 0;

  /** @param isOwn whether this page has written a row, by its id */
  constructor(project: string, docId: string, doc: Y.Doc, isOwn: (row: string) => boolean) {
    this.isOwn = isOwn;
    this.project = project;
    this.docId = docId;
    this.doc = doc;
    const kind = documentKind(docId);
    this.stamps = kind === 'review' || kind === 'chat' ? new StructStamps() : null;
  }

  /** The entries among `rows` that were not seen before. */
  check(rows: readonly UpdateRow[]): LogEntry[] {
    const entries: LogEntry[] = [];
    for (const row of rows) {
      if (this.applied.has(row.id) || this.quarantined.has(row.id)) continue;
      const decoded = decodeUpdateRow(row, this.project, this.docId);
      if (isQuarantined(decoded)) {
        this.quarantined.set(decoded.id, decoded.reason);
        continue;
      }
      this.stamps?.learn(decoded.update, decoded.stamp);
      entries.push(decoded);
    }
    return entries;
  }

  /** Applies entries in one transaction; one that Yjs refuses is quarantined and does not stop the others. */
  apply(entries: readonly LogEntry[]): void {
    if (entries.length === 0) return;
    const applyAll = (): void => {
      for (const entry of entries) {
        try {
          Y.applyUpdate(this.doc, entry.update, REMOTE);
          this.applied.set(entry.id, Date.parse(entry.createdAt));
          if (!this.isOwn(entry.id)) this.count++;
        } catch (error) {
          this.quarantined.set(entry.id, `Yjs refuses it: ${String(error)}`);
        }
      }
      retryPending(this.doc, REMOTE);
    };
    Y.transact(this.doc, applyAll, REMOTE, false);
  }

  /** Updates arrived whose dependencies did not. */
  get hasGap(): boolean {
    return this.doc.store.pendingStructs !== null || this.doc.store.pendingDs !== null;
  }

  /**
   * From where the next list has to start; `undefined` means from the beginning. Only rows that came from a complete
   * list move it: rows that the socket announced say nothing about the ones it did not [LOG-4].
   */
  get since(): string | undefined {
    if (this.newestListed === null || this.lists % COMPLETE_LIST_EVERY === 0) return undefined;
    return new Date(this.newestListed - CATCH_UP_OVERLAP_MS).toISOString();
  }

  /** A row that the feed brings and no list with the overlap would: the server's clock was set back [P6]. */
  announced(row: UpdateRow): void {
    if (this.newestListed === null || this.applied.has(row.id)) return;
    if (Date.parse(row.createdAt) < this.newestListed - CATCH_UP_OVERLAP_MS) this.forgetPosition();
  }

  /** Makes the next list start from the beginning. */
  forgetPosition(): void {
    this.newestListed = null;
  }

  /** Believes nothing to be applied: the next list brings everything again. Yjs takes twice what it has with no harm. */
  forgetAll(): void {
    this.newestListed = null;
    this.applied.clear();
  }

  /**
   * A list up to now was read to its end; `newest` is the greatest `$createdAt` in it, `all` the ids of its rows if it
   * began at the beginning: what is not among them has been compacted away.
   */
  listed(newest: string | null, all: Pick<ReadonlySet<string>, 'has'> | null): void {
    this.lists++;
    if (newest !== null) this.newestListed = Math.max(this.newestListed ?? 0, Date.parse(newest));
    if (all === null) return;
    // With an empty log, as after a compaction, the rows that were applied say what time it is.
    const newestKnown = this.newestListed ?? [...this.applied.values()].reduce((a, b) => Math.max(a, b), 0);
    const horizon = newestKnown - CATCH_UP_OVERLAP_MS;
    for (const [id, time] of this.applied) if (time < horizon && !all.has(id)) this.applied.delete(id);
  }
}
