import * as Y from 'yjs';
import { encodeUpdateRow, type LogEntry, type UpdateRow } from '../codec.ts';
import { success, type Outcome } from '../failures.ts';
import { baseOf, fold, heldAlready, type Base } from './fold.ts';
import { isDamage } from './frame.ts';
import { encodeState, loadState, readSegment } from './load.ts';
import { byTime, sortRows } from './plan.ts';
import type { CompactionStore, Exile, GenerationBounds, LogPosition } from './ports.ts';
import { encodeSegment } from './segment.ts';
import { INLINE_BYTES, KEPT_STATES, SNAPSHOT_FORMAT, snapshotId, summaryOf, type SnapshotRecord } from './snapshot.ts';

/** A generation folds up to this many rows: their deletion then fits into one transaction of Appwrite. */
export const FOLD_ROWS = 2_500;

/** A generation folds rows of up to about this many characters, so that memory is bounded whatever the log holds. */
export const FOLD_CHARS = 8 * 1024 * 1024;

/** A generation is full when this part of it is: pages overlap, and the last few rows are not worth a request. */
const FULL = 0.9;

/** Rows that wait for others are carried along up to this number; more stay in the log for a later run. */
const CARRIED_ROWS = FOLD_ROWS;

/** Old states are looked for a few generations back, should a crash have kept one. */
const DROPPED_AT_ONCE = 5;

const HISTORY_PAGE = 20;

export interface CompactionLimits {
  /** With fewer rows than this the log is left as it is; default 1. */
  readonly leastRows?: number;
  /** ISO 8601: rows created after this moment stay, so that replicas which missed them find them in the log. */
  readonly until?: string;
  /** Rows a generation; default `FOLD_ROWS`. Fewer hold the server up for a shorter time at once. */
  readonly foldRows?: number;
  /** Asked before each generation: whether there is no time for another one. */
  readonly isOver?: () => boolean;
}

/** What a run did to one document. */
export interface CompactionReport {
  /** `more`: time was up before all was folded; `lost`: another compactor was faster, which does the same work. */
  readonly end: 'done' | 'more' | 'lost';
  /** The newest generation after the run; 0: none. */
  readonly generation: number;
  readonly folded: number;
  /** Rows that were in the history already, and were only deleted from the log. */
  readonly duplicates: number;
  readonly quarantined: number;
  /** Rows that stay in the log since they depend on some that are not there. */
  readonly waiting: number;
  /** Damages that were found and made good. */
  readonly repaired: readonly string[];
}

/**
 * Folds the log of one document into its next generations [SNAP-1, SNAP-2]. Safe at any crash and with any number of runs
 * at a time: nothing is deleted before what replaces it is stored, and only rows that were read.
 *
 * The head is read before the rows. What another compactor folds after that costs this one its generation's id; what it
 * folded before is not in the rows any more.
 */
export async function compactDocument(
  store: CompactionStore,
  project: string,
  doc: string,
  limits: CompactionLimits = {},
): Promise<Outcome<CompactionReport>> {
  const loaded = await loadState(store, project, doc);
  if (!loaded.ok) return loaded;
  const run = new Run(store, project, doc, limits, loaded.value.head, baseOf(loaded.value.state));
  const end = await run.all();
  run.close();
  if (!end.ok) return end;
  return success({ end: end.value, ...run.counts, repaired: loaded.value.repaired });
}

type End = CompactionReport['end'];

class Run {
  private readonly store: CompactionStore;
  private readonly project: string;
  private readonly doc: string;
  private readonly limits: CompactionLimits;
  private readonly foldRows: number;
  private head: SnapshotRecord | null;
  private base: Base;
  private holds: Uint8Array;
  /** Entries that wait for others, by row id: a later batch can bring these. */
  private waiting = new Map<string, LogEntry>();
  private position: LogPosition | null = null;
  private isFirst = true;
  private folded = 0;
  private duplicates = 0;
  private quarantined = 0;

  constructor(
    store: CompactionStore,
    project: string,
    doc: string,
    limits: CompactionLimits,
    head: SnapshotRecord | null,
    base: Base,
  ) {
    this.store = store;
    this.project = project;
    this.doc = doc;
    this.limits = limits;
    this.foldRows = limits.foldRows ?? FOLD_ROWS;
    this.head = head;
    this.base = base;
    this.holds = Y.encodeSnapshotV2(Y.snapshot(base.doc));
  }

