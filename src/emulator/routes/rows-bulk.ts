import { invalidParam, ServerError } from '../errors.ts';
import { queryTexts } from '../params.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ApiRequest, Reply } from '../route.ts';
import { createItems, deleteMatching, updateMatching, upsertItems } from '../row-bulk.ts';
import type { RowScope } from '../row-service.ts';
import type { Row } from '../row-store.ts';
import { presentRow, rowError } from '../row-style.ts';
import type { RowStyle } from '../row-style.ts';
import type { Table } from '../schema.ts';
import type { RowAction } from '../events.ts';
import { bulkExtra, publishRow } from '../row-events.ts';
import { dataParam, permissionsParam, rowScope } from './rows-params.ts';

const MAX_BULK = 100;
/** Rows that the answer shows; the rest is only counted. */
const MAX_SHOWN = 100;

/** Several rows at once, by key: all or none. One event per row. */
export async function bulkCreate(request: ApiRequest, style: RowStyle): Promise<Reply> {
  const { body, caller } = request;
  const items = itemsParam(body, style);
  if (body['data'] !== undefined) {
    throw new ServerError(
      'general_bad_request',
      `You can only send one of the following parameters: data, ${style.list}`,
    );
  }
  if (items.length === 0) throw rowError(style, 'missing_data');
  if (caller.kind !== 'key') throw new ServerError('general_unauthorized_scope');
  return write(request, style, 'create', 201, {}, (scope) => createItems(scope, items));
}

export async function bulkUpsert(request: ApiRequest, style: RowStyle): Promise<Reply> {
  const items = itemsParam(request.body, style);
  requireKey(request);
  if (items.length === 0) throw rowError(style, 'missing_data');
  return write(request, style, 'upsert', 200, undefined, (scope) => upsertItems(scope, items));
}

export async function bulkUpdate(request: ApiRequest, style: RowStyle): Promise<Reply> {
  const { body } = request;
  const permissions = permissionsParam(body);
  requireKey(request);
  const data = body['data'] === undefined && permissions !== undefined ? {} : dataParam(body, style, 'missing_payload');
  const texts = queryTexts(body);
  return write(request, style, 'update', 200, undefined, (scope) => updateMatching(scope, texts, data, permissions));
}

/** Without queries everything is deleted. */
export async function bulkDelete(request: ApiRequest, style: RowStyle): Promise<Reply> {
  requireKey(request);
  const texts = queryTexts(request.body);
  return write(request, style, 'delete', 200, undefined, (scope) => deleteMatching(scope, texts));
}

function itemsParam(body: JsonObject, style: RowStyle): JsonObject[] {
  const items = body[style.list];
  if (Array.isArray(items) && items.length <= MAX_BULK && items.every(isObject)) return items;
  throw invalidParam(
    style.list,
    `Value must a valid array no longer than ${MAX_BULK} items and Value must be a valid JSON object`,
  );
}

/** To clients the database of a bulk request does not exist. */
function requireKey({ caller, path }: ApiRequest): void {
  if (caller.kind === 'key') return;
  throw new ServerError(
    'database_not_found',
    `Database with the requested ID '${path['databaseId']}' could not be found.`,
  );
}

function write(
  request: ApiRequest,
  style: RowStyle,
  action: RowAction,
  status: number,
  extra: JsonObject | undefined,
  work: (scope: RowScope) => Row[],
): Promise<Reply> {
  return request.context.writer.write((afterCommit) => {
    const scope = rowScope(request, style);
    const rows = work(scope);
    for (const row of rows) afterCommit(publishRow(scope, action, row, extra ?? bulkExtra(scope)));
    return { status, body: present(scope.table, rows, style) };
  });
}

function present(table: Table, rows: readonly Row[], style: RowStyle): JsonObject {
  return { total: rows.length, [style.list]: rows.slice(0, MAX_SHOWN).map((row) => presentRow(table, row, style)) };
}
