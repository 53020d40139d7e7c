import * as Y from 'yjs';
import type { UpdateRow } from '../core/codec.ts';
import type { Failure } from '../core/failures.ts';
import { ANTI_ENTROPY_MS, POLL_AFTER_MS, POLL_EVERY_MS } from '../core/limits.ts';
import { combineFacts, deriveStatus, type StatusReport, type SyncFacts } from '../core/status.ts';
import { Agreements } from './agreement.ts';
import { DocumentSync } from './document-sync.ts';
import type { Environment } from './environment.ts';
import { Governor } from './governor.ts';
import { Journal } from './journal.ts';
import { PresenceSync } from './presence-sync.ts';
import type { DocumentReport, Ladder, SyncReport } from './report.ts';
import { Sender } from './sender.ts';

const DELETED = 'This project has been deleted.';

/**
 * Keeps one project in sync while it is open: one feed for all of its documents, a sender for each document that has
 * something to send whether it is open or not, presence, and the periodic re-reads [LOG-4].
 */
export class ProjectSync {
  readonly presence: PresenceSync;
  /** The feed's subscriptions are acknowledged. */
  live = false;
  private readonly env: Environment;
  private readonly onChange: () => void;
  private readonly governor: Governor;
  private readonly journal: Journal;
  private readonly agreements: Agreements;
  private readonly documents = new Map<string, DocumentSync>();
  private readonly unwatch = new Map<string, () => void>();
  private readonly senders = new Map<string, Sender>();
  private closeFeed: (() => void) | null = null;
  private denied: string | null = null;
  private deleted = false;
  private cancelReRead: (() => void) | null = null;
  private cancelPoll: (() => void) | null = null;
  private attempted = false;
  private since: number | null = null;
  private lostBecause: string | null = null;
  private connects = 0;
  private closed = false;

  /** Opens the feed. @param onChange called after each change of any status */
  constructor(env: Environment, onChange: () => void) {
    this.env = env;
    this.onChange = onChange;
    this.governor = new Governor(env.profile, env.clock.now());
    this.journal = new Journal(() => env.clock.now());
    this.presence = new PresenceSync(
      env,
      (failure) => this.refused(failure),
      () => this.companyChanged(),
    );
    this.agreements = new Agreements(env, this.presence, this.journal, onChange);
    this.openFeed();
    this.scheduleReRead();
    this.pollAfter(POLL_AFTER_MS);
    this.adoptAll().catch(env.report);
  }

  /** Opens a document, or returns the open one. Close it with `closeDocument`. */
  openDocument(id: string): DocumentSync {
    const open = this.documents.get(id);
    if (open) return open;
    const doc = new Y.Doc({ gc: true });
    const changed = (): void => this.changed(id);
    const document = new DocumentSync(this.env, id, doc, this.sender(id), this.journal, changed);
    this.documents.set(id, document);
    this.unwatch.set(id, this.agreements.watch(document));
    if (this.denied !== null) document.setDenied(this.denied, this.denied === DELETED);
    if (this.live) document.feedLive();
    else if (this.attempted) document.feedDown();
    return document;
  }

  /** Closes a document; what it still has to send goes on being sent. */
  async closeDocument(id: string): Promise<void> {
    const document = this.documents.get(id);
    if (!document) return;
    this.documents.delete(id);
    this.unwatch.get(id)?.();
    this.unwatch.delete(id);
    // Nobody types into it any more, so nothing is to be waited for.
    this.senders.get(id)?.flush();
    await document.close();
    document.doc.destroy();
  }

  /** The status of the project: of all open documents and of the closed ones that still have something to send. */
  get status(): StatusReport {
    const open = [...this.documents.values()].map((document) => document.facts);
    const closed = [...this.senders].filter(([id]) => !this.documents.has(id));
    const polled = open.some((facts) => facts.polled);
    const sending = closed.map(([, { outbox, problem, delay }]): SyncFacts => {
      const { count, onDevice } = outbox.pending;
      const { live, attempted } = this;
      const pending = { pending: count, pendingOnDevice: onDevice };
      return {
        live,
        attempted,
        polled,
        caughtUp: true,
        ...pending,
        mayWrite: true,
        deviceProblem: null,
        problem,
        delay,
        deleted: this.denied === DELETED,
      };
    });
    return deriveStatus(combineFacts([...open, ...sending]));
  }