  get counts(): Omit<CompactionReport, 'end' | 'repaired'> {
    return {
      generation: this.head?.generation ?? 0,
      folded: this.folded,
      duplicates: this.duplicates,
      quarantined: this.quarantined,
      waiting: this.waiting.size,
    };
  }

  close(): void {
    this.base.doc.destroy();
  }

  async all(): Promise<Outcome<End>> {
    for (;;) {
      if (this.limits.isOver?.()) return success('more');
      const batch = await this.read();
      if (!batch.ok) return batch;
      const { rows, next } = batch.value;
      const done = await this.settle(rows, next === null);
      if (!done.ok) return done;
      if (done.value === 'lost') return success('lost');
      if (next === null) return success('done');
      // Rows before this position may be gone by now: those of its moment are looked at again.
      this.position = done.value === 'removed' ? { since: next.since, skip: 0 } : next;
      this.isFirst = false;
    }
  }

  /** The rows of the next batch, by id, and where the one after it begins. */
  private async read(): Promise<Outcome<{ rows: Map<string, UpdateRow>; next: LogPosition | null }>> {
    const rows = new Map<string, UpdateRow>();
    let next = this.position;
    let chars = 0;
    do {
      const page = await this.store.rows(this.project, this.doc, next, this.foldRows - rows.size);
      if (!page.ok) return page;
      for (const row of page.value.rows) {
        if (this.waiting.has(row.id) || rows.has(row.id)) continue;
        rows.set(row.id, row);
        chars += row.data.length;
      }
      next = page.value.next;
    } while (next !== null && rows.size < FULL * this.foldRows && chars < FOLD_CHARS);
    return success({ rows, next });
  }

  /** Deals with one batch; says whether rows were taken from the log. */
  private async settle(
    rows: ReadonlyMap<string, UpdateRow>,
    isLast: boolean,
  ): Promise<Outcome<'removed' | 'kept' | 'lost'>> {
    const { entries, exiles } = sortRows(rows.values(), this.project, this.doc);
    if (exiles.length > 0) {
      const kept = await this.store.quarantine(this.project, exiles);
      if (!kept.ok) return kept;
      this.quarantined += exiles.length;
    }
    const { until, leastRows = 1 } = this.limits;
    const ripe = until === undefined ? entries : entries.filter((entry) => entry.createdAt <= until);
    const removed = exiles.length > 0 ? 'removed' : 'kept';
    if (this.isFirst && isLast && entries.length < leastRows) return success(removed);
    const candidates = [...this.waiting.values(), ...ripe].sort(byTime);
    if (candidates.length === 0) return success(removed);
    const doubles = await this.doubles(candidates);
    if (!doubles.ok) return doubles;
    const fresh = candidates.filter((entry) => !doubles.value.has(entry));
    return this.fold(fresh, [...doubles.value]);
  }

  private async fold(
    entries: readonly LogEntry[],
    doubles: readonly LogEntry[],
  ): Promise<Outcome<'removed' | 'kept' | 'lost'>> {
    const { base, holds, folded, waiting, refused } = fold(this.base, entries);
    this.base = base;
    this.waiting = new Map(waiting.slice(0, CARRIED_ROWS).map((entry) => [entry.id, entry]));
    if (refused.length > 0) {
      const kept = await this.store.quarantine(this.project, refused.map(refusedRow));
      if (!kept.ok) return kept;
      this.quarantined += refused.length;
    }
    const retired = [...folded, ...doubles].map((entry) => entry.id);
    if (folded.length > 0) {
      const written = await this.write(folded, holds, retired);
      if (!written.ok) return written;
      if (written.value === 'lost') return success('lost');
      this.folded += folded.length;
    } else if (doubles.length > 0) {
      const gone = await this.store.retire(retired);
      if (!gone.ok) return gone;
    }
    this.duplicates += doubles.length;
    return success(retired.length + refused.length > 0 ? 'removed' : 'kept');
  }

