import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { Failure } from '../core/failures.ts';
import { randomId } from '../core/ids.ts';
import { REMOTE } from '../core/origins.ts';
import type { PresenceRow } from '../core/ports.ts';
import {
  decodePresence,
  encodeAwareness,
  encodePresence,
  withProvenUser,
  type PresenceState,
} from '../core/presence.ts';
import { acceptPresenceStamp } from '../core/stamps.ts';
import type { Environment } from './environment.ts';

/** At most one presence row a replica in this time, the newest state wins. */
const PUT_INTERVAL_MS = 50;

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
  private readonly env: Environment;
  private readonly onRefused: (failure: Failure) => void;
  private readonly doc = new Y.Doc();
  /** Whose row speaks for a client id: the first one that did. */
  private readonly rowOfClient = new Map<number, string>();
  private live = false;
  private dirty = false;
  private sending: Promise<void> | null = null;
  private cancelTimer: (() => void) | null = null;
  private cancelForget: (() => void) | null = null;
  private closed = false;

  /** @param onRefused called when the server refuses this replica's presence */
  constructor(env: Environment, onRefused: (failure: Failure) => void) {
    this.env = env;
    this.onRefused = onRefused;
    this.replica = randomId(env.randomBytes);
    this.awareness = new Awareness(this.doc);
    this.awareness.setLocalState(null);
    this.awareness.on('update', (change: { added: number[]; updated: number[]; removed: number[] }) => {
      const mine = this.awareness.clientID;
      if ([change.added, change.updated, change.removed].some((clients) => clients.includes(mine))) this.schedule();
    });
  }

  /** Changes fields of this replica's state; the others keep their value. */
  update(fields: Partial<PresenceState>): void {
    this.awareness.setLocalState({ ...this.awareness.getLocalState(), ...fields });
  }

  /** The feed is live: says who is here and asks who else is. */
  feedLive(): void {
    this.live = true;
    this.cancelForget?.();
    this.schedule();
    this.readOthers().catch((error: unknown) => this.env.report(error));
  }

  /** Nobody can be seen any more; whoever is still there comes back with the feed. */
  feedDown(): void {
    this.live = false;
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
  }

  private schedule(): void {
    this.dirty = true;
    if (!this.live || this.closed || this.sending || this.cancelTimer) return;
    this.sending = this.put()
      .catch((error: unknown) => this.env.report(error))
      .finally(() => {
        this.sending = null;
        this.cancelTimer = this.env.clock.after(PUT_INTERVAL_MS, () => {
          this.cancelTimer = null;
          if (this.dirty) this.schedule();
        });
      });
  }

  /** Writes the newest state. A failure is not retried: the state is renewed every 15 s, and when the feed is live. */
  private async put(): Promise<void> {
    this.dirty = false;
    if (this.awareness.getLocalState() === null) return;
    const state = encodePresence(encodeAwarenessUpdate(this.awareness, [this.awareness.clientID]));
    if (state === null) return;
    const put = await this.env.presence.put(this.replica, this.env.project, state);
    if (!put.ok && !this.closed) this.onRefused(put);
  }
}
