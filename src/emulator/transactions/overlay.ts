import { isObject, isStringList } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { mayRead } from '../row-service.ts';
import type { RowScope } from '../row-service.ts';
import type { Row } from '../row-store.ts';
import { presentRow } from '../row-style.ts';
import type { Operation } from './model.ts';

/** How a row looks in a transaction: permissions, and what the API shows. */
export interface StagedRow {
  id: string;
  permissions: string[];
  shown: JsonObject;
}

/** The operations of a transaction on single rows of the table; increments do not show before the commit. */
function changesOf({ context, table }: RowScope, transactionId: string): Operation[] {
  return context.operations
    .where('transactionId', transactionId)
    .filter(({ databaseId, tableId }) => databaseId === table.databaseId && tableId === table.tableId);
}

function plain({ data }: Operation): JsonObject {
  return isObject(data) ? data : {};
}

function apply(scope: RowScope, rows: Map<string, StagedRow>, operation: Operation): void {
  const { rowId, action } = operation;
  if (action === 'delete') {
    rows.delete(rowId);
    return;
  }
  if (action !== 'create' && action !== 'update' && action !== 'upsert') return;
  // A staged create stands for itself: it must not show a stored row of that id, and fails at the commit.
  const before = action === 'create' ? undefined : rows.get(rowId);
  const data = plain(operation);
  const { $permissions } = data;
  const permissions = isStringList($permissions) ? $permissions : (before?.permissions ?? []);
  const { $sequence: _sequence, $createdAt: _created, $updatedAt: _updated, ...columns } = data;
  const shown = { ...(before?.shown ?? fresh(scope)), ...columns, $permissions: permissions, $id: rowId };
  rows.set(rowId, { id: rowId, permissions, shown });
}

/** What is shown of a row before anything is known of it. */
function fresh({ table, style }: RowScope): JsonObject {
  return {
    $sequence: '',
    $createdAt: '',
    $updatedAt: '',
    $databaseId: table.databaseId,
    [style.tableKey]: table.tableId,
  };
}

function committed(scope: RowScope, row: Row): StagedRow {
  return { id: row.id, permissions: row.permissions, shown: presentRow(scope.table, row, scope.style) };
}

/** True if there is a stored row of that id that the caller may not read; its transaction does not change that. */
export function isHidden(scope: RowScope, rowId: string): boolean {
  const row = scope.context.rows.get(scope.table, rowId);
  return row !== undefined && !mayRead(scope, row);
}

/** A row as the transaction sees it, or undefined if it does not exist there. */
export function stagedRow(scope: RowScope, transactionId: string, rowId: string): StagedRow | undefined {
  const row = scope.context.rows.get(scope.table, rowId);
  const rows = new Map<string, StagedRow>(row ? [[rowId, committed(scope, row)]] : []);
  for (const operation of changesOf(scope, transactionId)) if (operation.rowId === rowId) apply(scope, rows, operation);
  return rows.get(rowId);
}

/** True if the transaction changes the row. */
export function isStaged(scope: RowScope, transactionId: string, rowId: string): boolean {
  return changesOf(scope, transactionId).some((operation) => operation.rowId === rowId);
}

/** Rows of a list with the changes of the transaction; rows that it creates come last. */
export function overlay(scope: RowScope, transactionId: string, found: readonly Row[]): JsonObject[] {
  const rows = new Map(found.map((row) => [row.id, committed(scope, row)]));
  for (const operation of changesOf(scope, transactionId)) {
    const known = rows.has(operation.rowId) || operation.action === 'create' || operation.action === 'upsert';
    if (known && !isHidden(scope, operation.rowId)) apply(scope, rows, operation);
  }
  return [...rows.values()].map(({ shown }) => shown);
}
