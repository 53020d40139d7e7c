import type { Context } from '../context.ts';
import { ServerError } from '../errors.ts';
import { now, uniqueId } from '../ids.ts';
import { isObject, isStringList } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Action } from '../permissions.ts';
import { grantable, requireRowAction, requireTableAction } from '../row-service.ts';
import type { RowScope } from '../row-service.ts';
import { fingerprint, isExpired, MAX_OPERATIONS } from './model.ts';
import type { Operation, OperationAction, Transaction } from './model.ts';
import { stagedRow } from './overlay.ts';

export type Draft = Pick<Operation, 'action' | 'rowId' | 'data'>;

const NEEDS: Record<'update' | 'delete' | 'increment' | 'decrement', Action> = {
  update: 'update',
  delete: 'delete',
  increment: 'update',
  decrement: 'update',
};

/** Throws if nothing more can be staged in the transaction. Belongs inside a write, like all of this file. */
export function checkStageable(transaction: Transaction, added: number): void {
  if (isExpired(transaction)) throw new ServerError('transaction_expired');
  const { operations } = transaction;
  if (operations + added > MAX_OPERATIONS) {
    throw new ServerError(
      'transaction_limit_exceeded',
      `Transaction already has ${operations} operations, adding ${added} would exceed the maximum of ${MAX_OPERATIONS}`,
    );
  }
}

/** Stores a change for the commit; columns are checked then. */
export function stage(scope: RowScope, transaction: Transaction, draft: Draft): Transaction {
  const { context, table } = scope;
  const row = draft.rowId === '' ? undefined : context.rows.get(table, draft.rowId);
  context.operations.insert({
    ...draft,
    $id: uniqueId(),
    transactionId: transaction.$id,
    databaseId: table.databaseId,
    tableId: table.tableId,
    base: row ? fingerprint(row) : '',
  });
  const updated = { ...transaction, operations: transaction.operations + 1, $updatedAt: now() };
  context.transactions.update(updated);
  return updated;
}

/** Throws unless the caller may make the change, given what was staged before. A row that does not exist has no permissions. */
export function checkRights(scope: RowScope, transaction: Transaction, { action, rowId, data }: Draft): void {
  const { caller } = scope;
  if (isBulk(action)) {
    if (caller.kind !== 'key') throw new ServerError('user_unauthorized');
    return;
  }
  const given = isObject(data) ? data['$permissions'] : undefined;
  if (isStringList(given)) grantable(scope, given);
  const row = stagedRow(scope, transaction.$id, rowId);
  switch (action) {
    case 'create':
      requireTableAction(scope, 'create');
      break;
    case 'upsert':
      if (row) requireRowAction(scope, row, 'update');
      else requireTableAction(scope, 'create');
      break;
    case 'update':
    case 'delete':
    case 'increment':
    case 'decrement':
      requireRowAction(scope, row ?? { permissions: [] }, NEEDS[action]);
      break;
    case 'bulkCreate':
    case 'bulkUpdate':
    case 'bulkUpsert':
    case 'bulkDelete':
      break;
  }
}

export function isBulk(action: OperationAction): boolean {
  return action.startsWith('bulk');
}

/** The answer to a change that was staged by one of the routes for single rows. */
export function presentStaged(scope: RowScope, rowId: string, data: JsonObject): JsonObject {
  const { table, style } = scope;
  return {
    $id: rowId,
    [style.tableKey]: table.tableId,
    $databaseId: table.databaseId,
    $sequence: '',
    $createdAt: '',
    $updatedAt: '',
    ...data,
  };
}

/** What waits in a transaction, oldest first. */
export function operationsOf(context: Context, transactionId: string): Operation[] {
  return context.operations.where('transactionId', transactionId);
}
