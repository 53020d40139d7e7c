import { InputFile } from 'node-appwrite/file';
import { Client, Storage, TablesDB, Teams } from 'node-appwrite';
import type { UpdateRow } from '../core/codec.ts';
import type { CommitResult, Exile, LogPage, LogPosition, NewSnapshot } from '../core/compaction/ports.ts';
import type { PurgeStore } from '../core/compaction/purge.ts';
import type { SnapshotRecord } from '../core/compaction/snapshot.ts';
import { success, type Failure, type Outcome } from '../core/failures.ts';
import { request } from './failures.ts';
import { ascending, atOrAfter, equal, limit, offset } from './queries.ts';
import { AppwriteSnapshotReader, BLOBS_BUCKET, fromRecord, SNAPSHOTS_TABLE } from './snapshot-rows.ts';
import { asRow, DATABASE_ID } from './tables.ts';
import { toUpdateRow, UPDATES_TABLE } from './update-log.ts';

export const QUARANTINE_TABLE = 'quarantine';

/** Rows a page: it grows while rows are small, and shrinks when the server or the memory would have to hold too much. */
const FIRST_PAGE = 100;
const LARGEST_PAGE = 500;
const SMALLEST_PAGE = 5;
const LIGHT_PAGE_CHARS = 1_000_000;
const HEAVY_PAGE_CHARS = 8_000_000;

/** Ids in one query, which may have 4,096 characters. */
const IDS_A_QUERY = 100;
/** Operations that one transaction may have where Appwrite allows the fewest. */
const MAX_OPERATIONS = 100;
const PATIENCE_MS = 60_000;

/** Rows apart are written in bodies of about this size; of a row that is larger than rows may be, the beginning is kept. */
const EXILE_CHARS = 4_000_000;
const KEPT_CHARS = 11_300_000;

const UPDATES = { databaseId: DATABASE_ID, tableId: UPDATES_TABLE };
const SNAPSHOTS = { databaseId: DATABASE_ID, tableId: SNAPSHOTS_TABLE };
const QUARANTINE = { databaseId: DATABASE_ID, tableId: QUARANTINE_TABLE };

export interface KeyAccess {
  /** Absolute, as `https://cloud.appwrite.io/v1`. */
  readonly endpoint: string;
  readonly project: string;
  /** An API key, or the key that Appwrite gives an execution. */
  readonly key: string;
}

/** The services of the Node SDK that compaction uses, by API key. */
export interface KeyServices {
  readonly tables: TablesDB;
  readonly storage: Storage;
  readonly teams: Teams;
}

/** @param rest waited for before each request; none by default */
export function connectByKey({ endpoint, project, key }: KeyAccess, rest?: () => Promise<void>): KeyServices {
  const client = rest === undefined ? new Client() : new RestingClient(rest);
  client.setEndpoint(endpoint).setProject(project).setKey(key);
  return { tables: new TablesDB(client), storage: new Storage(client), teams: new Teams(client) };
}

class RestingClient extends Client {
  private readonly rest: () => Promise<void>;

  constructor(rest: () => Promise<void>) {
    super();
    this.rest = rest;
  }

  override async call(...request: Parameters<Client['call']>): ReturnType<Client['call']> {
    await this.rest();
    return super.call(...request);
  }
}

/** The tables and files of compaction on Appwrite. */
export class AppwriteCompactionStore extends AppwriteSnapshotReader implements PurgeStore {
  protected readonly tables: TablesDB;
  protected readonly storage: Storage;
  private readonly newId: () => string;
  private pageRows = FIRST_PAGE;

  /** @param newId makes ids for files */
  constructor({ tables, storage }: Omit<KeyServices, 'teams'>, newId: () => string) {
    super({ listRows: (query) => tables.listRows(query) }, (fileId) =>
      storage.getFileDownload({ bucketId: BLOBS_BUCKET, fileId }),
    );
    this.tables = tables;
    this.storage = storage;
    this.newId = newId;
  }

