import { Account, Client, Functions, Storage, TablesDB, Teams } from 'node-appwrite';
import { WebSocket } from 'ws';
import type { PresenceTable, SnapshotStore, UpdateLog } from '../core/ports.ts';
import { AppwritePresenceTable } from './presence-table.ts';
import { AppwriteProjects } from './projects.ts';
import { RealtimeFeed } from './realtime-feed.ts';
import { BLOBS_BUCKET } from './snapshot-rows.ts';
import { AppwriteSnapshotStore, COMPACT_FUNCTION } from './snapshot-store.ts';
import type { Tables } from './tables.ts';
import { AppwriteUpdateLog } from './update-log.ts';

/** Appwrite as a program on Node reaches it, in the name of a user. */
export interface NodeBackend {
  readonly projects: AppwriteProjects;
  readonly log: UpdateLog;
  readonly snapshots: SnapshotStore;
  presenceOf(author: () => string): PresenceTable;
  newFeed(backoff: (attempt: number) => number): RealtimeFeed;
}

export interface NodeBackendOptions {
  /** Absolute, as `https://cloud.appwrite.io/v1`. */
  readonly endpoint: string;
  readonly project: string;
  /** The secret of a session of the user. */
  readonly session: string;
}

export function createNodeBackend({ endpoint, project, session }: NodeBackendOptions): NodeBackend {
  const client = new Client().setEndpoint(endpoint).setProject(project).setSession(session);
  const service = new TablesDB(client);
  const tables: Tables = {
    createRow: (write) => service.createRow(write),
    upsertRow: (write) => service.upsertRow(write),
    updateRow: (write) => service.updateRow(write),
    deleteRow: (address) => service.deleteRow(address),
    listRows: (query) => service.listRows(query),
  };
  const account = new Account(client);
  const storage = new Storage(client);
  const functions = new Functions(client);
  return {
    projects: new AppwriteProjects(tables, new Teams(client)),
    log: new AppwriteUpdateLog(
      tables,
      () => account.get(),
      // A program on Node ends when it wants to: it waits for its rows instead.
      () => undefined,
    ),
    snapshots: new AppwriteSnapshotStore(
      tables,
      (fileId) => storage.getFileDownload({ bucketId: BLOBS_BUCKET, fileId }),
      (body) => functions.createExecution({ functionId: COMPACT_FUNCTION, body, async: true }),
    ),
    presenceOf: (author) =>
      new AppwritePresenceTable(
        tables,
        author,
        () => account.get(),
        (address) => tables.deleteRow(address),
      ),
    newFeed: (backoff) =>
      new RealtimeFeed({
        endpoint,
        project,
        connect: (url) => new WebSocket(url),
        jwt: async () => (await account.createJWT()).jwt,
        cookies: false,
        backoff,
      }),
  };
}
