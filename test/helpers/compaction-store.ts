import type { UpdateRow } from '../../src/core/codec.ts';
import type { CommitResult, Exile, GenerationBounds, NewSnapshot } from '../../src/core/compaction/ports.ts';
import type { PurgeStore } from '../../src/core/compaction/purge.ts';
import type { SnapshotRecord } from '../../src/core/compaction/snapshot.ts';
import { success, type Outcome } from '../../src/core/failures.ts';

interface StoredSnapshot {
  record: SnapshotRecord;
  state: Uint8Array | null;
  segment: Uint8Array | null;
}

/**
 * The tables and files of compaction in memory. Every step that changes something is one call of `step`, so that a test can
 * let time pass, fail or end there; `atomic: false` gives the commit of a server without transactions.
 */
export class MemoryCompaction implements PurgeStore {
  readonly snapshots = new Map<string, StoredSnapshot>();
  readonly blobs = new Map<string, Uint8Array>();
  readonly quarantined = new Map<string, Exile>();
  /** Ids of rows that left the log. */
  readonly retired = new Set<string>();
  pageRows = 100;
  private readonly log: UpdateRow[];
  private readonly step: (name: string) => Promise<void>;
  private readonly atomic: boolean;
  private blobCount = 0;

  /** @param log the rows that are visible, in any order; retired ones are taken out of it */
  constructor(log: UpdateRow[], step: (name: string) => Promise<void> = () => Promise.resolve(), atomic = true) {
    this.log = log;
    this.step = step;
    this.atomic = atomic;
  }

  /** The same tables and files, reached in another way. */
  through(step: (name: string) => Promise<void>, atomic = this.atomic): MemoryCompaction {
    const other = new MemoryCompaction(this.log, step, atomic);
    return Object.assign(other, {
      snapshots: this.snapshots,
      blobs: this.blobs,
      quarantined: this.quarantined,
      retired: this.retired,
      pageRows: this.pageRows,
    });
  }

  async list(
    project: string,
    doc: string,
    count: number,
    bounds: GenerationBounds = {},
  ): Promise<Outcome<SnapshotRecord[]>> {
    await this.step('list');
    const { below = Infinity, above = -Infinity } = bounds;
    const found = [...this.snapshots.values()].map((each) => each.record);
    return success(
      found
        .filter(
          (record) =>
            record.project === project && record.doc === doc && record.generation < below && record.generation > above,
        )
        .sort((a, b) => b.generation - a.generation)
        .slice(0, count),
    );
  }

  async state({ id, stateBlob }: SnapshotRecord): Promise<Outcome<Uint8Array | null>> {
    await this.step('state');
    if (stateBlob !== null) return success(this.blobs.get(stateBlob) ?? null);
    return success(this.snapshots.get(id)?.state ?? null);
  }

  async segment({ id, segmentBlob }: SnapshotRecord): Promise<Outcome<Uint8Array | null>> {
    await this.step('segment');
    if (segmentBlob !== null) return success(this.blobs.get(segmentBlob) ?? null);
    return success(this.snapshots.get(id)?.segment ?? null);
  }

  async rows(...[project, doc, from]: Parameters<PurgeStore['rows']>): ReturnType<PurgeStore['rows']> {
    await this.step('rows');
    const { since, skip } = from ?? { since: '', skip: 0 };
    const rows = this.log
      .filter((row) => row.project === project && row.doc === doc && row.createdAt >= since)
      .sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0))
      .slice(skip, skip + this.pageRows);
    const last = rows.at(-1);
    if (!last || rows.length < this.pageRows) return success({ rows, next: null });
    const same = last.createdAt === since;
    return success({ rows, next: { since: last.createdAt, skip: same ? skip + Math.ceil(this.pageRows / 2) : 0 } });
  }

  async writeBlob(_project: string, snapshot: string, bytes: Uint8Array): Promise<Outcome<string>> {
    await this.step('writeBlob');
    const id = `${snapshot}-${this.blobCount++}-${this.blobs.size}`;
    this.blobs.set(id, bytes);
    return success(id);
  }

  async commit({ record, state, segment }: NewSnapshot, retired: readonly string[]): Promise<Outcome<CommitResult>> {
    await this.step('commit');
    if (this.snapshots.has(record.id)) return success('lost');
    this.snapshots.set(record.id, { record, state, segment });
    if (!this.atomic) await this.step('between');
    this.leave(retired);
    await this.step('committed');
    return success('committed');
  }

  async retire(rows: readonly string[]): Promise<Outcome<void>> {
    await this.step('retire');
    this.leave(rows);
    return success(undefined);
  }

  async quarantine(_project: string, exiles: readonly Exile[]): Promise<Outcome<void>> {
    await this.step('quarantine');
    for (const exile of exiles) this.quarantined.set(exile.row.id, exile);
    await this.step('quarantined');
    this.leave(exiles.map(({ row }) => row.id));
    return success(undefined);
  }

  async dropState(record: SnapshotRecord): Promise<Outcome<void>> {
    await this.step('dropState');
    if (record.stateBlob !== null) this.blobs.delete(record.stateBlob);
    await this.step('stateDropped');
    const stored = this.snapshots.get(record.id);
    if (stored && !stored.record.isBase) {
      stored.record = { ...stored.record, stateBytes: 0, stateBlob: null };
      stored.state = null;
    }
    return success(undefined);
  }

  async put(snapshot: NewSnapshot): Promise<Outcome<void>> {
    await this.step('put');
    this.snapshots.set(snapshot.record.id, { ...snapshot });
    await this.step('hasPut');
    return success(undefined);
  }

  async releaseBlob(): Promise<Outcome<void>> {
    await this.step('releaseBlob');
    return success(undefined);
  }

  async deleteBlob(id: string): Promise<Outcome<void>> {
    await this.step('deleteBlob');
    this.blobs.delete(id);
    return success(undefined);
  }

  async remove(record: SnapshotRecord): Promise<Outcome<void>> {
    await this.step('remove');
    for (const blob of [record.stateBlob, record.segmentBlob]) if (blob !== null) this.blobs.delete(blob);
    this.snapshots.delete(record.id);
    return success(undefined);
  }

  protected leave(ids: readonly string[]): void {
    for (const id of ids) {
      const at = this.log.findIndex((row) => row.id === id);
      if (at < 0) continue;
      this.log.splice(at, 1);
      this.retired.add(id);
    }
  }
}
