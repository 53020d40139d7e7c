import type { OutboxStore, UpdateLog } from '../../core/ports.ts';
import type { IndexedDbOutbox } from '../../store/outbox-store.ts';

/** More rows than this are not asked for one by one: then there is surely something that is not sent. */
const MAX_ROWS_ASKED = 20;

/**
 * Which of these rows the server has. One that was handed over as its page ended may be stored although this device
 * never heard so. What cannot be asked for, or is too much to ask, counts as not stored.
 */
export async function storedRows(log: Pick<UpdateLog, 'read'>, rows: Iterable<string>): Promise<ReadonlySet<string>> {
  const ids = [...new Set(rows)];
  if (ids.length > MAX_ROWS_ASKED) return new Set();
  const found = await Promise.all(ids.map(async (row) => [row, await log.read(row)] as const));
  return new Set(found.flatMap(([row, read]) => (read.ok && read.value !== null ? [row] : [])));
}

/** How many edits of a project are on this device only. What cannot be read here counts as none. */
export async function countUnsent(
  outbox: Pick<OutboxStore, 'waiting' | 'load'>,
  log: Pick<UpdateLog, 'read'>,
  project: string,
): Promise<number> {
  const documents = await outbox.waiting(project);
  if (!documents.ok) return 0;
  const loaded = await Promise.all(documents.value.map((document) => outbox.load(project, document)));
  const entries = loaded.flatMap((each) => (each.ok ? each.value : []));
  const stored = await storedRows(
    log,
    entries.map((entry) => entry.row),
  );
  return entries.filter((entry) => !stored.has(entry.row)).length;
}

/**
 * How many edits of all projects are on this device only.
 *
 * @param pending what open projects know of theirs, by project
 */
export async function countAllUnsent(
  outbox: Pick<IndexedDbOutbox, 'overview' | 'waiting' | 'load'>,
  log: Pick<UpdateLog, 'read'>,
  pending: ReadonlyMap<string, number>,
): Promise<number> {
  const waiting = await outbox.overview();
  const projects = new Set([...pending.keys(), ...(waiting.ok ? waiting.value : []).map(({ project }) => project)]);
  const counts = [...projects].map(async (id) => Math.max(pending.get(id) ?? 0, await countUnsent(outbox, log, id)));
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
