import type { NewUpdateRow, UpdateRow } from '../../../src/core/codec.ts';
import { failure, type Failure, type Outcome } from '../../../src/core/failures.ts';
import type { Feed, FeedListener, PresenceTable, SnapshotStore, UpdateLog } from '../../../src/core/ports.ts';
import type { Ports } from './world.ts';

interface OpenFeed {
  readonly project: string;
  readonly listener: FeedListener;
  close: (() => void) | null;
}

/**
 * The network between one replica and the server, with faults that a test orders. What is behind it is a real server
 * or one in memory: the faults are the same.
 */
export class Line implements Ports {
  readonly log: UpdateLog;
  readonly snapshots: SnapshotStore;
  readonly feed: Feed;
  readonly presence: PresenceTable;
  /** Every row that the replica tried to send over a line that was plugged in. */
  readonly attempts: NewUpdateRow[] = [];
  /** The answers to so many of the next rows get lost, after the server has carried them out. */
  lostReplies = 0;
  /** The next rows meet these, one each, and do not reach the server. */
  readonly refusals: Failure[] = [];
  /** Events of rows that do not arrive. */
  dropEvent: (row: UpdateRow) => boolean = () => false;
  /** While it is set, rows that are announced or listed are given to it instead of to the replica. */
  hold: ((row: UpdateRow) => void) | null = null;
  /** Runs once, between the subscription and the next list. */
  beforeList: (() => Promise<void>) | null = null;
  /** Runs once, between the next list and the snapshot that is read after it. */
  afterList: (() => Promise<void>) | null = null;
  private readonly ports: Ports;
  private readonly feeds = new Set<OpenFeed>();
  private readonly sockets: boolean;
  private plugged: boolean;
  /** Counts how often the cable was pulled: an answer to a question from before does not arrive. */
  private pulled = 0;

  /**
   * @param plugged whether there is a network from the start
   * @param sockets whether sockets can be opened; requests always can
   */
  constructor(ports: Ports, plugged = true, sockets = true) {
    this.ports = ports;
    this.plugged = plugged;
    this.sockets = sockets;
    this.log = {
      append: (row) => this.append(row),
      appendWhileClosing: (row) => {
        if (this.plugged) ports.log.appendWhileClosing(row);
      },
      read: (id) => this.over(() => ports.log.read(id)),
      list: (query, take) =>
        this.over(async () => {
          await once(this.beforeList, () => (this.beforeList = null));
          const listed = await ports.log.list(query, (page) => {
            if (this.hold) page.forEach(this.hold);
            else take(page);
          });
          await once(this.afterList, () => (this.afterList = null));
          return listed;
        }),
    };
    this.snapshots = {
      newest: (project, doc) => this.over(() => ports.snapshots.newest(project, doc)),
      head: (project, doc, known) => this.over(() => ports.snapshots.head(project, doc, known)),
      folded: (project, doc) => this.over(() => ports.snapshots.folded(project, doc)),
      compact: (project, doc) => this.over(() => ports.snapshots.compact(project, doc)),
    };
    this.presence = {
      put: (id, project, state) => this.over(() => ports.presence.put(id, project, state)),
      remove: (id) => this.over(() => ports.presence.remove(id)),
      list: (project) => this.over(() => ports.presence.list(project)),
    };
    this.feed = {
      open: (project, listener) => this.openFeed({ project, listener, close: null }),
      nudge: () => ports.feed.nudge(),
    };
  }

  /** Pulls the cable: sockets end, and neither questions nor answers come through. */
  unplug(): void {
    if (!this.plugged) return;
    this.plugged = false;
    this.pulled++;
    for (const feed of this.feeds) {
      feed.close?.();
      feed.close = null;
      feed.listener.down('unplugged');
    }
  }

  /** Plugs it in again; the feed connects anew. */
  plug(): void {
    if (this.plugged) return;
    this.plugged = true;
    if (this.sockets) for (const feed of this.feeds) this.connect(feed);
  }

  /** Gives the replica a row that was held back. */
  deliver(row: UpdateRow): void {
    for (const { listener } of this.feeds) listener.update(row);
  }

  private openFeed(feed: OpenFeed): () => void {
    this.feeds.add(feed);
    if (this.plugged && this.sockets) this.connect(feed);
    else queueMicrotask(() => feed.listener.down('unplugged'));
    return () => {
      this.feeds.delete(feed);
      feed.close?.();
      feed.close = null;
    };
  }

  private connect(feed: OpenFeed): void {
    const { project, listener } = feed;
    feed.close = this.ports.feed.open(project, {
      live: () => listener.live(),
      down: (reason) => listener.down(reason),
      update: (row) => {
        if (this.dropEvent(row)) return;
        if (this.hold) this.hold(row);
        else listener.update(row);
      },
      presence: (row) => listener.presence(row),
      presenceGone: (id) => listener.presenceGone(id),
      project: (info) => listener.project(info),
    });
  }

  private append(row: NewUpdateRow): Promise<Outcome<void>> {
    return this.over(async () => {
      this.attempts.push(row);
      const refusal = this.refusals.shift();
      if (refusal) return refusal;
      const outcome = await this.ports.log.append(row);
      if (this.lostReplies === 0) return outcome;
      this.lostReplies--;
      return NO_ANSWER;
    });
  }

  private async over<T>(ask: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    await Promise.resolve();
    if (!this.plugged) return NO_ANSWER;
    const { pulled } = this;
    const outcome = await ask();
    return pulled === this.pulled ? outcome : NO_ANSWER;
  }
}

const NO_ANSWER: Failure = failure('offline', 'No answer.');

async function once(work: (() => Promise<void>) | null, forget: () => void): Promise<void> {
  forget();
  await work?.();
}
