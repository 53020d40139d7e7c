import { invalidParam, ServerError } from './errors.ts';
import { isStringList } from './json.ts';
import type { JsonObject } from './json.ts';
import { newId } from './params.ts';
import { permissionsProblem, ROW_ACTIONS } from './permissions.ts';
import { parseQuery, QueryProblem } from './queries.ts';
import { planQueries } from './query-sql.ts';
import { createRow, deleteRow, updateRow, upsertRow } from './row-service.ts';
import type { RowScope } from './row-service.ts';
import type { Row } from './row-store.ts';
import { alreadyExists } from './row-style.ts';

const ALL = Number.MAX_SAFE_INTEGER;

// Changes of many rows. All functions run inside a write, which undoes everything if one row fails.

export function createItems(scope: RowScope, items: readonly JsonObject[]): Row[] {
  return items.map((item) => {
    try {
      return createRow(scope, {
        id: itemId(item),
        data: item,
        permissions: permissionsOf(item),
      });
    } catch (error) {
      const duplicate = error instanceof ServerError && error.type.endsWith('_already_exists');
      throw duplicate ? alreadyExists(scope.style, '') : error;
    }
  });
}

export function upsertItems(scope: RowScope, items: readonly JsonObject[]): Row[] {
  return items.map((item) => upsertRow(scope, { id: itemId(item), data: item, permissions: permissionsOf(item) }));
}

export function updateMatching(
  scope: RowScope,
  texts: readonly string[],
  data: JsonObject,
  permissions: string[] | undefined,
): Row[] {
  return matching(scope, texts).map((row) => updateRow(scope, { id: row.id, data, permissions }));
}

export function deleteMatching(scope: RowScope, texts: readonly string[]): Row[] {
  return matching(scope, texts).map((row) => deleteRow(scope, row.id));
}

function itemId(item: JsonObject): string {
  return newId({ $id: item['$id'] ?? 'unique()' }, '$id');
}

/** Rows that the queries select; without a limit all of them. */
function matching({ context, table }: RowScope, texts: readonly string[]): Row[] {
  try {
    const queries = texts.map(parseQuery);
    const plan = planQueries(queries, context.rows.attributes(table));
    if (!queries.some(({ method }) => method === 'limit')) plan.limit = ALL;
    return context.rows.list(table, { ...plan, select: undefined }, undefined, undefined);
  } catch (error) {
    throw error instanceof QueryProblem ? new ServerError('general_query_invalid', error.message) : error;
  }
}

function permissionsOf(item: JsonObject): string[] | undefined {
  const value = item['$permissions'];
  if (value === undefined || value === null) return undefined;
  const problem = permissionsProblem(value, ROW_ACTIONS);
  if (problem !== undefined || !isStringList(value)) throw invalidParam('permissions', problem ?? '');
  return value;
}
