import type { NewUpdateRow, UpdateRow } from '../../src/core/codec.ts';
import { failure, success, type Failure, type Outcome } from '../../src/core/failures.ts';
import type { Feed, FeedListener, PresenceTable, SnapshotStore, UpdateLog, UpdateQuery } from '../../src/core/ports.ts';
import { loadState } from '../../src/core/compaction/load.ts';
import { MemoryCompaction } from '../helpers/compaction-store.ts';
import { Life } from './life.ts';
import type { Weather } from './network.ts';

/** Rows of a page; small, so that runs meet many pages. */
const PAGE = 8;

/** What one page sees of the server: through its own connection, with its own session. */
export interface Connection {
  online: boolean;
  signedIn: boolean;
}

/**
 * Appwrite as the design has to expect it: rows become visible late and out of order of their time, answers get lost,
 * events are lost, doubled and reordered.
 */
export class SimulatedServer {
  /** Visible rows, in the order in which they became visible. */
  readonly rows: UpdateRow[] = [];
  /** What compaction has made of the rows that are not there any more. */
  readonly compaction: MemoryCompaction;
  /** Ids of all rows that were ever visible. */
  readonly stored = new Set<string>();
  appends = 0;
  stateReads = 0;
  lists = 0;
  /** Rows by id, from the moment at which their id is taken until they are visible and after. */
  private readonly commits = new Map<string, Promise<void>>();
  private readonly weather: Weather;
  private readonly sockets = new Set<SimulatedSocket>();

  constructor(weather: Weather) {
    this.weather = weather;
    this.compaction = new MemoryCompaction(this.rows);
    this.compaction.pageRows = PAGE;
  }

  log(life: Life, connection: Connection): UpdateLog {
    return {
      append: (row) => life.bound(this.append(row, life, connection)),
      appendWhileClosing: (row) => {
        // The browser goes on with it whatever becomes of the page; nobody hears of the answer.
        this.append(row, new Life(), connection).catch(() => undefined);
      },
      read: (id) => life.bound(this.read(id, connection)),
      list: (query, take) => life.bound(this.list(query, connection, (rows) => life.over || take(rows))),
    };
  }

  snapshots(life: Life, connection: Connection): SnapshotStore {
    const over = <T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> =>
      life.bound(
        this.weather.delay(30).then(async () => {
          if (!connection.online || this.weather.strikes('requestLost')) return failure('offline', 'read lost');
          return this.refusal() ?? work();
        }),
      );
    const tables = this.compaction.through(() => this.weather.delay(20));
    return {
      newest: (project, doc) =>
        over(async () => {
          this.stateReads++;
          const loaded = await loadState(tables, project, doc);
          if (!loaded.ok) return loaded;
          const { head, state, repaired } = loaded.value;
          if (head === null || state === null) return success(null);
          return success({ generation: head.generation, holds: head.holds, state, repaired });
        }),
      head: (project, doc, known) =>
        over(async () => {
          const heads = await tables.list(project, doc, 1, { above: known });
          if (!heads.ok) return heads;
          const [head] = heads.value;
          return success(head === undefined ? null : { generation: head.generation, holds: head.holds });
        }),
      folded: () => over(() => Promise.resolve(success([]))),
      compact: () => over(() => Promise.resolve(success(undefined))),
    };
  }

  /** Presence is not part of the runs: it carries no edits. */
  presence(life: Life): PresenceTable {
    return {
      put: () => life.bound(Promise.resolve(success(undefined))),
      remove: () => life.bound(Promise.resolve(success(undefined))),
      list: () => life.bound(Promise.resolve(success([]))),
    };
  }

  feed(life: Life, connection: Connection): SimulatedSocket {
    const socket = new SimulatedSocket(this.weather, life, connection, () => this.sockets.delete(socket));
    this.sockets.add(socket);
    return socket;
  }

  private async append(row: NewUpdateRow, life: Life, connection: Connection): Promise<Outcome<void>> {
    this.appends++;
    await this.weather.delay(60);
    // A page that is gone has either sent its request or not.
    if (life.over && this.weather.random.chance(0.5)) return failure('offline', 'never sent');
    if (!connection.online || this.weather.strikes('requestLost')) return failure('offline', 'request lost');
    if (!connection.signedIn || this.weather.strikes('sessionExpired')) {
      connection.signedIn = false;
      return failure('unauthenticated', 'session expired');
    }
    const refusal = this.refusal();
    if (refusal) return refusal;
    // A second insert of an id waits for the first to commit, and is told then that it is taken.
    // Once it is compacted away its id is free again.
    if (this.compaction.retired.delete(row.id)) this.commits.delete(row.id);
    const first = this.commits.get(row.id);
    const commit = first ?? this.commit(row);
    this.commits.set(row.id, commit);
    await commit;
    await this.weather.delay(60);
    if (!connection.online || this.weather.strikes('replyLost')) return failure('offline', 'reply lost');
    return first ? failure('conflict', 'id is taken') : success(undefined);
  }

