import * as Y from 'yjs';
import type { LogEntry, UpdateRow } from '../core/codec.ts';
import { holdsAll } from '../core/compaction/fold.ts';
import { documentKind } from '../core/ids.ts';
import { GAP_PATIENCE_MS, LONG_TAIL_ROWS } from '../core/limits.ts';
import { DEVICE, REMOTE, TAB } from '../core/origins.ts';
import { retryPending } from '../core/pending.ts';
import type { DeviceDocument, SnapshotHead, TabMessage } from '../core/ports.ts';
import { mayHoldMore, missingOnServer } from '../core/repair.ts';
import { mayWrite } from '../core/roles.ts';
import { deriveStatus, type StatusReport, type SyncFacts } from '../core/status.ts';
import { backoffDelay } from './backoff.ts';
import type { Environment } from './environment.ts';
import { CompactionWish } from './compaction-wish.ts';
import { Inbox } from './inbox.ts';
import type { Journal } from './journal.ts';
import type { Sender } from './sender.ts';
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
  /** Rows that the feed brought while a list is being read. */
  private held: UpdateRow[] | null = null;
  private reading: Promise<void> | null = null;
  private readAgain = false;
  private attempt = 0;
  private cancelRetry: (() => void) | null = null;
  private cancelGapTimer: (() => void) | null = null;
  /** A gap that a complete re-read did not close: what is missing is not on the server, so the status is not held up. */
  private gapIsKnown = false;
  /** What this page knows to be on the server or on its way, until the repair diff has run [LOG-2]. */
  private known: Uint8Array[] | null = [];
  /** The newest snapshot whose content is in the document. */
  private generation = 0;
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
    this.inbox = new Inbox(env.project, id, doc);
    this.compaction = new CompactionWish(env, id, journal);

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
      problem: this.denied ?? this.sender.problem,
      delay: this.sender.delay,
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

  /** The server lets this user in no more: says why, `null` when that is over. */
  setDenied(reason: string | null): void {
    this.denied = reason;
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
    this.watchGap();
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
    this.known ??= [];
    this.generation = 0;
    this.read();
  }

  /** Stops; resolves when what this page knows is on the device. The document itself is left to the caller. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.cancelRetry?.();
    this.cancelGapTimer?.();
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
      this.known?.push(...waiting);
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
    this.known?.push(update);
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
        this.known?.push(message.update);
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
    const snapshot = rows.ok ? await this.readSnapshot() : null;
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
    if (snapshot) this.applySnapshot(snapshot);
    const entries = [...entriesById.values()];
    this.inbox.apply(entries);
    this.applyRows(held);
    this.inbox.listed(newest, all);
    if (all !== null) this.bill.listed(all);
    for (const row of held) this.bill.add(row);
    this.bill.snapshot(snapshot);
    this.attempt = 0;
    if (since === undefined) {
      if (!(await this.repair(snapshot, entries))) {
        // The next try needs to be told again what the server holds.
        this.generation = 0;
        this.inbox.forgetPosition();
        return this.retry();
      }
      this.gapIsKnown = this.inbox.hasGap;
    }
    // A list that was begun without the feed may lack what was announced before it was live.
    if (live === this.live) this.caughtUp = true;
    this.polled = !this.live;
    this.watchGap();
    if (all !== null && all.size > LONG_TAIL_ROWS) this.compaction.wanted(this.generation);
    this.onChange();
  }

  /**
   * What the newest snapshot holds, if it is newer than the one that is known, with its state if the document lacks
   * anything of it; `null` where there is none, `false` if it could not be read.
   */
  private async readSnapshot(): Promise<KnownSnapshot | null | false> {
    const { snapshots, project } = this.env;
    // An empty document lacks everything: whether it does need not be asked.
    if (this.generation > 0 || this.doc.store.clients.size > 0) {
      const head = await snapshots.head(project, this.id, this.generation);
      if (!head.ok) return false;
      if (head.value === null) return null;
      if (holdsAll(this.doc, head.value.holds)) return (await this.learnFolded()) && { ...head.value, state: null };
    }
    const newest = await snapshots.newest(project, this.id);
    if (!newest.ok) {
      this.journal.add(`no snapshot: ${newest.message}`, this.id);
      return false;
    }
    for (const damage of newest.value?.repaired ?? []) this.journal.add(`snapshot made good: ${damage}`, this.id);
    return (await this.learnFolded()) && newest.value;
  }

  /** Who wrote what is in snapshots, for documents that show it entry by entry; `false` if it could not be read. */
  private async learnFolded(): Promise<boolean> {
    const { stamps } = this.inbox;
    if (stamps === null) return true;
    const folded = await this.env.snapshots.folded(this.env.project, this.id);
    if (folded.ok) for (const { update, stamp } of folded.value) stamps.learn(update, stamp);
    return folded.ok;
  }

  private applySnapshot({ generation, state }: KnownSnapshot): void {
    const { doc } = this;
    const apply = (): void => {
      if (state) Y.applyUpdateV2(doc, state, REMOTE);
      retryPending(doc, REMOTE);
    };
    Y.transact(doc, apply, REMOTE, false);
    this.generation = generation;
  }

  private retry(): void {
    const delay = backoffDelay(this.attempt++, this.env.random());
    this.cancelRetry = this.env.clock.after(delay, () => this.read());
  }

  private applyRows(rows: readonly UpdateRow[]): void {
    if (rows.length === 0) return;
    const entries = this.inbox.check(rows);
    if (this.known) this.known.push(...entries.map((entry) => entry.update));
    this.inbox.apply(entries);
    if (entries.length < rows.length) this.onChange();
  }

  /**
   * Missing dependencies are normal for a moment. If they stay, the rows are read again from the beginning; if even
   * that does not bring them, they are not on the server yet, and the periodic re-reads go on looking [P1].
   */
  private watchGap(): void {
    if (!this.inbox.hasGap) {
      this.gapIsKnown = false;
      this.cancelGapTimer?.();
      this.cancelGapTimer = null;
      return;
    }
    if (this.cancelGapTimer || this.gapIsKnown) return;
    this.cancelGapTimer = this.env.clock.after(GAP_PATIENCE_MS, () => {
      this.cancelGapTimer = null;
      if (!this.inbox.hasGap) return;
      this.journal.add('an update waits for one that has not arrived: everything is read again', this.id);
      this.inbox.forgetPosition();
      this.read();
    });
  }

  /**
   * Queues what this device holds and the server lacks: what a crash kept out of the outbox [LOG-2]. Runs once; `false`
   * if it has to be tried again, since the server's state could not be read.
   */
  private async repair(snapshot: KnownSnapshot | null, entries: readonly LogEntry[]): Promise<boolean> {
    if (this.known === null) return true;
    // Other tabs may have added to the outbox since it was loaded.
    const waiting = await this.sender.adopt();
    const updates = [...entries.map((entry) => entry.update), ...this.known, ...waiting];
    if (this.mayWrite && mayHoldMore(this.doc, snapshot?.holds ?? null, updates)) {
      const state = snapshot && (snapshot.state ?? (await this.readState()));
      if (state === false) {
        // They are applied by now, so the next list will not bring them again.
        this.known.push(...entries.map((entry) => entry.update));
        return false;
      }
      this.queueMissing(state, [...updates, ...this.known]);
    }
    this.known = null;
    return true;
  }

  private async readState(): Promise<Uint8Array | null | false> {
    const newest = await this.env.snapshots.newest(this.env.project, this.id);
    return newest.ok && (newest.value?.state ?? null);
  }

  private queueMissing(state: Uint8Array | null, updates: readonly Uint8Array[]): void {
    const server = new Y.Doc();
    server.transact(() => {
      if (state) Y.applyUpdateV2(server, state);
      for (const update of updates) Y.applyUpdate(server, update);
    });
    const missing = missingOnServer(this.doc, server);
    server.destroy();
    if (missing) this.sender.add(missing);
  }
}

/** A snapshot whose state is here, or not needed: the document holds it. */
interface KnownSnapshot extends SnapshotHead {
  readonly state: Uint8Array | null;
}
