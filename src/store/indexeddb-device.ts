import type * as Y from 'yjs';
import type { Outcome } from '../core/failures.ts';
import type { DeviceDocument, DeviceStore } from '../core/ports.ts';
import { DeviceHealth } from './device-health.ts';
import { PageLife } from './page-life.ts';
import { IndexedDbOutbox } from './outbox-store.ts';
import { dropStoredCopy, readStoredCopy } from './stored-copy.ts';
import { StoredDocument } from './stored-document.ts';

/** What this browser keeps for one user: the documents and the outbox. Users of one browser do not see each other's. */
export class IndexedDbDevice implements DeviceStore {
  readonly outbox: IndexedDbOutbox;
  readonly owner: string;
  readonly health = new DeviceHealth();
  private readonly prefix: string;

  private readonly life: PageLife;

  /** @param owner a new id for this use of the device; it lives until `close` or the end of the page */
  constructor(userId: string, owner: string) {
    this.owner = owner;
    this.life = new PageLife(owner);
    this.prefix = `cowrite:${userId}`;
    this.outbox = new IndexedDbOutbox(`${this.prefix}:outbox`, this.health);
  }

  /** What is kept of a document, as Yjs updates; empty where nothing is. Nothing is changed by it. */
  readDocument(project: string, id: string): Promise<Outcome<readonly Uint8Array[]>> {
    return readStoredCopy(this.nameOf(project, id));
  }

  /** Forgets a document, so that it is read anew from the server. Fails while another tab has it open. */
  dropDocument(project: string, id: string): Promise<Outcome<void>> {
    return dropStoredCopy(this.nameOf(project, id));
  }

  openDocument(project: string, id: string, doc: Y.Doc, onProblem: (problem: string | null) => void): DeviceDocument {
    const name = this.nameOf(project, id);
    const stored = new StoredDocument(name, doc, this.health);
    let last: string | null = null;
    const unsubscribe = this.health.subscribe(() => {
      const problem = this.health.problemOf('outbox', name);
      if (problem !== last) onProblem((last = problem));
    });
    return {
      loaded: stored.loaded,
      flush: () => stored.flush(),
      close: async () => {
        unsubscribe();
        await stored.close();
      },
    };
  }

  isAlive(owner: string): Promise<boolean> {
    return this.life.isAlive(owner);
  }

  async close(): Promise<void> {
    await this.outbox.close();
    this.life.end();
  }

  private nameOf(project: string, id: string): string {
    return `${this.prefix}:${project}:${id}`;
  }
}

/** Asks the browser not to evict what is kept here; resolves to whether it agreed. */
export async function requestPersistence(): Promise<boolean> {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    // Some browsers refuse the question itself in private windows; then nothing is promised.
    return false;
  }
}
