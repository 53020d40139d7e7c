import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { failure, success, type Outcome } from '../core/failures.ts';
import type { OutboxEntry, OutboxKey, OutboxStore } from '../core/ports.ts';
import { storageProblem, withTimeout, type DeviceHealth } from './device-health.ts';

/** How long an answer of IndexedDB may take before it counts as a failure. */
const PATIENCE_MS = 5_000;

interface StoredEntry extends OutboxEntry {
  readonly project: string;
  /** Epoch milliseconds, this device's clock; entries of older versions have none. */
  readonly keptAt?: number;
}

/** What waits of one document, without the updates themselves. */
export interface WaitingDocument {
  readonly project: string;
  readonly doc: string;
  /** The row that will carry each edit. */
  readonly rows: readonly string[];
  /** Bytes of the largest edit. */
  readonly largest: number;
  /** When the first of them was put here, epoch milliseconds; `null` if that is not known. */
  readonly since: number | null;
}

interface OutboxSchema extends DBSchema {
  entries: {
    key: [string, string, string, number];
    value: StoredEntry;
    indexes: { document: [string, string]; project: string };
  };
}

/** The outbox of one user in IndexedDB. */
export class IndexedDbOutbox implements OutboxStore {
  private readonly name: string;
  private readonly health: DeviceHealth;
  private database: Promise<IDBPDatabase<OutboxSchema>> | null = null;

  constructor(name: string, health: DeviceHealth) {
    this.name = name;
    this.health = health;
  }

  put(project: string, entries: readonly OutboxEntry[]): Promise<Outcome<void>> {
    return this.run(async (database) => {
      const transaction = database.transaction('entries', 'readwrite');
      const added = entries.map((entry) => transaction.store.put({ project, keptAt: Date.now(), ...entry }));
      // Without this the transaction ends only when the page has seen its results: too late for a page that is killed.
      transaction.commit();
      await Promise.all([...added, transaction.done]);
    });
  }

  load(project: string, doc: string): Promise<Outcome<readonly OutboxEntry[]>> {
    return this.run(async (database) => {
      const transaction = database.transaction('entries');
      const found = transaction.store.index('document').getAll([project, doc]);
      // The end of the transaction is waited for as well: its failure must not be nobody's.
      const [stored] = await Promise.all([found, transaction.done]);
      return stored.map(({ row, doc, owner, sequence, update }) => ({ row, doc, owner, sequence, update }));
    });
  }

  forget(project: string, entries: readonly OutboxKey[]): Promise<Outcome<void>> {
    return this.run(async (database) => {
      const transaction = database.transaction('entries', 'readwrite');
      const deleted = entries.map(({ doc, owner, sequence }) =>
        transaction.store.delete([project, doc, owner, sequence]),
      );
      transaction.commit();
      await Promise.all([...deleted, transaction.done]);
    });
  }

  waiting(project: string): Promise<Outcome<readonly string[]>> {
    return this.run(async (database) => {
      const transaction = database.transaction('entries');
      const found = transaction.store.index('project').getAll(project);
      const [entries] = await Promise.all([found, transaction.done]);
      return [...new Set(entries.map((entry) => entry.doc))];
    });
  }

  /** What waits in all projects, one document after the other. */
  overview(): Promise<Outcome<readonly WaitingDocument[]>> {
    return this.run(async (database) => {
      const transaction = database.transaction('entries');
      const documents = new Map<string, Overview>();
      // One entry at a time: together they may be large.
      const walk = async (): Promise<void> => {
        for (let at = await transaction.store.openCursor(); at !== null; at = await at.continue()) {
          countIn(documents, at.value);
        }
      };
      await Promise.all([walk(), transaction.done]);
      return [...documents.values()];
    });
  }

  async close(): Promise<void> {
    const opened = this.database;
    this.database = null;
    await opened?.then(
      (database) => database.close(),
      () => undefined,
    );
  }

  /** Runs `work`; a failure is shown, and the next call opens the database again. */
  private async run<T>(work: (database: IDBPDatabase<OutboxSchema>) => Promise<T>): Promise<Outcome<T>> {
    try {
      this.database ??= this.open();
      const value = await withTimeout(this.database.then(work), PATIENCE_MS);
      this.health.set('outbox', null);
      return success(value);
    } catch (error) {
      void this.close();
      const problem = storageProblem(error);
      this.health.set('outbox', problem);
      return failure('rejected', `Not saved on this device: ${problem}.`);
    }
  }

  private open(): Promise<IDBPDatabase<OutboxSchema>> {
    return openDB<OutboxSchema>(this.name, 1, {
      upgrade(database) {
        const store = database.createObjectStore('entries', { keyPath: ['project', 'doc', 'owner', 'sequence'] });
        store.createIndex('document', ['project', 'doc']);
        store.createIndex('project', 'project');
      },
      blocking: (_current, _blocked, event) => {
        if (event.target instanceof IDBDatabase) event.target.close();
        this.database = null;
      },
      terminated: () => {
        this.database = null;
      },
    });
  }
}

interface Overview extends WaitingDocument {
  readonly rows: string[];
  largest: number;
  since: number | null;
}

function countIn(documents: Map<string, Overview>, { project, doc, row, update, keptAt }: StoredEntry): void {
  const key = `${project} ${doc}`;
  const known = documents.get(key) ?? { project, doc, rows: [], largest: 0, since: null };
  documents.set(key, known);
  known.rows.push(row);
  known.largest = Math.max(known.largest, update.byteLength);
  if (keptAt !== undefined) known.since = Math.min(known.since ?? keptAt, keptAt);
}
