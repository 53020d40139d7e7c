import { failure, success, type Outcome } from '../core/failures.ts';
import type { PresenceRow, PresenceTable } from '../core/ports.ts';
import { presencePermissions } from '../core/stamps.ts';
import { request, tellApart } from './failures.ts';
import { descending, equal, limit } from './queries.ts';
import { asRow, DATABASE_ID, textOf, type Row, type RowAddress, type Tables } from './tables.ts';

export const PRESENCE_TABLE = 'presence';
const MAX_LISTED = 100;

/** Presence rows in Appwrite's table `presence`: one a replica, readable by the project, writable by its user. */
export class AppwritePresenceTable implements PresenceTable {
  private readonly tables: Tables;
  private readonly author: () => string;
  private readonly whoAmI: () => Promise<unknown>;
  private readonly deleteWhileClosing: (address: RowAddress) => Promise<unknown>;

  /**
   * @param whoAmI asks for the account of the session; rejects as the SDKs do
   * @param deleteWhileClosing deletes a row with a request that outlives the page
   */
  constructor(
    tables: Tables,
    author: () => string,
    whoAmI: () => Promise<unknown>,
    deleteWhileClosing: (address: RowAddress) => Promise<unknown>,
  ) {
    this.tables = tables;
    this.author = author;
    this.whoAmI = whoAmI;
    this.deleteWhileClosing = deleteWhileClosing;
  }

  async put(id: string, project: string, state: string): Promise<Outcome<void>> {
    const permissions = presencePermissions(project, this.author());
    const data = { project, state };
    const write = { databaseId: DATABASE_ID, tableId: PRESENCE_TABLE, rowId: id, data, permissions };
    const outcome = await request(() => this.tables.upsertRow(write));
    return tellApart(outcome.ok ? success(undefined) : outcome, this.whoAmI);
  }

  async remove(id: string): Promise<Outcome<void>> {
    const address = { databaseId: DATABASE_ID, tableId: PRESENCE_TABLE, rowId: id };
    const outcome = await request(() => this.deleteWhileClosing(address));
    return outcome.ok ? success(undefined) : outcome;
  }

  async list(project: string): Promise<Outcome<readonly PresenceRow[]>> {
    const queries = [equal('project', project), descending('$updatedAt'), limit(MAX_LISTED)];
    const found = await request(() =>
      this.tables.listRows({ databaseId: DATABASE_ID, tableId: PRESENCE_TABLE, queries }),
    );
    if (!found.ok) return failure(found.kind, found.message);
    const rows = found.value.rows.map(asRow).filter((row) => row !== null);
    return success(rows.map(toPresenceRow));
  }
}

/** A row of the table, or of an event about it. */
export function toPresenceRow(row: Row): PresenceRow {
  return {
    id: row.$id,
    project: textOf(row, 'project'),
    state: textOf(row, 'state'),
    permissions: row.$permissions,
    updatedAt: row.$updatedAt,
  };
}
