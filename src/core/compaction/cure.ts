import { success, type Outcome } from '../failures.ts';
import { encodeState } from './load.ts';
import type { Exile } from './ports.ts';
import type { PurgeStore } from './purge.ts';
import { INLINE_BYTES, type SnapshotRecord } from './snapshot.ts';

/** What puts right something that was found wrong with a document. Doing it twice is harmless. */
export type Cure =
  /** Takes rows that count for nobody out of the log and keeps them apart. */
  | { readonly do: 'quarantine'; readonly project: string; readonly exiles: readonly Exile[] }
  /** Deletes rows of the log that are in the history. */
  | { readonly do: 'retire'; readonly rows: readonly string[] }
  /** Writes the state of a generation anew; format V2. */
  | { readonly do: 'write-state'; readonly record: SnapshotRecord; readonly state: Uint8Array }
  /** Writes anew what the row of a snapshot says; state and segment stay. */
  | { readonly do: 'write-record'; readonly record: SnapshotRecord }
  /** Deletes a snapshot with its files. */
  | { readonly do: 'remove'; readonly record: SnapshotRecord };

/** What a cure does, in words that follow "would". */
export function describeCure(cure: Cure): string {
  switch (cure.do) {
    case 'quarantine':
      return `move ${rowsOf(cure.exiles.length)} to the quarantine`;
    case 'retire':
      return `delete ${rowsOf(cure.rows.length)} from the log`;
    case 'write-state':
      return `write state ${cure.record.generation} anew from the generation before and the segments`;
    case 'write-record':
      return `correct the row of generation ${cure.record.generation}`;
    case 'remove':
      return `delete generation ${cure.record.generation}`;
  }
}

function rowsOf(count: number): string {
  return count === 1 ? 'the row' : `the ${count} rows`;
}

export async function applyCure(store: PurgeStore, cure: Cure): Promise<Outcome<void>> {
  switch (cure.do) {
    case 'quarantine':
      return store.quarantine(cure.project, cure.exiles);
    case 'retire':
      return store.retire(cure.rows);
    case 'write-state':
      return writeState(store, cure.record, cure.state);
    case 'write-record':
      return writeRecord(store, cure.record);
    case 'remove':
      return store.remove(cure.record);
  }
}

/** The file first, then the row that names it, then away with the file that it named before. */
async function writeState(store: PurgeStore, record: SnapshotRecord, content: Uint8Array): Promise<Outcome<void>> {
  const frame = encodeState(content);
  const isInline = frame.length <= INLINE_BYTES;
  const stateBlob = isInline ? success(null) : await store.writeBlob(record.project, record.id, frame);
  if (!stateBlob.ok) return stateBlob;
  const segment = await inlineSegment(store, record);
  if (!segment.ok) return segment;
  const old = record.stateBlob;
  if (old !== null) {
    const released = await store.releaseBlob(old, record.id);
    if (!released.ok) return released;
  }
  const written = await store.put({
    record: { ...record, stateBytes: frame.length, stateBlob: stateBlob.value },
    state: isInline ? frame : null,
    segment: segment.value,
  });
  return !written.ok || old === null ? written : store.deleteBlob(old);
}

async function writeRecord(store: PurgeStore, record: SnapshotRecord): Promise<Outcome<void>> {
  const hasState = record.stateBlob === null && record.stateBytes > 0;
  const state = hasState ? await store.state(record) : success(null);
  if (!state.ok) return state;
  const segment = await inlineSegment(store, record);
  return segment.ok ? store.put({ record, state: state.value, segment: segment.value }) : segment;
}

async function inlineSegment(store: PurgeStore, record: SnapshotRecord): Promise<Outcome<Uint8Array | null>> {
  return record.segmentBlob === null && record.segmentBytes > 0 ? store.segment(record) : success(null);
}
