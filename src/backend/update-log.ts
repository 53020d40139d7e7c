import type { NewUpdateRow, UpdateRow } from '../core/codec.ts';
import { success, type Outcome } from '../core/failures.ts';
import { PAGE_ROWS } from '../core/limits.ts';
import type { UpdateLog, UpdateQuery } from '../core/ports.ts';
import { request, tellApart } from './failures.ts';
import { ascending, atOrAfter, equal, limit, offset } from './queries.ts';
import { asRow, DATABASE_ID, textOf, type Row, type RowWrite, type Tables } from './tables.ts';

export const UPDATES_TABLE = 'updates';

/** Beyond the usual patience, what a large row may take: as on a line of 100 KB a second. */
const PATIENCE_MS = 15_000;
const BYTES_PER_MS = 100;

/** The log of updates in Appwrite's table `updates`. */
export class AppwriteUpdateLog implements UpdateLog {
  private readonly tables: Tables;
  private readonly whoAmI: () => Promise<unknown>;
  private readonly createWhileClosing: (write: RowWrite) => void;

  /**
   * @param whoAmI asks for the account of the session; rejects as the SDKs do
   * @param createWhileClosing creates a row with a request that outlives the page
   */
  constructor(tables: Tables, whoAmI: () => Promise<unknown>, createWhileClosing: (write: RowWrite) => void) {
    this.tables = tables;
    this.whoAmI = whoAmI;
    this.createWhileClosing = createWhileClosing;
  }

  async append(row: NewUpdateRow): Promise<Outcome<void>> {
    const outcome = await request(
      () => this.tables.createRow(toWrite(row)),
      PATIENCE_MS + row.data.length / BYTES_PER_MS,
    );
    return tellApart(outcome.ok ? success(undefined) : outcome, this.whoAmI);
  }

  appendWhileClosing(row: NewUpdateRow): void {
    this.createWhileClosing(toWrite(row));
  }

  async read(id: string): Promise<Outcome<UpdateRow | null>> {
    const queries = [equal('$id', id), limit(1)];
    const found = await request(() =>
      this.tables.listRows({ databaseId: DATABASE_ID, tableId: UPDATES_TABLE, queries }),
    );
    if (!found.ok) return found;
    const row = asRow(found.value.rows[0]);
    return success(row === null ? null : toUpdateRow(row));
  }

  /**
   * Reads by `$createdAt`: a cursor row could be compacted away between two pages. Each page starts at the moment at
   * which the last one ended, so rows of one millisecond that a page cuts apart come in the next one; while a page
   * holds one moment only, half of it is passed over.
   */
  async list(query: UpdateQuery, take: (rows: readonly UpdateRow[]) => void): Promise<Outcome<void>> {
    let since = query.since;
    let skip = 0;
    for (;;) {
      const queries = [
        equal('project', query.project),
        equal('doc', query.doc),
        ascending('$createdAt'),
        limit(PAGE_ROWS),
        ...(since === undefined ? [] : [atOrAfter('$createdAt', since)]),
        ...(skip === 0 ? [] : [offset(skip)]),
      ];
      const page = await request(() =>
        this.tables.listRows({ databaseId: DATABASE_ID, tableId: UPDATES_TABLE, queries }),
      );
      if (!page.ok) return page;
      const rows = page.value.rows.map(asRow).filter((row) => row !== null);
      take(rows.map(toUpdateRow));
      const last = rows.at(-1);
      if (last === undefined || page.value.rows.length < PAGE_ROWS) return success(undefined);
      if (last.$createdAt === since) skip += PAGE_ROWS / 2;
      else skip = 0;
      since = last.$createdAt;
    }
  }
}

function toWrite(row: NewUpdateRow): RowWrite {
  return {
    databaseId: DATABASE_ID,
    tableId: UPDATES_TABLE,
    rowId: row.id,
    data: {
      project: row.project,
      doc: row.doc,
      data: row.data,
      ...(row.presence !== undefined && { presence: row.presence }),
    },
    permissions: [...row.permissions],
  };
}

/** A row of the table, or of an event about it. */
export function toUpdateRow(row: Row): UpdateRow {
  const presence = textOf(row, 'presence');
  return {
    id: row.$id,
    project: textOf(row, 'project'),
    doc: textOf(row, 'doc'),
    data: textOf(row, 'data'),
    permissions: row.$permissions,
    createdAt: row.$createdAt,
    ...(presence !== '' && { presence }),
  };
}
