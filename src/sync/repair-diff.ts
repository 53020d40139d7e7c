import * as Y from 'yjs';
import { mayHoldMore, missingOnServer } from '../core/repair.ts';
import type { Sender } from './sender.ts';
import type { KnownSnapshot } from './snapshot-reader.ts';

/**
 * Queues what this device holds and the server lacks [LOG-2]: what a crash kept out of the outbox, or what the restore of
 * an older copy took from the server. It runs once, after a complete list, and again when it is asked to.
 */
export class RepairDiff {
  private readonly doc: Y.Doc;
  private readonly sender: Sender;
  private readonly readState: () => Promise<Uint8Array | null | false>;
  /** What this page knows to be on the server or on its way; `null` once it has run. */
  private known: Uint8Array[] | null = [];

  /** @param readState the whole state of the newest snapshot, `null` where there is none, `false` if unreadable */
  constructor(doc: Y.Doc, sender: Sender, readState: () => Promise<Uint8Array | null | false>) {
    this.doc = doc;
    this.sender = sender;
    this.readState = readState;
  }

  /** Updates that are on the server or on their way. */
  learn(updates: readonly Uint8Array[]): void {
    this.known?.push(...updates);
  }

  /** The next complete list is followed by another run. */
  runAgain(): void {
    this.known ??= [];
  }

  /**
   * Compares with what the server holds: a snapshot and all rows of the log. `false` if it has to be tried again, since
   * the snapshot's state could not be read.
   *
   * @param mayWrite where the user may not, nothing is queued
   */
  async run(snapshot: KnownSnapshot | null, listed: readonly Uint8Array[], mayWrite: boolean): Promise<boolean> {
    if (this.known === null) return true;
    // Other tabs may have added to the outbox since it was loaded.
    const waiting = await this.sender.adopt();
    const updates = [...listed, ...this.known, ...waiting];
    if (mayWrite && mayHoldMore(this.doc, snapshot?.holds ?? null, updates)) {
      const state = snapshot && (snapshot.state ?? (await this.readState()));
      if (state === false) {
        // They are applied by now, so the next list will not bring them again.
        this.known.push(...listed);
        return false;
      }
      this.queueMissing(state, [...updates, ...this.known]);
    }
    this.known = null;
    return true;
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
