import { success, type Outcome } from '../core/failures.ts';
import type { RecentWork } from '../core/ports.ts';
import { acceptStamp } from '../core/stamps.ts';
import { request } from './failures.ts';
import { above, descending, equal, limit, select } from './queries.ts';
import { namesOf, SNAPSHOTS_TABLE } from './snapshot-rows.ts';
import { asRow, DATABASE_ID, textOf, type Row, type Tables } from './tables.ts';
import { UPDATES_TABLE } from './update-log.ts';

/** More than these are not looked at: enough to say that there is something new. */
const MOST_ROWS = 500;

/**
 * Who worked on which documents of a project since a moment, the newest first, without what they wrote.
 *
 * Of what was compacted since, a snapshot tells its authors and the time of its last row: whoever wrote only its older part
 * is named too.
 *
 * @param since epoch milliseconds by the server's clock; `null`: only the newest row of the log is asked for
 */
export async function recentWork(
  tables: Pick<Tables, 'listRows'>,
  project: string,
  since: number | null,
): Promise<Outcome<readonly RecentWork[]>> {
  const find = async (tableId: string, columns: readonly string[]): Promise<Outcome<readonly Row[]>> => {
    const after = since === null ? [] : [above('$createdAt', new Date(since).toISOString())];
    const queries = [
      equal('project', project),
      ...after,
      descending('$createdAt'),
      limit(since === null ? 1 : MOST_ROWS),
      select(['$id', '$createdAt', '$permissions', ...columns]),
    ];
    const found = await request(() => tables.listRows({ databaseId: DATABASE_ID, tableId, queries }));
    return found.ok ? success(found.value.rows.map(asRow).filter((row) => row !== null)) : found;
  };
  const rows = await find(UPDATES_TABLE, ['doc']);
  if (!rows.ok) return rows;
  const work = rows.value.flatMap((row): RecentWork[] => {
    const doc = textOf(row, 'doc');
    const stamp = acceptStamp(row.$permissions, project, doc);
    return 'invalid' in stamp ? [] : [{ doc, author: stamp.author, time: Date.parse(row.$createdAt) }];
  });
  const snapshots = await find(SNAPSHOTS_TABLE, ['doc', 'authors', 'lastTime']);
  if (!snapshots.ok) return snapshots;
  for (const row of snapshots.value) {
    const time = Date.parse(textOf(row, 'lastTime'));
    if (Number.isNaN(time) || time <= (since ?? 0)) continue;
    for (const author of namesOf(textOf(row, 'authors'))) work.push({ doc: textOf(row, 'doc'), author, time });
  }
  return success(work.sort((a, b) => b.time - a.time));
}
