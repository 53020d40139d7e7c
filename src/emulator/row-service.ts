import { parseTime, valueProblem } from './columns.ts';
import type { Column } from './columns.ts';
import type { Caller } from './caller.ts';
import type { Context } from './context.ts';
import { ServerError } from './errors.ts';
import { now } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import { applyOperator } from './operators.ts';
import {
  creatorPermissions,
  holdsAny,
  mayGrant,
  normalisePermissions,
  rolesFor,
  rolesWithAccess,
} from './permissions.ts';
import type { Action } from './permissions.ts';
import { alreadyExists, notFound, rowError } from './row-style.ts';
import type { RowStyle } from './row-style.ts';
import type { Row } from './row-store.ts';
import type { Table } from './schema.ts';
import { isUniqueViolation } from './sqlite.ts';

/** Who does something, in which table, and in which words errors speak. */
export interface RowScope {
  context: Context;
  caller: Caller;
  table: Table;
  style: RowStyle;
}

export interface RowInput {
  id: string;
  /** Columns, and system keys that may or may not be heeded. */
  data: JsonObject;
  /** Undefined: the creator's own for new rows, the present ones for existing rows. */
  permissions: string[] | undefined;
  /** Chosen by the server unless it is given. */
  sequence?: number | undefined;
}

const SYSTEM_KEYS = new Set([
  '$id',
  '$sequence',
  '$createdAt',
  '$updatedAt',
  '$permissions',
  '$tableId',
  '$collectionId',
  '$databaseId',
]);
const ROW_WRITE = ['update', 'delete'] as const;

// All functions below run inside a write, see every earlier write of the same batch, and throw `ServerError`.

export function createRow(scope: RowScope, input: RowInput): Row {
  const { context, table } = scope;
  const permissions = grantable(scope, input.permissions ?? defaultPermissions(scope));
  requireTableAction(scope, 'create');
  const data = structure(scope, input.data, {});
  const time = now();
  const times = givenTimes(scope, input.data);
  const { sequence } = input;
  const row = {
    id: input.id,
    data,
    permissions,
    ...(sequence !== undefined && { sequence }),
    createdAt: times.createdAt ?? time,
    updatedAt: times.updatedAt ?? time,
  };
  try {
    return context.rows.insert(table, row);
  } catch (error) {
    throw storedError(scope, error, input.id);
  }
}

/** Changes columns, permissions or both. An update that changes nothing needs only the right to read. */
export function updateRow(scope: RowScope, input: RowInput, timestamp?: string): Row {
  const { context, table, style } = scope;
  const row = context.rows.get(table, input.id);
  if (!row) throw notFound(style, input.id);
  const permissions = input.permissions === undefined ? row.permissions : grantable(scope, input.permissions);
  return change(scope, row, { data: input.data, permissions, required: [], timestamp });
}

/** Creates the row, or changes it: then the required columns must be there, and the others keep their values. */
export function upsertRow(scope: RowScope, input: RowInput, timestamp?: string): Row {
  const { context, table } = scope;
  const row = context.rows.get(table, input.id);
  if (!row) return createRow(scope, input);
  const permissions = grantable(scope, input.permissions ?? row.permissions);
  requireRowAction(scope, row, 'update');
  const required = table.columns.filter((column) => column.required).map(({ key }) => key);
  return change(scope, row, { data: input.data, permissions, required, timestamp });
}

export function deleteRow(scope: RowScope, id: string, timestamp?: string): Row {
  const { context, table, style } = scope;
  const row = context.rows.get(table, id);
  if (!row) throw notFound(style, id);
  requireRowAction(scope, row, 'delete');
  checkTimestamp(style, row, timestamp);
  context.rows.delete(table, row);
  return row;
}

export interface Step {
  column: string;
  /** Above zero. */
  by: number;
  direction: 1 | -1;
  limit: number | undefined;
}

/**
 * Adds to a number; the result must fit the column. A column that is null stays null, although the answer shows the sum,
 * as on the real server.
 */
