import { Account, Client, Functions, TablesDB, Teams, type OAuthProvider } from 'appwrite';
import type { LogRows } from '../core/compaction/storage.ts';
import type { Outcome } from '../core/failures.ts';
import { NODE_ID_LENGTH, randomId, type RandomBytes } from '../core/ids.ts';
import type { PresenceTable, RecentWork, SnapshotStore, UpdateLog } from '../core/ports.ts';
import { AppwriteAccount, type AccountService } from './account.ts';
import { AppwriteInvitations } from './invitations.ts';
import { purgeHistoryBefore } from './history-purge.ts';
import { logRows } from './log-rows.ts';
import { recentWork } from './recent-work.ts';
import { AppwritePresenceTable } from './presence-table.ts';
import { AppwriteProjects } from './projects.ts';
import { RealtimeFeed } from './realtime-feed.ts';
import { AppwriteSharing } from './sharing.ts';
import { AppwriteSnapshotReader, BLOBS_BUCKET } from './snapshot-rows.ts';
import { AppwriteSnapshotStore, COMPACT_FUNCTION } from './snapshot-store.ts';
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
  readonly invitations: AppwriteInvitations;
  readonly log: UpdateLog;
  readonly snapshots: SnapshotStore;
  /** The snapshots one by one, for the history. */
  readonly segments: AppwriteSnapshotReader;
  /** See `purgeHistoryBefore`. */
  purgeHistory(project: string, doc: string, before: string): Promise<Outcome<number>>;
  /** See `logRows`. */
  logRows(project: string): Promise<Outcome<LogRows>>;
  /** See `recentWork`. */
  recentWork(project: string, since: number | null): Promise<Outcome<readonly RecentWork[]>>;
  presenceOf(author: () => string): PresenceTable;
  newFeed(backoff: (attempt: number) => number): RealtimeFeed;
}

/** @param endpoint absolute, as `https://cloud.appwrite.io/v1` */
export function createWebBackend(endpoint: string, project: string, randomBytes: RandomBytes): WebBackend {
  const client = new Client().setEndpoint(endpoint).setProject(project);
  // The SDK asks for the newest format, and every server that is older warns in the console with each answer.
  client.headers['X-Appwrite-Response-Format'] = RESPONSE_FORMAT;
  const tables = toTables(new TablesDB(client));
  const teams = new Teams(client);
  const accountService = new Account(client);
  const account = new AppwriteAccount(toAccount(accountService), () => randomId(randomBytes, NODE_ID_LENGTH));
  const functions = new Functions(client);
  const closing = new ClosingRequests(endpoint, project);
  return {
    account,
    projects: new AppwriteProjects(tables, teams),
    invitations: new AppwriteInvitations(teams),
    sharing: new AppwriteSharing(functions),
    log: new AppwriteUpdateLog(
      tables,
      () => accountService.get(),
      (write) => closing.create(write),
    ),
    snapshots: new AppwriteSnapshotStore(
      tables,
      (file) => download(client, file),
      (body) => functions.createExecution({ functionId: COMPACT_FUNCTION, body, async: true }),
    ),
    purgeHistory: (of, doc, before) => purgeHistoryBefore(functions, of, doc, before),
    logRows: (of) => logRows(tables, of),
    recentWork: (of, since) => recentWork(tables, of, since),
    segments: new AppwriteSnapshotReader(tables, (file) => download(client, file)),
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

/** The bytes of a file with snapshots: the SDK itself would only give its address, without the right to read it. */
function download(client: Client, file: string): Promise<ArrayBuffer> {
  const address = `${client.config.endpoint}/storage/buckets/${BLOBS_BUCKET}/files/${file}/download`;
  const headers = { 'X-Appwrite-Project': client.config.project };
  return client.call('get', new URL(address), headers, {}, 'arrayBuffer') as Promise<ArrayBuffer>;
}

/** The SDK's overloads narrowed to the forms with one object; providers are names that the configuration gives. */
function toAccount(service: Account): AccountService {
  return {
    get: () => service.get(),
    create: (params) => service.create(params),
    createEmailPasswordSession: (params) => service.createEmailPasswordSession(params),
    createAnonymousSession: () => service.createAnonymousSession(),
    createSession: (params) => service.createSession(params),
    createMagicURLToken: (params) => service.createMagicURLToken(params),
    createOAuth2Token: ({ provider, ...addresses }) =>
      service.createOAuth2Token({ provider: provider as OAuthProvider, ...addresses }),
    listSessions: () => service.listSessions(),
    deleteSession: (params) => service.deleteSession(params),
    updateName: (params) => service.updateName(params),
    updateEmail: (params) => service.updateEmail(params),
    updatePassword: (params) => service.updatePassword(params),
    updatePrefs: (params) => service.updatePrefs(params),
    createJWT: () => service.createJWT(),
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
