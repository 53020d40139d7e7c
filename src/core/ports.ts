/**
 * What the synchronisation needs from the world. `backend` implements these on Appwrite, `store` on IndexedDB; tests
 * have implementations in memory. No method throws for an expected outcome: it returns a `Failure`.
 */
import type * as Y from 'yjs';
import type { LogEntry, NewUpdateRow, UpdateRow } from './codec.ts';
import type { Outcome } from './failures.ts';

/** Where a list of rows starts and what it holds. */
export interface UpdateQuery {
  readonly project: string;
  readonly doc: string;
  /** ISO 8601: only rows created at or after this moment. */
  readonly since?: string;
}

/** That somebody worked on a document. */
export interface RecentWork {
  readonly doc: string;
  /** User id. */
  readonly author: string;
  /** Epoch milliseconds by the server's clock. */
  readonly time: number;
}

/** The append-only log of updates. */
export interface UpdateLog {
  /** Stores a row. Succeeds only once the row is durable; `conflict` means that the id is taken. */
  append(row: NewUpdateRow): Promise<Outcome<void>>;
  /**
   * Hands a row to the browser to be sent although the page is being closed; nobody hears whether it was stored. Does
   * nothing if that is not possible, as with rows above about 60 KB.
   */
  appendWhileClosing(row: NewUpdateRow): void;
  /** One row by its id, or `null` if there is none that the caller may see. */
  read(id: string): Promise<Outcome<UpdateRow | null>>;
  /** Calls `take` with one page of rows after the other, oldest first. Pages overlap; rows may come twice. */
  list(query: UpdateQuery, take: (rows: readonly UpdateRow[]) => void): Promise<Outcome<void>>;
}

/** What a snapshot of a document says about its state. */
export interface SnapshotHead {
  readonly generation: number;
  /** What the state holds: state vector and delete set, as `Y.encodeSnapshotV2` writes them. */
  readonly holds: Uint8Array;
  /** Bytes of the stored state and segment, where the store tells. */
  readonly stateBytes?: number;
  readonly segmentBytes?: number;
}

/** A stored state of a document. */
export interface Snapshot extends SnapshotHead {
  /** Yjs state, format V2. */
  readonly state: Uint8Array;
  /** Damages of what is stored that were made good from older states and segments, in words; usually none. */
  readonly repaired: readonly string[];
}

export interface SnapshotStore {
  /** The newest snapshot of a document, or `null` where there is none yet. */
  newest(project: string, doc: string): Promise<Outcome<Snapshot | null>>;
  /** What the newest snapshot holds if its generation is above `known`; `null` where there is none. */
  head(project: string, doc: string, known: number): Promise<Outcome<SnapshotHead | null>>;
  /** Every update that was folded into snapshots, as far as nobody purged it, with its stamp; oldest first. */
  folded(project: string, doc: string): Promise<Outcome<readonly LogEntry[]>>;
  /** Asks for the compaction of a document; resolves when that is asked, not when it is done. */
  compact(project: string, doc: string): Promise<Outcome<void>>;
}

/** A presence row as the server gives it. */
export interface PresenceRow {
  /** The replica's id. */
  readonly id: string;
  readonly project: string;
  readonly state: string;
  readonly permissions: readonly string[];
  /** ISO 8601, the server's clock. */
  readonly updatedAt: string;
}

export interface PresenceTable {
  /** Creates or replaces the row of this replica. */
  put(id: string, project: string, state: string): Promise<Outcome<void>>;
  /** Deletes the row; the request outlives a page that is being closed. */
  remove(id: string): Promise<Outcome<void>>;
  /** The rows of a project, the one written last first; the server may hold rows of replicas that are long gone. */
  list(project: string): Promise<Outcome<readonly PresenceRow[]>>;
}

export interface FeedListener {
  /** The server has acknowledged the subscriptions: from now on events flow. Comes again after each reconnect. */
  live(): void;
  /** Events may have been missed from here on; the feed reconnects by itself. */
  down(reason: string): void;
  update(row: UpdateRow): void;
  presence(row: PresenceRow): void;
  presenceGone(id: string): void;
  /** The project was renamed, deleted or restored. */
  project(info: ProjectInfo): void;
  /** Somebody came, went, or has another role. Who is removed may not hear it. */
  members?(change: MemberChange): void;
}

