/**
 * The requests of the Function `share`, as JSON in the body; refusals are `{error: {kind, message}}` (see
 * refusal.ts). `Member` and `ShareLink` are in src/core/members.ts.
 *
 *     {action: 'membership', project}                → 200 {role}                   the caller's own
 *     {action: 'join', token}                        → 200 {project, role}
 *     {action: 'createLink', project, role?, expiresInDays?, maxUses?, isPublic?}
 *                                                    → 201 {id, token}              owners, editors
 *     {action: 'links', project}                     → 200 {links: ShareLink[]}     owners, editors
 *     {action: 'revokeLink', project, link}          → 200 {}                       owners, and who made it
 *     {action: 'members', project}                   → 200 {role, members: Member[]}
 *     {action: 'changeRole', project, member, role}  → 200 {role}                   owners
 *     {action: 'removeMember', project, member}      → 200 {}                       owners
 *     {action: 'leave', project}                     → 200 {}
 *     {action: 'handOver', project, member}          → 200 {role}                   owners; they become editors
 *
 * `member` is the id of a user, `link` that of a link. Who calls is what Appwrite says, never what the body says.
 * Without a caller, by the schedule or an API key, an execution sweeps what is over (sweep.ts).
 */
import type { LinkRole, NewLink } from '../../src/core/members.ts';
import { isRole, type Role } from '../../src/core/roles.ts';
import { refuse } from './refusal.ts';

export interface CreateLink extends NewLink {
  readonly action: 'createLink';
  readonly project: string;
}

export interface Join {
  readonly action: 'join';
  readonly token: string;
}

/** Requests that name nothing but a project. */
export interface AboutProject {
  readonly action: 'membership' | 'links' | 'members' | 'leave';
  readonly project: string;
}

export interface RevokeLink {
  readonly action: 'revokeLink';
  readonly project: string;
  readonly link: string;
}

export interface AboutMember {
  readonly action: 'removeMember' | 'handOver';
  readonly project: string;
  readonly member: string;
}

export interface ChangeRole {
  readonly action: 'changeRole';
  readonly project: string;
  readonly member: string;
  readonly role: Role;
}

export type ShareRequest = CreateLink | Join | AboutProject | RevokeLink | AboutMember | ChangeRole;

const MAX_DAYS = 3650;
/** What the column `maxUses` holds. */
const MAX_USES = 2_147_483_647;
const MAX_TOKEN_CHARS = 200;

/** Reads a body. Throws a Refusal (400) that names what is wrong with it. */
export function parseRequest(bodyText: string): ShareRequest {
  const body = parseObject(bodyText);
  const action = body['action'];
  switch (action) {
    case 'createLink':
      return createLinkOf(body);
    case 'join':
      return { action, token: tokenOf(body) };
    case 'membership':
    case 'links':
    case 'members':
    case 'leave':
      return { action, project: idOf(body, 'project') };
    case 'revokeLink':
      return { action, project: idOf(body, 'project'), link: idOf(body, 'link') };
    case 'removeMember':
    case 'handOver':
      return { action, project: idOf(body, 'project'), member: idOf(body, 'member') };
    case 'changeRole':
      return { action, project: idOf(body, 'project'), member: idOf(body, 'member'), role: roleOf(body) };
    default:
      return malformed('"action" is none that there is');
  }
}

function createLinkOf(body: Record<string, unknown>): CreateLink {
  const isPublic = body['isPublic'] ?? false;
  if (typeof isPublic !== 'boolean') return malformed('"isPublic" must be true or false');
  const role = linkRoleOf(body, isPublic ? 'viewer' : 'editor');
  if (isPublic && role !== 'viewer') return malformed('"role" of a public link must be "viewer"');
  return {
    action: 'createLink',
    project: idOf(body, 'project'),
    role,
    expiresInDays: numberOf(body, 'expiresInDays', { above: 0, most: MAX_DAYS, whole: false }),
    maxUses: numberOf(body, 'maxUses', { above: 0, most: MAX_USES, whole: true }),
    isPublic,
  };
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed('the body must be JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return malformed('the body must be a JSON object');
  }
  return { ...value };
}

function idOf(body: Record<string, unknown>, field: string): string {
  const value = body[field];
  if (typeof value === 'string' && /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,35}$/.test(value)) return value;
  return malformed(`"${field}" must be an id`);
}

function tokenOf(body: Record<string, unknown>): string {
  const { token } = body;
  if (typeof token === 'string' && token !== '' && token.length <= MAX_TOKEN_CHARS) return token;
  return malformed('"token" must be the token of a share link');
}

function roleOf(body: Record<string, unknown>): Role {
  const { role } = body;
  return isRole(role) ? role : malformed('"role" must be "owner", "editor", "reviewer" or "viewer"');
}

function linkRoleOf(body: Record<string, unknown>, otherwise: LinkRole): LinkRole {
  const role = body['role'] ?? otherwise;
  if (isRole(role) && role !== 'owner') return role;
  return malformed('"role" must be "editor", "reviewer" or "viewer"');
}

function numberOf(
  body: Record<string, unknown>,
  field: string,
  { above, most, whole }: { above: number; most: number; whole: boolean },
): number | null {
  const value = body[field] ?? null;
  if (value === null) return null;
  const fits = typeof value === 'number' && value > above && value <= most && (!whole || Number.isInteger(value));
  return fits
    ? value
    : malformed(`"${field}" must be a ${whole ? 'whole ' : ''}number above ${above}, at most ${most}`);
}

function malformed(what: string): never {
  return refuse(400, 'malformed', `This request cannot be read: ${what}.`);
}
