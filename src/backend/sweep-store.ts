import { Query, type Teams } from 'node-appwrite';
import type { HousekeepingStore, WrittenBlob } from '../core/compaction/housekeeping.ts';
import { hashId } from '../core/compaction/snapshot.ts';
import type { DocumentAddress, SweepStore } from '../core/compaction/sweep.ts';
import { success, type Outcome } from '../core/failures.ts';
import { AppwriteCompactionStore, blobName, QUARANTINE_TABLE, type KeyServices } from './compaction-store.ts';
import { request } from './failures.ts';
import { above, ascending, atOrBefore, below, equal, limit, offset, select, startsWith } from './queries.ts';
import { BLOBS_BUCKET, SNAPSHOTS_TABLE } from './snapshot-rows.ts';
import { asRow, DATABASE_ID, textOf, type Row } from './tables.ts';
import { UPDATES_TABLE } from './update-log.ts';

const SWEEPS_TABLE = 'sweeps';
const CURSOR = 'cursor';
const TIDIED = 'tidied';
const ROWS_AT_ONCE = 100;

/** The tables in which rows say to which project they belong. */
const TABLES_OF_PROJECTS = [UPDATES_TABLE, SNAPSHOTS_TABLE, QUARANTINE_TABLE, 'presence', 'links'];

/** What sweeps need, on Appwrite by API key. */
export class AppwriteSweepStore extends AppwriteCompactionStore implements SweepStore, HousekeepingStore {
  private readonly teams: Teams;

  /** @param newId makes ids for files */
  constructor(services: KeyServices, newId: () => string) {
    super(services, newId);
    this.teams = services.teams;
  }

  /** Skips through the index of the log: two requests at most, however many rows there are. */
  async nextDocument(after: DocumentAddress | null): Promise<Outcome<DocumentAddress | null>> {
    if (after !== null) {
      const inProject = [equal('project', after.project), above('doc', after.doc)];
      const found = await this.firstDocument(inProject);
      if (!found.ok || found.value !== null) return found;
    }
    return this.firstDocument(after === null ? [] : [above('project', after.project)]);
  }

  async hasRows(project: string, doc: string, count: number, until: string): Promise<Outcome<boolean>> {
    const found = await this.first(UPDATES_TABLE, [
      equal('project', project),
      equal('doc', doc),
      atOrBefore('$createdAt', until),
      select(['doc']),
      ...(count > 1 ? [offset(count - 1)] : []),
    ]);
    return found.ok ? success(found.value !== null) : found;
  }

  async readCursor(): Promise<Outcome<DocumentAddress | null>> {
    const found = await this.first(SWEEPS_TABLE, [equal('$id', CURSOR)]);
    if (!found.ok || found.value === null) return success(null);
    const project = textOf(found.value, 'project');
    const doc = textOf(found.value, 'doc');
    return success(project === '' ? null : { project, doc });
  }

  async writeCursor(cursor: DocumentAddress | null): Promise<Outcome<void>> {
    const data = { kind: CURSOR, project: cursor?.project ?? null, doc: cursor?.doc ?? null };
    return this.writeMark(CURSOR, data);
  }

  async tidiedAt(): Promise<Outcome<number | null>> {
    const found = await this.first(SWEEPS_TABLE, [equal('$id', TIDIED)]);
    return found.ok ? success(found.value === null ? null : Date.parse(found.value.$createdAt)) : found;
  }

  /** Anew each time: Appwrite leaves a row that says nothing new as it was, with its times. */
  async noteTidied(): Promise<Outcome<void>> {
    const gone = await this.removeMark(TIDIED);
    return gone.ok ? this.writeMark(TIDIED, { kind: TIDIED, project: null, doc: null }) : gone;
  }

  async newBlobs(before: string, count: number, skip: number): Promise<Outcome<WrittenBlob[]>> {
    const which = [startsWith('name', blobName('new', '')), below('$createdAt', before)];
    const queries = [...which, limit(count), ...(skip === 0 ? [] : [offset(skip)])];
    const found = await request(() => this.storage.listFiles({ bucketId: BLOBS_BUCKET, queries }));
    if (!found.ok) return found;
    return success(
      found.value.files.map(({ $id, name, $permissions }) => ({
        id: $id,
        snapshot: name.slice(blobName('new', '').length),
        project: readerOf($permissions),
      })),
    );
  }

  async blobsOf(snapshot: string): Promise<Outcome<string[] | null>> {
    const found = await this.first(SNAPSHOTS_TABLE, [equal('$id', snapshot), select(['stateBlob', 'segmentBlob'])]);
    if (!found.ok) return found;
    const row = found.value;
    if (row === null) return success(null);
    return success([textOf(row, 'stateBlob'), textOf(row, 'segmentBlob')].filter((id) => id !== ''));
  }

