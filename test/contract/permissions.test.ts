import { Storage } from 'node-appwrite';
import { InputFile } from 'node-appwrite/file';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { live } from '../helpers/emulator-socket.ts';
import type { Live } from '../helpers/emulator-socket.ts';
import { person, PROJECT, sdk, startTestServer } from '../helpers/emulator.ts';
import type { Sdk, TestServer } from '../helpers/emulator.ts';

/**
 * Every combination of permissions of a table or bucket, permissions of a row or file, row or file security, caller and
 * operation, against the rule in three lines: `mayDo`.
 */
type Operation = 'read' | 'update' | 'delete';
const OPERATIONS: readonly Operation[] = ['read', 'update', 'delete'];

/** What stands on a table or bucket, and on a row or file; `@ann` stands for the id of that user. */
const GRANTS: Record<string, readonly string[]> = {
  nothing: [],
  readAny: ['read("any")'],
  readGuests: ['read("guests")'],
  usersAll: ['read("users")', 'update("users")', 'delete("users")'],
  readTeam: ['read("team:p")'],
  editors: ['read("team:p/editor")', 'update("team:p/editor")', 'delete("team:p/editor")'],
  annUpdates: ['read("user:@ann")', 'update("user:@ann")'],
  blindDelete: ['delete("team:p/reviewer")'],
};
const NAMES = Object.keys(GRANTS);

/** The roles of each caller, written down rather than computed. */
const CALLERS: Record<string, readonly string[]> = {
  guest: ['any', 'guests'],
  ann: ['any', 'users', 'users/unverified', 'user:@ann', 'user:@ann/unverified'],
  editor: ['any', 'users', 'users/unverified', 'team:p', 'team:p/editor'],
  reviewer: ['any', 'users', 'users/unverified', 'team:p', 'team:p/reviewer'],
};

function mayDo(caller: string, operation: Operation, outer: string, inner: string, security: boolean): boolean {
  const granted = [...(GRANTS[outer] ?? []), ...(security ? (GRANTS[inner] ?? []) : [])];
  return (CALLERS[caller] ?? []).some((role) => granted.includes(`${operation}("${role}")`));
}

/** What stands on the table or bucket; it is named after that. */
interface Container {
  id: string;
  outer: string;
  security: boolean;
}

const CONTAINERS: readonly Container[] = NAMES.flatMap((outer) =>
  [true, false].map((security) => ({ id: `${outer}-${security}`, outer, security })),
);
const COLUMNS = [{ key: 'n', type: 'integer', required: false }];

let server: TestServer;
let key: Sdk;
let storage: Storage;
let annId: string;
const sessions = new Map<string, string>();

beforeAll(async () => {
  server = await startTestServer({ schema: { tablesDB: [{ $id: 'db', name: 'db' }] } });
  key = sdk(server, { key: server.apiKey });
  storage = new Storage(key.client);
  await key.teams.create({ teamId: 'p', name: 'P' });
  for (const name of ['ann', 'editor', 'reviewer']) {
    const { id, session } = await person(server, name);
    sessions.set(name, session);
    if (name === 'ann') annId = id;
    else await key.teams.createMembership({ teamId: 'p', roles: [name], userId: id });
  }
});
afterAll(() => server.close());

/** All at once. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  await Promise.all(items.map(work));
}

const granted = (name: string): string[] => (GRANTS[name] ?? []).map((it) => it.replace('@ann', annId));

/** The status of a request, and its body if it is JSON. */
async function send(caller: string, method: string, path: string, body?: object) {
  const session = sessions.get(caller);
  const headers = {
    'content-type': 'application/json',
    'x-appwrite-project': PROJECT,
    ...(session !== undefined && { 'x-appwrite-session': session }),
  };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(server.endpoint + path, init);
  const text = await response.text();
  return { status: response.status, json: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown> };
}

/** The statuses of reading, changing and deleting, as they should be. */
function expected(caller: string, { outer, security }: Container, inner: string): number[] {
  const [mayRead, mayUpdate, mayDelete] = OPERATIONS.map((it) => mayDo(caller, it, outer, inner, security));
  return [mayRead ? 200 : 404, mayUpdate ? 200 : 401, mayDelete ? 204 : 401];
}

