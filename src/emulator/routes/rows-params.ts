import { invalidParam } from '../errors.ts';
import { isObject, isStringList, isTooDeep } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { permissionsProblem, ROW_ACTIONS } from '../permissions.ts';
import { part } from '../route.ts';
import type { ApiRequest } from '../route.ts';
import type { RowScope } from '../row-service.ts';
import { rowError } from '../row-style.ts';
import type { RowStyle } from '../row-style.ts';
import { findTable } from '../table-lookup.ts';

/** The table of the path; disabled ones exist for keys only. */
export function rowScope(request: ApiRequest, style: RowStyle): RowScope {
  const { context, caller } = request;
  const table = findTable(context, caller, part(request, 'databaseId'), part(request, 'tableId'), style);
  return { context, caller, table, style };
}

/** The permissions of the body; undefined if there are none or null. */
export function permissionsParam(
  body: JsonObject,
  allowed: readonly string[] = ROW_ACTIONS,
  name = 'permissions',
): string[] | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  const problem = permissionsProblem(value, allowed);
  if (problem !== undefined || !isStringList(value)) throw invalidParam(name, problem ?? '');
  return value;
}

type Missing = 'missing_data' | 'missing_payload';

/** The columns of the body: an object, or one written as text. */
export function dataParam(body: JsonObject, style: RowStyle, missing: Missing): JsonObject {
  const given = body['data'];
  const value = typeof given === 'string' ? readText(given) : given;
  if (value === undefined || value === null) throw rowError(style, missing);
  if (!isObject(value)) throw invalidParam('data', 'Value must be a valid JSON object');
  if (Object.keys(value).length === 0) throw rowError(style, missing);
  return value;
}

/** An empty object is refused before the request counts against a limit. */
export function dataProblem({ body }: ApiRequest, style: RowStyle, missing: Missing): void {
  const { data } = body;
  const empty = isObject(data) && Object.keys(data).length === 0;
  if (empty && !(missing === 'missing_payload' && body['permissions'] !== undefined)) throw rowError(style, missing);
}

function readText(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isTooDeep(value) ? text : value;
  } catch {
    return text;
  }
}
