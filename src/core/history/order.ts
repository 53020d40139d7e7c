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
  const taken = new RowIds(entries);
  const ordered: Timed[] = [];
  let isSorted = true;
  entries.forEach((entry, index) => {
    if (!taken.add(index, entry.id)) return;
    const item = { time: orderOf(entry).time, entry };
    const last = ordered.at(-1);
    if (last && compare(last, item) > 0) isSorted = false;
    ordered.push(item);
  });
  return isSorted ? ordered : ordered.sort(compare);
}

/** The ids of millions of rows: a `Set` of that many texts takes seconds, and cannot hold more than 16 millions. */
class RowIds {
  private readonly entries: readonly LogEntry[];
  /** By hash, or as near behind it as was free: index of an entry, plus 1. At most half of the slots are taken. */
  private readonly slots: Uint32Array;
  private readonly mask: number;

  constructor(entries: readonly LogEntry[]) {
    this.entries = entries;
    this.slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * entries.length + 2)));
    this.mask = this.slots.length - 1;
  }

  /** False if the row of an earlier index has this id. */
  add(index: number, id: string): boolean {
    let slot = hashOf(id) & this.mask;
    for (let other = this.slots[slot] ?? 0; other !== 0; other = this.slots[slot] ?? 0) {
      if (this.entries[other - 1]?.id === id) return false;
      slot = (slot + 1) & this.mask;
    }
    this.slots[slot] = index + 1;
    return true;
  }
}

/** FNV-1a, then stirred: the slots are taken from the lower bits. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function compare(a: Timed, b: Timed): number {
  return a.time - b.time || (a.entry.id < b.entry.id ? -1 : a.entry.id > b.entry.id ? 1 : 0);
}
