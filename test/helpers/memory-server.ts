import * as Y from 'yjs';
import type { NewUpdateRow, UpdateRow } from '../../src/core/codec.ts';
import { failure, success, type Failure, type Outcome } from '../../src/core/failures.ts';
import type {
  Feed,
  FeedListener,
  PresenceRow,
  PresenceTable,
  Snapshot,
  SnapshotStore,
  UpdateLog,
  UpdateQuery,
} from '../../src/core/ports.ts';
import { presencePermissions } from '../../src/core/stamps.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What happens to one request: it is refused, or its answer is lost after it was carried out. */
export type Fault = Failure | 'reply-lost';

/** The server's side of the ports in memory, with faults that a test orders. */
export class MemoryServer {
  readonly rows: UpdateRow[] = [];
  /** The newest state of a document, by its id. */
  readonly snapshots = new Map<string, Pick<Snapshot, 'generation' | 'state'>>();
  /** Documents whose compaction was asked for. */
  readonly compactions: string[] = [];
  stateReads = 0;
  readonly presence = new Map<string, PresenceRow>();
  /** The next appends meet these, one each. */
  readonly appendFaults: Fault[] = [];
  readonly listFaults: Failure[] = [];
  /** As long as it is set, every presence row is refused with it. */
  presenceFault: Failure | null = null;
  /** Each append that reached the server, carried out or not. */
  readonly attempts: NewUpdateRow[] = [];
  /** Called before a list is answered: what happens between the subscription and the read. */
  beforeList: (() => void) | null = null;
  /** Called after the rows of a list were chosen, before the snapshot is read. */
  afterList: (() => void) | null = null;
  /** Events to leave out, by row id. */
  dropEvent: (row: UpdateRow) => boolean = () => false;
  lists: UpdateQuery[] = [];
  private readonly feeds = new Set<MemoryFeed>();
  private readonly clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.clock = clock;
  }

  /** Stores a row as the server would, whoever wrote it, and announces it. */
  store(row: NewUpdateRow, createdAt = this.clock.now()): void {
    const stored = { ...row, createdAt: new Date(createdAt).toISOString() };
    this.rows.push(stored);
    if (this.dropEvent(stored)) return;
    for (const feed of this.feeds) feed.announce(stored);
  }

  log(): UpdateLog {
    return {
      append: async (row): Promise<Outcome<void>> => {
        await Promise.resolve();
        this.attempts.push(row);
        const fault = this.appendFaults.shift();
        if (fault !== undefined && fault !== 'reply-lost') return fault;
        const taken = this.rows.some((each) => each.id === row.id);
        if (!taken) this.store(row);
        if (fault === 'reply-lost') return failure('offline', 'reply lost');
        return taken ? failure('conflict', 'id is taken') : success(undefined);
      },
      appendWhileClosing: (row) => {
        if (!this.rows.some((each) => each.id === row.id)) this.store(row);
      },
      read: async (id) => {
        await Promise.resolve();
        return success(this.rows.find((row) => row.id === id) ?? null);
      },
      list: async (query, take): Promise<Outcome<void>> => {
        await Promise.resolve();
        this.lists.push(query);
        this.beforeList?.();
        const fault = this.listFaults.shift();
        if (fault) return fault;
        const { project, doc, since = '' } = query;
        const found = this.rows.filter((row) => row.project === project && row.doc === doc && row.createdAt >= since);
        for (let at = 0; at < found.length; at += 50) take(found.slice(at, at + 60));
        this.afterList?.();
        return success(undefined);
      },
    };
  }

  snapshotStore(): SnapshotStore {
    return {
      newest: async (_project, doc) => {
        await Promise.resolve();
        this.stateReads++;
        const snapshot = this.snapshots.get(doc);
        return success(snapshot ? { ...snapshot, holds: holdsOf(snapshot.state), repaired: [] } : null);
      },
      head: async (_project, doc, known) => {
        await Promise.resolve();
        const snapshot = this.snapshots.get(doc);
        if (!snapshot || snapshot.generation <= known) return success(null);
        return success({ generation: snapshot.generation, holds: holdsOf(snapshot.state) });
      },
      folded: () => Promise.resolve(success([])),
      compact: async (_project, doc) => {
        await Promise.resolve();
        this.compactions.push(doc);
        return success(undefined);
      },
    };
  }

  presenceTable(author: string): PresenceTable {
    return {
      put: async (id, project, state) => {
        await Promise.resolve();
        if (this.presenceFault) return this.presenceFault;
        const updatedAt = new Date(this.clock.now()).toISOString();
        this.putPresence({ id, project, state, permissions: presencePermissions(project, author), updatedAt });
        return success(undefined);
      },
      remove: async (id) => {
        await Promise.resolve();
        this.presence.delete(id);
        for (const feed of this.feeds) feed.announceGone(id);
        return success(undefined);
      },
      list: async (project) => {
        await Promise.resolve();
        const rows = [...this.presence.values()].filter((row) => row.project === project);
        return success(rows.sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1)));
      },
    };
  }

  putPresence(row: PresenceRow): void {
    this.presence.set(row.id, row);
    for (const feed of this.feeds) feed.announcePresence(row);
  }

  /** How many connections are open. */
  get connections(): number {
    return [...this.feeds].filter((feed) => feed.isOpen).length;
  }

  feed(): MemoryFeed {
    const feed = new MemoryFeed();
    this.feeds.add(feed);
    return feed;
  }
}

/** A connection that a test brings up and down. */
export class MemoryFeed implements Feed {
  nudges = 0;
  private listener: FeedListener | null = null;
  private up = false;

  open(_project: string, listener: FeedListener): () => void {
    this.listener = listener;
    return () => {
      this.listener = null;
    };
  }

  nudge(): void {
    this.nudges++;
  }

  get isOpen(): boolean {
    return this.listener !== null;
  }

  /** The subscriptions are acknowledged. */
  connect(): void {
    this.up = true;
    this.listener?.live();
  }

  disconnect(): void {
    this.up = false;
    this.listener?.down('test');
  }

  announce(row: UpdateRow): void {
    if (this.up) this.listener?.update(row);
  }

  announcePresence(row: PresenceRow): void {
    if (this.up) this.listener?.presence(row);
  }

  announceGone(id: string): void {
    if (this.up) this.listener?.presenceGone(id);
  }
}

/** What a snapshot with this state says that it holds. */
function holdsOf(state: Uint8Array): Uint8Array {
  const doc = new Y.Doc();
  Y.applyUpdateV2(doc, state);
  return Y.encodeSnapshotV2(Y.snapshot(doc));
}
