import * as Y from 'yjs';
import type { LogEntry, UpdateRow } from '../core/codec.ts';
import { documentKind } from '../core/ids.ts';
import { LONG_TAIL_ROWS } from '../core/limits.ts';
import { DEVICE, TAB } from '../core/origins.ts';
import type { DeviceDocument, TabMessage } from '../core/ports.ts';
import { mayWrite } from '../core/roles.ts';
import { deriveStatus, type StatusReport, type SyncFacts } from '../core/status.ts';
import { backoffDelay } from './backoff.ts';
import type { Environment } from './environment.ts';
import { CompactionWish } from './compaction-wish.ts';
import { GapWatch } from './gap-watch.ts';
import { Inbox } from './inbox.ts';
import type { Journal } from './journal.ts';
import { RepairDiff } from './repair-diff.ts';
import type { Sender } from './sender.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import { StorageBill } from './storage-bill.ts';

/**
 * Keeps one document equal on this device, in other tabs and on the server.
 *
 * The order of a catch-up is that of [LOG-3]: the feed is live → list rows → read the newest snapshot → apply all →
 * apply what the feed brought meanwhile. What the user writes goes to the sender at any time.
 */
export class DocumentSync {
  readonly id: string;
  readonly doc: Y.Doc;
  /** Resolves when the content of this device is in the document; the network is not waited for [LOCAL-1]. */
  readonly loaded: Promise<void>;
  readonly inbox: Inbox;
  readonly sender: Sender;
  readonly bill = new StorageBill();
  /** How often the rows of this document were read. */
  reads = 0;
  private readonly env: Environment;
  private readonly device: DeviceDocument;
  private readonly journal: Journal;
  private readonly onChange: () => void;
  private readonly undo: (() => void)[] = [];
  private deviceProblem: string | null = null;
  private live = false;
  private attempted = false;
  /** The feed is down, and the last list was read all the same. */
  private polled = false;
  private caughtUp = false;
  private denied: string | null = null;
  private deleted = false;
  /** Rows that the feed brought while a list is being read. */
  private held: UpdateRow[] | null = null;
  private reading: Promise<void> | null = null;
  private readAgain = false;
  private attempt = 0;
  private cancelRetry: (() => void) | null = null;
  private readonly gap: GapWatch;
  private readonly repair: RepairDiff;
  private readonly snapshots: SnapshotReader;
  private readonly compaction: CompactionWish;
  private closed = false;

  /** @param onChange called after each change of `status` */
  constructor(env: Environment, id: string, doc: Y.Doc, sender: Sender, journal: Journal, onChange: () => void) {
    this.env = env;
    this.id = id;
    this.doc = doc;
    this.sender = sender;
    this.journal = journal;
    this.onChange = onChange;
    this.inbox = new Inbox(env.project, id, doc, (row) => sender.stored.has(row));
    this.snapshots = new SnapshotReader(env, id, doc, this.inbox, journal);
    this.compaction = new CompactionWish(env, id, journal);
    this.gap = new GapWatch({
      clock: env.clock,
      hasGap: () => this.inbox.hasGap,
      onGap: () => {
        journal.add('an update waits for one that has not arrived: everything is read again', id);
        this.inbox.forgetPosition();
        this.read();
      },
    });
    this.repair = new RepairDiff(doc, sender, () => this.snapshots.state());

    const onUpdate = (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction): void => {
      if (transaction.local) this.write(update);
    };
    doc.on('update', onUpdate);
    this.undo.push(() => doc.off('update', onUpdate));
    this.device = env.device.openDocument(env.project, id, doc, (problem) => {
      this.deviceProblem = problem;
      journal.add(problem === null ? 'this device stores again' : `not saved on this device: ${problem}`, id);
      onChange();
    });
    this.undo.push(env.tabs.listen((message) => this.receiveFromTab(message)));
    this.loaded = this.load();
  }

  get status(): StatusReport {
    return deriveStatus(this.facts);
  }

