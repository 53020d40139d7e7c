import { deletedBy, projectPermissions } from '../core/deletion.ts';
import { success, type Outcome } from '../core/failures.ts';
import { shownName } from '../core/names.ts';
import { request } from './failures.ts';
import { limit } from './queries.ts';
import { asRow, DATABASE_ID, textOf, type Tables } from './tables.ts';

export const PROJECTS_TABLE = 'projects';
const MAX_LISTED = 500;

export interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly archived: boolean;
  /** User id of who archived it; `null` where that is not known. */
  readonly archivedBy: string | null;
  /** ISO 8601, the server's clock. */
  readonly updatedAt: string;
}

/** The part of the SDKs' `Teams` that is used. */
export interface TeamsService {
  create(params: { teamId: string; name: string; roles?: string[] }): Promise<unknown>;
}

/** Projects: each a team and a row with its id. Who may see and change the row follows from the team. */
export class AppwriteProjects {
  private readonly tables: Tables;
  private readonly teams: TeamsService;

  constructor(tables: Tables, teams: TeamsService) {
    this.tables = tables;
    this.teams = teams;
  }

  /** All projects of the user's teams, archived ones included. */
  async list(): Promise<Outcome<readonly ProjectRow[]>> {
    const query = { databaseId: DATABASE_ID, tableId: PROJECTS_TABLE, queries: [limit(MAX_LISTED)] };
    const found = await request(() => this.tables.listRows(query));
    if (!found.ok) return found;
    const rows = found.value.rows.map(asRow).filter((row) => row !== null);
    return success(
      rows.map((row) => ({
        id: row.$id,
        name: shownName(textOf(row, 'name')),
        archived: row['archived'] === true,
        archivedBy: row['archived'] === true ? deletedBy(row.$permissions) : null,
        updatedAt: row.$updatedAt,
      })),
    );
  }

  /** Creates a project; its creator becomes the owner. */
  async create(id: string, name: string): Promise<Outcome<void>> {
    const team = await request(() => this.teams.create({ teamId: id, name, roles: ['owner'] }));
    if (!team.ok) return team;
    const permissions = [...projectPermissions(id)];
    const row = await request(() => this.tables.createRow({ ...address(id), data: { name }, permissions }));
    return row.ok ? success(undefined) : row;
  }

  async rename(id: string, name: string): Promise<Outcome<void>> {
    return this.update(id, { name });
  }

  /**
   * Takes a project out of everybody's list, or puts it back; nothing in it is touched.
   *
   * @param by user id of the caller, by which others see who deleted it
   */
  async archive(id: string, archived: boolean, by: string | null = null): Promise<Outcome<void>> {
    return this.update(id, { archived }, [...projectPermissions(id, archived ? by : null)]);
  }

  private async update(id: string, data: Record<string, unknown>, permissions?: string[]): Promise<Outcome<void>> {
    const rights = permissions === undefined ? {} : { permissions };
    const updated = await request(() => this.tables.updateRow({ ...address(id), data, ...rights }));
    return updated.ok ? success(undefined) : updated;
  }
}

function address(id: string): { databaseId: string; tableId: string; rowId: string } {
  return { databaseId: DATABASE_ID, tableId: PROJECTS_TABLE, rowId: id };
}
