/** The part of TablesDB that Cowrite uses, alike in both official SDKs (`appwrite` and `node-appwrite`). */

export const DATABASE_ID = 'cowrite';

/** A row as the SDKs return it: system fields and columns in one object. */
export interface Row {
  readonly $id: string;
  readonly $createdAt: string;
  readonly $updatedAt: string;
  readonly $permissions: readonly string[];
  readonly [column: string]: unknown;
}

export interface RowAddress {
  databaseId: string;
  tableId: string;
  rowId: string;
}

export interface RowWrite extends RowAddress {
  data: Record<string, unknown>;
  permissions?: string[];
}

export interface Tables {
  createRow(write: RowWrite): Promise<unknown>;
  upsertRow(write: RowWrite): Promise<unknown>;
  updateRow(write: Omit<RowWrite, 'permissions'>): Promise<unknown>;
  deleteRow(address: RowAddress): Promise<unknown>;
  listRows(query: { databaseId: string; tableId: string; queries: string[] }): Promise<{ rows: unknown[] }>;
}

/** Reads a row of an SDK or of a realtime event; `null` if it is none. */
export function asRow(value: unknown): Row | null {
  if (typeof value !== 'object' || value === null) return null;
  const { $id, $createdAt, $updatedAt, $permissions } = value as Record<string, unknown>;
  if (typeof $id !== 'string' || typeof $createdAt !== 'string' || typeof $updatedAt !== 'string') return null;
  if (!Array.isArray($permissions) || !$permissions.every((each) => typeof each === 'string')) return null;
  return value as Row;
}

/** A column's text; empty where it has none. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}
