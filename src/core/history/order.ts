import type { LogEntry } from '../codec.ts';

/** By what updates are ordered: the server's time, then the row id, which is as good as any and the same each time. */
export function orderOf({ createdAt, id }: LogEntry): { readonly time: number; readonly id: string } {
  const time = Date.parse(createdAt);
  return { time: Number.isNaN(time) ? 0 : time, id };
}

/** Entries in their order, each row once. */
export function inOrder(entries: readonly LogEntry[]): LogEntry[] {
  const known = new Set<string>();
  const ordered: { time: number; entry: LogEntry }[] = [];
  for (const entry of entries) {
    if (known.has(entry.id)) continue;
    known.add(entry.id);
    ordered.push({ time: orderOf(entry).time, entry });
  }
  ordered.sort((a, b) => a.time - b.time || (a.entry.id < b.entry.id ? -1 : 1));
  return ordered.map(({ entry }) => entry);
}
