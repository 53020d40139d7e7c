import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { LogEntry } from '../core/codec.ts';
import type { SnapshotRecord } from '../core/compaction/snapshot.ts';
import { failure, success, type Outcome } from '../core/failures.ts';
import { storageProblem, withTimeout } from './device-health.ts';

const PATIENCE_MS = 10_000;

/** What is kept of the history of a document: enough to read it without network, once its frames are here as well. */
export interface KeptHistory {
  /** Its snapshots, oldest first. */
  readonly records: readonly SnapshotRecord[];
  /** The rows of the log that counted when it was read. */
  readonly live: readonly LogEntry[];
  /** Epoch milliseconds by this device's clock: up to when it was read. */
  readonly readAt: number;
}

interface HistorySchema extends DBSchema {
  /** By project and document. */
  documents: { key: [string, string]; value: KeptHistory & { readonly project: string; readonly doc: string } };
  /** Frames of segments and states, by snapshot and part: they never change. */
  frames: { key: [string, FramePart]; value: { id: string; part: FramePart; bytes: Uint8Array } };
}

export type FramePart = 'segment' | 'state';

/**
 * The histories that one user has read on this device. Losing it loses nothing: all of it is on the server. Failures are
 * values; whoever calls goes on without.
 */
export class HistoryStore {
  private readonly name: string;
  private database: Promise<IDBPDatabase<HistorySchema>> | null = null;

  /** @param name of the IndexedDB database, one a user */
  constructor(name: string) {
    this.name = name;
  }

  read(project: string, doc: string): Promise<Outcome<KeptHistory | null>> {
    return this.run(async (database) => (await database.get('documents', [project, doc])) ?? null);
  }

  keep(project: string, doc: string, { records, live, readAt }: KeptHistory): Promise<Outcome<void>> {
    return this.run(async (database) => {
      await database.put('documents', { project, doc, records, live, readAt });
      await dropPurged(database, records);
    });
  }

  frame(id: string, part: FramePart): Promise<Outcome<Uint8Array | null>> {
    return this.run(async (database) => (await database.get('frames', [id, part]))?.bytes ?? null);
  }

  keepFrame(id: string, part: FramePart, bytes: Uint8Array): Promise<Outcome<void>> {
    return this.run(async (database) => {
      await database.put('frames', { id, part, bytes });
    });
  }

  /** Calling it twice is harmless. */
  async close(): Promise<void> {
    const opened = this.database;
    this.database = null;
    await opened?.then(
      (database) => database.close(),
      () => undefined,
    );
  }

  private async run<T>(work: (database: IDBPDatabase<HistorySchema>) => Promise<T>): Promise<Outcome<T>> {
    try {
      this.database ??= this.open();
      return success(await withTimeout(this.database.then(work), PATIENCE_MS));
    } catch (error) {
      void this.close();
      return failure('rejected', `The history is not kept on this device: ${storageProblem(error)}.`);
    }
  }

  private open(): Promise<IDBPDatabase<HistorySchema>> {
    return openDB<HistorySchema>(this.name, 1, {
      upgrade(database) {
        database.createObjectStore('documents', { keyPath: ['project', 'doc'] });
        database.createObjectStore('frames', { keyPath: ['id', 'part'] });
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

/**
 * Deletes the frames of a document that none of its snapshots names any more: what somebody has purged is not to stay on
 * this device.
 */
async function dropPurged(database: IDBPDatabase<HistorySchema>, records: readonly SnapshotRecord[]): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  const wanted = new Set(records.map(({ id, isBase }) => `${id} ${isBase ? 'state' : 'segment'}`));
  // Ids are of the document, a point, and the generation.
  const prefix = first.id.slice(0, first.id.lastIndexOf('.') + 1);
  const store = database.transaction('frames', 'readwrite').store;
  const keys = await store.getAllKeys(IDBKeyRange.bound([prefix, ''], [`${prefix}a`, '']));
  await Promise.all(keys.filter(([id, part]) => !wanted.has(`${id} ${part}`)).map((key) => store.delete(key)));
}
