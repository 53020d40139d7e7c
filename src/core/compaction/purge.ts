import * as Y from 'yjs';
import type { LogEntry } from '../codec.ts';
import { failure, success, type Outcome } from '../failures.ts';
import { compactDocument } from './compact.ts';
import { baseOf, fold, holdsAll } from './fold.ts';
import { isDamage } from './frame.ts';
import { allSnapshots } from './history.ts';
import { encodeState, loadState, readSegment } from './load.ts';
import type { CompactionStore, NewSnapshot } from './ports.ts';
import { encodeSegment } from './segment.ts';
import { INLINE_BYTES, snapshotId, SNAPSHOT_FORMAT, summaryOf, type SnapshotRecord } from './snapshot.ts';

/** What purging needs beside the compaction of the document. */
export interface PurgeStore extends CompactionStore {
  /** Creates or replaces the row of a snapshot. */
  put(snapshot: NewSnapshot): Promise<Outcome<void>>;
  /** Marks a file as one that its snapshot will not name any more, so that a sweep removes it after a crash. */
  releaseBlob(id: string, snapshot: string): Promise<Outcome<void>>;
  /** Deletes the files of a snapshot, then its row. */
  remove(record: SnapshotRecord): Promise<Outcome<void>>;
}

export interface PurgeReport {
  /** How many updates are gone from the history. */
  readonly purged: number;
}

/** A segment of which a part is purged. */
interface Divided {
  readonly record: SnapshotRecord;
  readonly entries: readonly LogEntry[];
}

/**
 * Removes from the history what was written before a moment (ISO 8601); the text stays as it is. The history then begins
 * with a state, the base, in which all that was purged is folded. Nobody can say any more who wrote what is in it.
 *
 * May be stopped anywhere and run again: the base is written before anything is removed, and readers of the history
 * ignore what is older than it.
 */
export async function purgeHistory(
  store: PurgeStore,
  project: string,
  doc: string,
  before: string,
): Promise<Outcome<PurgeReport>> {
  const compacted = await compactDocument(store, project, doc);
  if (!compacted.ok) return compacted;
  if (compacted.value.end !== 'done') return failure('server', 'The document is being compacted. Try again.');
  const listed = await allSnapshots(store, project, doc);
  if (!listed.ok) return listed;
  const records = listed.value;
  // A base does not name its first row. What does goes by time, should it be marked as a base by mistake.
  const isOld = ({ isBase, firstTime, lastTime }: SnapshotRecord): boolean =>
    firstTime === null ? isBase : lastTime !== null && isBefore(lastTime, before);
  const firstNew = records.findIndex((record) => !isOld(record));
  const old = firstNew < 0 ? records : records.slice(0, firstNew);
  const divided = await divide(store, firstNew < 0 ? [] : records.slice(firstNew), before);
  if (!divided.ok) return divided;
  const last = old.at(-1);
  // The base alone, and nothing in later segments: it has been done before.
  if (divided.value.length === 0 && (last === undefined || (last.isBase && old.length === 1)))
    return success({ purged: 0 });

  const loaded = last === undefined ? success({ state: null }) : await loadState(store, project, doc, last);
  if (!loaded.ok) return loaded;
  const folded = fold(
    baseOf(loaded.value.state),
    divided.value.flatMap(({ entries }) => entries.filter((entry) => isBefore(entry.createdAt, before))),
  );
  const lacking = old.find(({ holds }) => holds.length > 0 && !holdsAll(folded.base.doc, holds));
  if (lacking !== undefined) {
    folded.base.doc.destroy();
    return failure('rejected', `state ${last?.generation} lacks something of generation ${lacking.generation}`);
  }
  const generation = last?.generation ?? 0;
  const based = await writeBase(
    store,
    {
      project,
      doc,
      generation,
      holds: folded.holds,
      state: folded.base.state ?? Y.encodeStateAsUpdateV2(folded.base.doc),
      lastTime: newestOf([...old.map(({ lastTime }) => lastTime), ...folded.folded.map(({ createdAt }) => createdAt)]),
    },
    last,
  );
  folded.base.doc.destroy();
  if (!based.ok) return based;
  const gone = new Set(folded.folded);
  for (const part of divided.value) {
    const cut = await rewrite(store, part, gone);
    if (!cut.ok) return cut;
  }
  for (const record of old.slice(0, -1)) {
    const removed = await store.remove(record);
    if (!removed.ok) return removed;
  }
  const purged = old.reduce((sum, record) => sum + record.updateCount, 0) + gone.size;
  return success({ purged });
}

