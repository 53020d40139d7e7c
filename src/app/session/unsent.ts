import type { OutboxStore, UpdateLog } from '../../core/ports.ts';

/** More rows than this are not asked for one by one: then there is surely something that is not sent. */
const MAX_ROWS_ASKED = 20;

/**
 * How many edits of a project are on this device only. A row that was handed over as its page ended may be stored
 * although this device never heard so: the server is asked. What cannot be read here counts as none, what cannot be
 * asked for as not sent.
 */
export async function countUnsent(outbox: OutboxStore, log: Pick<UpdateLog, 'read'>, project: string): Promise<number> {
  const documents = await outbox.waiting(project);
  if (!documents.ok) return 0;
  const loaded = await Promise.all(documents.value.map((document) => outbox.load(project, document)));
  const entries = loaded.flatMap((each) => (each.ok ? each.value : []));
  const rows = [...new Set(entries.map((entry) => entry.row))];
  if (rows.length > MAX_ROWS_ASKED) return entries.length;
  const found = await Promise.all(rows.map(async (row) => [row, await log.read(row)] as const));
  const stored = new Set(found.flatMap(([row, read]) => (read.ok && read.value !== null ? [row] : [])));
  return entries.filter((entry) => !stored.has(entry.row)).length;
}