  /** Reads by `$createdAt`, as the log of replicas does: a cursor row could be gone when the next page is asked for. */
  async rows(
    project: string,
    doc: string,
    from: LogPosition | null,
    most: number = LARGEST_PAGE,
  ): Promise<Outcome<LogPage>> {
    const { since, skip } = from ?? { since: null, skip: 0 };
    for (;;) {
      const size = Math.min(this.pageRows, most);
      const queries = [
        equal('project', project),
        equal('doc', doc),
        ascending('$createdAt'),
        limit(size),
        ...(since === null ? [] : [atOrAfter('$createdAt', since)]),
        ...(skip === 0 ? [] : [offset(skip)]),
      ];
      const page = await request(() => this.tables.listRows({ ...UPDATES, queries }), PATIENCE_MS);
      if (!page.ok) {
        const mayBeTooMuch = page.kind === 'server' || page.kind === 'offline';
        if (!mayBeTooMuch || size <= SMALLEST_PAGE) return page;
        this.pageRows = Math.max(SMALLEST_PAGE, Math.floor(size / 4));
        continue;
      }
      const rows = page.value.rows.map(asRow).filter((row) => row !== null);
      const updates = rows.map(toUpdateRow);
      this.adaptPage(updates);
      const last = rows.at(-1);
      if (last === undefined || page.value.rows.length < size) return success({ rows: updates, next: null });
      const next = { since: last.$createdAt, skip: last.$createdAt === since ? skip + Math.ceil(size / 2) : 0 };
      return success({ rows: updates, next });
    }
  }

  /** The file's name says for which snapshot it is, so that those of crashed runs can be told from others. */
  async writeBlob(project: string, snapshot: string, bytes: Uint8Array): Promise<Outcome<string>> {
    const file = InputFile.fromBuffer(Buffer.from(bytes), blobName('new', snapshot));
    const permissions = [`read("team:${project}")`];
    const created = await request(
      () => this.storage.createFile({ bucketId: BLOBS_BUCKET, fileId: this.newId(), file, permissions }),
      PATIENCE_MS,
    );
    return created.ok ? success(created.value.$id) : created;
  }

  async commit(snapshot: NewSnapshot, retired: readonly string[]): Promise<Outcome<CommitResult>> {
    const transaction = await request(() => this.tables.createTransaction({ ttl: 300 }), PATIENCE_MS);
    // Appwrite before 1.8 has none.
    if (!transaction.ok) return transaction.kind === 'not-found' ? this.commitInSteps(snapshot, retired) : transaction;
    const transactionId = transaction.value.$id;
    const { record, state, segment } = snapshot;
    const data = { ...fromRecord(record, state, segment), $permissions: readers(record.project) };
    const operations = [
      { action: 'create', ...SNAPSHOTS, rowId: record.id, data },
      ...chunks(retired, IDS_A_QUERY).map((ids) => ({
        action: 'bulkDelete',
        ...UPDATES,
        data: { queries: [equal('$id', ids)] },
      })),
    ];
    if (operations.length > MAX_OPERATIONS) return this.commitInSteps(snapshot, retired);
    const staged = await request(() => this.tables.createOperations({ transactionId, operations }), PATIENCE_MS);
    // A server that lets fewer operations or no bulk deletes into a transaction has done nothing yet.
    if (!staged.ok) return isRefusal(staged) ? this.commitInSteps(snapshot, retired) : staged;
    const committed = await request(() => this.tables.updateTransaction({ transactionId, commit: true }), PATIENCE_MS);
    if (committed.ok) return success('committed');
    return committed.kind === 'conflict' ? success('lost') : committed;
  }

  async retire(rows: readonly string[]): Promise<Outcome<void>> {
    for (const ids of chunks(rows, IDS_A_QUERY)) {
      const gone = await request(
        () => this.tables.deleteRows({ ...UPDATES, queries: [equal('$id', ids)] }),
        PATIENCE_MS,
      );
      if (!gone.ok) return gone;
    }
    return success(undefined);
  }

  async quarantine(project: string, exiles: readonly Exile[]): Promise<Outcome<void>> {
    const permissions = isId(project) ? [`read("team:${project}/owner")`] : [];
    for (const group of groups(exiles)) {
      const rows = group.map(({ row, reason }) => ({
        $id: row.id,
        $permissions: permissions,
        project: row.project,
        doc: row.doc,
        reason: reason.slice(0, 200),
        permissions: JSON.stringify(row.permissions),
        rowTime: row.createdAt,
        data: row.data.slice(0, KEPT_CHARS),
      }));
      const kept = await request(() => this.tables.upsertRows({ ...QUARANTINE, rows }), PATIENCE_MS);
      if (!kept.ok) return kept;
      const gone = await this.retire(group.map(({ row }) => row.id));
      if (!gone.ok) return gone;
    }
    return success(undefined);
  }

