import { ServerError } from '../errors.ts';
import { now } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { listDocuments } from '../lists.ts';
import { boolean, newId, text } from '../params.ts';
import { NO_CONTENT, part } from '../route.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import type { DatabaseDoc } from '../schema.ts';
import { isUniqueViolation } from '../sqlite.ts';

const PATH = '/tablesdb/:databaseId';
const READ = ['databases.read'];
const WRITE = ['databases.write'];

/** Databases, by API key. */
export const databaseRoutes: readonly Route[] = [
  { method: 'POST', path: '/tablesdb', scopes: WRITE, handle: create },
  { method: 'GET', path: '/tablesdb', scopes: READ, handle: list },
  {
    method: 'GET',
    path: PATH,
    scopes: READ,
    handle: (request) => ({ status: 200, body: present(findDatabase(request)) }),
  },
  { method: 'PUT', path: PATH, scopes: WRITE, handle: update },
  { method: 'DELETE', path: PATH, scopes: WRITE, handle: remove },
];

/** The database of the path. */
export function findDatabase(request: ApiRequest): DatabaseDoc {
  const id = part(request, 'databaseId');
  const database = request.context.schema.databases.get(id);
  if (!database)
    throw new ServerError('database_not_found', `Database with the requested ID '${id}' could not be found.`);
  return database;
}

function present({ $id, name, $createdAt, $updatedAt, enabled }: DatabaseDoc): JsonObject {
  return { $id, name, $createdAt, $updatedAt, enabled, type: 'tablesdb', status: 'ready' };
}

async function create({ context, body }: ApiRequest): Promise<Reply> {
  const id = newId(body, 'databaseId');
  const name = text(body, 'name');
  const enabled = boolean(body, 'enabled', true);
  return context.writer.write(() => {
    try {
      return { status: 201, body: present(context.schema.createDatabase(id, name, enabled)) };
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const message = `Database with the requested ID '${id}' already exists. Try again with a different ID or use ID.unique() to generate a unique ID.`;
      throw new ServerError('database_already_exists', message);
    }
  });
}

function list({ context, query }: ApiRequest): Reply {
  const { total, items } = listDocuments(context.schema.databases, query, {
    fields: { name: 'text', enabled: 'boolean' },
    searched: ['$id', 'name'],
  });
  return { status: 200, body: { total, databases: items.map(present) } };
}

async function update(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  const name = text(body, 'name');
  const enabled = boolean(body, 'enabled', true);
  return context.writer.write(() => {
    const database = { ...findDatabase(request), name, enabled, $updatedAt: now() };
    context.schema.databases.update(database);
    return { status: 200, body: present(database) };
  });
}

async function remove(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  await context.writer.write((afterCommit) => {
    afterCommit(() => context.schema.forget());
    context.schema.deleteDatabase(findDatabase(request).$id);
  });
  return NO_CONTENT;
}
