import { applyAwarenessUpdate, Awareness, removeAwarenessStates } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { UpdateRow } from '../core/codec.ts';
import { isPassing, type Failure } from '../core/failures.ts';
import { randomId } from '../core/ids.ts';
import { REMOTE } from '../core/origins.ts';
import type { PresenceRow } from '../core/ports.ts';
import {
  decodePresence,
  encodeAwareness,
  encodePresence,
  rideAlong,
  withProvenUser,
  type PresenceState,
  type PresenceUpdate,
} from '../core/presence.ts';
import { acceptPresenceStamp, acceptStamp } from '../core/stamps.ts';
import { backoffDelay } from './backoff.ts';
import type { Environment } from './environment.ts';
import { Governor } from './governor.ts';

/** At most one presence row a replica in this time, the newest state wins. */
const PUT_INTERVAL_MS = 50;

/** The more people, the rarer: nobody has to take more than about 40 rows a second, however many are there. */
const PUT_INTERVAL_PER_REPLICA_MS = 25;

/** A hidden tab that nobody comes back to says goodbye, before its browser slows its timers down to one a minute. */
const HIDDEN_PATIENCE_MS = 240_000;

/** A connection that comes back sooner makes nobody vanish. */
const FORGET_OTHERS_MS = 3_000;

/** Rows this much older than the newest one belong to replicas that left without a goodbye. */
const STALE_MS = 40_000;

/**
 * Who is in the project: this replica's awareness state goes out as its presence row, the rows of others come in.
 * A state counts only with the stamp of its author, and shows that author whatever it claims [STAMP-2, P27].
 */
export class PresenceSync {
  readonly awareness: Awareness;
  /** This replica: a tab, or another program with a session of its own. */
  readonly replica: string;
  readonly governor: Governor;
  /** Digests of the documents that are open and at rest, to go with the next presence row [LOG-5]. */
  digests: () => Readonly<Record<string, string>> = () => ({});
  private readonly env: Environment;
  private readonly onRefused: (failure: Failure) => void;
  private readonly onCompany: () => void;
  private readonly doc = new Y.Doc();
  /** Whose row speaks for a client id: the first one that did. */
  private readonly rowOfClient = new Map<number, string>();
  private live = false;
  /** The rows of others were read since the feed is live. */
  private othersKnown = false;
  private dirty = false;
  private sending: Promise<void> | null = null;
  private cancelTimer: (() => void) | null = null;
  private cancelForget: (() => void) | null = null;
  private cancelGoodbye: (() => void) | null = null;
  private away = false;
  /** Tries to write this replica's row that have failed since one succeeded. */
  private failures = 0;
  private closed = false;

  /**
   * @param onRefused called when the server refuses this replica's presence
   * @param onCompany called when `company` may have changed
   */
  constructor(env: Environment, onRefused: (failure: Failure) => void, onCompany: () => void) {
    this.env = env;
    this.onRefused = onRefused;
    this.onCompany = onCompany;
    this.replica = randomId(env.randomBytes);
    this.governor = new Governor(env.profile, env.clock.now());
    this.awareness = new Awareness(this.doc);
    this.awareness.setLocalState(null);
    this.awareness.on('change', onCompany);
    this.awareness.on('update', (change: { added: number[]; updated: number[]; removed: number[] }) => {
      const mine = this.awareness.clientID;
      if ([change.added, change.updated, change.removed].some((clients) => clients.includes(mine))) this.schedule();
    });
  }

  /** Changes fields of this replica's state; the others keep their value. */
  update(fields: Partial<PresenceState>): void {
    this.awareness.setLocalState({ ...this.awareness.getLocalState(), ...fields });
  }

  /**
   * Other replicas that are here, how many replicas of this user there are with this one, and whether this can be
   * relied on: it is not known until the rows of others were read.
   */
  get company(): { readonly others: number; readonly own: number; readonly known: boolean } {
    const mine = this.awareness.getLocalState() as PresenceState | null;
    let own = 1;
    for (const [client, state] of this.awareness.getStates() as Map<number, PresenceState>) {
      if (client !== this.awareness.clientID && state.user?.id === mine?.user?.id) own++;
    }
    const others = [...this.awareness.getStates().keys()].filter((id) => id !== this.awareness.clientID).length;
    return { others, own, known: this.othersKnown };
  }

  /** Something besides the state itself is to be told: the next row goes out although the state is the same. */
  renew(): void {
    const state = this.awareness.getLocalState();
    if (state !== null) this.awareness.setLocalState({ ...state });
  }

  /**
   * The cursor for an update row that is being written, if it has moved: it need not go as a row of its own then.
   * `missed` has to be called if that row is not stored.
   */
  takeRide(): string | undefined {
    if (!this.dirty || !this.live || this.away) return undefined;
    const update = this.compose();
    const text = update && encodePresence(encodeAwareness(rideAlong(update)));
    if (text === null) return undefined;
    this.dirty = false;
    return text;
  }

  missed(): void {
    this.schedule();
  }

