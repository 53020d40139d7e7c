import type { LogEntry } from '../codec.ts';

/** By what updates are ordered: the server's time, then the row id, which is as good as any and the same each time. */
export function orderOf({ createdAt, id }: LogEntry): { readonly time: number; readonly id: string } {
  const time = Date.parse(createdAt);
  return { time: Number.isNaN(time) ? 0 : time, id };
}

/** An entry with its time, epoch milliseconds. */
export interface Timed {
  readonly time: number;
  readonly entry: LogEntry;
}

/** Entries in their order, each row once. */
export function inOrder(entries: readonly LogEntry[]): Timed[] {
  const taken = new Set<string>();
  const ordered: Timed[] = [];
  let isSorted = true;
  for (const entry of entries) {
    const { size } = taken;
    if (taken.add(entry.id).size === size) continue;
    const item = { time: orderOf(entry).time, entry };
    const last = ordered.at(-1);
    if (last && compare(last, item) > 0) isSorted = false;
    ordered.push(item);
  }
  return isSorted ? ordered : ordered.sort(compare);
}

function compare(a: Timed, b: Timed): number {
  return a.time - b.time || (a.entry.id < b.entry.id ? -1 : a.entry.id > b.entry.id ? 1 : 0);
}
