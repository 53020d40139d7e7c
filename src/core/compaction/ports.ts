/** What compaction needs from the world. No method throws for an expected outcome: it returns a `Failure`. */
import type { UpdateRow } from '../codec.ts';
import type { Outcome } from '../failures.ts';
import type { SnapshotRecord } from './snapshot.ts';

/** Which generations: only those below, only those above; the bounds themselves are left out. */
export interface GenerationBounds {
  readonly below?: number;
  readonly above?: number;
}

/** Reads snapshots: what replicas may do as well. */
export interface SnapshotReader {
  /** The snapshots of a document, the newest first, at most `count`. */
  list(
    project: string,
    doc: string,
    count: number,
    bounds?: GenerationBounds,
  ): Promise<Outcome<readonly SnapshotRecord[]>>;
  /** The frame of a state; `null` where it is missing. */
  state(record: SnapshotRecord): Promise<Outcome<Uint8Array | null>>;
  /** The frame of a segment; `null` where it is missing. */
  segment(record: SnapshotRecord): Promise<Outcome<Uint8Array | null>>;
}

/** Where a page of the log begins: the first `skip` rows from this moment on are left out. */
export interface LogPosition {
  readonly since: string;
  readonly skip: number;
}

export interface LogPage {
  readonly rows: readonly UpdateRow[];
  /** Where the next page begins; it can overlap this one. `null`: this was the last. */
  readonly next: LogPosition | null;
}

/** A row that does not count, as it is kept apart, with the reason. */
export interface Exile {
  readonly row: UpdateRow;
  readonly reason: string;
}

/** `lost`: another compactor has written this generation. */
export type CommitResult = 'committed' | 'lost';

export interface CompactionStore extends SnapshotReader {
  /** A page of the log of a document, oldest first, with permissions and server times; at most `most` rows. */
  rows(project: string, doc: string, from: LogPosition | null, most?: number): Promise<Outcome<LogPage>>;
  /** Stores bytes that the members of the project may read, on behalf of a snapshot to come; resolves to the file's id. */
  writeBlob(project: string, snapshot: string, bytes: Uint8Array): Promise<Outcome<string>>;
  deleteBlob(id: string): Promise<Outcome<void>>;
  /**
   * Creates the row of a snapshot and deletes exactly these rows of the log: both or neither where the server can do
   * that, else the row first. `state` and `segment` are the frames that stand in the row itself.
   */
  commit(snapshot: NewSnapshot, retired: readonly string[]): Promise<Outcome<CommitResult>>;
  /** Deletes exactly these rows of the log; what is not there is no failure. */
  retire(rows: readonly string[]): Promise<Outcome<void>>;
  /** Keeps these rows apart, then deletes them from the log. Doing it twice is harmless. */
  quarantine(project: string, exiles: readonly Exile[]): Promise<Outcome<void>>;
  /** Deletes the state of a snapshot: the file first, so that a crash leaves none behind. */
  dropState(record: SnapshotRecord): Promise<Outcome<void>>;
}

export interface NewSnapshot {
  readonly record: SnapshotRecord;
  readonly state: Uint8Array | null;
  readonly segment: Uint8Array | null;
}
