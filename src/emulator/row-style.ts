import { ServerError } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { Row } from './row-store.ts';
import type { Table } from './schema.ts';

/** The newer API speaks of tables and rows, the older one of collections and documents; the data is the same. */
export interface RowStyle {
  row: 'row' | 'document';
  table: 'table' | 'collection';
  list: 'rows' | 'documents';
  idParam: 'rowId' | 'documentId';
  tableKey: '$tableId' | '$collectionId';
}

export const ROWS: RowStyle = { row: 'row', table: 'table', list: 'rows', idParam: 'rowId', tableKey: '$tableId' };
export const DOCUMENTS: RowStyle = {
  row: 'document',
  table: 'collection',
  list: 'documents',
  idParam: 'documentId',
  tableKey: '$collectionId',
};

type RowProblem =
  'not_found' | 'already_exists' | 'missing_data' | 'missing_payload' | 'invalid_structure' | 'update_conflict';

export function rowError(style: RowStyle, problem: RowProblem, message?: string): ServerError {
  return new ServerError(`${style.row}_${problem}`, message);
}

export function notFound(style: RowStyle, id: string): ServerError {
  return rowError(style, 'not_found', `${title(style.row)} with the requested ID '${id}' could not be found.`);
}

export function alreadyExists(style: RowStyle, id: string): ServerError {
  const message = `${title(style.row)} with the requested ID '${id}' already exists. Try again with a different ID or use ID.unique() to generate a unique ID.`;
  return rowError(style, 'already_exists', message);
}

export function title(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** A row as the API shows it. */
export function presentRow(table: Table, row: Row, style: RowStyle): JsonObject {
  // A spread takes several times as long: lists have thousands of rows.
  const shown: JsonObject = {};
  for (const key of Object.keys(row.data)) shown[key] = row.data[key] ?? null;
  shown['$id'] = row.id;
  shown['$sequence'] = String(row.sequence);
  shown['$createdAt'] = row.createdAt;
  shown['$updatedAt'] = row.updatedAt;
  shown['$permissions'] = row.permissions;
  shown['$databaseId'] = table.databaseId;
  shown[style.tableKey] = table.tableId;
  return shown;
}

/** The internal name of a table, which some events show. */
export function internalName(table: Table): Json {
  return `database_1_collection_${table.number}`;
}