  /** Where the edits of a document are; all zero for one that is not open and has nothing to send. */
  ladderOf(id: string): Ladder {
    const sender = this.senders.get(id);
    const { count, onDevice } = sender?.outbox.pending ?? { count: 0, onDevice: 0 };
    const sending = Math.min(sender?.sending ?? 0, onDevice);
    return {
      unsafe: count - onDevice,
      waiting: onDevice - sending,
      sending,
      agreements: this.agreements.of(id),
    };
  }

  /** Everything about the synchronisation that can be told without telling what is written. */
  get report(): SyncReport {
    const now = this.env.clock.now();
    const { live, since, lostBecause, connects, denied } = this;
    return {
      project: this.env.project,
      replica: this.presence.replica,
      role: this.env.identity().role,
      connection: { live, since, lostBecause, connects, denied },
      budget: { updates: this.governor.report(now), presence: this.presence.governor.report(now) },
      others: this.presence.company.others,
      documents: [...this.documents.values()].map((document) => this.reportOf(document)),
      sending: [...this.senders]
        .filter(([id, { outbox }]) => !this.documents.has(id) && outbox.pending.count > 0)
        .map(([id, { outbox, problem }]) => ({ id, pending: outbox.pending.count, problem })),
      journal: this.journal.read(),
    };
  }

  /** What a document costs on the server, or each open one, is counted again. */
  recount(id?: string): void {
    for (const document of this.documents.values()) if (id === undefined || document.id === id) document.recount();
  }

  /** The computer woke up, the network is back, the tab is visible again: looks at once instead of waiting [P22]. */
  nudge(): void {
    if (this.closeFeed === null) {
      this.setDenied(this.deleted ? DELETED : null);
      this.openFeed();
    } else this.env.feed.nudge();
    if (this.deleted) this.env.checkProject?.();
    for (const sender of this.senders.values()) sender.kick();
    for (const document of this.documents.values()) document.read();
  }

  /** The person has turned to something else: what waits goes now, from the reserve if need be [LOG-6]. */
  sendNow(): void {
    for (const sender of this.senders.values()) sender.flush();
  }

  /** The tab is hidden or shown. */
  setHidden(hidden: boolean): void {
    if (hidden) this.sendNow();
    this.presence.setHidden(hidden);
  }

  /** Resolves when everything that this page knows is on this device, or cannot be. */
  async flush(): Promise<void> {
    await Promise.all([...this.documents.values()].map((document) => document.flush()));
  }

  /** The page is being closed or put aside: hands over what waits and says goodbye; it may also come back. */
  leave(): void {
    for (const sender of this.senders.values()) sender.sendWhileClosing();
    this.presence.leave().catch(this.env.report);
  }

  /** Says goodbye and stops. What is not sent stays in the outbox. Calling it twice is harmless. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.closeFeed?.();
    this.cancelReRead?.();
    this.cancelPoll?.();
    this.agreements.close();
    const goodbye = this.presence.close();
    await Promise.all([...this.documents.keys()].map((id) => this.closeDocument(id)));
    await Promise.all([...this.senders.values()].map((sender) => sender.close()));
    await goodbye;
  }

  /**
   * The user may not go on here: closes the feed, which the server would go on filling, and says why in the status.
   * Edits stay on this device. `nudge` tries anew.
   */
  deny(reason: string): void {
    if (this.closed || this.denied === reason) return;
    this.closeFeed?.();
    this.closeFeed = null;
    this.feedDown();
    this.setDenied(reason);
  }

  /**
   * An owner has deleted the project, or has restored it. While it is deleted nothing is sent, as after `deny`; what is
   * there can be read, and the feed stays open: it tells of the restoration.
   */
  setDeleted(deleted: boolean): void {
    if (this.closed || this.deleted === deleted) return;
    this.deleted = deleted;
    // Who is denied for another reason hears of this after `nudge`.
    if (this.closeFeed === null) return;
    this.setDenied(deleted ? DELETED : null);
    if (!deleted) this.nudge();
  }

  private setDenied(reason: string | null): void {
    if (reason === null && this.denied !== null) this.journal.add('let in again');
    this.denied = reason;
    for (const sender of this.senders.values()) sender.suspend(reason !== null);
    if (reason !== null) this.journal.add(`let in no more: ${reason}`);
    for (const document of this.documents.values()) document.setDenied(reason, reason === DELETED);
    this.onChange();
  }

