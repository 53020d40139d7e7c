/**
 * Share links: whoever brings the token of a link becomes a member of its project.
 *
 * - The token is 32 random bytes and is shown once; what is stored is its SHA-256.
 * - Owners and editors make links. Nobody becomes an owner by one.
 * - A link counts only while the one who made it may still make it: somebody who was removed cannot come back by an
 *   own link.
 * - Joining never takes a role away, and only joining as a new member counts as a use.
 */
import { createHash } from 'node:crypto';
import { randomId, type RandomBytes } from '../../src/core/ids.ts';
import { ROLES, type Role } from '../../src/core/roles.ts';
import { refuse } from './refusal.ts';
import type { CreateLink, LinkRole } from './request.ts';

export interface Link {
  readonly id: string;
  readonly project: string;
  readonly role: LinkRole;
  /** SHA-256 of the token, hex. */
  readonly tokenHash: string;
  /** Appwrite user id. */
  readonly createdBy: string;
  /** ISO 8601; `null`: does not expire. */
  readonly expiresAt: string | null;
  /** `null`: as often as wanted. */
  readonly maxUses: number | null;
}

export interface SharePorts {
  /** The roles of a confirmed member; `null` if the user is none or the project does not exist. */
  roles(project: string, user: string): Promise<readonly string[] | null>;
  /** Makes the user a confirmed member; `already-member` changes nothing. */
  addMember(project: string, user: string, role: Role): Promise<'added' | 'already-member'>;
  storeLink(link: Link): Promise<void>;
  findLink(tokenHash: string): Promise<Link | null>;
  /** Counts one use, atomically; `false` if all uses are taken. */
  takeUse(link: Link): Promise<boolean>;
  /** Gives a use back that led to no member. */
  returnUse(link: Link): Promise<void>;
  /** Whether its owner has deleted the project; it can still be restored. */
  isDeleted(project: string): Promise<boolean>;
  /** Epoch milliseconds. */
  now(): number;
  readonly randomBytes: RandomBytes;
}

const TOKEN_BYTES = 32;
const DAY_MS = 86_400_000;

/** Makes a link and returns its token, which cannot be read again. */
export async function createLink(ports: SharePorts, caller: string, request: CreateLink): Promise<{ token: string }> {
  const { project, role, expiresInDays, maxUses } = request;
  const own = await memberRole(ports, project, caller);
  if (!mayShare(own)) {
    refuse(403, 'not-allowed', 'Only owners and editors of a project can share it.');
  }
  await refuseDeleted(ports, project);
  const token = Buffer.from(ports.randomBytes(TOKEN_BYTES)).toString('base64url');
  await ports.storeLink({
    id: randomId(ports.randomBytes),
    project,
    role,
    tokenHash: hashToken(token),
    createdBy: caller,
    expiresAt: expiresInDays === null ? null : new Date(ports.now() + expiresInDays * DAY_MS).toISOString(),
    maxUses,
  });
  return { token };
}

/** Makes the caller a member by a token. A member stays what it is, whatever became of the link meanwhile. */
export async function join(ports: SharePorts, caller: string, token: string): Promise<{ project: string; role: Role }> {
  const link = await ports.findLink(hashToken(token));
  if (link === null) return refuse(404, 'link-unknown', 'This link does not exist. Ask for a new one.');
  const { project } = link;
  await refuseDeleted(ports, project);

  const existing = await ports.roles(project, caller);
  if (existing !== null) return { project, role: highestRole(existing) };

  if (link.expiresAt !== null && Date.parse(link.expiresAt) <= ports.now()) {
    return refuse(410, 'link-expired', 'This link has expired. Ask for a new one.');
  }
  if (!mayShare(highestRoleOrNull(await ports.roles(project, link.createdBy)))) {
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

/** The caller's role in a project: clients cannot read it from Appwrite. */
export async function membership(ports: SharePorts, caller: string, project: string): Promise<{ role: Role }> {
  const role = await memberRole(ports, project, caller);
  await refuseDeleted(ports, project);
  return { role };
}

async function refuseDeleted(ports: SharePorts, project: string): Promise<void> {
  if (await ports.isDeleted(project)) refuse(410, 'project-deleted', 'This project has been deleted by its owner.');
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

async function memberRole(ports: SharePorts, project: string, user: string): Promise<Role> {
  const roles = await ports.roles(project, user);
  return roles === null ? refuse(403, 'not-a-member', 'You are not a member of this project.') : highestRole(roles);
}

function highestRole(roles: readonly string[]): Role {
  return (
    highestRoleOrNull(roles) ??
    refuse(403, 'not-a-member', 'You have no role in this project. Ask one of its owners for one.')
  );
}

function highestRoleOrNull(roles: readonly string[] | null): Role | null {
  return ROLES.find((role) => roles?.includes(role)) ?? null;
}

function mayShare(role: Role | null): boolean {
  return role === 'owner' || role === 'editor';
}
