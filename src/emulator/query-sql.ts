import { parseTime } from './columns.ts';
import type { Condition } from './documents.ts';
import { isId } from './ids.ts';
import type { Json } from './json.ts';
import { QueryProblem } from './queries.ts';
import type { Query } from './queries.ts';
import { encodeText } from './sqlite.ts';
import type { SqlValue } from './sqlite.ts';

/** Something that can be queried: its SQL expression and the kind of its values. */
export interface Attribute {
  sql: string;
  kind: 'text' | 'integer' | 'double' | 'boolean' | 'time' | 'sequence';
  array?: boolean;
  fulltext?: boolean;
}

export type Attributes = ReadonlyMap<string, Attribute>;

interface Order {
  attribute: string;
  descending: boolean;
}

/** Queries after the checks, before SQL. */
export interface Plan {
  where: Condition;
  orders: Order[];
  random: boolean;
  limit: number;
  offset: number;
  cursor: { id: string; before: boolean } | undefined;
  /** The columns asked for; undefined means all. */
  select: string[] | undefined;
}

const MAX_VALUES = 500;
/** Values of all queries together; SQLite takes 32,766, and cursors and permissions need some as well. */
const MAX_BOUND = 30_000;
const MAX_CHAIN = 16;
const DEFAULT_LIMIT = 25;
const ALWAYS: Condition = { sql: '1', values: [] };

/** Checks queries against the attributes; throws a `QueryProblem`. Several conditions are combined with `and`. */
export function planQueries(queries: readonly Query[], attributes: Attributes): Plan {
  const plan: Plan = {
    where: ALWAYS,
    orders: [],
    random: false,
    limit: DEFAULT_LIMIT,
    offset: 0,
    cursor: undefined,
    select: undefined,
  };
  const conditions: Condition[] = [];
  let limitSeen = false;
  let offsetSeen = false;
  for (const query of queries) {
    switch (query.method) {
      case 'limit': {
        const limit = numberValue(query, 'limit', 1);
        if (!limitSeen) plan.limit = limit;
        limitSeen = true;
        break;
      }
      case 'offset': {
        const offset = numberValue(query, 'offset', 0);
        if (!offsetSeen) plan.offset = offset;
        offsetSeen = true;
        break;
      }
      case 'cursorAfter':
      case 'cursorBefore': {
        const [id] = query.values;
        if (!isId(id))
          throw invalid(
            "Invalid cursor: UID must contain at most 36 chars. Valid chars are a-z, A-Z, 0-9, and underscore. Can't start with a leading underscore",
          );
        plan.cursor ??= { id, before: query.method === 'cursorBefore' };
        break;
      }
      case 'orderAsc':
      case 'orderDesc': {
        const attribute = query.attribute === '' ? '$sequence' : query.attribute;
        find(attributes, attribute);
        plan.orders.push({ attribute, descending: query.method === 'orderDesc' });
        break;
      }
      case 'orderRandom':
        plan.random = true;
        break;
      case 'select':
        plan.select = selected(query, attributes, plan.select);
        break;
      default:
        conditions.push(condition(query, attributes));
    }
  }
  plan.where = join(conditions, 'AND');
  if (plan.where.values.length > MAX_BOUND) throw invalid(`Invalid query: More than ${MAX_BOUND} values`);
  return plan;
}

/** Combines conditions; none at all means everything. */
export function join(conditions: readonly Condition[], operator: 'AND' | 'OR'): Condition {
  if (conditions.length === 0) return ALWAYS;
  return {
    sql: joinSql(
      conditions.map(({ sql }) => sql),
      operator,
    ),
    values: conditions.flatMap(({ values }) => values),
  };
}

/** Long lists are halved: SQLite takes no expression that is deeper than 1,000, and a chain is as deep as it is long. */
function joinSql(parts: readonly string[], operator: 'AND' | 'OR'): string {
  if (parts.length <= MAX_CHAIN) return parts.map((part) => `(${part})`).join(` ${operator} `);
  const middle = Math.ceil(parts.length / 2);
  return `(${joinSql(parts.slice(0, middle), operator)}) ${operator} (${joinSql(parts.slice(middle), operator)})`;
}