  /** Blobs, then the commit; after it the states that nobody needs any more are dropped. */
  private async write(
    folded: readonly LogEntry[],
    holds: Uint8Array,
    retired: readonly string[],
  ): Promise<Outcome<'committed' | 'lost'>> {
    const { store, project, doc } = this;
    const generation = (this.head?.generation ?? 0) + 1;
    const id = snapshotId(project, doc, generation);
    const state = encodeState(this.base.state ?? Y.encodeStateAsUpdateV2(this.base.doc));
    const segment = encodeSegment({ project, doc, generation, entries: folded });
    const stateBlob = await this.blobOf(id, state);
    if (!stateBlob.ok) return stateBlob;
    const segmentBlob = await this.blobOf(id, segment);
    if (!segmentBlob.ok) return segmentBlob;
    const record: SnapshotRecord = {
      id,
      project,
      doc,
      generation,
      format: SNAPSHOT_FORMAT,
      holds,
      isBase: false,
      stateBytes: state.length,
      stateBlob: stateBlob.value,
      segmentBytes: segment.length,
      segmentBlob: segmentBlob.value,
      ...summaryOf(folded),
    };
    const inline = (blob: string | null, bytes: Uint8Array): Uint8Array | null => (blob === null ? bytes : null);
    const snapshot = {
      record,
      state: inline(stateBlob.value, state),
      segment: inline(segmentBlob.value, segment),
    };
    const committed = await store.commit(snapshot, retired);
    if (!committed.ok) return committed;
    if (committed.value === 'lost') {
      await this.discard(record);
      return committed;
    }
    this.head = record;
    this.holds = holds;
    const dropped = await this.dropOldStates(generation);
    return dropped.ok ? committed : dropped;
  }

  /** `null` for what is small enough for the row. */
  private async blobOf(snapshot: string, bytes: Uint8Array): Promise<Outcome<string | null>> {
    return bytes.length <= INLINE_BYTES ? success(null) : this.store.writeBlob(this.project, snapshot, bytes);
  }

  /**
   * Deletes the files of a generation that another compactor has written. The row is read before: it is our own if the
   * answer to an earlier attempt got lost. What cannot be deleted now is left to a sweep.
   */
  private async discard({ project, doc, generation, stateBlob, segmentBlob }: SnapshotRecord): Promise<void> {
    const written = [stateBlob, segmentBlob].filter((blob) => blob !== null);
    if (written.length === 0) return;
    const bounds = { above: generation - 1, below: generation + 1 };
    const found = await this.store.list(project, doc, 1, bounds);
    const winner = found.ok ? found.value[0] : undefined;
    if (winner === undefined) return;
    const named = [winner.stateBlob, winner.segmentBlob];
    for (const blob of written) if (!named.includes(blob)) await this.store.deleteBlob(blob);
  }

  private async dropOldStates(generation: number): Promise<Outcome<void>> {
    const oldest = generation - KEPT_STATES + 1;
    if (oldest <= 1) return success(undefined);
    const older = await this.store.list(this.project, this.doc, DROPPED_AT_ONCE, { below: oldest });
    if (!older.ok) return older;
    for (const record of older.value) {
      if (record.stateBytes === 0 || record.isBase) continue;
      const dropped = await this.store.dropState(record);
      if (!dropped.ok) return dropped;
    }
    return success(undefined);
  }

  /**
   * The entries whose rows are in the history already: a crash between the two steps of a commit leaves such rows, and so
   * does a replica that sends a row again because it never heard the answer. They say nothing new; but not all that
   * say nothing new are doubles, so their ids are looked up.
   */
  private async doubles(candidates: readonly LogEntry[]): Promise<Outcome<ReadonlySet<LogEntry>>> {
    const suspects = this.head === null ? [] : heldAlready(this.holds, candidates);
    const open = new Map(suspects.map((entry) => [entry.id, entry]));
    const doubles = new Set<LogEntry>();
    let bounds: GenerationBounds = {};
    while (open.size > 0) {
      const page = await this.store.list(this.project, this.doc, HISTORY_PAGE, bounds);
      if (!page.ok) return page;
      for (const record of page.value) {
        bounds = { below: record.generation };
        if (record.isBase) {
          // Whether it was in the history that was purged cannot be known any more; its content is in the state.
          for (const entry of open.values()) doubles.add(entry);
          return success(doubles);
        }
        const segment = await readSegment(this.store, record);
        if (!segment.ok) return segment;
        if (isDamage(segment.value)) continue;
        for (const { id } of segment.value.entries) {
          const double = open.get(id);
          if (double) doubles.add(double);
          open.delete(id);
        }
        if (open.size === 0) break;
      }
      if (page.value.length < HISTORY_PAGE) break;
    }
    return success(doubles);
  }
}

function refusedRow({ id, doc, update, stamp, createdAt }: LogEntry): Exile {
  return { row: { ...encodeUpdateRow(id, doc, update, stamp), createdAt }, reason: 'Yjs refuses it' };
}
