import { invalidParam, ServerError } from './errors.ts';
import { isId, uniqueId } from './ids.ts';
import { isStringList } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { MAX_QUERIES, MAX_QUERY_LENGTH } from './queries.ts';

/** Parameters of a request: its body, or its query string. Null counts as missing, as on the real server. */
export type Params = JsonObject;

const ID_RULE =
  "Parameter must contain at most 36 chars. Valid chars are a-z, A-Z, 0-9, period, hyphen, and underscore. Can't start with a special char";

/** The value of a parameter that must be there. */
export function need(params: Params, name: string): Json {
  const value = params[name];
  if (value === undefined || value === null)
    throw new ServerError('general_argument_invalid', `Param "${name}" is not optional.`);
  return value;
}

/** A text of `min` to `max` characters, or the fallback if it is missing; without a fallback it must be there. */
export function text(
  params: Params,
  name: string,
  options: { min?: number; max?: number; fallback?: string } = {},
): string {
  const { min = 1, max = 128, fallback } = options;
  const value = fallback === undefined ? need(params, name) : (params[name] ?? fallback);
  if (typeof value !== 'string' || (value.length < min && value !== fallback) || value.length > max) {
    throw invalidParam(name, `Value must be a valid string and at least ${min} chars and no longer than ${max} chars`);
  }
  return value;
}

/** An id chosen by the caller; `unique()` asks the server to choose. */
export function newId(params: Params, name: string): string {
  const value = need(params, name);
  if (value === 'unique()') return uniqueId();
  if (!isId(value)) throw invalidParam(name, ID_RULE);
  return value;
}

export function key(params: Params, name: string): string {
  const value = need(params, name);
  if (!isId(value)) throw invalidParam(name, ID_RULE);
  return value;
}

/** Booleans may be written as the texts and numbers that PHP takes for one. */
export function boolean(params: Params, name: string, fallback: boolean): boolean {
  const value = params[name] ?? fallback;
  if (value === true || value === 'true' || value === '1' || value === 1) return true;
  if (value === false || value === 'false' || value === '0' || value === 0) return false;
  throw invalidParam(name, 'Value must be a valid boolean');
}

export function number(params: Params, name: string, options: { min: number; max: number; fallback: number }): number {
  const { min, max, fallback } = options;
  const value = params[name] ?? fallback;
  const result = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof result !== 'number' || !Number.isInteger(result) || result < min || result > max) {
    throw invalidParam(
      name,
      `Value must be a valid range between ${min.toLocaleString('en')} and ${max.toLocaleString('en')}`,
    );
  }
  return result;
}

/** The texts of the queries, not yet read. */
export function queryTexts(params: Params): string[] {
  const value = params['queries'] ?? [];
  const good =
    isStringList(value) &&
    value.length <= MAX_QUERIES &&
    value.every((query) => query.length > 0 && query.length <= MAX_QUERY_LENGTH);
  if (!good) {
    throw invalidParam(
      'queries',
      `Value must a valid array no longer than ${MAX_QUERIES} items and Value must be a valid string and at least 1 chars and no longer than ${MAX_QUERY_LENGTH} chars`,
    );
  }
  return value;
}

/**
 * Whether a list should count. The text "false" counts as true, since it is no empty text; only `0` (or a real false)
 * switches counting off.
 */
export function wantsTotal(params: Params): boolean {
  const value = params['total'];
  boolean(params, 'total', true);
  return !(value === '0' || value === 0 || value === false);
}

/** A list of role names for a team. */
export function roleNames(params: Params, name: string, fallback?: string[]): string[] {
  const value = fallback ? (params[name] ?? fallback) : need(params, name);
  if (!isStringList(value) || value.length > 100 || !value.every(isId)) {
    throw invalidParam(name, `Value must a valid array no longer than 100 items and ${ID_RULE}`);
  }
  return value;
}
