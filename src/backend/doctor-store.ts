import { Query } from 'node-appwrite';
import type { DocumentAddress } from '../core/compaction/sweep.ts';
import { success, type Outcome } from '../core/failures.ts';
import { request } from './failures.ts';
import { above, ascending, equal, limit, select } from './queries.ts';
import { BLOBS_BUCKET, SNAPSHOTS_TABLE } from './snapshot-rows.ts';
import { AppwriteSweepStore, readerOf } from './sweep-store.ts';
import { asRow, DATABASE_ID, textOf } from './tables.ts';
import { UPDATES_TABLE } from './update-log.ts';

const PROJECTS_TABLE = 'projects';
const FILES_AT_ONCE = 100;
const FILE_PATIENCE_MS = 120_000;

/** A file of the bucket in which compaction keeps what is too large for rows. */
export interface StoredBlob {
  readonly id: string;
  /** The row id of the snapshot that it was written for; `null` if its name says nothing of the kind. */
  readonly snapshot: string | null;
  /** Whose members may read it; `null`: nobody may. */
  readonly project: string | null;
  readonly bytes: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** What the doctor needs beside the compaction of documents, on Appwrite by API key. */
export class AppwriteDoctorStore extends AppwriteSweepStore {
  /** Every document of which a row or a snapshot is stored, by project. */
  async documents(): Promise<Outcome<ReadonlyMap<string, readonly string[]>>> {
    const found = new Map<string, Set<string>>();
    // Each table by itself: databases sort letters in orders of their own.
    for (const table of [UPDATES_TABLE, SNAPSHOTS_TABLE]) {
      for (let last: DocumentAddress | null = null; ;) {
        const next = await this.nextIn(table, last);
        if (!next.ok) return next;
        last = next.value;
        if (last === null) break;
        const docs = found.get(last.project) ?? new Set();
        found.set(last.project, docs.add(last.doc));
      }
    }
    return success(new Map([...found].map(([project, docs]) => [project, [...docs].sort()])));
  }

  /** `null` if there is no such project, or no more. */
  async nameOf(project: string): Promise<Outcome<string | null>> {
    const found = await this.some(PROJECTS_TABLE, [equal('$id', project)]);
    return found.ok ? success(found.value === null ? null : textOf(found.value, 'name')) : found;
  }

  async blobs(): Promise<Outcome<readonly StoredBlob[]>> {
    const all: StoredBlob[] = [];
    for (;;) {
      const last = all.at(-1);
      const queries = [limit(FILES_AT_ONCE), ...(last ? [Query.cursorAfter(last.id)] : [])];
      const page = await request(() => this.storage.listFiles({ bucketId: BLOBS_BUCKET, queries }));
      if (!page.ok) return page;
      for (const { $id: id, name, sizeOriginal: bytes, $createdAt: createdAt, $permissions } of page.value.files) {
        const snapshot = /^(?:new|kept)\.(.+)$/.exec(name)?.[1] ?? null;
        all.push({ id, snapshot, project: readerOf($permissions), bytes, createdAt });
      }
      if (page.value.files.length < FILES_AT_ONCE) return success(all);
    }
  }

  /** What is in a file; `null` where it is missing. */
  async readBlob(fileId: string): Promise<Outcome<Uint8Array | null>> {
    const found = await request(
      () => this.storage.getFileDownload({ bucketId: BLOBS_BUCKET, fileId }),
      FILE_PATIENCE_MS,
    );
    if (found.ok) return success(new Uint8Array(found.value));
    return found.kind === 'not-found' ? success(null) : found;
  }

  private async nextIn(table: string, after: DocumentAddress | null): Promise<Outcome<DocumentAddress | null>> {
    const order = [ascending('project'), ascending('doc'), select(['project', 'doc'])];
    const places =
      after === null
        ? [[]]
        : [[equal('project', after.project), above('doc', after.doc)], [above('project', after.project)]];
    for (const place of places) {
      const found = await this.some(table, [...place, ...order]);
      if (!found.ok) return found;
      if (found.value) return success({ project: textOf(found.value, 'project'), doc: textOf(found.value, 'doc') });
    }
    return success(null);
  }

  private async some(tableId: string, queries: string[]) {
    const found = await request(() =>
      this.tables.listRows({ databaseId: DATABASE_ID, tableId, queries: [...queries, limit(1)] }),
    );
    return found.ok ? success(asRow(found.value.rows[0])) : found;
  }
}
