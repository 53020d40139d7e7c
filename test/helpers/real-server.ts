import { randomBytes } from 'node:crypto';
import { AppwriteException, Client, Query, Storage, TablesDB, Teams, Users } from 'node-appwrite';
import type { AppwriteConfig } from '../../src/emulator/server.ts';
import type { AppwriteServer } from './emulator.ts';

/** The server that `APPWRITE_ENDPOINT`, `APPWRITE_PROJECT_ID` and `APPWRITE_API_KEY` name, if they are set. */
export function namedServer(env = process.env): Pick<AppwriteServer, 'endpoint' | 'projectId' | 'apiKey'> | undefined {
  const { APPWRITE_ENDPOINT: endpoint, APPWRITE_PROJECT_ID: projectId, APPWRITE_API_KEY: apiKey } = env;
  return endpoint && projectId && apiKey ? { endpoint: endpoint.replace(/\/+$/, ''), projectId, apiKey } : undefined;
}

/**
 * That server with the databases and buckets of the schema, under ids of this run. `close` removes everything whose id
 * or address was asked for here, and what is inside.
 */
export async function openRealServer(
  access: Pick<AppwriteServer, 'endpoint' | 'projectId' | 'apiKey'>,
  schema: AppwriteConfig,
): Promise<AppwriteServer> {
  const run = randomBytes(4).toString('hex');
  const ids = new Set<string>();
  const emails = new Set<string>();
  const server: AppwriteServer = {
    ...access,
    id: (name) => given(ids, `${name}-${run}`),
    email: (name) => given(emails, `${name}-${run}@example.com`),
    close: () => cleanUp(access, ids, emails),
  };
  await apply(server, schema);
  return server;
}

function given(names: Set<string>, name: string): string {
  names.add(name);
  return name;
}

function services({ endpoint, projectId, apiKey }: Pick<AppwriteServer, 'endpoint' | 'projectId' | 'apiKey'>) {
  const client = new Client().setEndpoint(endpoint).setProject(projectId).setKey(apiKey);
  return {
    tables: new TablesDB(client),
    storage: new Storage(client),
    teams: new Teams(client),
    users: new Users(client),
  };
}

async function apply(server: AppwriteServer, schema: AppwriteConfig): Promise<void> {
  const { tables, storage } = services(server);
  for (const { $id, name } of schema.tablesDB ?? []) await tables.create({ databaseId: server.id($id), name });
  for (const table of schema.tables ?? []) {
    await tables.createTable({
      databaseId: server.id(table.databaseId),
      tableId: table.$id,
      name: table.name,
      permissions: table.$permissions ?? [],
      rowSecurity: table.rowSecurity ?? false,
      columns: (table.columns ?? []).map((column) => ({ required: false, ...column })),
      indexes: (table.indexes ?? []).map(({ columns = [], ...index }) => ({ ...index, attributes: columns })),
    });
  }
  for (const bucket of schema.buckets ?? []) {
    await storage.createBucket({
      bucketId: server.id(bucket.$id),
      name: bucket.name,
      permissions: bucket.$permissions ?? [],
      fileSecurity: bucket.fileSecurity ?? false,
      allowedFileExtensions: bucket.allowedFileExtensions ?? [],
      encryption: false,
      antivirus: false,
      ...(bucket.maximumFileSize !== undefined && { maximumFileSize: bucket.maximumFileSize }),
    });
  }
}

async function cleanUp(
  access: Parameters<typeof services>[0],
  ids: ReadonlySet<string>,
  emails: ReadonlySet<string>,
): Promise<void> {
  const { tables, storage, teams, users } = services(access);
  for (const id of ids) {
    await unlessMissing(tables.delete({ databaseId: id }));
    await unlessMissing(storage.deleteBucket({ bucketId: id }));
    await unlessMissing(teams.delete({ teamId: id }));
  }
  for (const email of emails) {
    const found = await users.list({ queries: [Query.equal('email', email)] });
    for (const { $id } of found.users) await unlessMissing(users.delete({ userId: $id }));
  }
}

async function unlessMissing(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof AppwriteException && error.code === 404)) throw error;
  }
}
