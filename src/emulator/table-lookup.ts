import type { Caller } from './caller.ts';
import type { Context } from './context.ts';
import { ServerError } from './errors.ts';
import { title } from './row-style.ts';
import type { RowStyle } from './row-style.ts';
import type { Table } from './schema.ts';

/** A table that the caller may know of: disabled ones exist for keys only. */
export function findTable(
  context: Context,
  caller: Caller,
  databaseId: string,
  tableId: string,
  style: RowStyle,
): Table {
  const table = context.schema.table(databaseId, tableId);
  if (table && (table.enabled || caller.kind === 'key')) return table;
  if (!table && !context.schema.databases.get(databaseId)) {
    throw new ServerError('database_not_found', `Database with the requested ID '${databaseId}' could not be found.`);
  }
  throw new ServerError(
    `${style.table}_not_found`,
    `${title(style.table)} with the requested ID '${tableId}' could not be found.`,
  );
}