  /** A cursor that came with an update row: of somebody whom a presence row has introduced, and by the same author. */
  ride(row: UpdateRow): void {
    const update = row.presence === undefined ? null : decodePresence(row.presence);
    if (update === null || update.state === null || update.client === this.awareness.clientID) return;
    const stamp = acceptStamp(row.permissions, this.env.project, row.doc);
    const known = this.awareness.getStates().get(update.client) as PresenceState | undefined;
    if ('invalid' in stamp || known?.user?.id !== stamp.author) return;
    const { digests: _outdated, ...rest } = known;
    const state = { ...rest, ...update.state, user: known.user };
    applyAwarenessUpdate(this.awareness, encodeAwareness({ ...update, state }), REMOTE);
  }

  /** The tab is hidden or shown again: a hidden one renews its row, but tells nothing more [P28]. */
  setHidden(hidden: boolean): void {
    this.cancelGoodbye?.();
    this.cancelGoodbye = null;
    if (hidden) {
      this.cancelGoodbye = this.env.clock.after(HIDDEN_PATIENCE_MS, () => {
        this.away = true;
        this.leave().catch((error: unknown) => this.env.report(error));
      });
    } else if (this.away) {
      this.away = false;
      this.renew();
    }
  }

  /** The feed is live: says who is here and asks who else is. */
  feedLive(): void {
    this.live = true;
    this.failures = 0;
    this.cancelForget?.();
    this.schedule();
    this.readOthers().catch((error: unknown) => this.env.report(error));
  }

  /** Nobody can be seen any more; whoever is still there comes back with the feed. */
  feedDown(): void {
    this.live = false;
    this.othersKnown = false;
    this.cancelForget?.();
    this.cancelForget = this.env.clock.after(FORGET_OTHERS_MS, () => this.forgetOthers());
  }

  receive(row: PresenceRow): void {
    if (row.id === this.replica || row.project !== this.env.project) return;
    const stamp = acceptPresenceStamp(row.permissions, row.project);
    if ('invalid' in stamp) return;
    const update = decodePresence(row.state);
    if (update === null || update.client === this.awareness.clientID) return;
    const owner = this.rowOfClient.get(update.client);
    if (owner !== undefined && owner !== row.id) return;
    this.rowOfClient.set(update.client, row.id);
    applyAwarenessUpdate(this.awareness, encodeAwareness(withProvenUser(update, stamp.author)), REMOTE);
  }

  /** The row was deleted: its replica has left. */
  gone(rowId: string): void {
    for (const [client, owner] of this.rowOfClient) {
      if (owner !== rowId) continue;
      removeAwarenessStates(this.awareness, [client], REMOTE);
      this.rowOfClient.delete(client);
    }
  }

  /** Says goodbye while the page is being closed or put aside; the next change or reconnect says hello again. */
  async leave(): Promise<void> {
    await this.env.presence.remove(this.replica);
  }

  /** Says goodbye for good. Calling it twice is harmless. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.cancelTimer?.();
    this.cancelForget?.();
    this.cancelGoodbye?.();
    this.awareness.destroy();
    this.doc.destroy();
    await this.sending;
    await this.leave();
  }

  private forgetOthers(): void {
    const others = [...this.awareness.getStates().keys()].filter((client) => client !== this.awareness.clientID);
    removeAwarenessStates(this.awareness, others, REMOTE);
    // Else a state that has not changed meanwhile would be taken for an old one and refused [P24].
    for (const client of others) this.awareness.meta.delete(client);
  }

  private async readOthers(): Promise<void> {
    await this.sending;
    const rows = await this.env.presence.list(this.env.project);
    if (!rows.ok || this.closed) return;
    const newest = Date.parse(rows.value[0]?.updatedAt ?? '');
    for (const row of rows.value) if (newest - Date.parse(row.updatedAt) < STALE_MS) this.receive(row);
    this.othersKnown = true;
    this.onCompany();
  }

  private schedule(): void {
    this.dirty = true;
    if (!this.live || this.away || this.closed || this.sending || this.cancelTimer) return;
    const wait = this.governor.take(this.env.clock.now());
    if (wait > 0) this.scheduleAfter(wait);
    else {
      this.sending = this.put()
        .catch((error: unknown) => this.env.report(error))
        .finally(() => {
          this.sending = null;
          const interval = Math.max(PUT_INTERVAL_MS, PUT_INTERVAL_PER_REPLICA_MS * this.company.others);
          this.scheduleAfter(this.failures === 0 ? interval : backoffDelay(this.failures, this.env.random()));
        });
    }
  }

  private scheduleAfter(delay: number): void {
    this.cancelTimer = this.env.clock.after(delay, () => {
      this.cancelTimer = null;
      if (this.dirty) this.schedule();
    });
  }

  private compose(): PresenceUpdate | null {
    const client = this.awareness.clientID;
    const state = this.awareness.getLocalState() as PresenceState | null;
    const clock = this.awareness.meta.get(client)?.clock ?? 0;
    return state && { client, clock, state: { ...state, digests: this.digests() } };
  }

  /** Writes the newest state. After a failure that can pass it is tried again, with what is the newest then. */
  private async put(): Promise<void> {
    this.dirty = false;
    const update = this.compose();
    const state = update && encodePresence(encodeAwareness(update));
    if (state === null) return;
    const put = await this.env.presence.put(this.replica, this.env.project, state);
    if (put.ok) this.failures = 0;
    if (put.ok || this.closed) return;
    if (put.kind === 'rate-limited') this.governor.refused(put.retryAt ?? this.env.clock.now());
    if (isPassing(put.kind)) {
      this.failures++;
      this.dirty = true;
    } else this.onRefused(put);
  }
}