export function incrementRow(scope: RowScope, id: string, step: Step): Row {
  const { context, table } = scope;
  const column = table.columns.find(({ key }) => key === step.column);
  const row = context.rows.get(table, id);
  if (!column || !row) throw missingColumn(scope);
  if (!['integer', 'bigint', 'double'].includes(column.type) || column.array) {
    throw new ServerError('attribute_type_invalid', `tablesDB "${column.key}" is not a number`);
  }
  requireRowAction(scope, row, 'update');
  const current = row.data[column.key];
  const value = (typeof current === 'number' ? current : 0) + step.by * step.direction;
  const limit = limitOf(column, step);
  if (limit !== undefined && (step.direction === 1 ? value > limit : value < limit)) {
    const type = scope.style.row === 'row' ? 'column_limit_exceeded' : 'attribute_limit_exceeded';
    throw new ServerError(
      type,
      `tablesDB "${column.key}" has reached the ${step.direction === 1 ? 'maximum' : 'minimum'} value of ${limit}`,
    );
  }
  const why = valueProblem(column, value);
  if (why !== undefined) throw rowError(scope.style, 'invalid_structure', `Invalid document structure: ${why}`);
  const updated = { ...row, data: { ...row.data, [column.key]: value }, updatedAt: now() };
  context.rows.update(table, updated, current === null ? [] : [column.key]);
  return updated;
}

/** The tighter one of the limits that the caller and the column set in the direction of the step. */
function limitOf({ min, max }: Column, { limit, direction }: Step): number | undefined {
  const own = direction === 1 ? max : min;
  if (limit === undefined || own === null) return limit ?? own ?? undefined;
  return direction === 1 ? Math.min(limit, own) : Math.max(limit, own);
}

function missingColumn({ style }: RowScope): ServerError {
  const type = style.row === 'row' ? 'column_not_found' : 'attribute_not_found';
  return new ServerError(
    type,
    `${style.row === 'row' ? 'Column' : 'Attribute'} with the requested key '%s' could not be found.`,
  );
}

/** True if the caller may read the row. */
export function mayRead({ caller, table }: Pick<RowScope, 'caller' | 'table'>, row: Row): boolean {
  return caller.kind === 'key' || holdsAny(caller.roles, readers(table, row));
}

/** The roles that may read a row. */
export function readers(table: Table, row: Row): string[] {
  return rolesWithAccess(table.$permissions, row.permissions, table.rowSecurity, 'read');
}

/** Throws unless the caller may do this with the row. */
export function requireRowAction(
  { caller, table }: Pick<RowScope, 'caller' | 'table'>,
  row: { permissions: readonly string[] },
  action: Action,
): void {
  if (caller.kind === 'key') return;
  const roles = rolesWithAccess(table.$permissions, row.permissions, table.rowSecurity, action);
  if (!holdsAny(caller.roles, roles)) throw new ServerError('user_unauthorized');
}

export function requireTableAction({ caller, table }: Pick<RowScope, 'caller' | 'table'>, action: Action): void {
  if (caller.kind === 'key' || holdsAny(caller.roles, rolesFor(table.$permissions, action))) return;
  throw new ServerError('user_unauthorized', `No permissions provided for action '${action}'`);
}

/** Permissions in their stored form; throws if they name a role that the caller does not hold. */
export function grantable({ caller }: Pick<RowScope, 'caller'>, permissions: readonly string[]): string[] {
  const normal = normalisePermissions(permissions, ROW_WRITE);
  if (caller.kind !== 'key' && !mayGrant(caller.roles, normal)) {
    throw new ServerError('user_unauthorized', `Permissions must be one of: (${[...caller.roles].join(', ')})`);
  }
  return normal;
}

export function defaultPermissions({ caller }: Pick<RowScope, 'caller'>): string[] {
  return caller.kind === 'user' ? creatorPermissions(caller.user.$id) : [];
}

interface Change {
  data: JsonObject;
  permissions: string[];
  /** Columns that must be part of the data. */
  required: readonly string[];
  timestamp: string | undefined;
}

