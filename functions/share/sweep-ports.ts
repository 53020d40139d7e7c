import { randomBytes } from 'node:crypto';
import { AppwriteException, Query } from 'node-appwrite';
import { connectByKey, type KeyAccess } from '../../src/backend/compaction-store.ts';
import { AppwriteSweepStore } from '../../src/backend/sweep-store.ts';
import { randomId } from '../../src/core/ids.ts';
import type { SweepPorts } from './sweep.ts';

const PROJECTS = { databaseId: 'cowrite', tableId: 'projects' };
const PRESENCE = { databaseId: 'cowrite', tableId: 'presence' };
const LINKS = { databaseId: 'cowrite', tableId: 'links' };
/** What Appwrite deletes at once. */
const ROWS_AT_ONCE = 100;

/** What the sweep needs, on Appwrite. */
export function sweepPorts(access: KeyAccess): SweepPorts {
  const { teams, tables, ...services } = connectByKey(access);
  const store = new AppwriteSweepStore({ teams, tables, ...services }, () =>
    randomId((count) => new Uint8Array(randomBytes(count))),
  );

  /** Deletes some of the rows that the queries find. */
  const deleteFound = async (table: typeof PRESENCE, queries: string[]): Promise<number> => {
    const { rows } = await tables.listRows({
      ...table,
      queries: [...queries, Query.limit(ROWS_AT_ONCE), Query.select(['$id'])],
    });
    if (rows.length === 0) return 0;
    await tables.deleteRows({
      ...table,
      queries: [
        Query.equal(
          '$id',
          rows.map(({ $id }) => $id),
        ),
      ],
    });
    return rows.length;
  };

  return {
    async deletedBefore(moment, count) {
      const queries = [Query.equal('archived', [true]), Query.lessThan('$updatedAt', moment), Query.limit(count)];
      const { rows } = await tables.listRows({ ...PROJECTS, queries });
      return rows.map(({ $id, $permissions }) => ({ id: $id, permissions: $permissions }));
    },

    async deleteTeam(project) {
      try {
        await teams.delete({ teamId: project });
      } catch (error) {
        if (!(error instanceof AppwriteException && error.type === 'team_not_found')) throw error;
      }
    },

    async deleteSome(project) {
      const some = await store.deleteSome(project);
      if (!some.ok) throw new Error(`${some.kind}: ${some.message}`);
      return some.value;
    },

    async deleteRow(project) {
      await tables.deleteRows({ ...PROJECTS, queries: [Query.equal('$id', [project])] });
    },

    deletePresence: (before) => deleteFound(PRESENCE, [Query.lessThan('$updatedAt', before)]),
    deleteLinks: (before) => deleteFound(LINKS, [Query.lessThan('expiresAt', before)]),
  };
}
