import { randomBytes } from 'node:crypto';
import { AppwriteCompactionStore, connectByKey } from '../../src/backend/compaction-store.ts';
import { DATABASE_ID } from '../../src/backend/tables.ts';
import { UPDATES_TABLE } from '../../src/backend/update-log.ts';
import { encodeUpdateRow, type UpdateRow } from '../../src/core/codec.ts';
import { compactDocument } from '../../src/core/compaction/compact.ts';
import { allSnapshots } from '../../src/core/compaction/history.ts';
import type { CommitResult, LogPage, LogPosition, NewSnapshot } from '../../src/core/compaction/ports.ts';
import { fileDocumentId, randomId } from '../../src/core/ids.ts';
import { success, type Outcome } from '../../src/core/failures.ts';

export const DOC = fileDocumentId('bench');

/** The SDK's own ids have 28 random bits for each millisecond: too few for hundreds of thousands of rows in a second. */
const newId = (): string => randomId((count) => new Uint8Array(randomBytes(count)));

/** Rows that are left in the log: what was typed in the last minutes before somebody opens the document. */
const TAIL = 200;
const PAUSE_MS = 600;
const AT_ONCE = 100;
const PAGE = 500;

/** Where keystrokes are stored, and the ids of those who made them. */
export interface Desk {
  readonly project: string;
  readonly authors: readonly string[];
}

export interface Keystroke {
  /** Index into the authors. */
  readonly author: number;
  readonly update: Uint8Array;
}

/** Snapshots on the server, from rows that never were there: writing 260,000 of them one by one would take minutes. */
class StockStore extends AppwriteCompactionStore {
  log: readonly UpdateRow[] = [];

  override rows(
    _project: string,
    _doc: string,
    from: LogPosition | null,
    most: number = PAGE,
  ): Promise<Outcome<LogPage>> {
    const left = from === null ? this.log : this.log.filter((row) => row.createdAt >= from.since);
    const rows = left.slice(0, most);
    const last = rows.at(-1);
    const next = last === undefined || rows.length < most ? null : { since: last.createdAt, skip: 0 };
    return Promise.resolve(success({ rows, next }));
  }

  override commit(snapshot: NewSnapshot): Promise<Outcome<CommitResult>> {
    const folded = new Date(snapshot.record.lastTime ?? 0).toISOString();
    this.log = this.log.filter((row) => row.createdAt > folded);
    return super.commit(snapshot, []);
  }
}

/**
 * Stores keystrokes as days of work leave them: compacted after each day, with a tail in the log. Resolves to the bytes of
 * the log, the states and the segments.
 */
export async function stock(
  access: { readonly endpoint: string; readonly key: string },
  { project, authors }: Desk,
  keystrokes: readonly Keystroke[],
  keysADay: number,
): Promise<number> {
  const services = connectByKey({ ...access, project: 'cowrite' });
  const store = new StockStore(services, newId);
  const stamps = authors.map((author) => ({ project, role: 'owner', author }) as const);
  const rows = keystrokes.map(({ update, author }, at): UpdateRow => {
    const createdAt = new Date(Date.UTC(2026, 0, 5) + at * PAUSE_MS).toISOString();
    const stamp = stamps[author];
    if (stamp === undefined) throw new Error(`There is no author ${author}`);
    return { ...encodeUpdateRow(newId(), DOC, update, stamp), createdAt };
  });
  const folded = rows.slice(0, -TAIL);
  for (let start = 0; start < folded.length; start += keysADay) {
    store.log = folded.slice(start, start + keysADay);
    const done = await compactDocument(store, project, DOC, { foldRows: keysADay });
    if (!done.ok) throw new Error(done.message);
    if (done.value.waiting > 0 || done.value.end !== 'done')
      throw new Error(`Not folded: ${JSON.stringify(done.value)}`);
  }
  const tail = rows.slice(-TAIL);
  for (let start = 0; start < tail.length; start += AT_ONCE) {
    await services.tables.createRows({
      databaseId: DATABASE_ID,
      tableId: UPDATES_TABLE,
      rows: tail.slice(start, start + AT_ONCE).map(({ id, doc, data, permissions }) => ({
        $id: id,
        $permissions: permissions,
        project,
        doc,
        data,
      })),
    });
  }
  const records = await allSnapshots(store, project, DOC);
  if (!records.ok) throw new Error(records.message);
  const snapshots = records.value.reduce((sum, { stateBytes, segmentBytes }) => sum + stateBytes + segmentBytes, 0);
  return snapshots + tail.reduce((sum, { data }) => sum + data.length, 0);
}
