import type { Column } from './columns.ts';
import { formatTime } from './ids.ts';
import { isObject } from './json.ts';
import type { Json } from './json.ts';

type Change = (current: Json, values: Json[]) => Json;

const DAY = 86_400_000;
const num = (value: Json | undefined, fallback = 0): number => (typeof value === 'number' ? value : fallback);
const str = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const within = (value: number, limit: Json | undefined, pick: (...n: number[]) => number): number =>
  typeof limit === 'number' ? pick(value, limit) : value;

const NUMBERS: Record<string, Change> = {
  increment: (current, [by, max]) => within(num(current) + num(by, 1), max, Math.min),
  decrement: (current, [by, min]) => within(num(current) - num(by, 1), min, Math.max),
  multiply: (current, [by, max]) => within(num(current) * num(by, 1), max, Math.min),
  divide: (current, [by, min]) => within(num(current) / (num(by, 1) || 1), min, Math.max),
  modulo: (current, [by]) => num(current) % (num(by, 1) || 1),
  power: (current, [by, max]) => within(num(current) ** num(by, 1), max, Math.min),
};
const LISTS: Record<string, Change> = {
  arrayAppend: (current, values) => [...list(current), ...values],
  arrayPrepend: (current, values) => [...values, ...list(current)],
  arrayInsert: (current, [index, value = null]) => list(current).toSpliced(num(index), 0, value),
  arrayRemove: (current, [value]) => list(current).filter((item) => item !== value),
  arrayUnique: (current) => [...new Set(list(current))],
  arrayIntersect: (current, values) => list(current).filter((item) => values.includes(item)),
  arrayDiff: (current, values) => list(current).filter((item) => !values.includes(item)),
};
const TEXTS: Record<string, Change> = {
  stringConcat: (current, [text]) => str(current) + str(text),
  stringReplace: (current, [search, replace]) => str(current).replaceAll(str(search), str(replace)),
};
const BOOLEANS: Record<string, Change> = { toggle: (current) => current !== true };
const TIMES: Record<string, Change> = {
  dateAddDays: (current, [days]) => formatTime(Date.parse(str(current)) + num(days) * DAY),
  dateSubDays: (current, [days]) => formatTime(Date.parse(str(current)) - num(days) * DAY),
  dateSetNow: () => formatTime(Date.now()),
};

/** The operators that fit a column. */
function operatorsOf(column: Column): Record<string, Change> {
  if (column.array) return LISTS;
  switch (column.type) {
    case 'integer':
    case 'bigint':
    case 'double':
      return NUMBERS;
    case 'boolean':
      return BOOLEANS;
    case 'datetime':
      return TIMES;
    case 'string':
    case 'varchar':
    case 'text':
    case 'mediumtext':
    case 'longtext':
      return TEXTS;
  }
}

/** The new value if `value` is an operator (`{"method":"increment","values":[2]}` as text) for that column. */
export function applyOperator(column: Column, current: Json, value: Json): { value: Json } | undefined {
  if (typeof value !== 'string' || !value.startsWith('{"method"')) return undefined;
  let operator: unknown;
  try {
    operator = JSON.parse(value);
  } catch {
    return undefined; // a text that only looks like one
  }
  if (!isObject(operator) || typeof operator['method'] !== 'string') return undefined;
  const operators = operatorsOf(column);
  const change = Object.hasOwn(operators, operator['method']) ? operators[operator['method']] : undefined;
  return change && { value: change(current, list(operator['values'])) };
}
