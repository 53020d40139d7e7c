import { decodeBase64 } from '../core/codec.ts';
import { failure, success, type Outcome } from '../core/failures.ts';
import type { Snapshot, SnapshotStore } from '../core/ports.ts';
import { request } from './failures.ts';
import { descending, equal, limit } from './queries.ts';
import { asRow, DATABASE_ID, textOf, type Tables } from './tables.ts';

const SNAPSHOTS_TABLE = 'snapshots';

/** Snapshots in Appwrite's table `snapshots`, their state inline. */
export class AppwriteSnapshotStore implements SnapshotStore {
  private readonly tables: Tables;

  constructor(tables: Tables) {
    this.tables = tables;
  }

  async newest(project: string, doc: string): Promise<Outcome<Snapshot | null>> {
    const queries = [equal('project', project), equal('doc', doc), descending('generation'), limit(1)];
    const found = await request(() =>
      this.tables.listRows({ databaseId: DATABASE_ID, tableId: SNAPSHOTS_TABLE, queries }),
    );
    if (!found.ok) return found;
    const row = asRow(found.value.rows[0]);
    if (row === null) return success(null);
    const state = decodeBase64(textOf(row, 'state'));
    const generation = row['generation'];
    if (state === null || state.length === 0 || typeof generation !== 'number') {
      return failure('rejected', `The snapshot ${row.$id} cannot be read.`);
    }
    return success({ generation, state });
  }
}
