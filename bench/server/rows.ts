import { randomBytes } from 'node:crypto';
import type { Target } from './target.ts';

/** About what a keystroke costs, in base64. */
const DATA = 'x'.repeat(200);

/** A new row in the words of a request. */
export function newRow(): { rowId: string; data: object; permissions: string[] } {
  return {
    rowId: randomBytes(12).toString('hex'),
    data: { doc: 'bench', data: DATA },
    permissions: ['read("users")'],
  };
}

export function rowsPath({ databaseId }: Target, tableId: string): string {
  return `/tablesdb/${databaseId}/tables/${tableId}/rows`;
}
