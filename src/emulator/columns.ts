import { isIP } from 'node:net';
import type { ColumnConfig } from './config.ts';
import { isEmail } from './emails.ts';
import { formatTime } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import { decodeText, encodeText } from './sqlite.ts';
import type { SqlValue } from './sqlite.ts';

export type ColumnType =
  'string' | 'varchar' | 'text' | 'mediumtext' | 'longtext' | 'integer' | 'bigint' | 'double' | 'boolean' | 'datetime';
export type ColumnFormat = 'enum' | 'email' | 'url' | 'ip';

/** A column of a table. `number` names it in SQLite, so that no key ever becomes part of an SQL text. */
export interface Column {
  key: string;
  number: number;
  type: ColumnType;
  format: ColumnFormat | null;
  size: number | null;
  min: number | null;
  max: number | null;
  elements: string[];
  required: boolean;
  array: boolean;
  default: Json;
  $createdAt: string;
  $updatedAt: string;
}

/** The kinds of `POST …/columns/KIND` and of `type` in an appwrite.json. */
const KINDS: Record<string, { type: ColumnType; format: ColumnFormat | null }> = {
  string: { type: 'string', format: null },
  varchar: { type: 'varchar', format: null },
  text: { type: 'text', format: null },
  mediumtext: { type: 'mediumtext', format: null },
  longtext: { type: 'longtext', format: null },
  integer: { type: 'integer', format: null },
  bigint: { type: 'bigint', format: null },
  float: { type: 'double', format: null },
  double: { type: 'double', format: null },
  boolean: { type: 'boolean', format: null },
  datetime: { type: 'datetime', format: null },
  enum: { type: 'string', format: 'enum' },
  email: { type: 'string', format: 'email' },
  url: { type: 'string', format: 'url' },
  ip: { type: 'string', format: 'ip' },
};

const MAX_BYTES: Partial<Record<ColumnType, number>> = {
  text: 65_535,
  mediumtext: 16_777_215,
  longtext: 2_147_483_647,
};
/** Beyond what 64 bits hold. */
const MAX_INTEGER = 2 ** 63;
const SIZES: Record<ColumnFormat, number> = { enum: 255, email: 254, url: 2000, ip: 39 };

export function isColumnKind(kind: string): boolean {
  return Object.hasOwn(KINDS, kind);
}

/** A column as described by an appwrite.json or by the body of a request. The kind must be known. */
export function makeColumn(config: ColumnConfig, number: number, time: string): Column {
  const kind = KINDS[config.type === 'string' && config.format ? config.format : config.type];
  if (!kind) throw new Error(`The type "${config.type}" of column "${config.key}" is not supported`);
  return {
    key: config.key,
    number,
    type: kind.type,
    format: kind.format,
    size: kind.format ? SIZES[kind.format] : (config.size ?? null),
    min: config.min ?? null,
    max: config.max ?? null,
    elements: config.elements ?? [],
    required: config.required ?? false,
    array: config.array ?? false,
    default: config.default ?? null,
    $createdAt: time,
    $updatedAt: time,
  };
}

/** The name of the column in SQLite. */
export function columnSql(column: Column): string {
  return `c${column.number}`;
}

/** Its declaration in SQLite. Text ignores case, as the real server's does. */
export function columnDeclaration(column: Column): string {
  if (column.array) return `${columnSql(column)} TEXT`;
  if (column.type === 'integer' || column.type === 'bigint' || column.type === 'boolean')
    return `${columnSql(column)} INTEGER`;
  if (column.type === 'double') return `${columnSql(column)} REAL`;
  return `${columnSql(column)} TEXT COLLATE NOCASE`;
}

/** Bytes that a column takes of the 65,535 of a row. */
export function columnBytes(column: Column): number {
  if (column.array) return 20;
  if (column.type === 'integer') return column.max === null || column.max > 2_147_483_647 ? 8 : 4;
  if (column.type === 'bigint' || column.type === 'double') return 8;
  if (column.type === 'boolean') return 1;
  if (column.type === 'datetime') return 7;
  const size = column.size ?? 0;
  if (size === 0 || size > 16_381) return 20;
  return size * 4 + (size > 255 ? 2 : 1);
}

/** A column as the API shows it. */
export function presentColumn(column: Column, status = 'available', encrypt: boolean | null = false): JsonObject {
  const { key, type, required, array, $createdAt, $updatedAt } = column;
  const common = { key, type, status, error: '', required, array, $createdAt, $updatedAt };
  if (column.format === 'enum')
    return { ...common, elements: column.elements, format: 'enum', default: column.default };
  if (column.format) return { ...common, format: column.format, default: column.default };
  switch (type) {
    case 'string':
    case 'varchar':
      return { ...common, size: column.size, default: column.default, encrypt };
    case 'text':
    case 'mediumtext':
    case 'longtext':
      return { ...common, default: column.default, encrypt };
    case 'integer':
    case 'bigint':
      return { ...common, min: column.min ?? -(2 ** 63), max: column.max ?? 2 ** 63, default: column.default };
    case 'double':
      return {
        ...common,
        min: column.min ?? -Number.MAX_VALUE,
        max: column.max ?? Number.MAX_VALUE,
        default: column.default,
      };
    case 'boolean':
      return { ...common, default: column.default };
    case 'datetime':
      return { ...common, format: '', default: column.default };
  }
}

