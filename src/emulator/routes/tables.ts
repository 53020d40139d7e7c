import { columnBytes, isColumnKind, presentColumn } from '../columns.ts';
import type { ColumnConfig, IndexConfig } from '../config.ts';
import { invalidParam, ServerError } from '../errors.ts';
import { isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { listDocuments } from '../lists.ts';
import { boolean, newId, text } from '../params.ts';
import { normalisePermissions, TABLE_ACTIONS } from '../permissions.ts';
import { NO_CONTENT, part } from '../route.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { DOCUMENTS, ROWS } from '../row-style.ts';
import type { RowStyle } from '../row-style.ts';
import type { Index, Table } from '../schema.ts';
import { isUniqueViolation } from '../sqlite.ts';
import { findTable } from '../table-lookup.ts';
import { findDatabase } from './databases.ts';
import { permissionsParam } from './rows-params.ts';

const PATH = '/tablesdb/:databaseId/tables';
const READ = ['tables.read', 'collections.read'];
const WRITE = ['tables.write', 'collections.write'];
const MAX_ROW_BYTES = 65_535;
const BASE_ROW_BYTES = 1067;

/** Tables, by API key. */
export const tableRoutes: readonly Route[] = [
  { method: 'POST', path: PATH, scopes: WRITE, handle: create },
  { method: 'GET', path: PATH, scopes: READ, handle: list },
  {
    method: 'GET',
    path: `${PATH}/:tableId`,
    scopes: READ,
    handle: (request) => ({ status: 200, body: presentTable(tableOf(request)) }),
  },
  { method: 'PUT', path: `${PATH}/:tableId`, scopes: WRITE, handle: update },
  { method: 'DELETE', path: `${PATH}/:tableId`, scopes: WRITE, handle: remove },
  {
    method: 'GET',
    path: '/databases/:databaseId/collections/:tableId',
    scopes: READ,
    handle: (request) => ({ status: 200, body: presentCollection(tableOf(request, DOCUMENTS)) }),
  },
];

/** The table of the path. */
export function tableOf(request: ApiRequest, style: RowStyle = ROWS): Table {
  return findTable(request.context, request.caller, part(request, 'databaseId'), part(request, 'tableId'), style);
}

/** A copy of the table of the path that may be changed before it is saved. */
export function editableTable(request: ApiRequest): Table {
  return structuredClone(tableOf(request));
}

export function presentIndex(table: Table, index: Index, status = 'available'): JsonObject {
  const { key, type, columns, orders, $createdAt, $updatedAt } = index;
  return {
    $id: `1_${table.number}_${key}`,
    $createdAt,
    $updatedAt,
    key,
    type,
    status,
    error: '',
    columns,
    lengths: columns.map(() => 0),
    orders,
  };
}

function presentTable(table: Table): JsonObject {
  const { tableId, $createdAt, $updatedAt, $permissions, databaseId, name, enabled, rowSecurity } = table;
  return {
    $id: tableId,
    $createdAt,
    $updatedAt,
    $permissions,
    databaseId,
    name,
    enabled,
    rowSecurity,
    columns: table.columns.map((column) => presentColumn(column)),
    indexes: table.indexes.map((index) => presentIndex(table, index)),
    bytesMax: MAX_ROW_BYTES,
    bytesUsed: table.columns.reduce((sum, column) => sum + columnBytes(column), BASE_ROW_BYTES),
  };
}

/** The same in the words of the older API. */
function presentCollection(table: Table): JsonObject {
  const { rowSecurity, columns, indexes, ...rest } = presentTable(table);
  const renamed: Json[] = Array.isArray(indexes)
    ? indexes.map((index) => {
        if (!isObject(index)) return index;
        const { columns: attributes, ...others } = index;
        return { ...others, attributes: attributes ?? [] };
      })
    : [];
  return { ...rest, documentSecurity: rowSecurity ?? false, attributes: columns ?? [], indexes: renamed };
}

async function create(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  const id = newId(body, 'tableId');
  const name = text(body, 'name');
  const permissions = permissionsParam(body, TABLE_ACTIONS) ?? [];
  const rowSecurity = boolean(body, 'rowSecurity', false);
  const enabled = boolean(body, 'enabled', true);
  const columns = listParam(body, 'columns').map(inlineColumn);
  const indexes = listParam(body, 'indexes') as unknown as IndexConfig[];
  return context.writer.write((afterCommit) => {
    afterCommit(() => context.schema.forget());
    const database = findDatabase(request);
    try {
      const table = context.schema.createTable({
        $id: id,
        databaseId: database.$id,
        name,
        enabled,
        rowSecurity,
        $permissions: permissions,
        columns,
        indexes,
      });
      return { status: 201, body: presentTable(table) };
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const message = `A table with the requested ID '${id}' already exists. Try again with a different ID or use ID.unique() to generate a unique ID.`;
      throw new ServerError('table_already_exists', message);
    }
  });
}

function listParam(body: JsonObject, name: string): JsonObject[] {
  const value = body[name] ?? [];
  if (!Array.isArray(value) || !value.every(isObject))
    throw invalidParam(name, 'Value must a valid array and Value must be a valid JSON object');
  return value;
}

function inlineColumn(column: JsonObject): ColumnConfig {
  if (typeof column['key'] !== 'string' || typeof column['type'] !== 'string' || !isColumnKind(column['type'])) {
    throw invalidParam('columns', 'Each column needs a key and a known type');
  }
  return column as unknown as ColumnConfig;
}

function list(request: ApiRequest): Reply {
  const { context, query } = request;
  const { $id } = findDatabase(request);
  const { total, items } = listDocuments(context.schema.tables, query, {
    fields: { name: 'text', enabled: 'boolean', rowSecurity: 'boolean' },
    searched: ['tableId', 'name'],
    within: { sql: `json_extract(doc, '$."databaseId"') = ?`, values: [$id] },
  });
  return { status: 200, body: { total, tables: items.map(presentTable) } };
}

/** Row security that is left out is switched off, as on the real server; permissions that are left out are kept. */
async function update(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  const name = text(body, 'name');
  const permissions = permissionsParam(body, TABLE_ACTIONS);
  const rowSecurity = boolean(body, 'rowSecurity', false);
  const enabled = boolean(body, 'enabled', true);
  return context.writer.write((afterCommit) => {
    afterCommit(() => context.schema.forget());
    const table = editableTable(request);
    Object.assign(table, { name, rowSecurity, enabled });
    if (permissions) table.$permissions = normalisePermissions(permissions, ['create', 'update', 'delete']);
    context.schema.saveTable(table);
    return { status: 200, body: presentTable(table) };
  });
}

async function remove(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  await context.writer.write((afterCommit) => {
    afterCommit(() => context.schema.forget());
    context.schema.deleteTable(tableOf(request));
  });
  return NO_CONTENT;
}
