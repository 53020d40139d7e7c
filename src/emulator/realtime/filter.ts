import { isObject, isStringList } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { COMPARISONS, parseQuery } from '../queries.ts';
import type { Query } from '../queries.ts';

/** Why a subscription is refused. `code` 0 stands for an error that the real server does not name. */
export class FilterProblem extends Error {
  readonly code: 0 | 1003;

  constructor(code: 0 | 1003) {
    super('The query cannot be used in realtime');
    this.code = code;
  }
}

const METHODS = new Set([...COMPARISONS, 'and', 'or', 'select']);

/** Reads the queries of a subscription; throws a `FilterProblem`. */
export function readFilter(texts: unknown): Query[] {
  if (!isStringList(texts)) throw new FilterProblem(1003);
  return texts.map((text) => {
    const query = parse(text);
    check(query);
    return query;
  });
}

function parse(text: string): Query {
  try {
    return parseQuery(text);
  } catch {
    throw new FilterProblem(1003);
  }
}

function check({ method, values, nested }: Query): void {
  if (!METHODS.has(method)) throw new FilterProblem(1003);
  if (method === 'select' && !(values.length === 1 && values[0] === '*')) throw new FilterProblem(0);
  nested.forEach(check);
}

/** A query as the answer to a subscription repeats it. */
export function showQuery(query: Query): string {
  return JSON.stringify(queryObject(query));
}

function queryObject({ method, attribute, values, nested }: Query): JsonObject {
  const list: Json[] = nested.length > 0 ? nested.map(queryObject) : values;
  return { method, ...(attribute !== '' && { attribute }), values: list };
}

/** True if the payload meets all queries. Values compare as in PHP: `equal` strictly, the others loosely. */
export function matches(payload: JsonObject, queries: readonly Query[]): boolean {
  return queries.every((query) => meets(payload, query));
}

function meets(payload: JsonObject, { method, attribute, values, nested }: Query): boolean {
  if (method === 'select') return true;
  if (method === 'and') return nested.every((query) => meets(payload, query));
  if (method === 'or') return nested.some((query) => meets(payload, query));
  if (!Object.hasOwn(payload, attribute)) return false;
  const value = payload[attribute] ?? null;
  switch (method) {
    case 'equal':
      return values.some((other) => same(value, other));
    case 'notEqual':
      return values.every((other) => !same(value, other));
    case 'isNull':
      return value === null;
    case 'isNotNull':
      return value !== null;
    case 'lessThan':
      return values.some((other) => compare(value, other) < 0);
    case 'lessThanEqual':
      return values.some((other) => compare(value, other) <= 0);
    case 'greaterThan':
      return values.some((other) => compare(value, other) > 0);
    case 'greaterThanEqual':
      return values.some((other) => compare(value, other) >= 0);
    default:
      return false;
  }
}

function same(a: Json, b: Json): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}

/** Below, at or above zero; NaN if the values cannot be compared. */
function compare(a: Json, b: Json): number {
  if (a === null || b === null || typeof a === 'boolean' || typeof b === 'boolean') {
    if (typeof a === 'string' || typeof b === 'string') {
      if (a === null) return order('', String(b));
      if (b === null) return order(typeof a === 'string' ? a : '', '');
    }
    return Number(truth(a)) - Number(truth(b));
  }
  if (isObject(a) || isObject(b) || Array.isArray(a) || Array.isArray(b)) return Number.NaN;
  const [left, right] = [numeric(a), numeric(b)];
  if (left !== undefined && right !== undefined) return left - right;
  return order(String(a), String(b));
}

function numeric(value: string | number): number | undefined {
  if (typeof value === 'number') return value;
  return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function truth(value: Json): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== '0' && Boolean(value);
}