  private async read(id: string, connection: Connection): Promise<Outcome<UpdateRow | null>> {
    await this.weather.delay(40);
    if (!connection.online || this.weather.strikes('requestLost')) return failure('offline', 'read lost');
    return this.refusal() ?? success(this.rows.find((row) => row.id === id) ?? null);
  }

  private refusal(): Failure | null {
    const { clock } = this.weather;
    if (this.weather.strikes('serverError')) return failure('server', 'server error');
    if (this.weather.strikes('rateLimited')) return failure('rate-limited', 'too many', clock.now() + 5_000);
    return null;
  }

  /** The time of a row is taken before it becomes visible; sometimes long before. */
  private async commit(row: NewUpdateRow): Promise<void> {
    const stored = { ...row, createdAt: new Date(this.weather.clock.now()).toISOString() };
    await this.weather.delay(this.weather.strikes('lateCommit') ? 20_000 : 5);
    this.rows.push(stored);
    this.stored.add(stored.id);
    for (const socket of this.sockets) socket.announce(stored);
  }

  private async list(
    query: UpdateQuery,
    connection: Connection,
    take: (rows: readonly UpdateRow[]) => void,
  ): Promise<Outcome<void>> {
    this.lists++;
    let since = query.since ?? '';
    let skip = 0;
    for (;;) {
      await this.weather.delay(40);
      if (!connection.online || this.weather.strikes('requestLost')) return failure('offline', 'list lost');
      const refusal = this.refusal();
      if (refusal) return refusal;
      const { project, doc } = query;
      const page = this.rows
        .filter((row) => row.project === project && row.doc === doc && row.createdAt >= since)
        .sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0))
        .slice(skip, skip + PAGE);
      await this.weather.delay(20);
      take(page);
      const last = page.at(-1);
      if (!last || page.length < PAGE) return success(undefined);
      skip = last.createdAt === since ? skip + PAGE / 2 : 0;
      since = last.createdAt;
    }
  }
}

/** A socket that is up, down, or silently dead. */
export class SimulatedSocket implements Feed {
  private listener: FeedListener | null = null;
  private live = false;
  private dead = false;
  private readonly weather: Weather;
  private readonly life: Life;
  private readonly connection: Connection;
  private readonly onClose: () => void;
  private cancelConnect: (() => void) | null = null;
  private project = '';

  constructor(weather: Weather, life: Life, connection: Connection, onClose: () => void) {
    this.weather = weather;
    this.life = life;
    this.connection = connection;
    this.onClose = onClose;
  }

  open(project: string, listener: FeedListener): () => void {
    this.project = project;
    this.listener = listener;
    this.connectLater();
    return () => {
      this.listener = null;
      this.cancelConnect?.();
      this.onClose();
    };
  }

  nudge(): void {
    if (!this.live) this.connectLater();
  }

  /** The connection breaks; it comes back by itself when there is a network. */
  drop(): void {
    if (this.life.over) return;
    this.live = false;
    this.dead = false;
    this.listener?.down('dropped');
    this.connectLater();
  }

  /** It stays open and brings nothing any more, until a ping goes unanswered. */
  freeze(): void {
    this.dead = true;
    this.weather.clock.after(30_000, () => {
      if (this.dead) this.drop();
    });
  }

  announce(row: UpdateRow): void {
    if (!this.live || this.dead || row.project !== this.project) return;
    if (this.weather.strikes('eventLost')) return;
    const times = this.weather.strikes('eventDoubled') ? 2 : 1;
    for (let i = 0; i < times; i++) {
      // Delays differ, so events overtake each other.
      this.weather.clock.after(this.weather.random.below(300), () => {
        if (this.live && !this.dead && !this.life.over) this.listener?.update(row);
      });
    }
  }

  private connectLater(): void {
    this.cancelConnect?.();
    this.cancelConnect = this.weather.clock.after(50 + this.weather.random.below(1_000), () => {
      this.cancelConnect = null;
      if (this.life.over || !this.listener) return;
      if (!this.connection.online) return this.connectLater();
      this.live = true;
      this.dead = false;
      this.listener.live();
    });
  }
}
