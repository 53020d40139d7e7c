import type { LogEntry } from '../core/codec.ts';
import { readHistory } from '../core/compaction/history.ts';
import { holdsOfState } from '../core/compaction/holds.ts';
import { loadState } from '../core/compaction/load.ts';
import type { SnapshotRecord } from '../core/compaction/snapshot.ts';
import { success, type Outcome } from '../core/failures.ts';
import type { Snapshot, SnapshotHead, SnapshotStore } from '../core/ports.ts';
import { request } from './failures.ts';
import { AppwriteSnapshotReader } from './snapshot-rows.ts';
import type { Tables } from './tables.ts';

/** The id of the Function that compacts. */
export const COMPACT_FUNCTION = 'compact';

/** Snapshots in Appwrite as replicas read them. */
export class AppwriteSnapshotStore implements SnapshotStore {
  private readonly reader: AppwriteSnapshotReader;
  private readonly execute: (body: string) => Promise<unknown>;

  /**
   * @param download reads a file of the bucket `blobs`; rejects as the SDKs do
   * @param execute starts the Function `compact` with this body, without waiting for its end
   */
  constructor(
    tables: Pick<Tables, 'listRows'>,
    download: (file: string) => Promise<ArrayBuffer>,
    execute: (body: string) => Promise<unknown>,
  ) {
    this.reader = new AppwriteSnapshotReader(tables, download);
    this.execute = execute;
  }

  async newest(project: string, doc: string): Promise<Outcome<Snapshot | null>> {
    const newest = await this.reader.newest(project, doc);
    if (!newest.ok) return newest;
    if (newest.value === null) return success(null);
    const { record, reader } = newest.value;
    const loaded = await loadState(reader, project, doc, record);
    if (!loaded.ok) return loaded;
    const { state, repaired } = loaded.value;
    if (state === null) return success(null);
    const holds = record.holds.length > 0 ? record.holds : holdsOfState(state);
    return success({ ...headOf(record), holds, state, repaired });
  }

  async head(project: string, doc: string, known: number): Promise<Outcome<SnapshotHead | null>> {
    const found = await this.reader.list(project, doc, 1, { above: known });
    if (!found.ok) return found;
    const [record] = found.value;
    if (record === undefined) return success(null);
    // Only the state itself can tell what the row does not say.
    return record.holds.length === 0 ? this.newest(project, doc) : success(headOf(record));
  }

  async folded(project: string, doc: string): Promise<Outcome<readonly LogEntry[]>> {
    const history = await readHistory(this.reader, project, doc, []);
    // Whatever can be read says who wrote what, though a part is damaged.
    return history.ok ? success([...history.value.unplaced, ...history.value.entries]) : history;
  }

  async compact(project: string, doc: string): Promise<Outcome<void>> {
    const asked = await request(() => this.execute(JSON.stringify({ project, doc })));
    return asked.ok ? success(undefined) : asked;
  }
}

function headOf({ generation, holds, stateBytes, segmentBytes }: SnapshotRecord): SnapshotHead {
  return { generation, holds, stateBytes, segmentBytes };
}