/** The segments among these that hold anything from before the moment: late rows can be in any. */
async function divide(
  store: PurgeStore,
  records: readonly SnapshotRecord[],
  before: string,
): Promise<Outcome<Divided[]>> {
  const divided: Divided[] = [];
  for (const record of records) {
    if (record.firstTime === null || !isBefore(record.firstTime, before)) continue;
    const segment = await readSegment(store, record);
    if (!segment.ok) return segment;
    if (isDamage(segment.value)) return failure('rejected', `segment ${record.generation}: ${segment.value.damage}`);
    divided.push({ record, entries: segment.value.entries });
  }
  return success(divided);
}

interface BaseState {
  readonly project: string;
  readonly doc: string;
  readonly generation: number;
  readonly holds: Uint8Array;
  /** Format V2. */
  readonly state: Uint8Array;
  /** ISO 8601: server time of the newest update in it; `null` if that is not known. */
  readonly lastTime: string | null;
}

async function writeBase(
  store: PurgeStore,
  { project, doc, generation, holds, state, lastTime }: BaseState,
  replaced: SnapshotRecord | undefined,
): Promise<Outcome<void>> {
  const id = snapshotId(project, doc, generation);
  const frame = encodeState(state);
  const isInline = frame.length <= INLINE_BYTES;
  const blob = isInline ? success(null) : await store.writeBlob(project, id, frame);
  if (!blob.ok) return blob;
  const record: SnapshotRecord = {
    ...summaryOf([]),
    lastTime,
    id,
    project,
    doc,
    generation,
    format: SNAPSHOT_FORMAT,
    holds,
    stateBytes: frame.length,
    stateBlob: blob.value,
    segmentBytes: 0,
    segmentBlob: null,
    isBase: true,
  };
  return replace(store, { record, state: isInline ? frame : null, segment: null }, replaced, [
    'stateBlob',
    'segmentBlob',
  ]);
}

/** Writes a segment anew, without the entries that are gone; the state of its snapshot stays. */
async function rewrite(
  store: PurgeStore,
  { record, entries }: Divided,
  gone: ReadonlySet<LogEntry>,
): Promise<Outcome<void>> {
  const { project, doc, generation } = record;
  const kept = entries.filter((entry) => !gone.has(entry));
  const frame = encodeSegment({ project, doc, generation, entries: kept });
  const isInline = frame.length <= INLINE_BYTES;
  const blob = isInline ? success(null) : await store.writeBlob(project, record.id, frame);
  if (!blob.ok) return blob;
  const state = record.stateBlob === null && record.stateBytes > 0 ? await store.state(record) : success(null);
  if (!state.ok) return state;
  const changed = { ...record, ...summaryOf(kept), segmentBytes: frame.length, segmentBlob: blob.value };
  return replace(store, { record: changed, state: state.value, segment: isInline ? frame : null }, record, [
    'segmentBlob',
  ]);
}

/** Replaces the row of a snapshot and deletes the files that it named before. */
async function replace(
  store: PurgeStore,
  snapshot: NewSnapshot,
  replaced: SnapshotRecord | undefined,
  columns: readonly ('stateBlob' | 'segmentBlob')[],
): Promise<Outcome<void>> {
  const blobs = columns.map((column) => replaced?.[column] ?? null).filter((blob) => blob !== null);
  for (const blob of blobs) {
    const released = await store.releaseBlob(blob, snapshot.record.id);
    if (!released.ok) return released;
  }
  const written = await store.put(snapshot);
  if (!written.ok) return written;
  for (const blob of blobs) {
    const deleted = await store.deleteBlob(blob);
    if (!deleted.ok) return deleted;
  }
  return written;
}

function newestOf(times: readonly (string | null)[]): string | null {
  const known = times.filter((time) => time !== null);
  return known.reduce<string | null>(
    (newest, time) => (newest !== null && isBefore(time, newest) ? newest : time),
    null,
  );
}

function isBefore(time: string, moment: string): boolean {
  return Date.parse(time) < Date.parse(moment);
}