  get facts(): SyncFacts {
    const { count, onDevice } = this.sender.outbox.pending;
    return {
      live: this.live,
      attempted: this.attempted,
      polled: this.polled,
      caughtUp: this.caughtUp,
      pending: count,
      pendingOnDevice: onDevice,
      mayWrite: this.mayWrite,
      deviceProblem: this.deviceProblem,
      problem: (this.deleted ? null : this.denied) ?? this.sender.problem,
      delay: this.sender.delay,
      deleted: this.deleted,
    };
  }

  /** All rows were read since the feed is live, or a moment ago where there is none. */
  get isCaughtUp(): boolean {
    return (this.live || this.polled) && this.caughtUp;
  }

  /** Nothing is on its way in or out: what is here is what there is, as far as this replica knows. */
  get isSettled(): boolean {
    return this.isCaughtUp && this.reading === null && !this.inbox.hasGap && this.sender.outbox.pending.count === 0;
  }

  get mayWrite(): boolean {
    const kind = documentKind(this.id);
    return kind !== null && mayWrite(this.env.identity().role, kind);
  }

  /** The server has acknowledged the feed's subscriptions: what was missed is read now. */
  feedLive(): void {
    this.live = true;
    this.attempted = true;
    this.polled = false;
    this.caughtUp = false;
    this.attempt = 0;
    this.sender.kick();
    this.read();
    this.onChange();
  }

  feedDown(): void {
    this.live = false;
    this.attempted = true;
    this.caughtUp = false;
    this.onChange();
  }

  /**
   * The server lets this user in no more: says why, `null` when that is over.
   *
   * @param deleted the reason is that the project is deleted
   */
  setDenied(reason: string | null, deleted: boolean): void {
    this.denied = reason;
    this.deleted = deleted;
    this.onChange();
  }

  /** A row of this document, announced by the feed. */
  receive(row: UpdateRow): void {
    this.bill.add(row);
    this.inbox.announced(row);
    if (this.sender.announced(row)) return;
    if (this.held) {
      this.held.push(row);
      return;
    }
    this.applyRows([row]);
    this.gap.look();
  }

  /** Reads the rows since the last complete list, with the overlap; calls that come meanwhile become one more read. */
  read(): void {
    if (this.closed || !this.live) return;
    if (this.reading) this.readAgain = true;
    else this.startReading();
  }

  /** Reads the rows although there is no feed; what comes between two polls comes with the next. */
  poll(): void {
    if (!this.closed && !this.live && !this.reading && this.denied === null) this.startReading();
  }

  private startReading(): void {
    this.cancelRetry?.();
    this.reading = this.catchUp()
      .catch((error: unknown) => this.env.report(error))
      .finally(() => {
        this.reading = null;
        if (this.readAgain) {
          this.readAgain = false;
          this.read();
        }
      });
  }

  /** Reads and applies everything again, also what is believed to be here: another replica holds something else [LOG-5]. */
  heal(): void {
    this.inbox.forgetAll();
    // And it may be the server that lacks something, as after the restore of an older copy: then it gets it from here.
    this.repair.runAgain();
    this.snapshots.forget();
    this.read();
  }

  /** Reads the whole log and the newest snapshot's row again, for the storage bill: as after a purge. */
  recount(): void {
    this.inbox.forgetPosition();
    this.snapshots.forget();
    this.read();
  }

  /** Stops; resolves when what this page knows is on the device. The document itself is left to the caller. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.cancelRetry?.();
    this.gap.close();
    this.compaction.close();
    for (const undo of this.undo) undo();
    await this.reading;
    await this.device.close();
  }

  /** Resolves when everything up to now is on this device, or cannot be. */
  async flush(): Promise<void> {
    await Promise.all([this.sender.outbox.flush(), this.device.flush()]);
  }

