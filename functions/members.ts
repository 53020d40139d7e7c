import { AppwriteException, Query, type Teams } from 'node-appwrite';

/** The roles of a confirmed member of a project, by API key; `null` for everybody else. */
export async function rolesOf(teams: Teams, project: string, user: string): Promise<readonly string[] | null> {
  try {
    const queries = [Query.equal('userId', [user])];
    const { memberships } = await teams.listMemberships({ teamId: project, queries });
    // Filtered again, so that a server which ignored the query could not lend somebody another's role.
    return memberships.find(({ userId, confirm }) => userId === user && confirm)?.roles ?? null;
  } catch (error) {
    if (error instanceof AppwriteException && error.type === 'team_not_found') return null;
    throw error;
  }
}
