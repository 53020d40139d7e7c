import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { CallerCache } from './caller-cache.ts';
import type { AppwriteConfig } from './config.ts';
import type { Context, LogEntry } from './context.ts';
import { hostCheck } from './cors.ts';
import { Documents } from './documents.ts';
import { removeExpired } from './expired.ts';
import { applyFunctions, endUnfinished } from './functions/configured.ts';
import { createFunctions } from './functions/start.ts';
import { createHttp } from './http.ts';
import type { ConnectionLimits } from './http.ts';
import { DATABASE_FILE, FILES_FOLDER } from './layout.ts';
import { lockFolder } from './lock.ts';
import { LoginGuard } from './login-guard.ts';
import { migrate } from './migrations.ts';
import { serveMetrics } from './metrics/route.ts';
import { ServerMetrics } from './metrics/server-metrics.ts';
import type { Membership, Session, Team, User } from './people.ts';
import { serveRealtime } from './realtime/server.ts';
import { RateLimits } from './rate-limits.ts';
import { RowStore } from './row-store.ts';
import { allRoutes } from './routes/all.ts';
import { Schema } from './schema.ts';
import { checkedApiKey, keptSecret, makePrivate } from './secret-files.ts';
import { Sqlite } from './sqlite.ts';
import { serveApp } from './web-app.ts';
import { Blobs } from './storage/blobs.ts';
import { makeBucket } from './storage/model.ts';
import type { Bucket, FileDoc } from './storage/model.ts';
import { recoverUploads } from './storage/recover.ts';
import type { Operation, Transaction } from './transactions/model.ts';
import { Writer } from './writer.ts';

export type { AppwriteConfig } from './config.ts';

export interface ServerOptions {
  /** SQLite files, generated API key, secrets; created when missing. One server at a time. */
  dataDir: string;
  /** Default 0: any free port. */
  port?: number;
  /** Default `localhost`. */
  host?: string;
  /** Default `cowrite`. */
  projectId?: string;
  /** API key with all scopes, 16 characters or more; else one is generated into `<dataDir>/api-key` (mode 0600). */
  apiKey?: string;
  /** The parsed appwrite.json; applied at every start, adding and changing but never deleting. */
  schema: AppwriteConfig;
  /** Folder against which the `path` of functions is resolved; bundles lie at `<root>/<path>/<entrypoint>`. */
  functionsRoot: string;
  /** The built web app (any path outside `/v1` falls back to its index.html), or a handler for such requests. */
  app?: { dir: string } | { handle(req: IncomingMessage, res: ServerResponse): void };
  /** Served at `/config.json`, over `{ endpoint: '/v1', projectId }`. */
  config?: Record<string, unknown>;
  /** `appwrite`: enforces the rate limits that Appwrite has by default. Default `off`. */
  limits?: 'off' | 'appwrite';
  /**
   * Further hosts or origins whose pages may use the API. This machine's own always may: localhost and, if `host` is
   * not only for this machine, its addresses and its name.
   */
  platforms?: string[];
  /** What a connection may take its time for; the default suits browsers and slow networks. */
  connectionLimits?: ConnectionLimits;
  log?: (entry: LogEntry) => void;
}

export interface RunningServer {
  url: string;
  port: number;
  apiKey: string;
  /** Ends sockets, workers and files; harmless when called twice. */
  close(): Promise<void>;
}

