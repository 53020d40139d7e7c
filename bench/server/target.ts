import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client, ID, TablesDB, TablesDBIndexType, Users } from 'node-appwrite';
import { Child } from '../support/child.ts';
import type { BenchmarkOptions } from '../support/contract.ts';
import type { Undo } from '../support/undo.ts';
import type { Access } from './requests.ts';
import type { ServerReady } from './server.ts';

export interface Usage {
  readonly memory: number;
  readonly processor: number;
}

/** A server under measurement, with a database of its own in it. */
export interface Target extends Access {
  readonly name: string;
  /** Before the key of each of its figures. */
  readonly prefix: string;
  readonly databaseId: string;
  /** The table to write to, and the one that is listed. */
  readonly tables: { readonly written: string; readonly listed: string };
  /** Of a user who may read every row. */
  readonly session: string;
  /** Bytes of resident memory of the server, and milliseconds of processor time so far; null if it cannot be asked. */
  usage(): Promise<Usage | null>;
}

const PATIENCE_MS = 60_000;
const POLL_MS = 100;

/** The embedded server in a process of its own, its data on the disk that the project is on. */
export async function embedded({ root, built }: BenchmarkOptions, data: string, undo: Undo): Promise<Target> {
  const folder = join(data, 'server');
  mkdirSync(folder);
  const args = [folder, join(root, 'appwrite.json')];
  const server = new Child('the embedded server', join(built, 'server.js'), { args });
  undo.add(() => server.close());
  const { url, apiKey } = await server.first<ServerReady>();
  const access = { endpoint: `${url}/v1`, project: 'cowrite', key: apiKey };
  return {
    ...(await prepare(access, undo)),
    name: 'Cowrite, embedded server',
    prefix: '',
    usage: async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
      return { memory: value('process_resident_memory_bytes'), processor: value('process_cpu_seconds') * 1000 };
    },
  };
}

/** The Appwrite that environment variables name; null without them. */
export async function real(env: NodeJS.ProcessEnv, undo: Undo): Promise<Target | null> {
  const { APPWRITE_ENDPOINT: endpoint, APPWRITE_PROJECT_ID: project, APPWRITE_API_KEY: key } = env;
  if (!endpoint || !project || !key) return null;
  const access = { endpoint: endpoint.replace(/\/+$/, ''), project, key };
  return {
    ...(await prepare(access, undo)),
    name: 'Appwrite',
    prefix: 'appwrite_',
    usage: () => Promise.resolve(null),
  };
}

type Prepared = Pick<Target, 'databaseId' | 'tables' | 'session'> & Access;

async function prepare(access: Access, undo: Undo): Promise<Prepared> {
  const client = new Client().setEndpoint(access.endpoint).setProject(access.project).setKey(access.key);
  const [databases, users] = [new TablesDB(client), new Users(client)];
  const databaseId = ID.unique();
  await databases.create({ databaseId, name: 'Benchmark' });
  undo.add(() => databases.delete({ databaseId }).then(() => undefined));
  const tables = { written: 'written', listed: 'listed' };
  for (const tableId of Object.values(tables)) {
    const at = { databaseId, tableId };
    await databases.createTable({ ...at, name: tableId, permissions: ['read("users")'], rowSecurity: true });
    await databases.createVarcharColumn({ ...at, key: 'doc', size: 36, required: true });
    await databases.createMediumtextColumn({ ...at, key: 'data', required: true });
    await until(async () => (await databases.listColumns(at)).columns.every(available));
    await databases.createIndex({ ...at, key: 'by_doc', type: TablesDBIndexType.Key, columns: ['doc'] });
    await until(async () => (await databases.listIndexes(at)).indexes.every(available));
  }
  const { $id: userId } = await users.create({ userId: ID.unique(), email: `${ID.unique()}@example.com` });
  undo.add(() => users.delete({ userId }).then(() => undefined));
  const { secret: session } = await users.createSession({ userId });
  return { ...access, databaseId, tables, session };
}

function available({ status }: { status: string }): boolean {
  return status === 'available';
}

async function until(reached: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await reached())) {
    if (Date.now() > end) throw new Error('the tables of the benchmark do not become available');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