describe('rows', () => {
  const rowOf = (inner: string, caller: string): string => `${inner}.${caller}`;
  const pathOf = (table: Container): string => `/tablesdb/db/tables/${table.id}/rows`;

  beforeAll(async () => {
    for (const { id, outer, security } of CONTAINERS) {
      const table = { databaseId: 'db', tableId: id, name: id, permissions: granted(outer), rowSecurity: security };
      await key.rows.createTable({ ...table, columns: COLUMNS });
      const rows = NAMES.flatMap((inner) =>
        [...Object.keys(CALLERS), 'live'].map((caller) => ({
          $id: rowOf(inner, caller),
          $permissions: granted(inner),
          n: 0,
        })),
      );
      await key.rows.createRows({ databaseId: 'db', tableId: id, rows });
    }
  });

  it('are told to exactly those who may read them', async () => {
    const sockets = new Map<string, Live>();
    for (const caller of Object.keys(CALLERS)) {
      const session = sessions.get(caller);
      const socket = await live(server, session === undefined ? {} : { session });
      await socket.subscribe(['rows']);
      sockets.set(caller, socket);
    }
    for (const { id: tableId } of CONTAINERS) {
      const change = (rowId: string) =>
        key.rows.incrementRowColumn({ databaseId: 'db', tableId, rowId, column: 'n' }).then(() => undefined);
      await each(NAMES, (inner) => change(rowOf(inner, 'live')));
    }
    for (const [caller, socket] of sockets) {
      const told: string[] = [];
      socket.send({ type: 'ping' });
      for (let frame = await socket.next(); frame.type !== 'pong'; frame = await socket.next()) {
        told.push(`${String(frame.data.payload?.['$tableId'])} ${String(frame.data.payload?.['$id'])}`);
      }
      const wanted = CONTAINERS.flatMap(({ id, outer, security }) =>
        NAMES.filter((inner) => mayDo(caller, 'read', outer, inner, security)).map((inner) => `${id} ${inner}.live`),
      );
      expect([caller, ...told.sort()]).toEqual([caller, ...wanted.sort()]);
      socket.close();
    }
  });

  it.each(Object.keys(CALLERS))('%s lists exactly the rows that it may read', async (caller) => {
    for (const table of CONTAINERS) {
      const limit = encodeURIComponent(JSON.stringify({ method: 'limit', values: [100] }));
      const { status, json } = await send(caller, 'GET', `${pathOf(table)}?queries[]=${limit}`);
      const whole = mayDo(caller, 'read', table.outer, 'nothing', false);
      const ids = ((json['rows'] ?? []) as { $id: string }[]).map(({ $id }) => $id.split('.')[0]);
      const wanted = NAMES.filter((inner) => mayDo(caller, 'read', table.outer, inner, table.security));
      expect([table.id, status, [...new Set(ids)]]).toEqual([table.id, whole || table.security ? 200 : 401, wanted]);
    }
  });

  it.each(Object.keys(CALLERS))('%s reads, changes and deletes exactly what it may', async (caller) => {
    for (const table of CONTAINERS) {
      await each(NAMES, async (inner) => {
        const path = `${pathOf(table)}/${rowOf(inner, caller)}`;
        const statuses = [
          (await send(caller, 'GET', path)).status,
          (await send(caller, 'PATCH', path, { data: { n: 1 } })).status,
          (await send(caller, 'DELETE', path)).status,
        ];
        expect([path, ...statuses]).toEqual([path, ...expected(caller, table, inner)]);
      });
    }
  });
});

describe('files', () => {
  const pathOf = (bucket: Container, inner: string): string => `/storage/buckets/${bucket.id}/files/${inner}`;

  beforeAll(async () => {
    for (const { id, outer, security } of CONTAINERS) {
      await storage.createBucket({ bucketId: id, name: id, permissions: granted(outer), fileSecurity: security });
      await each(NAMES, async (inner) => {
        const file = InputFile.fromBuffer(Buffer.from('content'), `${inner}.txt`);
        await storage.createFile({ bucketId: id, fileId: inner, file, permissions: granted(inner) });
      });
    }
  });

  it.each(Object.keys(CALLERS))(
    '%s reads, downloads and changes exactly what it may, and deletes nothing else',
    async (caller) => {
      for (const bucket of CONTAINERS) {
        await each(NAMES, async (inner) => {
          const path = pathOf(bucket, inner);
          const [read, update, remove] = expected(caller, bucket, inner);
          const statuses = [
            (await send(caller, 'GET', path)).status,
            (await send(caller, 'GET', `${path}/download`)).status,
            (await send(caller, 'GET', `${path}/view`)).status,
            (await send(caller, 'PUT', path, { name: 'renamed.txt' })).status,
            remove === 204 ? 204 : (await send(caller, 'DELETE', path)).status,
          ];
          expect([path, ...statuses]).toEqual([path, read, read, read, update, remove]);
        });
      }
    },
  );

  it('are deleted by whoever may', async () => {
    for (const bucket of CONTAINERS) {
      for (const inner of NAMES) {
        const caller = Object.keys(CALLERS).find((name) => mayDo(name, 'delete', bucket.outer, inner, bucket.security));
        if (caller === undefined) continue;
        const { status } = await send(caller, 'DELETE', pathOf(bucket, inner));
        expect([bucket.id, inner, caller, status]).toEqual([bucket.id, inner, caller, 204]);
      }
    }
  });
});
