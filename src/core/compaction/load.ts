import * as Y from 'yjs';
import { failure, success, type Outcome } from '../failures.ts';
import { retryPending } from '../pending.ts';
import { baseOf } from './fold.ts';
import { decodeFrame, encodeFrame, isDamage, type Damage } from './frame.ts';
import type { GenerationBounds, SnapshotReader } from './ports.ts';
import { decodeSegment, type Segment } from './segment.ts';
import { SNAPSHOT_FORMAT, type SnapshotRecord } from './snapshot.ts';

/** The state of a document after its newest compaction, verified. */
export interface Loaded {
  /** The newest snapshot; `null` where there is none. */
  readonly head: SnapshotRecord | null;
  /** Format V2; `null` for the empty document. */
  readonly state: Uint8Array | null;
  /** What was found damaged and could be made good from older states and segments, in words. */
  readonly repaired: readonly string[];
}

const PAGE = 20;

/**
 * Reads the newest state. Where it is damaged or missing, the newest readable state before it is taken and the segments
 * since are replayed; fails with `rejected` if those cannot be read either.
 *
 * @param newest the newest snapshot, where the caller has read it already
 */
export async function loadState(
  reader: SnapshotReader,
  project: string,
  doc: string,
  newest?: SnapshotRecord,
): Promise<Outcome<Loaded>> {
  const repaired: string[] = [];
  const later: SnapshotRecord[] = [];
  let head: SnapshotRecord | null = null;
  let below: number | undefined;
  let page: readonly SnapshotRecord[] | null = newest ? [newest] : null;
  for (;;) {
    if (page === null) {
      const listed = await reader.list(project, doc, below === undefined ? 1 : PAGE, boundsOf(below));
      if (!listed.ok) return listed;
      page = listed.value;
    }
    for (const record of page) {
      head ??= record;
      below = record.generation;
      if (record.holds.length === 0) repaired.push(`row ${record.generation}: what its state holds cannot be read`);
      const state = await readState(reader, record);
      if (!state.ok) return state;
      if (!isDamage(state.value)) return replay(reader, head, state.value, later, repaired);
      // A state that was dropped on purpose is no damage.
      if (record.stateBytes > 0) repaired.push(`state ${record.generation}: ${state.value.damage}`);
      later.unshift(record);
    }
    const oldest = later[0];
    if (page.length === 0 || oldest?.generation === 0) {
      if (head === null) return success({ head, state: null, repaired });
      // From nothing on, if nothing was purged.
      if (oldest?.generation === 1) return replay(reader, head, null, later, repaired);
      return failure('rejected', `No snapshot of ${doc} can be read (${repaired.join('; ')}).`);
    }
    page = null;
  }
}

function boundsOf(below: number | undefined): GenerationBounds {
  return below === undefined ? {} : { below };
}

/** The state of one snapshot, verified and in format V2. */
export async function readState(reader: SnapshotReader, record: SnapshotRecord): Promise<Outcome<Uint8Array | Damage>> {
  if (record.format !== SNAPSHOT_FORMAT) return success({ damage: `of format ${record.format}` });
  if (record.stateBytes === 0) return success({ damage: 'dropped' });
  const frame = await reader.state(record);
  if (!frame.ok) return frame;
  if (frame.value === null) return success({ damage: 'missing' });
  const state = decodeFrame('state', frame.value);
  return success(state);
}

/** The segment of one snapshot, verified. */
export async function readSegment(reader: SnapshotReader, record: SnapshotRecord): Promise<Outcome<Segment | Damage>> {
  if (record.format !== SNAPSHOT_FORMAT) return success({ damage: `of format ${record.format}` });
  const frame = await reader.segment(record);
  if (!frame.ok) return frame;
  if (frame.value === null) return success({ damage: 'missing' });
  const segment = decodeSegment(frame.value);
  if (isDamage(segment)) return success(segment);
  const { project, doc, generation } = segment;
  const fits = project === record.project && doc === record.doc && generation === record.generation;
  return success(fits ? segment : { damage: `belongs to generation ${generation} of ${doc} in ${project}` });
}

/** The frame in which a state is stored. */
export function encodeState(state: Uint8Array): Uint8Array {
  return encodeFrame('state', state);
}

/** Applies the segments of `later` to a state. */
async function replay(
  reader: SnapshotReader,
  head: SnapshotRecord,
  state: Uint8Array | null,
  later: readonly SnapshotRecord[],
  repaired: readonly string[],
): Promise<Outcome<Loaded>> {
  if (later.length === 0) return success({ head, state, repaired });
  const { doc } = baseOf(state);
  for (const record of later) {
    const segment = await readSegment(reader, record);
    if (!segment.ok) return segment;
    if (isDamage(segment.value)) {
      const damages = [...repaired, `segment ${record.generation}: ${segment.value.damage}`];
      return failure('rejected', `No snapshot of ${record.doc} can be read (${damages.join('; ')}).`);
    }
    const { entries } = segment.value;
    doc.transact(() => {
      for (const { update } of entries) Y.applyUpdate(doc, update);
      retryPending(doc, null);
    });
  }
  const replayed = Y.encodeStateAsUpdateV2(doc);
  doc.destroy();
  return success({ head, state: replayed, repaired });
}
