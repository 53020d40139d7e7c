import * as Y from 'yjs';

/** A run of clocks of one Yjs client. */
export interface ClockRange {
  readonly client: number;
  readonly clock: number;
  readonly length: number;
}

/** What one update carries: the structs that it adds and the ones that it deletes. */
export interface UpdateContent {
  readonly structs: readonly ClockRange[];
  readonly deletes: readonly ClockRange[];
}

/** Sets of clocks by client. Adding is cheap in any order; asking sorts once. */
export class IdRanges {
  /** Flat [start, end, start, end, …]; sorted, disjoint and merged where the client is not in `dirty`. */
  private readonly byClient = new Map<number, number[]>();
  private readonly dirty = new Set<number>();

  static of(ranges: Iterable<ClockRange>): IdRanges {
    const set = new IdRanges();
    for (const range of ranges) set.add(range);
    return set;
  }

  add({ client, clock, length }: ClockRange): void {
    if (length <= 0) return;
    const runs = this.byClient.get(client);
    if (!runs) this.byClient.set(client, [clock, clock + length]);
    else if (runs.at(-1) === clock) runs[runs.length - 1] = clock + length;
    else {
      runs.push(clock, clock + length);
      this.dirty.add(client);
    }
  }

  get isEmpty(): boolean {
    return this.byClient.size === 0;
  }

  contains({ client, clock, length }: ClockRange): boolean {
    if (length <= 0) return true;
    const runs = this.runsOf(client);
    const at = lastStartAtOrBefore(runs, clock);
    return at >= 0 && (runs[at + 1] ?? 0) >= clock + length;
  }

  /** What is here and not in `other`. */
  minus(other: IdRanges): ClockRange[] {
    const rest: ClockRange[] = [];
    for (const client of this.byClient.keys()) {
      const mine = this.runsOf(client);
      const theirs = other.runsOf(client);
      let at = 0;
      for (let i = 0; i < mine.length; i += 2) {
        let start = mine[i] ?? 0;
        const end = mine[i + 1] ?? 0;
        while ((theirs[at + 1] ?? Infinity) <= start) at += 2;
        for (let j = at; start < end; j += 2) {
          const cut = theirs[j] ?? Infinity;
          if (cut >= end) {
            rest.push({ client, clock: start, length: end - start });
            break;
          }
          if (cut > start) rest.push({ client, clock: start, length: cut - start });
          start = Math.max(start, theirs[j + 1] ?? Infinity);
        }
      }
    }
    return rest;
  }

  private runsOf(client: number): readonly number[] {
    const runs = this.byClient.get(client) ?? [];
    if (!this.dirty.delete(client)) return runs;
    const merged = mergeRuns(runs);
    this.byClient.set(client, merged);
    return merged;
  }
}

/** Reads an update of format V1. Throws what Yjs throws if it is none. */
export function contentOf(update: Uint8Array): UpdateContent {
  const { structs, ds } = Y.decodeUpdate(update);
  const carried: ClockRange[] = [];
  for (const struct of structs) {
    if (!(struct instanceof Y.Skip)) {
      carried.push({ client: struct.id.client, clock: struct.id.clock, length: struct.length });
    }
  }
  return { structs: carried, deletes: deletesOf(ds) };
}

/** What a document or a stored snapshot of one holds: all structs up to its state vector, and what of it is deleted. */
export function contentOfSnapshot({ sv, ds }: Y.Snapshot): UpdateContent {
  const structs = [...sv].map(([client, length]) => ({ client, clock: 0, length }));
  return { structs, deletes: deletesOf(ds) };
}

function deletesOf({ clients }: Y.Snapshot['ds']): ClockRange[] {
  const deletes: ClockRange[] = [];
  for (const [client, items] of clients) {
    for (const { clock, len } of items) deletes.push({ client, clock, length: len });
  }
  return deletes;
}

function mergeRuns(runs: readonly number[]): number[] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < runs.length; i += 2) pairs.push([runs[i] ?? 0, runs[i + 1] ?? 0]);
  pairs.sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [start, end] of pairs) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last) merged[merged.length - 1] = Math.max(last, end);
    else merged.push(start, end);
  }
  return merged;
}

/** Index of the last run that starts at or before `clock`; -2 if there is none. */
function lastStartAtOrBefore(runs: readonly number[], clock: number): number {
  let low = 0;
  let high = runs.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((runs[middle * 2] ?? 0) <= clock) low = middle + 1;
    else high = middle;
  }
  return (low - 1) * 2;
}