  async dropState({ id, stateBlob }: SnapshotRecord): Promise<Outcome<void>> {
    if (stateBlob !== null) {
      const deleted = await this.deleteBlob(stateBlob);
      if (!deleted.ok) return deleted;
    }
    // Only what is no base: a purge may have made it one meanwhile.
    const queries = [equal('$id', id), equal('isBase', false)];
    const data = { state: null, stateBlob: null, stateBytes: 0 };
    const dropped = await request(() => this.tables.updateRows({ ...SNAPSHOTS, data, queries }), PATIENCE_MS);
    return dropped.ok ? success(undefined) : dropped;
  }

  async put({ record, state, segment }: NewSnapshot): Promise<Outcome<void>> {
    const row = {
      ...SNAPSHOTS,
      rowId: record.id,
      data: fromRecord(record, state, segment),
      permissions: readers(record.project),
    };
    const written = await request(() => this.tables.upsertRow(row), PATIENCE_MS);
    return written.ok ? success(undefined) : written;
  }

  async releaseBlob(id: string, snapshot: string): Promise<Outcome<void>> {
    return this.nameBlob(id, blobName('new', snapshot));
  }

  async remove(record: SnapshotRecord): Promise<Outcome<void>> {
    for (const blob of [record.stateBlob, record.segmentBlob]) {
      const deleted = blob === null ? success(undefined) : await this.deleteBlob(blob);
      if (!deleted.ok) return deleted;
    }
    const gone = await request(() => this.tables.deleteRow({ ...SNAPSHOTS, rowId: record.id }));
    return gone.ok || gone.kind === 'not-found' ? success(undefined) : gone;
  }

  /** Deletes a file; that it is gone already is no failure. */
  async deleteBlob(fileId: string): Promise<Outcome<void>> {
    const deleted = await request(() => this.storage.deleteFile({ bucketId: BLOBS_BUCKET, fileId }));
    return deleted.ok || deleted.kind === 'not-found' ? success(undefined) : deleted;
  }

  /** Renames a file; that it is gone is no failure. */
  protected async nameBlob(fileId: string, name: string): Promise<Outcome<void>> {
    const named = await request(() => this.storage.updateFile({ bucketId: BLOBS_BUCKET, fileId, name }));
    return named.ok || named.kind === 'not-found' ? success(undefined) : named;
  }

  /** The row first, whose id only one compactor gets; then the rows that it stands for. */
  private async commitInSteps(
    { record, state, segment }: NewSnapshot,
    retired: readonly string[],
  ): Promise<Outcome<CommitResult>> {
    const created = await request(
      () =>
        this.tables.createRow({
          ...SNAPSHOTS,
          rowId: record.id,
          data: fromRecord(record, state, segment),
          permissions: readers(record.project),
        }),
      PATIENCE_MS,
    );
    if (!created.ok) return created.kind === 'conflict' ? success('lost') : created;
    const gone = await this.retire(retired);
    return gone.ok ? success('committed') : gone;
  }

  private adaptPage(rows: readonly UpdateRow[]): void {
    const chars = rows.reduce((sum, row) => sum + row.data.length, 0);
    if (chars < LIGHT_PAGE_CHARS) this.pageRows = Math.min(LARGEST_PAGE, this.pageRows * 2);
    else if (chars > HEAVY_PAGE_CHARS) this.pageRows = Math.max(SMALLEST_PAGE, Math.floor(this.pageRows / 4));
  }
}

/** `new` until a sweep has seen that the snapshot's row names the file, then `kept`. */
export function blobName(state: 'new' | 'kept', snapshot: string): string {
  return `${state}.${snapshot}`;
}

function readers(project: string): string[] {
  return [`read("team:${project}")`];
}

function isId(text: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,35}$/.test(text);
}

function isRefusal({ kind }: Failure): boolean {
  return kind === 'rejected' || kind === 'forbidden' || kind === 'too-large';
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const all: T[][] = [];
  for (let at = 0; at < items.length; at += size) all.push(items.slice(at, at + size));
  return all;
}

/** Rows that fit into one body. */
function groups(exiles: readonly Exile[]): Exile[][] {
  const all: Exile[][] = [];
  let chars = Infinity;
  for (const exile of exiles) {
    const size = exile.row.data.length;
    const last = all.at(-1);
    if (last === undefined || chars + size > EXILE_CHARS || last.length === IDS_A_QUERY) {
      all.push([exile]);
      chars = size;
    } else {
      last.push(exile);
      chars += size;
    }
  }
  return all;
}
