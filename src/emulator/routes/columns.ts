import { isColumnKind, makeColumn, presentColumn, valueProblem } from '../columns.ts';
import type { Column } from '../columns.ts';
import type { ColumnConfig } from '../config.ts';
import { invalidParam, ServerError } from '../errors.ts';
import { now } from '../ids.ts';
import { isStringList } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { boolean, key, need, number } from '../params.ts';
import { NO_CONTENT, part } from '../route.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { editableTable, presentIndex, tableOf } from './tables.ts';

const TABLE = '/tablesdb/:databaseId/tables/:tableId';
const COLUMNS = `${TABLE}/columns`;
const INDEXES = `${TABLE}/indexes`;
const READ = ['tables.read', 'collections.read', 'columns.read', 'attributes.read'];
const WRITE = ['tables.write', 'collections.write', 'columns.write', 'attributes.write'];
const READ_INDEX = ['tables.read', 'collections.read', 'indexes.read'];
const WRITE_INDEX = ['tables.write', 'collections.write', 'indexes.write'];
const KINDS = [
  'string',
  'varchar',
  'text',
  'mediumtext',
  'longtext',
  'integer',
  'bigint',
  'float',
  'boolean',
  'datetime',
  'enum',
  'email',
  'url',
  'ip',
];
const INDEX_TYPES = ['key', 'fulltext', 'unique', 'spatial'];
const MAX_INDEX_LENGTH = 768;
const MAX_INT = Number.MAX_SAFE_INTEGER;

/** Columns and indexes, by API key. They are usable at once, although the answer says `processing`, as clients expect. */
export const columnRoutes: readonly Route[] = [
  ...KINDS.map((kind): Route => ({
    method: 'POST',
    path: `${COLUMNS}/${kind}`,
    scopes: WRITE,
    handle: (request) => create(request, kind),
  })),
  ...KINDS.map((kind): Route => ({ method: 'PATCH', path: `${COLUMNS}/${kind}/:key`, scopes: WRITE, handle: update })),
  { method: 'GET', path: COLUMNS, scopes: READ, handle: list },
  {
    method: 'GET',
    path: `${COLUMNS}/:key`,
    scopes: READ,
    handle: (request) => ({ status: 200, body: presentColumn(find(request)) }),
  },
  { method: 'DELETE', path: `${COLUMNS}/:key`, scopes: WRITE, handle: remove },
  { method: 'POST', path: INDEXES, scopes: WRITE_INDEX, handle: createIndex },
  { method: 'GET', path: INDEXES, scopes: READ_INDEX, handle: listIndexes },
  { method: 'GET', path: `${INDEXES}/:key`, scopes: READ_INDEX, handle: getIndex },
  { method: 'DELETE', path: `${INDEXES}/:key`, scopes: WRITE_INDEX, handle: removeIndex },
];

function find(request: ApiRequest): Column {
  const name = part(request, 'key');
  const column = tableOf(request).columns.find((other) => other.key === name);
  if (!column) throw new ServerError('column_not_found', `Column with the requested key '${name}' could not be found.`);
  return column;
}

async function create(request: ApiRequest, kind: string): Promise<Reply> {
  const { context, body } = request;
  const config = readColumn(body, kind);
  return context.writer.write((afterCommit) => {
    afterCommit(() => context.schema.forget());
    const table = editableTable(request);
    if (table.columns.some((other) => other.key.toLowerCase() === config.key.toLowerCase())) {
      throw new ServerError(
        'column_already_exists',
        `Column with the requested key '${config.key}' already exists. Column keys must be unique, try again with a different key.`,
      );
    }
    const column = context.schema.addColumn(table, config);
    return { status: 202, body: presentColumn(column, 'processing') };
  });
}

function readColumn(body: JsonObject, kind: string): ColumnConfig {
  const config: ColumnConfig = { key: key(body, 'key'), type: kind };
  if (kind === 'varchar' || kind === 'string') {
    need(body, 'size');
    config.size = number(body, 'size', { min: 1, max: kind === 'varchar' ? 16_381 : 1_073_741_824, fallback: 0 });
  }
  need(body, 'required');
  config.required = boolean(body, 'required', false);
  config.array = boolean(body, 'array', false);
  config.default = body['default'] ?? null;
  if (kind === 'enum') {
    const { elements } = body;
    if (!isStringList(elements)) throw invalidParam('elements', 'Value must a valid array');
    config.elements = elements;
  }
  if (kind === 'integer' || kind === 'bigint' || kind === 'float') Object.assign(config, range(body, kind));
  checkDefault(config);
  return config;
}

function range(body: JsonObject, kind: string): { min: number | null; max: number | null } {
  const [min, max] = ['min', 'max'].map((name): number | null => {
    const value = body[name] ?? null;
    if (value === null || typeof value === 'number') return value;
    throw invalidParam(name, 'Value must be a valid number');
  });
  if (typeof min === 'number' && typeof max === 'number' && min > max) {
    throw new ServerError('column_value_invalid', 'Minimum value must be lesser than maximum value');
  }
  const bounded = kind === 'integer' && (min ?? null) === null && (max ?? null) === null;
  return bounded ? { min: null, max: null } : { min: min ?? null, max: max ?? null };
}

