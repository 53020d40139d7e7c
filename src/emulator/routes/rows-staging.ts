import { ServerError } from '../errors.ts';
import { isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { normalisePermissions } from '../permissions.ts';
import { part } from '../route.ts';
import type { ApiRequest, Reply } from '../route.ts';
import { defaultPermissions } from '../row-service.ts';
import { notFound } from '../row-style.ts';
import type { RowStyle } from '../row-style.ts';
import { ownTransaction } from '../transactions/model.ts';
import { stagedRow } from '../transactions/overlay.ts';
import { checkRights, checkStageable, presentStaged, stage } from '../transactions/stage.ts';
import type { Draft } from '../transactions/stage.ts';
import { rowScope } from './rows-params.ts';

/** The transaction that a request names, or undefined. */
export function transactionId(params: JsonObject): string | undefined {
  const id = params['transactionId'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** Keeps a change for the commit of its transaction instead of carrying it out. */
export function stageChange(request: ApiRequest, style: RowStyle, draft: Draft, status: number): Promise<Reply> {
  const { context, caller, body } = request;
  return context.writer.write(() => {
    const scope = rowScope(request, style);
    const transaction = ownTransaction(context, caller, transactionId(body) ?? '');
    if (transaction.status !== 'pending') throw new ServerError('transaction_not_ready');
    checkStageable(transaction, 1);
    if (draft.action !== 'create' && draft.action !== 'upsert' && !stagedRow(scope, transaction.$id, draft.rowId)) {
      throw notFound(style, draft.rowId);
    }
    checkRights(scope, transaction, draft);
    stage(scope, transaction, draft);
    const shown = draft.action === 'update' ? stagedRow(scope, transaction.$id, draft.rowId)?.shown : undefined;
    return { status, body: shown ?? presentStaged(scope, draft.rowId, isObject(draft.data) ? draft.data : {}) };
  });
}

/** The data of a staged create or upsert; without permissions the creator gets the usual ones. */
export function stagedData(request: ApiRequest, data: JsonObject, permissions: string[] | undefined): JsonObject {
  return {
    ...data,
    $permissions: normalisePermissions(permissions ?? defaultPermissions(request), ['update', 'delete']),
  };
}

export async function stageIncrement(
  request: ApiRequest,
  style: RowStyle,
  direction: 1 | -1,
  by: number,
): Promise<Reply> {
  const column = part(request, 'column');
  const rowId = part(request, 'rowId');
  const { max, min } = request.body;
  const data: Json = { column, value: by, ...(max !== undefined && { max }), ...(min !== undefined && { min }) };
  await stageChange(request, style, { action: direction === 1 ? 'increment' : 'decrement', rowId, data }, 200);
  return { status: 200, body: presentStaged(rowScope(request, style), rowId, { [column]: by }) };
}
