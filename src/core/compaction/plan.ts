import { decodeUpdateRow, isQuarantined, type LogEntry, type UpdateRow } from '../codec.ts';
import { documentKind } from '../ids.ts';
import type { Exile } from './ports.ts';

/** What the rows of a document are to compaction. */
export interface SortedRows {
  /** Rows that count, oldest first. */
  readonly entries: readonly LogEntry[];
  /** Rows that count for nobody [STAMP-2, STAMP-4]. */
  readonly exiles: readonly Exile[];
}

/**
 * Tells the rows that count from those that do not. Rows of another document are left alone: databases that ignore case
 * list them as well.
 */
export function sortRows(rows: Iterable<UpdateRow>, project: string, doc: string): SortedRows {
  const entries: LogEntry[] = [];
  const exiles: Exile[] = [];
  for (const row of rows) {
    const isOther = row.project !== project || row.doc !== doc;
    if (isOther && documentKind(row.doc) !== null) continue;
    const decoded = decodeUpdateRow(row, project, doc);
    if (isQuarantined(decoded)) exiles.push({ row, reason: isOther ? 'unknown kind of document' : decoded.reason });
    else entries.push(decoded);
  }
  return { entries: entries.sort(byTime), exiles };
}

/** Oldest first; of one millisecond in the order of their ids, which is as good as any and the same each time. */
export function byTime(a: LogEntry, b: LogEntry): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
