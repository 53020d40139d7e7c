import type { LogEntry } from '../codec.ts';
import { failure, success, type Outcome } from '../failures.ts';
import { isDamage } from './frame.ts';
import { readSegment, readState } from './load.ts';
import { byTime } from './plan.ts';
import type { SnapshotReader } from './ports.ts';
import type { SnapshotRecord } from './snapshot.ts';

/** Everything that was ever saved of a document, as far as nobody purged it. */
export interface History {
  /** What the history starts from, format V2: `null` unless what was before has been purged. */
  readonly base: Uint8Array | null;
  /** Epoch milliseconds: server time of the newest update that is in the base; `null` where that is not known. */
  readonly baseTime: number | null;
  /** All folded and live updates, each once, oldest first. */
  readonly entries: readonly LogEntry[];
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
  const entries = new Map<string, LogEntry>();
  let base: Uint8Array | null = null;
  let baseTime: number | null = null;
  for (const record of records.value) {
    if (record.isBase) {
      const state = await readState(reader, record);
      if (!state.ok) return state;
      if (isDamage(state.value)) return failure('rejected', `state ${record.generation}: ${state.value.damage}`);
      base = state.value;
      baseTime = record.lastTime === null ? null : Date.parse(record.lastTime);
      entries.clear();
      continue;
    }
    const segment = await readSegment(reader, record);
    if (!segment.ok) return segment;
    if (isDamage(segment.value)) return failure('rejected', `segment ${record.generation}: ${segment.value.damage}`);
    for (const entry of segment.value.entries) entries.set(entry.id, entry);
  }
  for (const entry of live) if (!entries.has(entry.id)) entries.set(entry.id, entry);
  return success({ base, baseTime, entries: [...entries.values()].sort(byTime) });
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
