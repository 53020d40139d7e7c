import type { LogEntry } from '../codec.ts';

/** By what updates are ordered: the server's time, then the row id, which is as good as any and the same each time. */
export function orderOf({ createdAt, id }: LogEntry): { readonly time: number; readonly id: string } {
  const time = Date.parse(createdAt);
  return { time: Number.isNaN(time) ? 0 : time, id };
}

/** Entries in their order, each row once. */
export function inOrder(entries: readonly LogEntry[]): LogEntry[] {
  const taken = new Set<string>();
  const ordered: { time: number; entry: LogEntry }[] = [];
  let isSorted = true;
  for (const entry of entries) {
    if (taken.has(entry.id)) continue;
    taken.add(entry.id);
    const item = { time: orderOf(entry).time, entry };
    const last = ordered.at(-1);
    if (last && compare(last, item) > 0) isSorted = false;
    ordered.push(item);
  }
  if (!isSorted) ordered.sort(compare);
  return ordered.map(({ entry }) => entry);
}

interface Timed {
  readonly time: number;
  readonly entry: LogEntry;
}

function compare(a: Timed, b: Timed): number {
  return a.time - b.time || (a.entry.id < b.entry.id ? -1 : a.entry.id > b.entry.id ? 1 : 0);
}