/** Why a value does not fit its column, or undefined. Null is for the caller to judge. */
export function valueProblem(column: Column, value: Json): string | undefined {
  if (!column.array) return scalarProblem(column, value, column.key);
  if (!Array.isArray(value)) return `Attribute "${column.key}" must be an array`;
  for (const [index, item] of value.entries()) {
    if (item === null && !column.required) continue;
    const problem = scalarProblem(column, item, `${column.key}['${index}']`);
    if (problem) return problem;
  }
  return undefined;
}

function scalarProblem(column: Column, value: Json, name: string): string | undefined {
  const type = (why: string): string => `Attribute "${name}" has invalid type. ${why}`;
  const format = (why: string): string => `Attribute "${name}" has invalid format. ${why}`;
  switch (column.type) {
    case 'integer':
    case 'bigint': {
      if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > MAX_INTEGER) {
        return format(
          'Value must be a valid signed 64-bit integer between -9,223,372,036,854,775,808 and 9,223,372,036,854,775,808',
        );
      }
      return rangeProblem(column, value, format);
    }
    case 'double':
      return typeof value === 'number' && Number.isFinite(value)
        ? rangeProblem(column, value, format)
        : type('Value must be a valid float');
    case 'boolean':
      return typeof value === 'boolean' ? undefined : type('Value must be a valid boolean');
    case 'datetime':
      return typeof value === 'string' && parseTime(value) !== undefined
        ? undefined
        : type('Value must be valid date between 0000-01-01 00:00:00 and 9999-12-31 23:59:59');
    case 'string':
    case 'varchar':
    case 'text':
    case 'mediumtext':
    case 'longtext':
      return textProblem(column, value, type, format);
  }
}

function textProblem(
  column: Column,
  value: Json,
  type: (why: string) => string,
  format: (why: string) => string,
): string | undefined {
  const maxBytes = MAX_BYTES[column.type];
  if (maxBytes !== undefined) {
    if (typeof value === 'string' && (value.length * 3 <= maxBytes || Buffer.byteLength(value) <= maxBytes))
      return undefined;
    return type(`Value must be a valid string no longer than ${maxBytes} bytes`);
  }
  const size = column.size ?? 0;
  if (typeof value !== 'string' || (value.length > size && characters(value) > size)) {
    return type(`Value must be a valid string and no longer than ${size} chars`);
  }
  switch (column.format) {
    case 'enum':
      return column.elements.includes(value)
        ? undefined
        : format(`Value must be one of (${column.elements.join(', ')})`);
    case 'email':
      return isEmail(value) ? undefined : format('Value must be a valid email address');
    case 'url':
      return URL.canParse(value) ? undefined : format('Value must be a valid URL');
    case 'ip':
      return isIP(value) > 0 ? undefined : format('Value must be a valid IP address');
    case null:
      return undefined;
  }
}

/** Code points, as the real server counts. */
function characters(text: string): number {
  return text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
}

function rangeProblem(column: Column, value: number, format: (why: string) => string): string | undefined {
  const { min, max } = column;
  if ((min === null || value >= min) && (max === null || value <= max)) return undefined;
  return format(
    `Value must be a valid range between ${min?.toLocaleString('en') ?? '-inf'} and ${max?.toLocaleString('en') ?? 'inf'}`,
  );
}

/** A checked value as SQLite stores it. */
export function toSql(column: Column, value: Json): SqlValue {
  if (value === null) return null;
  if (Array.isArray(value)) return JSON.stringify(column.type === 'datetime' ? value.map(normaliseTime) : value);
  if (column.type === 'datetime') return normaliseTime(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return encodeText(value);
  return typeof value === 'number' ? value : JSON.stringify(value);
}

/** A value as the API shows it. An array without a value is empty. */
export function fromSql(column: Column, value: SqlValue | undefined): Json {
  if (value === null || value === undefined) return column.array ? [] : null;
  if (column.array) return JSON.parse(String(value)) as Json;
  if (column.type === 'boolean') return value !== 0;
  if (typeof value === 'string') return decodeText(value);
  return Number(value);
}

function normaliseTime(value: Json): string {
  return (typeof value === 'string' ? parseTime(value) : undefined) ?? '';
}

const WORDS: ReadonlyMap<string, number> = new Map([
  ['yesterday', -1],
  ['today', 0],
  ['midnight', 0],
  ['tomorrow', 1],
]);

/** A time in UTC as stored, or undefined. Without an offset it is UTC; a few of PHP's words are understood. */
export function parseTime(text: string): string | undefined {
  const word = WORDS.get(text.toLowerCase());
  if (word !== undefined) return formatTime(new Date().setUTCHours(0, 0, 0, 0) + word * 86_400_000);
  if (text.toLowerCase() === 'now') return formatTime(Date.now());
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(text);
  if (!match) return undefined;
  const milliseconds = Date.parse(`${match[1]}T${match[2] ?? '00:00:00'}${match[3] ?? 'Z'}`);
  return Number.isNaN(milliseconds) ? undefined : formatTime(milliseconds);
}
