import { isObject } from './json.ts';
import type { Json } from './json.ts';

/** A query as the SDKs write it: `{"method":"equal","attribute":"doc","values":["d1"]}`. */
export interface Query {
  method: string;
  attribute: string;
  values: Json[];
  /** The parts of `and` and `or`. */
  nested: Query[];
}

/** Why queries cannot be used; routes turn it into the error of their area. */
export class QueryProblem extends Error {
  /** True if the query could not even be read. */
  readonly syntax: boolean;

  constructor(message: string, syntax = false) {
    super(message);
    this.syntax = syntax;
  }
}

export const MAX_QUERIES = 100;
export const MAX_QUERY_LENGTH = 4096;
/** How deep `and` and `or` may contain each other. */
const MAX_NESTING = 10;

/** The comparisons that lists and subscriptions both know. */
export const COMPARISONS = [
  'equal',
  'notEqual',
  'lessThan',
  'lessThanEqual',
  'greaterThan',
  'greaterThanEqual',
  'isNull',
  'isNotNull',
];
const TEXT = [
  'startsWith',
  'notStartsWith',
  'endsWith',
  'notEndsWith',
  'contains',
  'notContains',
  'search',
  'notSearch',
];
const RANGES = ['between', 'notBetween'];
const PAGING = ['limit', 'offset', 'cursorAfter', 'cursorBefore', 'orderAsc', 'orderDesc', 'orderRandom', 'select'];
const METHODS = new Set([...COMPARISONS, ...TEXT, ...RANGES, ...PAGING, 'and', 'or']);

/** Reads one query; throws a `QueryProblem`. */
export function parseQuery(text: string): Query {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new QueryProblem('Invalid query: Syntax error', true);
  }
  return readQuery(value, 0);
}

function readQuery(value: unknown, depth: number): Query {
  if (depth > MAX_NESTING) throw new QueryProblem(`Invalid query: Nested deeper than ${MAX_NESTING}`, true);
  if (!isObject(value)) throw new QueryProblem(`Invalid query. Must be an array, got ${typeof value}`, true);
  const { method = '', attribute = '', values = [] } = value;
  if (typeof method !== 'string' || !METHODS.has(method))
    throw new QueryProblem(`Invalid query method: ${typeof method === 'string' ? method : ''}`, true);
  if (typeof attribute !== 'string') throw new QueryProblem('Invalid query attribute. Must be a string', true);
  if (!Array.isArray(values))
    throw new QueryProblem(`Invalid query values. Must be an array, got ${typeof values}`, true);
  const nested = method === 'and' || method === 'or' ? values.map((part) => readQuery(part, depth + 1)) : [];
  return { method, attribute, values: nested.length > 0 ? [] : values, nested };
}