  async keepBlob({ id, snapshot }: WrittenBlob): Promise<Outcome<void>> {
    return this.nameBlob(id, blobName('kept', snapshot));
  }

  /** In the log or among the snapshots: after a compaction a project can have nothing but these. */
  async nextProject(after: string | null): Promise<Outcome<string | null>> {
    const nexts: string[] = [];
    for (const table of [UPDATES_TABLE, SNAPSHOTS_TABLE]) {
      const queries = [...(after === null ? [] : [above('project', after)]), ascending('project'), select(['project'])];
      const found = await this.first(table, queries);
      if (!found.ok) return found;
      if (found.value !== null) nexts.push(textOf(found.value, 'project'));
    }
    return success(nexts.sort()[0] ?? null);
  }

  async exists(project: string): Promise<Outcome<boolean>> {
    // By a list: an id that no team can have is no reason to fail.
    const found = await request(() => this.teams.list({ queries: [Query.equal('$id', [project]), Query.limit(1)] }));
    return found.ok ? success(found.value.teams.length > 0) : found;
  }

  async goneSince(project: string): Promise<Outcome<number | null>> {
    const found = await this.first(SWEEPS_TABLE, [equal('$id', hashId(project))]);
    return found.ok ? success(found.value === null ? null : Date.parse(found.value.$createdAt)) : found;
  }

  noteGone(project: string): Promise<Outcome<void>> {
    return this.writeMark(hashId(project), { kind: 'gone', project, doc: null });
  }

  forgetGone(project: string): Promise<Outcome<void>> {
    return this.removeMark(hashId(project));
  }

  async deleteSome(project: string): Promise<Outcome<boolean>> {
    for (const tableId of TABLES_OF_PROJECTS) {
      const columns = tableId === SNAPSHOTS_TABLE ? ['project', 'stateBlob', 'segmentBlob'] : ['project'];
      const queries = [equal('project', project), limit(ROWS_AT_ONCE), select(columns)];
      const found = await request(() => this.tables.listRows({ databaseId: DATABASE_ID, tableId, queries }));
      if (!found.ok) return found;
      // A database that ignores case lists those of other projects as well.
      const rows = found.value.rows.map(asRow).filter((row) => row !== null && textOf(row, 'project') === project);
      if (rows.length === 0) continue;
      for (const row of rows) {
        for (const blob of row === null ? [] : [textOf(row, 'stateBlob'), textOf(row, 'segmentBlob')]) {
          const deleted = blob === '' ? success(undefined) : await this.deleteBlob(blob);
          if (!deleted.ok) return deleted;
        }
      }
      const ids = rows.flatMap((row) => (row === null ? [] : [row.$id]));
      const gone = await request(() =>
        this.tables.deleteRows({ databaseId: DATABASE_ID, tableId, queries: [equal('$id', ids)] }),
      );
      return gone.ok ? success(true) : gone;
    }
    return success(false);
  }

  private async firstDocument(queries: string[]): Promise<Outcome<DocumentAddress | null>> {
    const order = [ascending('project'), ascending('doc'), select(['project', 'doc'])];
    const found = await this.first(UPDATES_TABLE, [...queries, ...order]);
    if (!found.ok || found.value === null) return found.ok ? success(null) : found;
    return success({ project: textOf(found.value, 'project'), doc: textOf(found.value, 'doc') });
  }

  private async first(tableId: string, queries: string[]): Promise<Outcome<Row | null>> {
    const found = await request(() =>
      this.tables.listRows({ databaseId: DATABASE_ID, tableId, queries: [...queries, limit(1)] }),
    );
    return found.ok ? success(asRow(found.value.rows[0])) : found;
  }

  private async removeMark(rowId: string): Promise<Outcome<void>> {
    const gone = await request(() => this.tables.deleteRow({ databaseId: DATABASE_ID, tableId: SWEEPS_TABLE, rowId }));
    return gone.ok || gone.kind === 'not-found' ? success(undefined) : gone;
  }

  private async writeMark(rowId: string, data: Record<string, unknown>): Promise<Outcome<void>> {
    const row = { databaseId: DATABASE_ID, tableId: SWEEPS_TABLE, rowId, data, permissions: [] };
    const written = await request(() => this.tables.upsertRow(row));
    return written.ok ? success(undefined) : written;
  }
}

/** The project whose members may read something. */
export function readerOf(permissions: readonly string[]): string | null {
  return permissions.map((each) => /^read\("team:([^"/]+)"\)$/.exec(each)?.[1]).find((id) => id !== undefined) ?? null;
}