/**
 * Order, limit and offset of a plan, and the condition of its cursor. `cursor` gives the values of the row of the
 * cursor by attribute. Ties follow the order of creation.
 */
export function pageSql(
  plan: Plan,
  attributes: Attributes,
  cursor?: (attribute: string) => SqlValue,
): { where: Condition; tail: Condition } {
  const backwards = plan.cursor?.before === true;
  const orders = plan.orders.some(({ attribute }) => attribute === '$sequence')
    ? plan.orders
    : [...plan.orders, { attribute: '$sequence', descending: false }];
  const terms = orders.map(({ attribute, descending }) => ({
    attribute,
    sql: find(attributes, attribute).sql,
    descending: descending !== backwards,
  }));
  const order = plan.random
    ? 'random()'
    : terms.map(({ sql, descending }) => `${sql} ${descending ? 'DESC' : 'ASC'}`).join(', ');
  const tail = { sql: `ORDER BY ${order} LIMIT ? OFFSET ?`, values: [plan.limit, plan.offset] };
  if (!cursor) return { where: ALWAYS, tail };
  const alternatives = terms.map((term, position) => {
    const equal = terms
      .slice(0, position)
      .map(({ sql, attribute }) => ({ sql: `${sql} = ?`, values: [cursor(attribute)] }));
    const beyond = { sql: `${term.sql} ${term.descending ? '<' : '>'} ?`, values: [cursor(term.attribute)] };
    return join([...equal, beyond], 'AND');
  });
  return { where: join(alternatives, 'OR'), tail };
}

function find(attributes: Attributes, name: string): Attribute {
  const attribute = attributes.get(name);
  if (!attribute) throw invalid(`Invalid query: Attribute not found in schema: ${name}`);
  return attribute;
}

function selected(query: Query, attributes: Attributes, before: string[] | undefined): string[] | undefined {
  const names = query.values.map(String);
  for (const name of names) if (name !== '*' && !name.startsWith('$')) find(attributes, name);
  if (names.includes('*')) return undefined;
  return [...(before ?? []), ...names];
}

function numberValue(query: Query, name: string, min: number): number {
  const [value] = query.values;
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number))
    throw invalid(`Invalid query: Invalid ${name}: Value must be a valid number`);
  if (number < min) {
    throw invalid(
      `Invalid query: Invalid ${name}: Value must be a valid range between ${min} and 9,223,372,036,854,775,807`,
    );
  }
  return Math.min(number, Number.MAX_SAFE_INTEGER);
}

function condition(query: Query, attributes: Attributes): Condition {
  const { method, nested } = query;
  if (method === 'and' || method === 'or') {
    if (nested.length < 2) throw invalid(`Invalid query: ${title(method)} queries require at least two queries`);
    return join(
      nested.map((part) => condition(part, attributes)),
      method === 'and' ? 'AND' : 'OR',
    );
  }
  const attribute = find(attributes, query.attribute);
  if (method === 'isNull' || method === 'isNotNull') {
    return { sql: `${attribute.sql} IS ${method === 'isNull' ? '' : 'NOT '}NULL`, values: [] };
  }
  checkCount(query);
  if (attribute.array) return arrayCondition(query, attribute);
  const values = query.values.map((value) => boundValue(query, attribute, value));
  return scalarCondition(query, attribute, values);
}

function scalarCondition(query: Query, attribute: Attribute, values: SqlValue[]): Condition {
  const { sql } = attribute;
  switch (query.method) {
    case 'equal':
      return { sql: `${sql} IN (${values.map(() => '?').join(', ')})`, values };
    case 'notEqual':
      return { sql: `${sql} <> ?`, values };
    case 'lessThan':
      return { sql: `${sql} < ?`, values };
    case 'lessThanEqual':
      return { sql: `${sql} <= ?`, values };
    case 'greaterThan':
      return { sql: `${sql} > ?`, values };
    case 'greaterThanEqual':
      return { sql: `${sql} >= ?`, values };
    case 'between':
      return { sql: `${sql} BETWEEN ? AND ?`, values };
    case 'notBetween':
      return { sql: `${sql} NOT BETWEEN ? AND ?`, values };
    default:
      return textCondition(query, attribute, values.map(String));
  }
}

