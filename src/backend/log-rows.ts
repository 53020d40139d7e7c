import type { LogRows } from '../core/compaction/storage.ts';
import { success, type Outcome } from '../core/failures.ts';
import { request } from './failures.ts';
import { ascending, equal, limit, offset, select } from './queries.ts';
import { asRow, DATABASE_ID, textOf, type Tables } from './tables.ts';
import { UPDATES_TABLE } from './update-log.ts';

const AT_ONCE = 500;

/**
 * How many rows of the log each document of a project has, whoever has it open, without what is in them.
 *
 * @param most more are not looked at: as many as a list may skip on Appwrite
 */
export async function logRows(
  tables: Pick<Tables, 'listRows'>,
  project: string,
  most = 5_000,
): Promise<Outcome<LogRows>> {
  const docs = new Map<string, string>();
  for (let skipped = 0; skipped < most; skipped += AT_ONCE) {
    const page = [limit(Math.min(AT_ONCE, most - skipped)), offset(skipped), select(['doc'])];
    const queries = [equal('project', project), ascending('$id'), ...page];
    const found = await request(() => tables.listRows({ databaseId: DATABASE_ID, tableId: UPDATES_TABLE, queries }));
    if (!found.ok) return found;
    for (const row of found.value.rows.map(asRow)) if (row !== null) docs.set(row.$id, textOf(row, 'doc'));
    if (found.value.rows.length < AT_ONCE) break;
  }
  const counts = new Map<string, number>();
  for (const doc of docs.values()) counts.set(doc, (counts.get(doc) ?? 0) + 1);
  return success({ counts, isComplete: docs.size < most });
}