  /**
   * Presence is written every few seconds, so it is the first to meet a session that has ended: reading rows tells
   * nothing, Appwrite answers strangers with an empty list.
   */
  private refused(failure: Failure): void {
    if (failure.kind === 'unauthenticated') this.deny('Your session has ended. Sign in again and go on.');
    if (failure.kind === 'forbidden') this.deny('You are no member of this project any more.');
  }

  private openFeed(): void {
    const { project, feed } = this.env;
    this.closeFeed = feed.open(project, {
      live: () => this.feedLive(),
      down: (reason) => this.lost(reason),
      update: (row) => this.receive(row),
      presence: (row) => this.presence.receive(row),
      presenceGone: (id) => this.presence.gone(id),
      project: (info) => {
        this.env.projectChanged(info);
        this.setDeleted(info.deleted);
      },
      members: (change) => this.env.membersChanged?.(change),
    });
  }

  private sender(doc: string): Sender {
    const known = this.senders.get(doc);
    if (known) return known;
    const { governor, journal } = this;
    const shared = { governor, journal, passenger: this.presence };
    const sender = new Sender(this.env, doc, shared, () => this.changed(doc));
    sender.suspend(this.denied !== null);
    this.senders.set(doc, sender);
    return sender;
  }

  /** Other pages may have left edits behind, also of documents that nobody has open. */
  private async adoptAll(): Promise<void> {
    const waiting = await this.env.device.outbox.waiting(this.env.project);
    if (!waiting.ok) return;
    for (const doc of new Set([...waiting.value, ...this.senders.keys()])) {
      if (!this.closed) await this.sender(doc).adopt();
    }
  }

  /** The status of a document has changed. */
  private changed(doc: string): void {
    this.agreements.statusChanged(doc);
    this.onChange();
  }

  private reportOf(document: DocumentSync): DocumentReport {
    const { id, status, inbox, sender, reads } = document;
    return {
      id,
      status,
      ladder: this.ladderOf(id),
      rowsIn: inbox.count,
      rowsOut: sender.stored.size,
      quarantined: [...inbox.quarantined].map(([row, reason]) => ({ row, reason })),
      reads,
      hasGap: inbox.hasGap,
      digest: this.agreements.digestOf(id),
      heals: this.agreements.healsOf(id),
      stored: document.bill.report,
    };
  }

  /** Who is here decides how soon something has to be seen, and with how many replicas the budget is shared. */
  private companyChanged(): void {
    const { others, own, known } = this.presence.company;
    const watched = !known || others > 0;
    this.governor.watch(watched);
    this.presence.governor.watch(watched);
    this.governor.share(own);
    this.presence.governor.share(own);
  }

  private feedLive(): void {
    this.live = true;
    this.attempted = true;
    this.cancelPoll?.();
    this.cancelPoll = null;
    this.since = this.env.clock.now();
    this.connects++;
    this.journal.add('connected');
    for (const [id, sender] of this.senders) if (!this.documents.has(id)) sender.kick();
    for (const document of this.documents.values()) document.feedLive();
    this.presence.feedLive();
    this.env.checkProject?.();
    this.onChange();
  }

  private lost(reason: string): void {
    this.lostBecause = reason;
    this.journal.add(`disconnected: ${reason}`);
    this.feedDown();
  }

  private feedDown(): void {
    if (this.live || this.since === null) this.since = this.env.clock.now();
    this.live = false;
    this.attempted = true;
    if (this.cancelPoll === null) this.pollAfter(POLL_AFTER_MS);
    for (const document of this.documents.values()) document.feedDown();
    this.presence.feedDown();
    this.onChange();
  }

  private receive(row: UpdateRow): void {
    if (row.project !== this.env.project) return;
    const document = this.documents.get(row.doc);
    if (document) document.receive(row);
    else this.senders.get(row.doc)?.announced(row);
    // After the update: the cursor is placed by what it has just written.
    if (row.presence !== undefined) this.presence.ride(row);
  }

  /** Some networks let requests through and no WebSocket. */
  private pollAfter(delay: number): void {
    this.cancelPoll = this.env.clock.after(delay, () => {
      for (const document of this.documents.values()) document.poll();
      this.pollAfter(POLL_EVERY_MS);
    });
  }

  private scheduleReRead(): void {
    const delay = ANTI_ENTROPY_MS * (0.75 + 0.5 * this.env.random());
    this.cancelReRead = this.env.clock.after(delay, () => {
      for (const document of this.documents.values()) document.read();
      this.adoptAll().catch(this.env.report);
      if (this.deleted) this.env.checkProject?.();
      this.scheduleReRead();
    });
  }
}
