import { createHash } from 'node:crypto';
import type { Caller } from '../caller.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../errors.ts';
import { formatTime, now, uniqueId } from '../ids.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Row } from '../row-store.ts';

export interface Transaction {
  $id: string;
  $createdAt: string;
  $updatedAt: string;
  status: 'pending' | 'committed' | 'failed';
  operations: number;
  expiresAt: string;
  /** The user who may use it; empty for keys. Those of keys and guests can only be used by keys. */
  owner: string;
}

/** Owns the transactions of guests; no user has such an id. */
export const GUEST_OWNER = '_guest';

export const ACTIONS = [
  'create',
  'update',
  'upsert',
  'delete',
  'increment',
  'decrement',
  'bulkCreate',
  'bulkUpdate',
  'bulkUpsert',
  'bulkDelete',
] as const;
export type OperationAction = (typeof ACTIONS)[number];

/** A change that waits for the commit. Permissions are part of the data, as `$permissions`. */
export interface Operation {
  $id: string;
  transactionId: string;
  action: OperationAction;
  databaseId: string;
  tableId: string;
  rowId: string;
  data: Json;
  /** What the row was like when the change was staged; empty if it did not exist. */
  base: string;
}

export const MAX_OPERATIONS = 100;

export function newTransaction(caller: Caller, seconds: number): Transaction {
  const time = now();
  return {
    $id: uniqueId(),
    $createdAt: time,
    $updatedAt: time,
    status: 'pending',
    operations: 0,
    expiresAt: formatTime(Date.now() + seconds * 1000),
    owner: caller.kind === 'user' ? caller.user.$id : caller.kind === 'guest' ? GUEST_OWNER : '',
  };
}

export function presentTransaction({
  $id,
  $createdAt,
  $updatedAt,
  status,
  operations,
  expiresAt,
}: Transaction): JsonObject {
  return { $id, $createdAt, $updatedAt, status, operations, expiresAt };
}

/** A transaction that the caller may use; for everybody else it does not exist. */
export function ownTransaction(context: Context, caller: Caller, id: string): Transaction {
  const transaction = anyTransaction(context, id);
  const own = caller.kind === 'key' || (caller.kind === 'user' && transaction.owner === caller.user.$id);
  if (!own) throw missing(id);
  return transaction;
}

/** A transaction that exists, whoever asks: what is staged can be read by all who know the id, as on the real server. */
export function anyTransaction(context: Context, id: string): Transaction {
  const transaction = context.transactions.get(id);
  if (!transaction) throw missing(id);
  return transaction;
}

function missing(id: string): ServerError {
  return new ServerError('transaction_not_found', `Transaction with the requested ID '${id}' could not be found.`);
}

export function isExpired(transaction: Transaction): boolean {
  return transaction.expiresAt < now();
}

/** Tells two states of a row apart. */
export function fingerprint(row: Row): string {
  return createHash('sha256').update(JSON.stringify(row)).digest('hex');
}
