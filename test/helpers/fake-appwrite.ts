/**
 * The routes of Appwrite that the set-up uses, in memory. It keeps what makes the set-up hard: columns and indexes are
 * made in the background, and a `PUT` of a table without `rowSecurity` turns row security off.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

export interface FakeAppwrite {
  readonly endpoint: string;
  /** Method and path of every request that changed something. */
  readonly writes: string[];
  /** Bodies of uploads, by path. */
  readonly uploads: Map<string, Buffer>;
  /** What is stored, by path. */
  readonly stored: Map<string, Json>;
  close(): Promise<void>;
}

const ID_FIELDS = ['databaseId', 'tableId', 'bucketId', 'functionId', 'variableId'];
const EMPTY: Readonly<Record<string, Json>> = {
  tables: { $permissions: [], enabled: true, rowSecurity: false, columns: [], indexes: [] },
  functions: { deploymentId: '', vars: [] },
};

export async function startFakeAppwrite(key = 'secret'): Promise<FakeAppwrite> {
  const writes: string[] = [];
  const uploads = new Map<string, Buffer>();
  const stored = new Map<string, Json>();

  const answer = (method: string, path: string, body: Json): [status: number, body: Json] => {
    const parts = path.split('/').slice(2);
    const list = parts.at(-1) ?? '';
    if (method === 'GET') {
      if (list === 'variables') return [200, { total: 0, variables: entries(path.replace('/variables', ''), 'vars') }];
      const found = stored.get(path);
      if (found === undefined) return [404, failure(404, `${(parts.at(-2) ?? '').replace(/s$/, '')}_not_found`)];
      const before = structuredClone(found);
      settle(found);
      return [200, before];
    }
    writes.push(`${method} ${path}`);
    if (method === 'PUT') {
      const reset = parts.at(-2) === 'tables' ? { rowSecurity: false } : {};
      return [200, Object.assign(stored.get(path) ?? {}, reset, clean(body))];
    }
    if (method === 'PATCH') {
      const columnKey = parts.pop();
      const table = path.slice(0, path.indexOf('/columns'));
      const column = entries(table, 'columns').find((one) => one['key'] === columnKey) ?? {};
      return [200, Object.assign(column, clean(body))];
    }
    if (list === 'deployments') {
      const deployment = { $id: 'd1', status: 'building', buildLogs: '' };
      stored.set(`${path}/d1`, deployment);
      Object.assign(stored.get(path.replace('/deployments', '')) ?? {}, { deploymentId: 'd1' });
      return [202, deployment];
    }
    if (list === 'variables') {
      entries(path.replace('/variables', ''), 'vars').push({ ...body, $id: 'v1' });
      return [201, body];
    }
    const nested = parts.indexOf('columns') > 0 ? 'columns' : parts.indexOf('indexes') > 0 ? 'indexes' : null;
    if (nested !== null) {
      const entry = { default: null, type: list, ...clean(body), status: 'processing', error: '' };
      entries(path.slice(0, path.indexOf(`/${nested}`)), nested).push(entry);
      return [202, entry];
    }
    const id = String(body[ID_FIELDS.findLast((field) => field in body) ?? '']);
    const made = { ...structuredClone(EMPTY[list] ?? {}), databaseId: parts[1], ...clean(body), $id: id };
    stored.set(`${path}/${id}`, made);
    return [201, made];
  };

  const entries = (path: string, field: string): Json[] => (stored.get(path)?.[field] ?? []) as Json[];

  const server = createServer((request, response) => {
    void read(request).then((bytes) => {
      const path = new URL(request.url ?? '', 'http://localhost').pathname;
      const isJson = request.headers['content-type']?.includes('json') === true;
      if (!isJson && bytes.length > 0) uploads.set(path, bytes);
      const body = isJson && bytes.length > 0 ? (JSON.parse(bytes.toString()) as Json) : {};
      const [status, result] =
        request.headers['x-appwrite-key'] === key
          ? answer(request.method ?? 'GET', path, body)
          : [401, failure(401, 'general_unauthorized_scope')];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(result));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/v1`,
    writes,
    uploads,
    stored,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Between one look and the next, Appwrite gets done with its work. */
function settle(thing: Json): void {
  if (thing['status'] === 'building') thing['status'] = 'ready';
  for (const field of ['columns', 'indexes']) {
    for (const entry of (thing[field] ?? []) as Json[]) entry['status'] = 'available';
  }
}

/** The fields of a request as they are stored: permissions get their `$`, ids are kept apart. */
function clean(body: Json): Json {
  const { permissions, ...rest } = body;
  const fields = Object.entries(rest).filter(([field]) => !ID_FIELDS.includes(field));
  return { ...Object.fromEntries(fields), ...(permissions === undefined ? {} : { $permissions: permissions }) };
}

function failure(code: number, type: string): Json {
  return { code, type, message: `fake: ${type}`, version: '0' };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