export interface MemberChange {
  /** Appwrite user id; empty where the server does not tell. */
  readonly user: string;
}

export interface ProjectInfo {
  readonly name: string;
  /** Out of everybody's list; its owner can still bring it back. */
  readonly deleted: boolean;
  /** User id of who deleted it; `null` where that is not known. */
  readonly by?: string | null;
  /** ISO 8601, the server's clock: since when it is so. */
  readonly at?: string;
}

/** What the server announces about one project. Only a hint: at most once, unordered, never replayed [LOG-4]. */
export interface Feed {
  /** Connects and keeps connected until the returned function is called; calling that twice is harmless. */
  open(project: string, listener: FeedListener): () => void;
  /** Tries to reconnect at once if it is down, and tests the connection if it is up (wake-up, `online`). */
  nudge(): void;
}

/** What tells an entry of the outbox from all others of a project. */
export interface OutboxKey {
  readonly doc: string;
  /** The page that wrote it, and sends it as long as it lives. */
  readonly owner: string;
  /** Counts the updates of one page and document. */
  readonly sequence: number;
}

/** One update of this replica's user that the server has not acknowledged yet. */
export interface OutboxEntry extends OutboxKey {
  /** Id of the row that will carry it; entries of one id travel in one row. */
  readonly row: string;
  readonly update: Uint8Array;
}

/** The durable outbox of this device [LOG-2]. */
export interface OutboxStore {
  /**
   * Resolves once all entries are on this device; either all of them are or none. An entry of the same key is replaced.
   * The write is handed to the device at once and needs nothing more of the page, which can end now.
   */
  put(project: string, entries: readonly OutboxEntry[]): Promise<Outcome<void>>;
  /** All entries of a document, in the order in which they were added. */
  load(project: string, doc: string): Promise<Outcome<readonly OutboxEntry[]>>;
  /** Forgets entries; what is not there is no failure. */
  forget(project: string, entries: readonly OutboxKey[]): Promise<Outcome<void>>;
  /** Ids of the documents of a project that have entries. */
  waiting(project: string): Promise<Outcome<readonly string[]>>;
}

/** The copy of one document on this device. */
export interface DeviceDocument {
  /** Resolves when the stored content is in the document, or when it is clear that it cannot be read. Never rejects. */
  readonly loaded: Promise<void>;
  /** Resolves when everything up to now is on this device, or cannot be. Never rejects. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface DeviceStore {
  readonly outbox: OutboxStore;
  /** This page. */
  readonly owner: string;
  /** Whether the page that calls itself so still lives; where that cannot be known, `false`. */
  isAlive(owner: string): Promise<boolean>;
  /**
   * Loads the stored content into `doc` and stores each change from then on. `onProblem` is called with a short reason
   * when this device cannot store it, and with `null` when it can again [LOCAL-2].
   */
  openDocument(project: string, id: string, doc: Y.Doc, onProblem: (problem: string | null) => void): DeviceDocument;
}

/** The other tabs of this browser that have the same project open [LOCAL-3]. */
export interface TabChannel {
  post(message: TabMessage): void;
  /** The returned function ends the subscription. */
  listen(take: (message: TabMessage) => void): () => void;
}

/**
 * `update`: what a tab's user wrote, once it is on the device, as the nth update of its row; `stored`: the server has the
 * row.
 */
export type TabMessage =
  | {
      readonly type: 'update';
      readonly doc: string;
      readonly row: string;
      readonly position: number;
      readonly update: Uint8Array;
    }
  | { readonly type: 'stored'; readonly doc: string; readonly row: string };

/** Time, so that the rules above it can be run on a clock of a test's own. All in milliseconds. */
export interface Clock {
  now(): number;
  /** Calls `run` once after `delay`; the returned function cancels. */
  after(delay: number, run: () => void): () => void;
}
