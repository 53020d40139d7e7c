import { AppwriteException, Client, Query, TablesDB, Teams } from 'node-appwrite';
import { isRole } from '../../src/core/roles.ts';
import type { Link, SharePorts } from './links.ts';
import type { LinkRole } from './request.ts';

const LINKS = { databaseId: 'cowrite', tableId: 'links' };

export interface AppwriteAccess {
  readonly endpoint: string;
  readonly project: string;
  /** The key that Appwrite gives each execution. */
  readonly key: string;
}

/** The ports on Appwrite. */
export function appwritePorts(access: AppwriteAccess): Omit<SharePorts, 'now' | 'randomBytes'> {
  const client = new Client().setEndpoint(access.endpoint).setProject(access.project).setKey(access.key);
  const teams = new Teams(client);
  const tables = new TablesDB(client);

  return {
    async roles(project, user) {
      try {
        const queries = [Query.equal('userId', [user])];
        const { memberships } = await teams.listMemberships({ teamId: project, queries });
        // Filtered again, so that a server which ignored the query could not lend somebody another's role.
        return memberships.find(({ userId, confirm }) => userId === user && confirm)?.roles ?? null;
      } catch (error) {
        if (typeOf(error) === 'team_not_found') return null;
        throw error;
      }
    },

    async isDeleted(project) {
      const queries = [Query.equal('$id', [project]), Query.limit(1)];
      const { rows } = await tables.listRows({ databaseId: 'cowrite', tableId: 'projects', queries });
      return rows[0]?.['archived'] === true;
    },

    async addMember(project, user, role) {
      try {
        await teams.createMembership({ teamId: project, userId: user, roles: [role] });
        return 'added';
      } catch (error) {
        if (typeOf(error) === 'membership_already_confirmed') return 'already-member';
        throw error;
      }
    },

    async storeLink({ id, ...columns }) {
      // `uses` is written although it has a default: Appwrite does not count up from an empty column.
      await tables.createRow({ ...LINKS, rowId: id, data: { ...columns, uses: 0 }, permissions: [] });
    },

    async findLink(tokenHash) {
      const queries = [Query.equal('tokenHash', [tokenHash]), Query.limit(1)];
      const { rows } = await tables.listRows({ ...LINKS, queries });
      const link = rows.map(readLink).find((found) => found?.tokenHash === tokenHash);
      return link ?? null;
    },

    async takeUse({ id, maxUses }) {
      const max = maxUses === null ? {} : { max: maxUses };
      try {
        await tables.incrementRowColumn({ ...LINKS, rowId: id, column: 'uses', value: 1, ...max });
        return true;
      } catch (error) {
        if (typeOf(error) === 'column_limit_exceeded' || typeOf(error) === 'attribute_limit_exceeded') return false;
        throw error;
      }
    },

    async returnUse({ id }) {
      await tables.decrementRowColumn({ ...LINKS, rowId: id, column: 'uses', value: 1, min: 0 });
    },
  };
}

function readLink(row: { $id: string; [column: string]: unknown }): Link | null {
  const { $id: id, project, role, tokenHash, createdBy, expiresAt, maxUses } = row;
  if (typeof project !== 'string' || typeof tokenHash !== 'string' || typeof createdBy !== 'string') return null;
  if (!isLinkRole(role)) return null;
  return {
    id,
    project,
    role,
    tokenHash,
    createdBy,
    expiresAt: typeof expiresAt === 'string' ? expiresAt : null,
    maxUses: typeof maxUses === 'number' ? maxUses : null,
  };
}

function isLinkRole(value: unknown): value is LinkRole {
  return isRole(value) && value !== 'owner';
}

function typeOf(error: unknown): string | undefined {
  return error instanceof AppwriteException ? error.type : undefined;
}