  private async load(): Promise<void> {
    const [waiting] = await Promise.all([this.sender.adopt(), this.device.loaded]);
    if (waiting.length > 0) {
      const apply = (): void => {
        for (const update of waiting) Y.applyUpdate(this.doc, update, DEVICE);
      };
      Y.transact(this.doc, apply, DEVICE, false);
      this.repair.learn(waiting);
      for (const update of waiting) this.mine(update);
    }
    this.onChange();
  }

  private write(update: Uint8Array): void {
    if (!this.mayWrite) {
      // The user interface lets nobody get here; were it sent, the server and every replica would refuse it [P15].
      this.env.report(new Error(`an edit of ${this.id} by a ${this.env.identity().role} is not sent`));
      return;
    }
    this.repair.learn([update]);
    this.mine(update);
    this.sender.add(update);
  }

  /** An update that this user wrote, here or in another tab. */
  private mine(update: Uint8Array): void {
    this.inbox.stamps?.learn(update, { project: this.env.project, ...this.env.identity() });
  }

  private receiveFromTab(message: TabMessage): void {
    if (message.doc !== this.id) return;
    switch (message.type) {
      case 'update':
        this.sender.heardUpdate(message);
        this.repair.learn([message.update]);
        this.mine(message.update);
        Y.applyUpdate(this.doc, message.update, TAB);
        break;
      case 'stored':
        this.sender.heardStored(message.row);
        break;
    }
  }

  private async catchUp(): Promise<void> {
    const { live } = this;
    this.held = [];
    this.reads++;
    await this.loaded;
    const since = this.inbox.since;
    const query = { project: this.env.project, doc: this.id };
    const entriesById = new Map<string, LogEntry>();
    let newest: string | null = null;
    const all = since === undefined ? new Map<string, number>() : null;
    const rows = await this.env.log.list(since === undefined ? query : { ...query, since }, (page) => {
      for (const entry of this.inbox.check(page)) entriesById.set(entry.id, entry);
      for (const row of page) {
        if (newest === null || row.createdAt > newest) newest = row.createdAt;
        all?.set(row.id, row.data.length);
        this.bill.add(row);
      }
    });
    // The snapshot after the rows: a row that was compacted away in between is inside it.
    const snapshot = rows.ok ? await this.snapshots.read() : null;
    const held = this.held;
    this.held = null;
    if (this.closed) return;
    if (!rows.ok || snapshot === false) {
      this.journal.add(`not read: ${rows.ok ? 'no snapshot' : rows.message}`, this.id);
      this.applyRows(held);
      if (live) return this.retry();
      this.polled = false;
      return this.onChange();
    }
    if (snapshot) this.snapshots.apply(snapshot);
    const entries = [...entriesById.values()];
    this.inbox.apply(entries);
    this.applyRows(held);
    this.inbox.listed(newest, all);
    if (all !== null) this.bill.listed(all);
    for (const row of held) this.bill.add(row);
    this.bill.snapshot(snapshot);
    this.attempt = 0;
    if (since === undefined) {
      if (!(await this.repair.run(snapshot, updatesOf(entries), this.mayWrite))) {
        // The next try needs to be told again what the server holds.
        this.snapshots.forget();
        this.inbox.forgetPosition();
        return this.retry();
      }
      this.gap.allRead();
    }
    // A list that was begun without the feed may lack what was announced before it was live.
    if (live === this.live) this.caughtUp = true;
    this.polled = !this.live;
    this.gap.look();
    if (all !== null && all.size > LONG_TAIL_ROWS) this.compaction.wanted(this.snapshots.generation);
    this.onChange();
  }

  private retry(): void {
    const delay = backoffDelay(this.attempt++, this.env.random());
    this.cancelRetry = this.env.clock.after(delay, () => this.read());
  }

  private applyRows(rows: readonly UpdateRow[]): void {
    if (rows.length === 0) return;
    const entries = this.inbox.check(rows);
    this.repair.learn(updatesOf(entries));
    this.inbox.apply(entries);
    if (entries.length < rows.length) this.onChange();
  }
}

function updatesOf(entries: readonly LogEntry[]): Uint8Array[] {
  return entries.map((entry) => entry.update);
}
