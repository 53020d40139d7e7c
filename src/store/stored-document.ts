import { openDB } from 'idb';
import { IndexeddbPersistence, storeState } from 'y-indexeddb';
import type * as Y from 'yjs';
import { mergeUpdates } from '../core/merge.ts';
import type { DeviceDocument } from '../core/ports.ts';
import { storageProblem, withTimeout, type DeviceHealth } from './device-health.ts';

/** How long the stored content may take before the document is shown without it. */
const LOAD_PATIENCE_MS = 4_000;
/** After a failure the database is opened again, which stores the whole state. */
const REOPEN_MS = 3_000;
/** Records that one document may have after loading before they are folded into one. */
const FOLD_AT_RECORDS = 100;

/**
 * One document in y-indexeddb, with what y-indexeddb leaves out: failures to open, write or commit are reported and
 * mended, updates of one turn of the event loop share a transaction, and `flush` tells when all is on the device.
 *
 * It replaces y-indexeddb's own update handler, which throws into the Yjs transaction when its database was closed
 * (the version is pinned). Mending is always the same: open again, since opening appends the whole state.
 */
export class StoredDocument implements DeviceDocument {
  readonly loaded: Promise<void>;
  private readonly name: string;
  private readonly doc: Y.Doc;
  private readonly health: DeviceHealth;
  private persistence: IndexeddbPersistence | null = null;
  private queue: Uint8Array[] = [];
  private reopenTimer: ReturnType<typeof setTimeout> | null = null;
  private closed = false;
  private readonly onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this.persistence) return;
    this.queue.push(update);
    if (this.queue.length === 1) queueMicrotask(() => this.store());
  };

  constructor(name: string, doc: Y.Doc, health: DeviceHealth) {
    this.name = name;
    this.doc = doc;
    this.health = health;
    doc.on('update', this.onUpdate);
    this.loaded = this.open();
  }

  async flush(): Promise<void> {
    this.store();
    const database = this.persistence?.db;
    if (!database) return;
    try {
      await settled(database);
    } catch (error) {
      this.fail(error);
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    await this.flush();
    this.closed = true;
    if (this.reopenTimer) clearTimeout(this.reopenTimer);
    this.doc.off('update', this.onUpdate);
    this.health.set(this.name, null);
    await this.release();
  }

  private async open(): Promise<void> {
    try {
      await this.probe();
    } catch (error) {
      this.fail(error);
      return;
    }
    if (this.closed) return;
    const persistence = new IndexeddbPersistence(this.name, this.doc);
    this.doc.off('update', persistence._storeUpdate);
    this.persistence = persistence;
    try {
      const database = await withTimeout(persistence._db, LOAD_PATIENCE_MS);
      // Errors of transactions bubble up to their database.
      database.addEventListener('abort', (event) => this.fail(transactionError(event.target)));
      database.addEventListener('versionchange', () => this.fail(new DOMException('cleared', 'InvalidStateError')));
      database.addEventListener('close', () => this.fail(new DOMException('closed', 'InvalidStateError')));
      await withTimeout(persistence.whenSynced, LOAD_PATIENCE_MS);
      if (this.persistence === persistence) this.health.set(this.name, null);
      // Each opening adds a record; y-indexeddb itself folds only while somebody types.
      await settled(database);
      if (persistence._dbsize >= FOLD_AT_RECORDS) await storeState(persistence, true);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Opens the database as y-indexeddb does: where that fails, y-indexeddb itself would wait for ever. */
  private async probe(): Promise<void> {
    const opening = openDB(this.name, 1, {
      upgrade(database) {
        database.createObjectStore('updates', { autoIncrement: true });
        database.createObjectStore('custom');
      },
    });
    const database = await withTimeout(opening, LOAD_PATIENCE_MS);
    database.close();
  }

  private store(): void {
    if (this.queue.length === 0) return;
    const update = mergeUpdates(this.queue);
    this.queue = [];
    const persistence = this.persistence;
    // Before the database is open nothing has to be kept: opening stores the state of the document.
    if (!persistence?.db) return;
    try {
      persistence._storeUpdate(update, null);
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    if (this.closed) return;
    this.health.set(this.name, storageProblem(error));
    if (this.reopenTimer) return;
    void this.release();
    this.reopenTimer = setTimeout(() => {
      this.reopenTimer = null;
      void this.open();
    }, REOPEN_MS);
  }

  /** Lets go of the database; a failure to open has been reported where it was waited for. */
  private async release(): Promise<void> {
    const persistence = this.persistence;
    this.persistence = null;
    if (!persistence) return;
    try {
      await withTimeout(persistence.destroy(), LOAD_PATIENCE_MS);
    } catch (error) {
      if (!this.closed) this.health.set(this.name, storageProblem(error));
    }
  }
}

/** Resolves when all that was begun is on the device: transactions on one store run in order. Rejects with the error. */
function settled(database: IDBDatabase): Promise<void> {
  const work = new Promise<void>((resolve, reject) => {
    const transaction = database.transaction(['updates'], 'readwrite');
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error));
  });
  return withTimeout(work, LOAD_PATIENCE_MS);
}

function transactionError(target: EventTarget | null): unknown {
  return target instanceof IDBTransaction ? target.error : null;
}
