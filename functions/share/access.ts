/** Who may do what in a project: asked before everything else. */
import { ROLES, type Role } from '../../src/core/roles.ts';
import type { SharePorts } from './ports.ts';
import { refuse } from './refusal.ts';

/** The caller's role in a project: clients cannot read it from Appwrite. */
export async function membership(ports: SharePorts, caller: string, project: string): Promise<{ role: Role }> {
  const role = await memberRole(ports, project, caller);
  await refuseDeleted(ports, project);
  return { role };
}

/** The role of somebody who is in the project; refuses all others. */
export async function memberRole(ports: SharePorts, project: string, user: string): Promise<Role> {
  const roles = await ports.roles(project, user);
  return roles === null ? refuse(403, 'not-a-member', 'You are not a member of this project.') : highestRole(roles);
}

/** Refuses everybody but owners of the project. `what` ends the sentence “Only owners of a project can …”. */
export async function refuseUnlessOwner(ports: SharePorts, project: string, user: string, what: string): Promise<void> {
  if ((await memberRole(ports, project, user)) !== 'owner') {
    refuse(403, 'not-allowed', `Only owners of a project can ${what}.`);
  }
}

export async function refuseDeleted(ports: SharePorts, project: string): Promise<void> {
  if (await ports.isDeleted(project)) refuse(410, 'project-deleted', 'This project has been deleted by its owner.');
}

/** The highest role among those that a member has; refuses who has none that Cowrite knows. */
export function highestRole(roles: readonly string[]): Role {
  return (
    highestRoleOrNull(roles) ??
    refuse(403, 'not-a-member', 'You have no role in this project. Ask one of its owners for one.')
  );
}

export function highestRoleOrNull(roles: readonly string[] | null): Role | null {
  return ROLES.find((role) => roles?.includes(role)) ?? null;
}

/** Whether somebody with this role may let others in. */
export function mayShare(role: Role | null): boolean {
  return role === 'owner' || role === 'editor';
}
