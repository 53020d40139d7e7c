import type { LogEntry } from '../codec.ts';
import { failure, success, type Outcome } from '../failures.ts';
import { isDamage } from './frame.ts';
import { readSegment, readState } from './load.ts';
import { byTime } from './plan.ts';
import type { SnapshotReader } from './ports.ts';
import type { SnapshotRecord } from './snapshot.ts';

/** Everything that was ever saved of a document, as far as nobody purged it. */
export interface History {
  /** What the history starts from, format V2: `null` unless what was before has been purged or is damaged. */
  readonly base: Uint8Array | null;
  /** Epoch milliseconds: server time of the newest update that is in the base; `null` where that is not known. */
  readonly baseTime: number | null;
  /** All folded and live updates, each once, oldest first; where something is damaged those after the base. */
  readonly entries: readonly LogEntry[];
  /** A part cannot be read: the base stands for it and for all before it, and nobody can say who wrote what is in it. */
  readonly isDamaged: boolean;
  /** What can be read of updates that the base stands for; empty unless something is damaged. */
  readonly unplaced: readonly LogEntry[];
}

const PAGE = 50;

/**
 * Reads the history of a document [SNAP-3].
 *
 * @param live the rows of the log that count, read before this is called: what is folded in between is in a segment
 */
export async function readHistory(
  reader: SnapshotReader,
  project: string,
  doc: string,
  live: readonly LogEntry[],
): Promise<Outcome<History>> {
  const records = await allSnapshots(reader, project, doc);
  if (!records.ok) return records;
  const parts = await readParts(reader, records.value);
  if (!parts.ok) return parts;
  const { base, baseTime, isDamaged, before, after } = parts.value;
  const entries = new Map(after.map((entry) => [entry.id, entry]));
  const known = new Set([...before, ...after].map(({ id }) => id));
  for (const entry of live) if (!known.has(entry.id)) entries.set(entry.id, entry);
  return success({ base, baseTime, entries: [...entries.values()].sort(byTime), isDamaged, unplaced: before });
}

type Parts = Pick<History, 'base' | 'baseTime' | 'isDamaged'> & {
  /** Folded updates that the base stands for, as far as they can be read. */
  readonly before: readonly LogEntry[];
  readonly after: readonly LogEntry[];
};

/**
 * What is in snapshots. Where a part is damaged, the history begins with the oldest state that can be read after which all
 * segments can; fails with `rejected` if there is none.
 */
async function readParts(reader: SnapshotReader, records: readonly SnapshotRecord[]): Promise<Outcome<Parts>> {
  let base: Uint8Array | null = null;
  let baseTime: number | null = null;
  let segments: { readonly generation: number; readonly entries: readonly LogEntry[] }[] = [];
  /** The newest part that cannot be read. */
  let gap: { readonly at: number; readonly what: string } | null = null;
  for (const [at, record] of records.entries()) {
    if (record.isBase) {
      const state = await readState(reader, record);
      if (!state.ok) return state;
      gap = isDamage(state.value) ? { at, what: `state ${record.generation}: ${state.value.damage}` } : null;
      base = isDamage(state.value) ? null : state.value;
      baseTime = timeOf(record);
      segments = [];
      continue;
    }
    const segment = await readSegment(reader, record);
    if (!segment.ok) return segment;
    if (isDamage(segment.value)) gap = { at, what: `segment ${record.generation}: ${segment.value.damage}` };
    else segments.push({ generation: record.generation, entries: segment.value.entries });
  }
  if (gap === null) {
    return success({ base, baseTime, isDamaged: false, before: [], after: segments.flatMap(({ entries }) => entries) });
  }
  for (const record of records.slice(gap.at)) {
    const state = await readState(reader, record);
    if (!state.ok) return state;
    if (isDamage(state.value)) continue;
    const [before, after] = [segments.filter(isIn(record)), segments.filter((segment) => !isIn(record)(segment))];
    return success({
      base: state.value,
      baseTime: timeOf(record),
      isDamaged: true,
      before: before.flatMap(({ entries }) => entries),
      after: after.flatMap(({ entries }) => entries),
    });
  }
  return failure('rejected', gap.what);
}

function isIn(state: SnapshotRecord): (segment: { readonly generation: number }) => boolean {
  return ({ generation }) => generation <= state.generation;
}

function timeOf({ lastTime }: SnapshotRecord): number | null {
  return lastTime === null ? null : Date.parse(lastTime);
}

/** The snapshots of a document, the oldest first. */
export async function allSnapshots(
  reader: SnapshotReader,
  project: string,
  doc: string,
): Promise<Outcome<readonly SnapshotRecord[]>> {
  const records: SnapshotRecord[] = [];
  for (;;) {
    const last = records.at(-1);
    const page = await reader.list(project, doc, PAGE, last === undefined ? {} : { below: last.generation });
    if (!page.ok) return page;
    records.push(...page.value);
    if (page.value.length < PAGE) return success(records.reverse());
  }
}