function change(scope: RowScope, row: Row, wanted: Change): Row {
  const { context, table, style } = scope;
  // Whoever may neither read nor change the row learns nothing from what the checks of the values say.
  if (!mayRead(scope, row)) requireRowAction(scope, row, 'update');
  const merged = structure(scope, wanted.data, row.data, wanted.required);
  const times = givenTimes(scope, wanted.data);
  const changed = table.columns.map(({ key }) => key).filter((key) => !sameValue(merged[key], row.data[key]));
  const permissionsChanged = [...wanted.permissions].sort().join('\n') !== [...row.permissions].sort().join('\n');
  const nothing =
    changed.length === 0 && !permissionsChanged && times.createdAt === undefined && times.updatedAt === undefined;
  if (nothing) {
    if (!mayRead(scope, row)) throw new ServerError('user_unauthorized');
    return row;
  }
  requireRowAction(scope, row, 'update');
  checkTimestamp(style, row, wanted.timestamp);
  const createdAt = times.createdAt ?? row.createdAt;
  const updated = {
    ...row,
    data: merged,
    permissions: wanted.permissions,
    createdAt,
    updatedAt: times.updatedAt ?? now(),
  };
  try {
    context.rows.update(table, updated, changed);
  } catch (error) {
    throw storedError(scope, error, row.id);
  }
  return context.rows.get(table, row.id) ?? updated;
}

/** The values of all columns after a change; throws if they do not fit the table. */
function structure(
  scope: RowScope,
  data: JsonObject,
  before: JsonObject,
  mustHave: readonly string[] = [],
): JsonObject {
  const { table, style } = scope;
  const problem = (message: string): ServerError =>
    rowError(style, 'invalid_structure', `Invalid document structure: ${message}`);
  const known = new Set(table.columns.map(({ key }) => key));
  for (const key of Object.keys(data)) {
    if (!known.has(key) && !SYSTEM_KEYS.has(key)) throw problem(`Unknown attribute: "${key}"`);
  }
  const merged: JsonObject = {};
  for (const column of table.columns) {
    const { key } = column;
    const given = Object.hasOwn(data, key) ? data[key] : undefined;
    const current = (Object.hasOwn(before, key) ? before[key] : null) ?? null;
    if (given === undefined && mustHave.includes(key)) throw problem(`Missing required attribute "${key}"`);
    const value: Json = given === undefined ? current : operated(column, current, given, problem);
    const result = value === null ? column.default : value;
    if (result === null) {
      if (column.required) throw problem(`Missing required attribute "${key}"`);
    } else if (given !== undefined) {
      const why = valueProblem(column, result);
      if (why !== undefined) throw problem(why);
    }
    merged[key] = result ?? (column.array ? [] : null);
  }
  return merged;
}

/** What a given value stands for: itself, or what an operator makes of the current one. */
function operated(column: Column, current: Json, given: Json, problem: (message: string) => ServerError): Json {
  try {
    return applyOperator(column, current, given)?.value ?? given;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw problem(`Attribute "${column.key}" cannot hold the result`); // a time or a text beyond what can be
  }
}

/** Only keys choose the times of a row. */
function givenTimes({ caller, style }: RowScope, data: JsonObject): { createdAt?: string; updatedAt?: string } {
  if (caller.kind !== 'key') return {};
  const read = (name: string): string | undefined => {
    const value = data[name];
    if (value === undefined || value === null || value === '') return undefined;
    const time = typeof value === 'string' ? parseTime(value) : undefined;
    if (time !== undefined) return time;
    throw rowError(
      style,
      'invalid_structure',
      `Invalid document structure: Attribute "${name}" has invalid type. Value must be a valid date`,
    );
  };
  const [createdAt, updatedAt] = [read('$createdAt'), read('$updatedAt')];
  return { ...(createdAt !== undefined && { createdAt }), ...(updatedAt !== undefined && { updatedAt }) };
}

/** 409 if the row was changed after the time at which the caller says to have read it. */
function checkTimestamp(style: RowStyle, row: Row, timestamp: string | undefined): void {
  if (timestamp !== undefined && Date.parse(row.updatedAt) > Date.parse(timestamp)) {
    throw rowError(style, 'update_conflict', `Remote ${style.row} is newer than local.`);
  }
}

function storedError({ style }: RowScope, error: unknown, id: string): unknown {
  if (isUniqueViolation(error, '_id') || isUniqueViolation(error, '_seq')) return alreadyExists(style, id);
  if (isUniqueViolation(error)) return new ServerError('row_unique_constraint_violation');
  return error;
}

function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}
