import { invalidParam, ServerError } from '../errors.ts';
import { now } from '../ids.ts';
import { isObject } from '../json.ts';
import type { Json } from '../json.ts';
import { listDocuments } from '../lists.ts';
import { boolean, number } from '../params.ts';
import { NO_CONTENT, part } from '../route.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { DOCUMENTS } from '../row-style.ts';
import { findTable } from '../table-lookup.ts';
import { replay } from '../transactions/commit.ts';
import { ACTIONS, isExpired, newTransaction, ownTransaction, presentTransaction } from '../transactions/model.ts';
import type { OperationAction, Transaction } from '../transactions/model.ts';
import { checkRights, checkStageable, isBulk, operationsOf, stage } from '../transactions/stage.ts';
import { sweepTransactions } from '../transactions/sweep.ts';
import { permissionsParam } from './rows-params.ts';

const PATH = '/tablesdb/transactions';
const ONE = `${PATH}/:transactionId`;
const READ = ['rows.read', 'documents.read'];
const WRITE = ['rows.write', 'documents.write'];

export const transactionRoutes: readonly Route[] = [
  { method: 'POST', path: PATH, scopes: WRITE, handle: create },
  { method: 'GET', path: PATH, scopes: READ, handle: list },
  {
    method: 'GET',
    path: ONE,
    scopes: READ,
    handle: (request) => ({ status: 200, body: presentTransaction(find(request)) }),
  },
  { method: 'PATCH', path: ONE, scopes: WRITE, handle: finish },
  { method: 'DELETE', path: ONE, scopes: WRITE, handle: remove },
  { method: 'POST', path: `${ONE}/operations`, scopes: WRITE, handle: stageAll },
];

function find(request: ApiRequest): Transaction {
  return ownTransaction(request.context, request.caller, part(request, 'transactionId'));
}

async function create({ context, caller, body }: ApiRequest): Promise<Reply> {
  const transaction = newTransaction(caller, number(body, 'ttl', { min: 60, max: 3600, fallback: 300 }));
  await context.writer.write(() => {
    context.transactions.insert(transaction);
    sweepTransactions(context);
  });
  return { status: 201, body: presentTransaction(transaction) };
}

function list({ context, caller, query }: ApiRequest): Reply {
  const owner = caller.kind === 'user' ? caller.user.$id : '-';
  const within = caller.kind === 'key' ? undefined : { sql: `json_extract(doc, '$."owner"') = ?`, values: [owner] };
  const { total, items } = listDocuments(context.transactions, query, {
    fields: { status: 'text', expiresAt: 'time' },
    ...(within && { within }),
  });
  return { status: 200, body: { total, transactions: items.map(presentTransaction) } };
}

async function stageAll(request: ApiRequest): Promise<Reply> {
  const { context, caller, body } = request;
  const drafts = readOperations(body['operations']);
  return context.writer.write(() => {
    let transaction = find(request);
    if (transaction.status !== 'pending')
      throw new ServerError('general_bad_request', 'Invalid or non-pending transaction');
    checkStageable(transaction, drafts.length);
    const scopes = drafts.map((draft) => {
      if (isBulk(draft.action) && caller.kind !== 'key') throw new ServerError('user_unauthorized');
      const table = findTable(context, caller, draft.databaseId, draft.tableId, DOCUMENTS);
      const scope = { context, caller, table, style: DOCUMENTS };
      checkRights(scope, transaction, draft);
      return { scope, draft };
    });
    for (const { scope, draft } of scopes) {
      transaction = stage(scope, transaction, { action: draft.action, rowId: draft.rowId, data: draft.data });
    }
    return { status: 201, body: presentTransaction(transaction) };
  });
}

interface ReadOperation {
  action: OperationAction;
  databaseId: string;
  tableId: string;
  rowId: string;
  data: Json;
}

function readOperations(value: Json | undefined): ReadOperation[] {
  if (!Array.isArray(value)) throw invalidParam('operations', 'Value must a valid array');
  if (value.length === 0) throw new ServerError('general_bad_request', 'Operations array cannot be empty');
  return value.map(readOperation);
}

function readOperation(value: Json): ReadOperation {
  const invalid = (why: string): ServerError => invalidParam('operations', `Value must a valid array and ${why}`);
  if (!isObject(value)) throw invalid('Value must be a valid JSON object');
  const { databaseId, data = null } = value;
  const tableId = value['tableId'] ?? value['collectionId'];
  const rowId = value['rowId'] ?? value['documentId'] ?? '';
  const action = ACTIONS.find((name) => name === value['action']);
  if (!action) throw invalid(`Key 'action' must be one of: ${ACTIONS.join(', ')}`);
  if (typeof databaseId !== 'string' || typeof tableId !== 'string')
    throw invalid('Missing required key: databaseId or tableId');
  if (typeof rowId !== 'string' || (rowId === '' && !isBulk(action)))
    throw invalid(`Key 'rowId' is required for action '${action}'`);
  if (data === null && action !== 'delete') throw invalid('Missing required key: data');
  if (isObject(data)) permissionsParam(data, undefined, '$permissions');
  return { action, databaseId, tableId, rowId, data };
}

async function finish(request: ApiRequest): Promise<Reply> {
  const { body } = request;
  const commit = boolean(body, 'commit', false);
  const rollback = boolean(body, 'rollback', false);
  if (commit && rollback) throw new ServerError('general_bad_request', 'Cannot commit and rollback at the same time');
  if (!commit && !rollback) throw new ServerError('general_bad_request', 'Either commit or rollback must be true');
  if (rollback) return { status: 200, body: presentTransaction(await end(request, 'failed')) };
  try {
    return { status: 200, body: presentTransaction(await commitAll(request)) };
  } catch (error) {
    if (error instanceof CommitFailed) {
      await end(request, 'failed');
      throw error.cause;
    }
    throw error;
  }
}

/** The commit was tried and failed: the transaction has failed with it. */
class CommitFailed extends Error {}

function commitAll(request: ApiRequest): Promise<Transaction> {
  const { context, caller } = request;
  return context.writer.write((afterCommit) => {
    const transaction = pending(request);
    try {
      const events = replay(context, caller, operationsOf(context, transaction.$id));
      for (const event of events) afterCommit(() => context.publish(event));
    } catch (cause) {
      throw new CommitFailed('The commit failed', { cause });
    }
    return store(request, transaction, 'committed');
  });
}

function end(request: ApiRequest, status: 'failed'): Promise<Transaction> {
  return request.context.writer.write(() => store(request, pending(request), status));
}

function pending(request: ApiRequest): Transaction {
  const transaction = find(request);
  if (transaction.status !== 'pending') throw new ServerError('transaction_not_ready');
  if (isExpired(transaction)) throw new ServerError('transaction_expired');
  return transaction;
}

/** The staged changes of a transaction that has ended are not needed any more. */
function store({ context }: ApiRequest, transaction: Transaction, status: Transaction['status']): Transaction {
  for (const operation of operationsOf(context, transaction.$id)) context.operations.delete(operation.$id);
  const updated = { ...transaction, status, $updatedAt: now() };
  context.transactions.update(updated);
  return updated;
}

async function remove(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  await context.writer.write(() => {
    const transaction = find(request);
    for (const operation of operationsOf(context, transaction.$id)) context.operations.delete(operation.$id);
    context.transactions.delete(transaction.$id);
  });
  return NO_CONTENT;
}
