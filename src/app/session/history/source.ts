import { decodeFrame, isDamage } from '../../../core/compaction/frame.ts';
import { allSnapshots } from '../../../core/compaction/history.ts';
import { sortRows } from '../../../core/compaction/plan.ts';
import type { SnapshotReader } from '../../../core/compaction/ports.ts';
import type { SnapshotRecord } from '../../../core/compaction/snapshot.ts';
import { failure, success, type Outcome } from '../../../core/failures.ts';
import type { UpdateRow } from '../../../core/codec.ts';
import type { UpdateLog } from '../../../core/ports.ts';
import type { HistoryStore } from '../../../store/history-store.ts';
import type { Material } from './workbench.ts';

/** Enough of a base to tell it from another one. */
export type SnapshotBase = Pick<SnapshotRecord, 'id' | 'doc' | 'generation' | 'stateBytes'>;

export interface SourceOptions {
  readonly project: string;
  readonly log: UpdateLog;
  readonly snapshots: SnapshotReader & {
    /** The snapshots of a project with which purged histories begin. Default: it cannot be told. */
    bases?(project: string): Promise<Outcome<readonly SnapshotBase[]>>;
  };
  /** Where what was read is kept on this device. */
  readonly store: Pick<HistoryStore, 'read' | 'keep' | 'frame' | 'keepFrame'>;
  readonly now: () => number;
}

/** What was read of a document's history. */
export interface Gathered {
  readonly material: Material;
  /** Epoch milliseconds: it is what this device kept at that moment, since the server cannot be read now. `null`: fresh. */
  readonly keptAt: number | null;
}

/**
 * Reads all that was ever saved of a document: from the server, or where that cannot be reached what was read before on
 * this device. Frames never change, so they are fetched once.
 */
export class HistorySource {
  private readonly options: SourceOptions;

  constructor(options: SourceOptions) {
    this.options = options;
  }

  /** @param progress called with how many parts are read, of how many */
  async gather(doc: string, progress: (done: number, total: number) => void): Promise<Outcome<Gathered>> {
    const { project, store, now } = this.options;
    const fresh = await this.fromServer(doc, progress);
    if (fresh.ok) {
      const { records, live } = fresh.value;
      // That it could not be kept costs only the reading without network.
      await store.keep(project, doc, { records, live, readAt: now() });
      return success({ material: fresh.value, keptAt: null });
    }
    if (fresh.kind !== 'offline') return fresh;
    const kept = await this.fromDevice(doc);
    return kept ?? fresh;
  }

  /**
   * Works on what was gathered. If a part of it cannot be read, once more with what helps over it: the damaged frames as
   * the server has them, since this device can have kept what was damaged on the way, and the states that are left.
   */
  async work<T>(material: Material, build: (material: Material) => Promise<T>): Promise<T> {
    try {
      return await build(material);
    } catch (error) {
      const mended = await this.mend(material);
      if (mended === null) throw error;
      return build(mended);
    }
  }

  /** With which base the history of each purged document begins, as `baseOf` says it. */
  async bases(): Promise<Outcome<ReadonlyMap<string, string>>> {
    const { project, snapshots } = this.options;
    if (snapshots.bases === undefined) return failure('rejected', 'This cannot be told.');
    const found = await snapshots.bases(project);
    if (!found.ok) return found;
    // A purge that ended early can leave an older one behind.
    const oldestFirst = [...found.value].sort((a, b) => a.generation - b.generation);
    return success(new Map(oldestFirst.map((base) => [base.doc, wordOf(base)])));
  }

  private async fromServer(doc: string, progress: (done: number, total: number) => void): Promise<Outcome<Material>> {
    const { project, log, snapshots } = this.options;
    // Rows before snapshots: what is folded in between is in a segment [LOG-3].
    const rows: UpdateRow[] = [];
    const listed = await log.list({ project, doc }, (page) => rows.push(...page));
    if (!listed.ok) return listed;
    const { entries: live } = sortRows(rows, project, doc);
    const found = await allSnapshots(snapshots, project, doc);
    if (!found.ok) return found;
    const records = sinceBase(found.value);
    const frames = new Map<string, Uint8Array>();
    for (const [done, record] of records.entries()) {
      progress(done, records.length);
      const frame = await this.frame(record, true);
      if (!frame.ok) return frame;
      if (frame.value !== null) frames.set(record.id, frame.value);
    }
    return success({ project, records, frames, live });
  }

  /** `null` if the server does not answer. */
  private async mend(material: Material): Promise<Material | null> {
    const { snapshots, store } = this.options;
    const frames = new Map(material.frames);
    const states = new Map<string, Uint8Array>();
    for (const record of material.records) {
      const part = record.isBase ? 'state' : 'segment';
      const frame = frames.get(record.id);
      if (frame === undefined || isDamage(decodeFrame(part, frame))) {
        const fetched = await snapshots[part](record);
        if (!fetched.ok) return null;
        if (fetched.value !== null) {
          frames.set(record.id, fetched.value);
          await store.keepFrame(record.id, part, fetched.value);
        }
      }
      if (record.isBase || record.stateBytes === 0) continue;
      const state = await snapshots.state(record);
      if (!state.ok) return null;
      if (state.value !== null) states.set(record.id, state.value);
    }
    return { ...material, frames, states };
  }

  private async fromDevice(doc: string): Promise<Outcome<Gathered> | null> {
    const { project, store } = this.options;
    const kept = await store.read(project, doc);
    if (!kept.ok || kept.value === null) return null;
    const { records, live, readAt } = kept.value;
    const frames = new Map<string, Uint8Array>();
    for (const record of records) {
      const frame = await this.frame(record, false);
      if (!frame.ok || frame.value === null) {
        return failure('offline', 'You are offline, and only a part of this history is on this device.');
      }
      frames.set(record.id, frame.value);
    }
    return success({ material: { project, records, frames, live }, keptAt: readAt });
  }

  private async frame(record: SnapshotRecord, mayFetch: boolean): Promise<Outcome<Uint8Array | null>> {
    const { snapshots, store } = this.options;
    const part = record.isBase ? 'state' : 'segment';
    const known = await store.frame(record.id, part);
    // Another length: a purge has written it anew.
    const bytes = record.isBase ? record.stateBytes : record.segmentBytes;
    if (known.ok && known.value?.length === bytes) return known;
    if (!mayFetch) return success(null);
    const fetched = await (record.isBase ? snapshots.state(record) : snapshots.segment(record));
    if (fetched.ok && fetched.value !== null) await store.keepFrame(record.id, part, fetched.value);
    return fetched;
  }
}

/** What tells the base of these snapshots from another one; `null`: there is none, nothing was purged. */
export function baseOf(records: readonly (SnapshotBase & { readonly isBase: boolean })[]): string | null {
  const base = records.findLast(({ isBase }) => isBase);
  return base === undefined ? null : wordOf(base);
}

function wordOf({ id, stateBytes }: SnapshotBase): string {
  return `${id} ${stateBytes}`;
}

/** The newest base, if older history was purged, and what came after it. */
function sinceBase(records: readonly SnapshotRecord[]): readonly SnapshotRecord[] {
  const base = records.findLastIndex(({ isBase }) => isBase);
  return base <= 0 ? records : records.slice(base);
}
