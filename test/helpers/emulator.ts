import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Account, Client, ID, TablesDB, Teams, Users } from 'node-appwrite';
import { startServer } from '../../src/emulator/server.ts';
import type { AppwriteConfig, RunningServer, ServerOptions } from '../../src/emulator/server.ts';
import { namedServer, openRealServer } from './real-server.ts';

export const PROJECT = 'cowrite';
export const PASSWORD = 'correct horse';

/** A database `db` with a table `notes` in which every user may create rows. */
export const NOTES: AppwriteConfig = {
  tablesDB: [{ $id: 'db', name: 'db' }],
  tables: [
    {
      $id: 'notes',
      databaseId: 'db',
      name: 'notes',
      rowSecurity: true,
      $permissions: ['create("users")'],
      columns: [
        { key: 'doc', type: 'varchar', size: 36, required: true },
        { key: 'text', type: 'mediumtext' },
        { key: 'count', type: 'integer', default: 0 },
        { key: 'tags', type: 'varchar', size: 20, array: true },
      ],
      indexes: [{ key: 'by_doc', type: 'key', columns: ['doc'] }],
    },
  ],
};

/** An Appwrite server as tests see it, embedded or real. */
export interface AppwriteServer {
  endpoint: string;
  projectId: string;
  apiKey: string;
  /** The id of a database, bucket or team with this name: on a real server one of this run. */
  id: (name: string) => string;
  /** The address of a user with this name. */
  email: (name: string) => string;
  close(): Promise<void>;
}

/** The embedded server, with what only it has. */
export interface TestServer extends AppwriteServer, RunningServer {
  dataDir: string;
}

/** The real server that the environment names, else a new embedded one with these options; both with this schema. */
export async function openTestServer(
  schema: AppwriteConfig = NOTES,
  embedded: Partial<ServerOptions> = {},
): Promise<AppwriteServer> {
  const named = namedServer();
  return named ? openRealServer(named, schema) : startTestServer({ ...embedded, schema });
}

/** A server on a free port with a data folder of its own; `close` removes the folder unless it was given. */
export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'cowrite-server-'));
  const server = await startServer({ dataDir, schema: NOTES, functionsRoot: dataDir, projectId: PROJECT, ...options });
  const close = async (): Promise<void> => {
    await server.close();
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  const names = { id: (name: string) => name, email: (name: string) => `${name}@example.com` };
  return { ...server, ...names, close, dataDir, endpoint: `${server.url}/v1`, projectId: PROJECT };
}

/** The official SDK with one way to authenticate, or none. */
export function sdk(server: AppwriteServer, as: { key?: string; session?: string; jwt?: string } = {}) {
  const client = new Client().setEndpoint(server.endpoint).setProject(server.projectId);
  if (as.key !== undefined) client.setKey(as.key);
  if (as.session !== undefined) client.setSession(as.session);
  if (as.jwt !== undefined) client.setJWT(as.jwt);
  return {
    client,
    account: new Account(client),
    rows: new TablesDB(client),
    teams: new Teams(client),
    users: new Users(client),
  };
}

export type Sdk = ReturnType<typeof sdk>;

export interface Person extends Sdk {
  id: string;
  session: string;
}

/** A user with a session. */
export async function person(server: AppwriteServer, name: string): Promise<Person> {
  const key = sdk(server, { key: server.apiKey });
  const user = await key.users.create({ userId: ID.unique(), email: server.email(name), password: PASSWORD, name });
  const { secret } = await key.users.createSession({ userId: user.$id });
  return { ...sdk(server, { session: secret }), id: user.$id, session: secret };
}