function checkDefault(config: ColumnConfig): void {
  const value: Json = config.default ?? null;
  if (value === null) return;
  if (config.required)
    throw new ServerError('column_default_unsupported', 'Cannot set default value for required column');
  if (config.array) throw new ServerError('column_default_unsupported', 'Cannot set default value for array columns');
  if (!isColumnKind(config.type)) return;
  const problem = valueProblem(makeColumn(config, 0, now()), value);
  if (problem !== undefined) throw new ServerError('column_value_invalid', problem);
}

async function update(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  need(body, 'required');
  const required = boolean(body, 'required', false);
  return context.writer.write((afterCommit) => {
    afterCommit(() => context.schema.forget());
    const known = find(request);
    const table = editableTable(request);
    const column = table.columns.find(({ number: n }) => n === known.number) ?? known;
    column.required = required;
    column.default = body['default'] ?? null;
    column.$updatedAt = now();
    if (isStringList(body['elements'])) column.elements = body['elements'];
    if (typeof body['size'] === 'number') column.size = Math.min(body['size'], MAX_INT);
    if (typeof body['min'] === 'number') column.min = body['min'];
    if (typeof body['max'] === 'number') column.max = body['max'];
    if (column.default !== null) {
      if (required) throw new ServerError('column_default_unsupported', 'Cannot set default value for required column');
      const problem = valueProblem(column, column.default);
      if (problem !== undefined) throw new ServerError('column_value_invalid', problem);
    }
    context.schema.saveTable(table);
    return { status: 200, body: presentColumn(column, 'available', null) };
  });
}

function list(request: ApiRequest): Reply {
  const { columns } = tableOf(request);
  return {
    status: 200,
    body: {
      total: columns.length,
      columns: columns.map((column) => presentColumn(column, 'available', column.type === 'string' ? false : null)),
    },
  };
}

async function remove(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  await context.writer.write((afterCommit) => {
    afterCommit(() => context.schema.forget());
    context.schema.deleteColumn(editableTable(request), find(request).key);
  });
  return NO_CONTENT;
}

async function createIndex(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  const name = key(body, 'key');
  const type = need(body, 'type');
  if (typeof type !== 'string' || !INDEX_TYPES.includes(type))
    throw invalidParam('type', `Value must be one of (${INDEX_TYPES.join(', ')})`);
  const { columns } = body;
  if (!isStringList(columns)) throw invalidParam('columns', 'Value must a valid array');
  const orders = Array.isArray(body['orders'])
    ? body['orders'].map((order) => (typeof order === 'string' ? order : null))
    : [];
  return context.writer.write((afterCommit) => {
    afterCommit(() => context.schema.forget());
    const table = editableTable(request);
    if (table.indexes.some((other) => other.key === name)) {
      throw new ServerError(
        'column_index_already_exists',
        `Index with the requested key '${name}' already exists. Try again with a different key.`,
      );
    }
    checkIndex(table.columns, columns, type);
    const index = context.schema.addIndex(table, { key: name, type, columns, orders });
    return { status: 202, body: presentIndex(table, index, 'processing') };
  });
}

function checkIndex(known: readonly Column[], columns: readonly string[], type: string): void {
  if (columns.length === 0) throw new ServerError('column_index_invalid', 'No attributes provided for index');
  for (const name of columns) {
    if (['$id', '$createdAt', '$updatedAt'].includes(name)) continue;
    const column = known.find((other) => other.key === name);
    if (!column) {
      throw new ServerError(
        'column_unknown',
        `The column '${name}' required for the index could not be found. Please confirm all your columns are in the available state.`,
      );
    }
    const long = ['text', 'mediumtext', 'longtext'].includes(column.type) || (column.size ?? 0) > MAX_INDEX_LENGTH;
    if (long && type !== 'fulltext')
      throw new ServerError('column_index_invalid', `Index length is longer than the maximum: ${MAX_INDEX_LENGTH}`);
  }
}

function listIndexes(request: ApiRequest): Reply {
  const table = tableOf(request);
  return {
    status: 200,
    body: { total: table.indexes.length, indexes: table.indexes.map((index) => presentIndex(table, index)) },
  };
}

function getIndex(request: ApiRequest): Reply {
  const table = tableOf(request);
  return { status: 200, body: presentIndex(table, findIndex(request)) };
}

function findIndex(request: ApiRequest): ReturnType<typeof tableOf>['indexes'][number] {
  const name = part(request, 'key');
  const index = tableOf(request).indexes.find((other) => other.key === name);
  if (!index)
    throw new ServerError('column_index_not_found', `Index with the requested key '${name}' could not be found.`);
  return index;
}

async function removeIndex(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  await context.writer.write((afterCommit) => {
    afterCommit(() => context.schema.forget());
    context.schema.deleteIndex(editableTable(request), findIndex(request).key);
  });
  return NO_CONTENT;
}
