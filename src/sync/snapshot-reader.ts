import * as Y from 'yjs';
import { holdsAll } from '../core/compaction/fold.ts';
import { REMOTE } from '../core/origins.ts';
import { retryPending } from '../core/pending.ts';
import type { SnapshotHead } from '../core/ports.ts';
import type { Environment } from './environment.ts';
import type { Inbox } from './inbox.ts';
import type { Journal } from './journal.ts';

/** A snapshot whose state is here, or not needed: the document holds it. */
export interface KnownSnapshot extends SnapshotHead {
  readonly state: Uint8Array | null;
}

/** Reads the snapshots of one document, and of each only what the document lacks. */
export class SnapshotReader {
  /** The newest generation whose content is in the document; 0: none. */
  private held = 0;
  private readonly env: Environment;
  private readonly id: string;
  private readonly doc: Y.Doc;
  private readonly inbox: Inbox;
  private readonly journal: Journal;

  constructor(env: Environment, id: string, doc: Y.Doc, inbox: Inbox, journal: Journal) {
    this.env = env;
    this.id = id;
    this.doc = doc;
    this.inbox = inbox;
    this.journal = journal;
  }

  get generation(): number {
    return this.held;
  }

  /** The next read begins anew: what the document is believed to hold may not be so. */
  forget(): void {
    this.held = 0;
  }

  /**
   * What the newest snapshot holds, if it is newer than the one that is known, with its state if the document lacks
   * anything of it; `null` where there is none, `false` if it could not be read.
   */
  async read(): Promise<KnownSnapshot | null | false> {
    const { snapshots, project } = this.env;
    // An empty document lacks everything: whether it does need not be asked.
    if (this.held > 0 || this.doc.store.clients.size > 0) {
      const head = await snapshots.head(project, this.id, this.held);
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

  /** Brings what was read into the document. */
  apply({ generation, state }: KnownSnapshot): void {
    const { doc } = this;
    const apply = (): void => {
      if (state) Y.applyUpdateV2(doc, state, REMOTE);
      retryPending(doc, REMOTE);
    };
    Y.transact(doc, apply, REMOTE, false);
    this.held = generation;
  }

  /** The whole state of a snapshot that was read without it; `null` where there is none any more, `false` if unreadable. */
  async state(): Promise<Uint8Array | null | false> {
    const newest = await this.env.snapshots.newest(this.env.project, this.id);
    return newest.ok && (newest.value?.state ?? null);
  }

  /** Who wrote what is in snapshots, for documents that show it entry by entry; `false` if it could not be read. */
  private async learnFolded(): Promise<boolean> {
    const { stamps } = this.inbox;
    if (stamps === null) return true;
    const folded = await this.env.snapshots.folded(this.env.project, this.id);
    if (folded.ok) for (const { update, stamp } of folded.value) stamps.learn(update, stamp);
    return folded.ok;
  }
}
