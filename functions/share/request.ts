/**
 * The requests of the Function `share`, as JSON in the body:
 *
 *     {action: 'createLink', project, role?, expiresInDays?, maxUses?}  → 201 {token}
 *     {action: 'join', token}                                          → 200 {project, role}
 *     {action: 'membership', project}                                  → 200 {role}
 */
import { isRole, type Role } from '../../src/core/roles.ts';
import { refuse } from './refusal.ts';

export type LinkRole = Exclude<Role, 'owner'>;

export interface CreateLink {
  readonly action: 'createLink';
  readonly project: string;
  readonly role: LinkRole;
  /** `null`: does not expire. */
  readonly expiresInDays: number | null;
  /** `null`: as often as wanted. */
  readonly maxUses: number | null;
}

export interface Join {
  readonly action: 'join';
  readonly token: string;
}

export interface AskMembership {
  readonly action: 'membership';
  readonly project: string;
}

export type ShareRequest = CreateLink | Join | AskMembership;

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
      return {
        action,
        project: idOf(body, 'project'),
        role: linkRoleOf(body),
        expiresInDays: numberOf(body, 'expiresInDays', { above: 0, most: MAX_DAYS, whole: false }),
        maxUses: numberOf(body, 'maxUses', { above: 0, most: MAX_USES, whole: true }),
      };
    case 'join':
      return { action, token: tokenOf(body) };
    case 'membership':
      return { action, project: idOf(body, 'project') };
    default:
      return malformed('"action" must be "createLink", "join" or "membership"');
  }
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
  return malformed(`"${field}" must be the id of a project`);
}

function tokenOf(body: Record<string, unknown>): string {
  const { token } = body;
  if (typeof token === 'string' && token !== '' && token.length <= MAX_TOKEN_CHARS) return token;
  return malformed('"token" must be the token of a share link');
}

function linkRoleOf(body: Record<string, unknown>): LinkRole {
  const role = body['role'] ?? 'editor';
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
