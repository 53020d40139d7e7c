import type { Caller } from '../caller.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../errors.ts';
import { rowEvent } from '../events.ts';
import type { RowAction, ServerEvent } from '../events.ts';
import { newId } from '../params.ts';
import { isObject, isStringList } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { createItems, deleteMatching, updateMatching, upsertItems } from '../row-bulk.ts';
import { createRow, deleteRow, incrementRow, mayRead, readers, updateRow, upsertRow } from '../row-service.ts';
import type { RowScope } from '../row-service.ts';
import type { Row } from '../row-store.ts';
import { DOCUMENTS, internalName, presentRow } from '../row-style.ts';
import { findTable } from '../table-lookup.ts';
import { fingerprint } from './model.ts';
import type { Operation } from './model.ts';

/** A staged change that was carried out, and the row that it deleted. */
interface Done {
  scope: RowScope;
  operation: Operation;
  deleted: Row | undefined;
}

/**
 * Carries out the operations in their order; belongs inside a write, which undoes all of them if one throws.
 * Returns the events for those who may read the rows, which show the state after the whole commit.
 */
export function replay(context: Context, caller: Caller, operations: readonly Operation[]): ServerEvent[] {
  const touched = new Set<string>();
  const done = operations.map((operation): Done => {
    const table = findTable(context, caller, operation.databaseId, operation.tableId, DOCUMENTS);
    const scope = { context, caller, table, style: DOCUMENTS };
    const name = `${table.$id}/${operation.rowId}`;
    const known = touched.has(name);
    if (!known) checkUnchanged(scope, operation);
    touched.add(name);
    try {
      return { scope, operation, deleted: carryOut(scope, operation, known) };
    } catch (error) {
      const conflict = error instanceof ServerError && (error.code === 409 || error.code === 404);
      throw conflict ? new ServerError('transaction_conflict') : error;
    }
  });
  return done.flatMap(eventOf);
}

/** 409 if somebody changed the row after the change was staged. */
function checkUnchanged({ context, table }: RowScope, { action, rowId, base }: Operation): void {
  if (action !== 'update' && action !== 'delete') return;
  const row = context.rows.get(table, rowId);
  if (base !== '' && (!row || fingerprint(row) !== base)) throw new ServerError('transaction_conflict');
}

/** `known`: an earlier operation of the transaction was about the same row. */
function carryOut(scope: RowScope, { action, rowId, data }: Operation, known: boolean): Row | undefined {
  const columns = isObject(data) ? data : {};
  const permissions = isStringList(columns['$permissions']) ? columns['$permissions'] : undefined;
  switch (action) {
    case 'create':
      createRow(scope, { id: rowId, data: columns, permissions: permissions ?? [], sequence: sequenceOf(columns) });
      break;
    case 'update':
      updateRow(scope, { id: rowId, data: columns, permissions });
      break;
    case 'upsert':
      upsertStaged(scope, columns, permissions, known ? rowId : undefined);
      break;
    case 'delete':
      return deleteRow(scope, rowId);
    case 'increment':
    case 'decrement':
      incrementRow(scope, rowId, stepOf(columns, action === 'increment' ? 1 : -1));
      break;
    case 'bulkCreate':
      createItems(scope, itemsOf(data));
      break;
    case 'bulkUpsert':
      upsertItems(scope, itemsOf(data));
      break;
    case 'bulkUpdate':
      updateMatching(scope, textsOf(columns['queries']), isObject(columns['data']) ? columns['data'] : {}, permissions);
      break;
    case 'bulkDelete':
      deleteMatching(scope, textsOf(columns['queries']));
      break;
  }
  return undefined;
}

/**
 * Only `$id` in the data names the row of a staged upsert, unless the transaction knows the row already; otherwise the
 * server chooses an id, as the real server does.
 */
function upsertStaged(
  scope: RowScope,
  data: JsonObject,
  permissions: string[] | undefined,
  rowId: string | undefined,
): void {
  const id = newId({ $id: data['$id'] ?? rowId ?? 'unique()' }, '$id');
  const exists = scope.context.rows.get(scope.table, id) !== undefined;
  upsertRow(scope, { id, data, permissions: permissions ?? (exists ? undefined : []) });
}

/** Here, and only here, clients may choose the sequence of a row, as on the real server. */
function sequenceOf(data: JsonObject): number | undefined {
  const { $sequence } = data;
  return typeof $sequence === 'string' && /^[1-9]\d{0,14}$/.test($sequence) ? Number($sequence) : undefined;
}

function stepOf(data: JsonObject, direction: 1 | -1): Parameters<typeof incrementRow>[2] {
  const limit = data[direction === 1 ? 'max' : 'min'];
  return {
    column: typeof data['column'] === 'string' ? data['column'] : '',
    by: typeof data['value'] === 'number' ? data['value'] : 1,
    direction,
    limit: typeof limit === 'number' ? limit : undefined,
  };
}

function itemsOf(data: Json): JsonObject[] {
  return Array.isArray(data) ? data.filter(isObject) : [];
}

function textsOf(value: Json | undefined): string[] {
  return isStringList(value) ? value : [];
}

const EVENT_ACTIONS: Partial<Record<Operation['action'], RowAction>> = {
  create: 'create',
  update: 'update',
  upsert: 'update',
  increment: 'update',
  decrement: 'update',
  delete: 'delete',
};

/** One event for each single change; none for bulk changes and for rows that the committer cannot read. */
function eventOf({ scope, operation, deleted }: Done): ServerEvent[] {
  const action = EVENT_ACTIONS[operation.action];
  const row = deleted ?? (action && scope.context.rows.get(scope.table, operation.rowId));
  if (!action || !row || !mayRead(scope, row)) return [];
  const { $databaseId: _left, ...shown } = presentRow(scope.table, row, scope.style);
  const payload = { ...shown, $tableId: scope.table.tableId, $collection: internalName(scope.table) };
  const at = { databaseId: scope.table.databaseId, tableId: scope.table.tableId, rowId: row.id };
  return [rowEvent(at, action, payload, readers(scope.table, row), scope.caller)];
}