/**
 * Starts the server. Rejects with `code` `EADDRINUSE` if the port is taken, `EBUSY` if another server uses the data
 * folder, `EACCES` if the folder cannot be written, `ENEWER` if a newer Cowrite wrote what is in it,
 * `ESECRET` if a secret is too short.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const unlock = lockFolder(options.dataDir);
  const undo: (() => void | Promise<void>)[] = [unlock];
  const close = once(async () => {
    for (const action of undo.toReversed()) await action();
  });
  try {
    return { ...(await start(options, undo)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: ServerOptions,
  undo: (() => void | Promise<void>)[],
): Promise<Omit<RunningServer, 'close'>> {
  const { dataDir, host = 'localhost', projectId = 'cowrite', log = () => undefined } = options;
  makePrivate(dataDir);
  const sql = new Sqlite(join(dataDir, DATABASE_FILE));
  undo.push(() => sql.close());
  migrate(sql);
  const metrics = new ServerMetrics();
  const writer = new Writer(sql, {
    actionFailed: (error) =>
      log({ level: 'error', message: 'An action after a commit failed', error: describe(error) }),
    committed: (milliseconds, writes) => metrics.commit(milliseconds, writes),
  });
  undo.push(() => writer.close());
  const schema = new Schema(sql);
  const users = new Documents<User>(sql, 'users', ['email']);
  const sessions = new Documents<Session>(sql, 'sessions', ['userId', 'secretHash']);
  const memberships = new Documents<Membership>(sql, 'memberships', ['userId', 'teamId']);
  let url = '';
  const context: Context = {
    projectId,
    apiKey:
      options.apiKey === undefined ? keptSecret(join(dataDir, 'api-key'), 'standard_') : checkedApiKey(options.apiKey),
    tokenKey: keptSecret(join(dataDir, 'token-key')),
    sql,
    writer,
    schema,
    rows: new RowStore(sql),
    users,
    sessions,
    teams: new Documents<Team>(sql, 'teams'),
    memberships,
    callers: new CallerCache(users, sessions, memberships),
    loginGuard: new LoginGuard(),
    limits: new RateLimits(options.limits === 'appwrite'),
    buckets: new Documents<Bucket>(sql, 'buckets'),
    files: new Documents<FileDoc>(sql, 'files', ['bucketId']),
    blobs: new Blobs(join(dataDir, FILES_FOLDER)),
    transactions: new Documents<Transaction>(sql, 'transactions', ['owner']),
    operations: new Documents<Operation>(sql, 'operations', ['transactionId']),
    ...createFunctions({
      sql,
      dataDir,
      root: options.functionsRoot,
      projectId,
      endpoint: () => `${url}/v1`,
      log,
      context: () => context,
    }),
    publish: () => undefined,
    allowsHost: hostCheck(options.platforms ?? [], host),
    log,
    metrics,
  };
  await writer.write(() => {
    schema.apply(options.schema);
    removeExpired(context);
    endUnfinished(context);
    applyFunctions(context, options.schema);
    applyBuckets(context, options.schema);
  });
  await recoverUploads(context);
  await context.blobs.sweep(new Set(context.files.all().map(({ blob }) => blob)));
  await context.code.sweep(new Set(context.deployments.where('status', 'ready').map(({ $id }) => $id)));
  const http = createHttp(context, allRoutes, options.connectionLimits);
  serveApp(http, context, { app: options.app, config: { endpoint: '/v1', projectId, ...options.config } });
  const realtime = serveRealtime(context, http.server);
  serveMetrics(http, context, {
    rows: () => context.schema.tables.all().map((table) => [{ table: table.$id }, context.rows.total(table)]),
    sockets: () => realtime.sockets,
    droppedSockets: () => realtime.dropped,
    queue: () => writer.waiting,
  });
  context.publish = (event) => {
    metrics.event(event, realtime.publish(event));
    context.triggers.onEvent(event);
  };
  context.triggers.refresh();
  context.triggers.start();
  undo.push(
    () => http.close(),
    async () => {
      context.triggers.close();
      const idle = context.jobs.close();
      await context.functions.close();
      await idle;
    },
    () => realtime.close(),
  );
  await http.listen({ port: options.port ?? 0, host });
  const address = http.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  log({ level: 'info', message: 'The server is ready', url, projectId });
  return { url, port, apiKey: context.apiKey };
}

function applyBuckets(context: Context, config: AppwriteConfig): void {
  for (const wanted of config.buckets ?? []) {
    const before = context.buckets.get(wanted.$id);
    const bucket = makeBucket(wanted, before);
    if (before) context.buckets.update(bucket);
    else context.buckets.insert(bucket);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function once(action: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= action());
}
