/**
 * Stamps: the permissions of a row as a proof of who wrote it and in which role.
 *
 * Appwrite lets a caller grant only roles that it holds. A row that is readable by `team:P/editor` was therefore
 * created by an editor of P, and one that is readable by `user:U` by U. Nothing else about a row is proven: its
 * columns are whatever the caller sent.
 */
import { documentKind } from './ids.ts';
import { isRole, mayWrite, type Role } from './roles.ts';

export interface Stamp {
  readonly project: string;
  readonly role: Role;
  /** Appwrite user id of the author. */
  readonly author: string;
}

const ID = '[a-zA-Z0-9][a-zA-Z0-9._-]{0,35}';
const TEAM = new RegExp(`^read\\("team:(${ID})"\\)$`);
const TEAM_ROLE = new RegExp(`^read\\("team:(${ID})/([a-z]+)"\\)$`);
const USER = new RegExp(`^read\\("user:(${ID})"\\)$`);

/** The permissions with which an update row is created [STAMP-1]. */
export function stampPermissions(stamp: Stamp): string[] {
  return [
    `read("team:${stamp.project}")`,
    `read("team:${stamp.project}/${stamp.role}")`,
    `read("user:${stamp.author}")`,
  ];
}

/** The permissions with which a presence row is written: its author may change and delete it [STAMP-2]. */
export function presencePermissions(project: string, author: string): string[] {
  return [`read("team:${project}")`, `read("user:${author}")`, `update("user:${author}")`, `delete("user:${author}")`];
}

/**
 * Reads the stamp of an update row, or says why it has none. A stamp is exactly the three permissions of
 * `stampPermissions`, in any order: a row that carries anything else could be changed or was shared beyond its project.
 */
export function readStamp(permissions: readonly string[]): Stamp | { readonly invalid: string } {
  let team: string | undefined;
  let teamOfRole: string | undefined;
  let role: Role | undefined;
  let author: string | undefined;
  for (const permission of permissions) {
    const withRole = TEAM_ROLE.exec(permission);
    if (withRole && role === undefined && isRole(withRole[2])) {
      teamOfRole = withRole[1];
      role = withRole[2];
      continue;
    }
    const plain = TEAM.exec(permission);
    if (plain && team === undefined) {
      team = plain[1];
      continue;
    }
    const user = USER.exec(permission);
    if (user && author === undefined) {
      author = user[1];
      continue;
    }
    return { invalid: `unexpected permission ${permission.slice(0, 80)}` };
  }
  if (team === undefined || teamOfRole === undefined || role === undefined || author === undefined) {
    return { invalid: 'the three permissions of a stamp are not complete' };
  }
  if (team !== teamOfRole) return { invalid: 'the stamp names two projects' };
  return { project: team, role, author };
}

/**
 * The stamp of a row that counts for `document` of `project`, or why it does not count [STAMP-2].
 */
export function acceptStamp(
  permissions: readonly string[],
  project: string,
  documentId: string,
): Stamp | { readonly invalid: string } {
  const stamp = readStamp(permissions);
  if ('invalid' in stamp) return stamp;
  if (stamp.project !== project) return { invalid: `stamped for project ${stamp.project}` };
  const kind = documentKind(documentId);
  if (kind === null) return { invalid: 'unknown kind of document' };
  if (!mayWrite(stamp.role, kind)) return { invalid: `a ${stamp.role} may not write a ${kind} document` };
  return stamp;
}

/** The author of a presence row that counts for `project`, or why it does not count [STAMP-2]. */
export function acceptPresenceStamp(
  permissions: readonly string[],
  project: string,
): { readonly author: string } | { readonly invalid: string } {
  if (!permissions.includes(`read("team:${project}")`)) return { invalid: 'not readable by the project' };
  const authors = permissions.map((permission) => USER.exec(permission)?.[1]).filter((id) => id !== undefined);
  const author = authors[0];
  if (author === undefined || authors.length > 1) return { invalid: 'does not name its author' };
  return { author };
}
