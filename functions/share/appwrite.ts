import { AppwriteException, Client, Query, TablesDB, Teams, type Models } from 'node-appwrite';
import { rolesOf } from '../members.ts';
import type { LinkRole } from '../../src/core/members.ts';
import { isRole } from '../../src/core/roles.ts';
import type { Membership, SharePorts, StoredLink } from './ports.ts';

const LINKS = { databaseId: 'cowrite', tableId: 'links' };
const PRESENCE = { databaseId: 'cowrite', tableId: 'presence' };
/** Memberships or rows a page. */
const PAGE = 100;
/** More members than this are not listed. */
const MAX_MEMBERS = 2_000;
/** More links of a project than this are not read. */
const MAX_ROWS = 200;
/** More presence rows of a project than this are not looked through; the sweep finds the rest. */
const MAX_PRESENCE = 5_000;

export interface AppwriteAccess {
  readonly endpoint: string;
  readonly project: string;
  /** The key that Appwrite gives each execution. */
  readonly key: string;
}

/** The ports on Appwrite. */
export function appwritePorts(access: AppwriteAccess): Omit<SharePorts, 'now' | 'pause' | 'randomBytes'> {
  const client = new Client().setEndpoint(access.endpoint).setProject(access.project).setKey(access.key);
  const teams = new Teams(client);
  const tables = new TablesDB(client);

  return {
    roles: (project, user) => rolesOf(teams, project, user),

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

    async memberships(project) {
      const all: Membership[] = [];
      while (all.length < MAX_MEMBERS) {
        const queries = [Query.limit(PAGE), Query.offset(all.length)];
        const page = await listed(() => teams.listMemberships({ teamId: project, queries }));
        all.push(...page.map(toMembership));
        if (page.length < PAGE) break;
      }
      return all;
    },

    async setRoles(project, membershipId, roles) {
      await unlessGone(() => teams.updateMembership({ teamId: project, membershipId, roles: [...roles] }));
    },

    async endMembership(project, membershipId) {
      await unlessGone(() => teams.deleteMembership({ teamId: project, membershipId }));
    },

    async forgetPresence(project, user) {
      const own = `read("user:${user}")`;
      const gone: string[] = [];
      for (let read = 0; read < MAX_PRESENCE; read += PAGE) {
        const queries = [Query.equal('project', [project]), Query.limit(PAGE), Query.offset(read)];
        const { rows } = await tables.listRows({ ...PRESENCE, queries });
        gone.push(...rows.filter(({ $permissions }) => $permissions.includes(own)).map(({ $id }) => $id));
        if (rows.length < PAGE) break;
      }
      for (const rowId of gone) await unlessGone(() => tables.deleteRow({ ...PRESENCE, rowId }));
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

    async links(project) {
      const queries = [Query.equal('project', [project]), Query.orderDesc('$createdAt'), Query.limit(MAX_ROWS)];
      const { rows } = await tables.listRows({ ...LINKS, queries });
      return rows.map(readLink).filter((link): link is StoredLink => link?.project === project);
    },

    async deleteLink(id) {
      await unlessGone(() => tables.deleteRow({ ...LINKS, rowId: id }));
    },

    async takeUse({ id, maxUses }) {
      const max = maxUses === null ? {} : { max: maxUses };
      try {
        await tables.incrementRowColumn({ ...LINKS, rowId: id, column: 'uses', value: 1, ...max });
        return true;
      } catch (error) {
        // Of a row that is not there, Appwrite says that it does not know the column.
        if (NO_USE_LEFT.has(typeOf(error) ?? '')) return false;
        throw error;
      }
    },

    async returnUse({ id }) {
      await unlessGone(() => tables.decrementRowColumn({ ...LINKS, rowId: id, column: 'uses', value: 1, min: 0 }));
    },
  };
}

/** How Appwrite says that a use cannot be taken: the limit is reached, or the link has been revoked. */
const NO_USE_LEFT = new Set([
  'column_limit_exceeded',
  'attribute_limit_exceeded',
  'column_not_found',
  'attribute_not_found',
  'row_not_found',
  'document_not_found',
]);

/** How Appwrite says that something is not there. */
const GONE = new Set([
  'row_not_found',
  'document_not_found',
  'column_not_found',
  'attribute_not_found',
  'membership_not_found',
  'team_invite_not_found',
  'team_not_found',
]);

async function unlessGone(change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!GONE.has(typeOf(error) ?? '')) throw error;
  }
}

/** A page of memberships; none of a team that does not exist. */
async function listed(list: () => Promise<Models.MembershipList>): Promise<Models.Membership[]> {
  try {
    return (await list()).memberships;
  } catch (error) {
    if (typeOf(error) === 'team_not_found') return [];
    throw error;
  }
}

function toMembership({
  $id,
  userId,
  userName,
  userEmail,
  roles,
  confirm,
  joined,
  invited,
}: Models.Membership): Membership {
  const since = confirm ? joined : invited;
  return { id: $id, user: userId, name: userName, email: userEmail, roles, isPending: !confirm, since };
}

function readLink(row: Models.Row & { [column: string]: unknown }): StoredLink | null {
  const { $id: id, $createdAt: createdAt, project, role, tokenHash, createdBy, expiresAt, maxUses, uses } = row;
  if (typeof project !== 'string' || typeof tokenHash !== 'string' || typeof createdBy !== 'string') return null;
  if (!isLinkRole(role)) return null;
  return {
    id,
    project,
    role,
    tokenHash,
    createdBy,
    createdAt,
    expiresAt: typeof expiresAt === 'string' ? expiresAt : null,
    uses: typeof uses === 'number' ? uses : 0,
    maxUses: typeof maxUses === 'number' ? maxUses : null,
    isPublic: row['isPublic'] === true,
  };
}

function isLinkRole(value: unknown): value is LinkRole {
  return isRole(value) && value !== 'owner';
}

function typeOf(error: unknown): string | undefined {
  return error instanceof AppwriteException ? error.type : undefined;
}
