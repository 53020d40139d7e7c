import { ServerError } from '../errors.ts';
import type { RowAction } from '../events.ts';
import type { Json } from '../json.ts';
import { newId, queryTexts, wantsTotal } from '../params.ts';
import { holdsAny, rolesFor } from '../permissions.ts';
import { parseQuery, QueryProblem } from '../queries.ts';
import { planQueries } from '../query-sql.ts';
import type { Plan } from '../query-sql.ts';
import { byUser } from '../rate-limits.ts';
import { NO_CONTENT, part } from '../route.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { cursorValue } from '../row-store.ts';
import type { Row } from '../row-store.ts';
import { createRow, deleteRow, incrementRow, mayRead, updateRow, upsertRow } from '../row-service.ts';
import { publishRow } from '../row-events.ts';
import type { RowScope } from '../row-service.ts';
import { DOCUMENTS, notFound, presentRow, rowError, ROWS } from '../row-style.ts';
import type { RowStyle } from '../row-style.ts';
import { one } from '../caller.ts';
import { anyTransaction } from '../transactions/model.ts';
import { isHidden, isStaged, overlay, stagedRow } from '../transactions/overlay.ts';
import { bulkCreate, bulkDelete, bulkUpdate, bulkUpsert } from './rows-bulk.ts';
import { stageChange, stagedData, stageIncrement, transactionId } from './rows-staging.ts';
import { dataParam, dataProblem, permissionsParam, rowScope } from './rows-params.ts';

const READ = ['rows.read', 'documents.read'];
const WRITE = ['rows.write', 'documents.write'];
const MINUTE = 60;
const WRITES = { requests: 120, per: MINUTE, by: byUser };
const DELETES = { requests: 60, per: MINUTE, by: byUser };

export const rowRoutes: readonly Route[] = [
  ...styled('/tablesdb/:databaseId/tables/:tableId/rows', ROWS),
  ...styled('/databases/:databaseId/collections/:tableId/documents', DOCUMENTS),
];

function styled(path: string, style: RowStyle): Route[] {
  const row = `${path}/:rowId`;
  return [
    {
      method: 'POST',
      path,
      scopes: WRITE,
      limit: WRITES,
      before: (request) => dataProblem(request, style, 'missing_data'),
      handle: (request) =>
        request.body[style.list] === undefined ? create(request, style) : bulkCreate(request, style),
    },
    { method: 'GET', path, scopes: READ, handle: (request) => list(request, style) },
    { method: 'PATCH', path, scopes: WRITE, limit: WRITES, handle: (request) => bulkUpdate(request, style) },
    { method: 'PUT', path, scopes: WRITE, limit: WRITES, handle: (request) => bulkUpsert(request, style) },
    { method: 'DELETE', path, scopes: WRITE, limit: DELETES, handle: (request) => bulkDelete(request, style) },
    { method: 'GET', path: row, scopes: READ, handle: (request) => get(request, style) },
    {
      method: 'PATCH',
      path: row,
      scopes: WRITE,
      limit: WRITES,
      before: (request) => dataProblem(request, style, 'missing_payload'),
      handle: (request) => update(request, style),
    },
    { method: 'PUT', path: row, scopes: WRITE, limit: WRITES, handle: (request) => upsert(request, style) },
    { method: 'DELETE', path: row, scopes: WRITE, limit: DELETES, handle: (request) => remove(request, style) },
    {
      method: 'PATCH',
      path: `${row}/:column/increment`,
      scopes: WRITE,
      limit: WRITES,
      handle: (request) => increment(request, style, 1),
    },
    {
      method: 'PATCH',
      path: `${row}/:column/decrement`,
      scopes: WRITE,
      limit: WRITES,
      handle: (request) => increment(request, style, -1),
    },
  ];
}

function write(
  request: ApiRequest,
  style: RowStyle,
  action: RowAction,
  status: number,
  work: (scope: RowScope) => Row,
): Promise<Reply> {
  return request.context.writer.write((afterCommit) => {
    const scope = rowScope(request, style);
    const row = work(scope);
    afterCommit(publishRow(scope, action, row));
    return { status, body: presentRow(scope.table, row, style) };
  });
}

async function create(request: ApiRequest, style: RowStyle): Promise<Reply> {
  const { body } = request;
  const permissions = permissionsParam(body);
  const data = dataParam(body, style, 'missing_data');
  if (body[style.idParam] === undefined) {
    throw rowError(
      style,
      'missing_data',
      `${style.row === 'row' ? 'Row' : 'Document'} ID is required when creating a single ${style.row}.`,
    );
  }
  const id = newId(body, style.idParam);
  if (transactionId(body) !== undefined) {
    return stageChange(
      request,
      style,
      { action: 'create', rowId: id, data: stagedData(request, data, permissions) },
      201,
    );
  }
  return write(request, style, 'create', 201, (scope) => createRow(scope, { id, data, permissions }));
}

async function update(request: ApiRequest, style: RowStyle): Promise<Reply> {
  const { body } = request;
  const permissions = permissionsParam(body);
  const data = body['data'] === undefined && permissions !== undefined ? {} : dataParam(body, style, 'missing_payload');
  const id = part(request, 'rowId');
  if (transactionId(body) !== undefined) {
    const change = { ...data, ...(permissions && { $permissions: permissions }) };
    return stageChange(request, style, { action: 'update', rowId: id, data: change }, 200);
  }
  return write(request, style, 'update', 200, (scope) =>
    updateRow(scope, { id, data, permissions }, timestamp(request)),
  );
}

