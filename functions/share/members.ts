/**
 * The members of a project: who they are, and how an owner changes that.
 *
 * - Every member sees who is in the project, since Appwrite shows clients no names and ids of a team's members. Only
 *   owners see those who are invited and have not come, with their addresses.
 * - Owners change roles and remove people; everybody may leave. A project always has an owner: the last one can neither
 *   leave nor become something else before somebody else is an owner.
 * - Somebody who is removed hears of it at once: Appwrite tells the removed nothing, but it tells members when their
 *   roles change. So a membership first loses its roles, and a moment later it ends.
 */
import type { Member } from '../../src/core/members.ts';
import type { Role } from '../../src/core/roles.ts';
import { highestRoleOrNull, memberRole, refuseDeleted, refuseUnlessOwner } from './access.ts';
import type { Membership, SharePorts } from './ports.ts';
import { refuse } from './refusal.ts';

/** What a membership has for roles while it ends. Nothing is granted to it. */
const REMOVED_ROLES = ['removed'];
/** How long Appwrite gets to tell somebody that the roles have changed, before there is nobody left to tell. */
const NOTICE_MS = 400;

/** Who is in the project, and the caller's own role. */
export async function listMembers(
  ports: SharePorts,
  caller: string,
  project: string,
): Promise<{ role: Role; members: Member[] }> {
  const role = await memberRole(ports, project, caller);
  await refuseDeleted(ports, project);
  const members = (await ports.memberships(project)).filter(({ isPending }) => !isPending || role === 'owner');
  return { role, members: members.map(toMember) };
}

/** Gives a member another role. */
export async function changeRole(
  ports: SharePorts,
  caller: string,
  project: string,
  user: string,
  role: Role,
): Promise<{ role: Role }> {
  await refuseUnlessOwner(ports, project, caller, 'change roles');
  await refuseDeleted(ports, project);
  const member = await find(ports, project, user);
  if (member.isPending) refuse(409, 'not-a-member-yet', 'Roles can be changed when the invitation is accepted.');
  if (role !== 'owner') await refuseLastOwner(ports, project, member);
  await ports.setRoles(project, member.id, [role]);
  await keepAnOwner(ports, project, member);
  return { role };
}

/** Removes a member, or withdraws an invitation. */
export async function removeMember(ports: SharePorts, caller: string, project: string, user: string): Promise<void> {
  if (user === caller) return leave(ports, caller, project);
  await refuseUnlessOwner(ports, project, caller, 'remove people');
  await end(ports, project, await find(ports, project, user));
}

/** The caller goes. */
export async function leave(ports: SharePorts, caller: string, project: string): Promise<void> {
  await end(ports, project, await find(ports, project, caller));
}

/** Makes another member an owner, and the caller an editor. */
export async function handOver(
  ports: SharePorts,
  caller: string,
  project: string,
  user: string,
): Promise<{ role: Role }> {
  await refuseUnlessOwner(ports, project, caller, 'hand it over');
  await refuseDeleted(ports, project);
  if (user === caller) refuse(409, 'already-owner', 'You are an owner of this project already.');
  const heir = await find(ports, project, user);
  if (heir.isPending) refuse(409, 'not-a-member-yet', 'Hand it over when the invitation is accepted.');
  const own = await find(ports, project, caller);
  // The new owner first: whatever happens between the two, the project has one.
  await ports.setRoles(project, heir.id, ['owner']);
  await ports.setRoles(project, own.id, ['editor']);
  await keepAnOwner(ports, project, own);
  return { role: 'editor' };
}

async function end(ports: SharePorts, project: string, member: Membership): Promise<void> {
  await refuseLastOwner(ports, project, member);
  if (!member.isPending) {
    await ports.setRoles(project, member.id, REMOVED_ROLES);
    await keepAnOwner(ports, project, member);
    await ports.pause(NOTICE_MS);
  }
  await ports.endMembership(project, member.id);
  await ports.forgetPresence(project, member.user);
}

async function find(ports: SharePorts, project: string, user: string): Promise<Membership> {
  const members = await ports.memberships(project);
  return (
    members.find((member) => member.user === user) ??
    refuse(404, 'member-unknown', 'This person is not in the project any more.')
  );
}

async function refuseLastOwner(ports: SharePorts, project: string, member: Membership): Promise<void> {
  if (!isOwner(member)) return;
  const others = (await owners(ports, project)).filter(({ user }) => user !== member.user);
  if (others.length > 0) return;
  refuse(409, 'last-owner', 'A project needs an owner. Make somebody else an owner first.');
}

/** Two owners who demote each other at the same time would leave none: whoever finds that out takes it back. */
async function keepAnOwner(ports: SharePorts, project: string, before: Membership): Promise<void> {
  if (!isOwner(before) || (await owners(ports, project)).length > 0) return;
  await ports.setRoles(project, before.id, before.roles);
  refuse(409, 'last-owner', 'A project needs an owner. Make somebody else an owner first.');
}

async function owners(ports: SharePorts, project: string): Promise<readonly Membership[]> {
  return (await ports.memberships(project)).filter((member) => !member.isPending && isOwner(member));
}

function isOwner({ roles }: Membership): boolean {
  return roles.includes('owner');
}

function toMember({ user, name, email, roles, isPending, since }: Membership): Member {
  return { id: user, name, role: highestRoleOrNull(roles), isPending, email: isPending ? email : '', since };
}
