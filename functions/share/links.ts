/**
 * Share links: whoever brings the token of a link becomes a member of its project.
 *
 * - The token is 32 random bytes and is shown once; what is stored is its SHA-256.
 * - Owners and editors make links. Nobody becomes an owner by one. The public link, which only reads, is the owners'.
 * - A link counts only while the one who made it may still make it: somebody who was removed cannot come back by an
 *   own link.
 * - Joining never takes a role away, and only joining as a new member counts as a use.
 * - Owners revoke every link, editors their own.
 */
import { createHash } from 'node:crypto';
import { randomId } from '../../src/core/ids.ts';
import type { ShareLink } from '../../src/core/members.ts';
import type { Role } from '../../src/core/roles.ts';
import { highestRole, highestRoleOrNull, mayShare, memberRole, refuseDeleted, refuseUnlessOwner } from './access.ts';
import type { Link, Membership, SharePorts, StoredLink } from './ports.ts';
import { refuse } from './refusal.ts';
import type { CreateLink } from './request.ts';

const TOKEN_BYTES = 32;
const DAY_MS = 86_400_000;
/** Of one project, those that do not work any more included. */
const MAX_LINKS = 100;

/** Makes a link and returns its token, which cannot be read again. A new public link takes the place of the last. */
export async function createLink(
  ports: SharePorts,
  caller: string,
  request: CreateLink,
): Promise<{ id: string; token: string }> {
  const { project, role, expiresInDays, maxUses, isPublic } = request;
  const own = await memberRole(ports, project, caller);
  if (!mayShare(own)) refuse(403, 'not-allowed', 'Only owners and editors of a project can share it.');
  if (isPublic) await refuseUnlessOwner(ports, project, caller, 'make it public');
  await refuseDeleted(ports, project);

  const before = await ports.links(project);
  if (before.length >= MAX_LINKS) {
    refuse(409, 'too-many-links', `A project has at most ${MAX_LINKS} links. Revoke some first.`);
  }
  const token = Buffer.from(ports.randomBytes(TOKEN_BYTES)).toString('base64url');
  const id = randomId(ports.randomBytes);
  await ports.storeLink({
    id,
    project,
    role,
    tokenHash: hashToken(token),
    createdBy: caller,
    expiresAt: expiresInDays === null ? null : new Date(ports.now() + expiresInDays * DAY_MS).toISOString(),
    maxUses,
    isPublic,
  });
  if (isPublic) for (const old of before) if (old.isPublic) await ports.deleteLink(old.id);
  return { id, token };
}

/** The links of a project, for those who may share it. */
export async function listLinks(ports: SharePorts, caller: string, project: string): Promise<{ links: ShareLink[] }> {
  if (!mayShare(await memberRole(ports, project, caller))) {
    refuse(403, 'not-allowed', 'Only owners and editors of a project see its links.');
  }
  await refuseDeleted(ports, project);
  const [links, members] = await Promise.all([ports.links(project), ports.memberships(project)]);
  const makers = new Map(members.map((member) => [member.user, member]));
  return { links: links.map((link) => show(link, makers.get(link.createdBy), ports.now())) };
}

/** Ends a link. One that is gone already is no failure. */
export async function revokeLink(ports: SharePorts, caller: string, project: string, id: string): Promise<void> {
  const role = await memberRole(ports, project, caller);
  const link = (await ports.links(project)).find((each) => each.id === id);
  if (link === undefined) return;
  if (role !== 'owner' && !(mayShare(role) && link.createdBy === caller)) {
    refuse(403, 'not-allowed', 'Only owners, and who made a link, can revoke it.');
  }
  await ports.deleteLink(id);
}

/** Makes the caller a member by a token. A member stays what it is, whatever became of the link meanwhile. */
export async function join(ports: SharePorts, caller: string, token: string): Promise<{ project: string; role: Role }> {
  const link = await ports.findLink(hashToken(token));
  if (link === null) {
    return refuse(404, 'link-unknown', 'This link does not exist, or it has been revoked. Ask for a new one.');
  }
  const { project } = link;
  await refuseDeleted(ports, project);

  const existing = await ports.roles(project, caller);
  if (existing !== null) return { project, role: highestRole(existing) };

  if (isOver(link, ports.now())) {
    return refuse(410, 'link-expired', 'This link has expired. Ask for a new one.');
  }
  if (!mayOffer(link, highestRoleOrNull(await ports.roles(project, link.createdBy)))) {
    return refuse(
      410,
      'link-revoked',
      'The person who made this link cannot share the project any more. Ask for a new one.',
    );
  }
  if (!(await ports.takeUse(link))) {
    return refuse(410, 'link-used-up', 'This link has been used as often as it may be. Ask for a new one.');
  }

  let outcome: 'added' | 'already-member';
  try {
    outcome = await ports.addMember(project, caller, link.role);
  } catch (error) {
    await ports.returnUse(link);
    throw error;
  }
  if (outcome === 'added') return { project, role: link.role };
  // The same person has joined twice at the same time: the other request counts.
  await ports.returnUse(link);
  return { project, role: await memberRole(ports, project, caller) };
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function isOver({ expiresAt }: Link, now: number): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= now;
}

/** Whether a link of somebody with this role still counts. */
function mayOffer({ isPublic }: Link, maker: Role | null): boolean {
  return isPublic ? maker === 'owner' : mayShare(maker);
}

function show(link: StoredLink, maker: Membership | undefined, now: number): ShareLink {
  const { id, role, isPublic, createdBy, createdAt, expiresAt, uses, maxUses } = link;
  const makerRole = maker === undefined || maker.isPending ? null : highestRoleOrNull(maker.roles);
  const state = !mayOffer(link, makerRole)
    ? 'dead'
    : isOver(link, now)
      ? 'expired'
      : maxUses !== null && uses >= maxUses
        ? 'used-up'
        : 'active';
  const createdByName = maker?.name ?? '';
  return { id, role, isPublic, state, createdBy, createdByName, createdAt, expiresAt, uses, maxUses };
}