async function upsert(request: ApiRequest, style: RowStyle): Promise<Reply> {
  const { body } = request;
  const permissions = permissionsParam(body);
  const data = body['data'] === undefined && permissions !== undefined ? {} : dataParam(body, style, 'missing_payload');
  const id = newId({ id: part(request, 'rowId') }, 'id');
  if (transactionId(body) !== undefined) {
    return stageChange(
      request,
      style,
      { action: 'upsert', rowId: id, data: stagedData(request, { ...data, $id: id }, permissions) },
      201,
    );
  }
  return write(request, style, 'upsert', 200, (scope) =>
    upsertRow(scope, { id, data, permissions }, timestamp(request)),
  );
}

async function remove(request: ApiRequest, style: RowStyle): Promise<Reply> {
  if (transactionId(request.body) !== undefined) {
    await stageChange(request, style, { action: 'delete', rowId: part(request, 'rowId'), data: null }, 204);
    return NO_CONTENT;
  }
  await write(request, style, 'delete', 204, (scope) => deleteRow(scope, part(request, 'rowId'), timestamp(request)));
  return NO_CONTENT;
}

async function increment(request: ApiRequest, style: RowStyle, direction: 1 | -1): Promise<Reply> {
  const { body } = request;
  const by = body['value'] ?? 1;
  const limit = body[direction === 1 ? 'max' : 'min'];
  if (typeof by !== 'number' || by <= 0)
    throw new ServerError('general_argument_invalid', 'Value must be numeric and greater than 0');
  if (transactionId(body) !== undefined) return stageIncrement(request, style, direction, by);
  const step = { column: part(request, 'column'), by, direction, limit: typeof limit === 'number' ? limit : undefined };
  return write(request, style, 'update', 200, (scope) => incrementRow(scope, part(request, 'rowId'), step));
}

function timestamp(request: ApiRequest): string | undefined {
  return one(request.headers['x-appwrite-timestamp']);
}

function get(request: ApiRequest, style: RowStyle): Reply {
  const scope = rowScope(request, style);
  const queries = readQueries(queryTexts(request.query));
  const other = queries.find(({ method }) => method !== 'select');
  if (other) throw new ServerError('general_query_invalid', `Invalid query method: ${other.method}`);
  const { select } = plan(scope, queries);
  const transaction = transactionId(request.query);
  if (transaction !== undefined) {
    anyTransaction(request.context, transaction);
    const id = part(request, 'rowId');
    if (isHidden(scope, id)) throw notFound(style, id);
    const staged = isStaged(scope, transaction, id) ? stagedRow(scope, transaction, id) : undefined;
    if (staged) return { status: 200, body: staged.shown };
  }
  const row = request.context.rows.get(scope.table, part(request, 'rowId'), columnsOf(scope, select));
  if (!row || !mayRead(scope, row)) throw notFound(style, part(request, 'rowId'));
  return { status: 200, body: presentRow(scope.table, row, style) };
}

function columnsOf({ table }: RowScope, select: string[] | undefined): RowScope['table']['columns'] {
  return select ? table.columns.filter(({ key }) => select.includes(key)) : table.columns;
}

/** Rows that the caller may read; without row security a table is readable as a whole or not at all. */
function list(request: ApiRequest, style: RowStyle): Reply {
  const scope = rowScope(request, style);
  const { context, caller, table } = scope;
  const planned = plan(scope, readQueries(queryTexts(request.query)));
  const count = wantsTotal(request.query);
  const whole = caller.kind === 'key' || holdsAny(caller.roles, rolesFor(table.$permissions, 'read'));
  if (!whole && !table.rowSecurity) throw new ServerError('user_unauthorized');
  const roles = whole ? undefined : [...caller.roles];
  const rows = context.rows.list(table, planned, roles, cursorRow(scope, planned));
  const total = count ? context.rows.count(table, planned, roles) : 0;
  const transaction = transactionId(request.query);
  if (transaction !== undefined) {
    anyTransaction(context, transaction);
    const staged = overlay(scope, transaction, rows);
    return { status: 200, body: { total: total + staged.length - rows.length, [style.list]: staged } };
  }
  const items: Json[] = rows.map((row) => presentRow(table, row, style));
  return { status: 200, body: { total, [style.list]: items } };
}

function readQueries(texts: readonly string[]): ReturnType<typeof parseQuery>[] {
  return asQueryError(() => texts.map(parseQuery));
}

function plan({ context, table }: RowScope, queries: ReturnType<typeof parseQuery>[]): Plan {
  return asQueryError(() => planQueries(queries, context.rows.attributes(table)));
}

function asQueryError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof QueryProblem ? new ServerError('general_query_invalid', error.message) : error;
  }
}

/** The row of a cursor, whether or not the caller may read it; rows without a value to order by cannot be one. */
function cursorRow({ context, table, style }: RowScope, planned: Plan): Row | undefined {
  if (!planned.cursor) return undefined;
  const { id } = planned.cursor;
  const row = context.rows.get(table, id);
  if (!row) {
    const name = style.row === 'row' ? 'Row' : 'Document';
    throw new ServerError('general_cursor_not_found', `${name} '${id}' for the 'cursor' value not found.`);
  }
  for (const { attribute } of planned.orders) {
    if (cursorValue(table, row, attribute) === null) {
      throw new ServerError(
        'database_query_order_null',
        `The order column '${attribute}' had a null value. Cursor pagination requires all rows order column values are non-null.`,
      );
    }
  }
  return row;
}
