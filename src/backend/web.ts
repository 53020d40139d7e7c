import { Account, Client, Functions, TablesDB, Teams } from 'appwrite';
import { NODE_ID_LENGTH, randomId, type RandomBytes } from '../core/ids.ts';
import type { PresenceTable, SnapshotStore, UpdateLog } from '../core/ports.ts';
import { AppwriteAccount } from './account.ts';
import { AppwritePresenceTable } from './presence-table.ts';
import { AppwriteProjects } from './projects.ts';
import { RealtimeFeed } from './realtime-feed.ts';
import { AppwriteSharing } from './sharing.ts';
import { AppwriteSnapshotStore } from './snapshot-store.ts';
import { ClosingRequests } from './closing-requests.ts';
import type { Tables } from './tables.ts';
import { AppwriteUpdateLog } from './update-log.ts';

/** What Cowrite reads is alike in all formats since the oldest server that it runs on. */
const RESPONSE_FORMAT = '1.9.5';

/** Appwrite as a browser reaches it. */
export interface WebBackend {
  readonly account: AppwriteAccount;
  readonly projects: AppwriteProjects;
  readonly sharing: AppwriteSharing;
  readonly log: UpdateLog;
  readonly snapshots: SnapshotStore;
  presenceOf(author: () => string): PresenceTable;
  newFeed(backoff: (attempt: number) => number): RealtimeFeed;
}

/** @param endpoint absolute, as `https://cloud.appwrite.io/v1` */
export function createWebBackend(endpoint: string, project: string, randomBytes: RandomBytes): WebBackend {
  const client = new Client().setEndpoint(endpoint).setProject(project);
  // The SDK asks for the newest format, and every server that is older warns in the console with each answer.
  client.headers['X-Appwrite-Response-Format'] = RESPONSE_FORMAT;
  const tables = toTables(new TablesDB(client));
  const accountService = new Account(client);
  const account = new AppwriteAccount(accountService, () => randomId(randomBytes, NODE_ID_LENGTH));
  const closing = new ClosingRequests(endpoint, project);
  return {
    account,
    projects: new AppwriteProjects(tables, new Teams(client)),
    sharing: new AppwriteSharing(new Functions(client)),
    log: new AppwriteUpdateLog(
      tables,
      () => accountService.get(),
      (write) => closing.create(write),
    ),
    snapshots: new AppwriteSnapshotStore(tables),
    presenceOf: (author) =>
      new AppwritePresenceTable(
        tables,
        author,
        () => accountService.get(),
        (address) => closing.delete(address),
      ),
    newFeed: (backoff) =>
      new RealtimeFeed({
        endpoint,
        project,
        connect: (url) => new WebSocket(url),
        jwt: () => account.jwt(),
        // Cookies reach a socket of the same site only; elsewhere the SDK keeps the session in a header.
        cookies: new URL(endpoint).hostname === location.hostname,
        backoff,
      }),
  };
}

/** The SDK's overloads narrowed to the form with one object. */
function toTables(service: TablesDB): Tables {
  return {
    createRow: (write) => service.createRow(write),
    upsertRow: (write) => service.upsertRow(write),
    updateRow: (write) => service.updateRow(write),
    deleteRow: (address) => service.deleteRow(address),
    listRows: (query) => service.listRows(query),
  };
}