function textCondition(query: Query, attribute: Attribute, values: string[]): Condition {
  const { method } = query;
  if (attribute.kind !== 'text') {
    throw invalid(
      `Invalid query: Cannot query ${method} on attribute "${query.attribute}" because it is not an array, string, or object.`,
    );
  }
  if (method.endsWith('earch') && attribute.fulltext !== true) {
    throw invalid(`Searching by attribute "${query.attribute}" requires a fulltext index.`);
  }
  const negated = method.startsWith('not');
  const kind = negated ? method.slice(3).toLowerCase() : method.toLowerCase();
  const patterns = kind === 'search' ? values.flatMap((value) => value.split(/\s+/).filter(Boolean)) : values;
  const like = patterns.map((value) => {
    const text = value.replaceAll(/[\\%_]/g, String.raw`\$&`);
    const pattern = kind === 'startswith' ? `${text}%` : kind === 'endswith' ? `%${text}` : `%${text}%`;
    return { sql: String.raw`${attribute.sql} LIKE ? ESCAPE '\'`, values: [pattern] };
  });
  const any = join(like, 'OR');
  return negated ? { sql: `NOT (${any.sql})`, values: any.values } : any;
}

function arrayCondition(query: Query, attribute: Attribute): Condition {
  const { method } = query;
  if (method !== 'contains' && method !== 'notContains') {
    throw invalid(`Invalid query: Cannot query ${method} on attribute "${query.attribute}" because it is an array.`);
  }
  const values = query.values.map((value) => boundValue(query, attribute, value));
  const any = `EXISTS (SELECT 1 FROM json_each(${attribute.sql}) WHERE value IN (${values.map(() => '?').join(', ')}))`;
  return { sql: method === 'contains' ? any : `${attribute.sql} IS NOT NULL AND NOT ${any}`, values };
}

function checkCount({ method, attribute, values }: Query): void {
  if (values.length > MAX_VALUES)
    throw invalid(`Invalid query: Query on attribute has greater than ${MAX_VALUES} values: ${attribute}`);
  if (method === 'between' || method === 'notBetween') {
    if (values.length !== 2) throw invalid(`Invalid query: ${title(method)} queries require exactly two values.`);
  } else if (method === 'equal' || method.endsWith('ontains')) {
    if (values.length === 0) throw invalid(`Invalid query: ${title(method)} queries require at least one value.`);
  } else if (values.length !== 1) {
    throw invalid(`Invalid query: ${title(method)} queries require exactly one value.`);
  }
}

/** A value as SQLite compares it; refuses values of another type than the attribute's. */
function boundValue(query: Query, attribute: Attribute, value: Json): SqlValue {
  const wrong = (): QueryProblem => invalid(`Invalid query: Query value is invalid for attribute "${query.attribute}"`);
  switch (attribute.kind) {
    case 'text':
      if (typeof value === 'string') return encodeText(value);
      break;
    case 'integer':
      if (typeof value === 'number' && Number.isInteger(value)) return value;
      break;
    case 'double':
      if (typeof value === 'number') return value;
      break;
    case 'boolean':
      if (typeof value === 'boolean') return value ? 1 : 0;
      break;
    case 'time': {
      const time = typeof value === 'string' && /^\d/.test(value) ? parseTime(value) : undefined;
      if (time !== undefined) return time;
      break;
    }
    case 'sequence': {
      const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
      if (/^\d{1,15}$/.test(text) && Number(text) >= 1) return Number(text);
      break;
    }
  }
  throw wrong();
}

function invalid(message: string): QueryProblem {
  return new QueryProblem(message);
}

function title(method: string): string {
  return method.charAt(0).toUpperCase() + method.slice(1);
}
