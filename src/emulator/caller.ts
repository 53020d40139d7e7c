import type { IncomingHttpHeaders } from 'node:http';
import type { KnownCaller } from './caller-cache.ts';
import type { Context } from './context.ts';
import { ServerError } from './errors.ts';
import { isObject, isStringList } from './json.ts';
import type { Session, User } from './people.ts';
import { decodeSession, hashSecret, sameSecret, verifyToken } from './secrets.ts';

/** Who asks. A key passes all permissions; users and guests hold roles. */
export type Caller =
  | { kind: 'guest'; roles: ReadonlySet<string> }
  | { kind: 'user'; user: User; session: Session | undefined; viaToken: boolean; roles: ReadonlySet<string> }
  | { kind: 'key'; scopes: ReadonlySet<string> | 'all'; roles: ReadonlySet<string> };

export const GUEST: Caller = { kind: 'guest', roles: new Set(['any', 'guests']) };

const EVERYBODY = [
  'public',
  'sessions.write',
  'documents.read',
  'documents.write',
  'rows.read',
  'rows.write',
  'files.read',
  'files.write',
  'execution.write',
  'executions.write',
];
const GUEST_SCOPES = new Set(EVERYBODY);
const USER_SCOPES = new Set([
  ...EVERYBODY,
  'account',
  'teams.read',
  'teams.write',
  'execution.read',
  'executions.read',
]);

/** True if the caller has one of the scopes. */
export function hasScope(caller: Caller, scopes: readonly string[]): boolean {
  switch (caller.kind) {
    case 'guest':
      return scopes.some((scope) => GUEST_SCOPES.has(scope));
    case 'user':
      return scopes.some((scope) => USER_SCOPES.has(scope));
    case 'key': {
      const held = caller.scopes;
      if (scopes.includes('public')) return true;
      return held === 'all' ? scopes.some((scope) => scope !== 'account') : scopes.some((scope) => held.has(scope));
    }
  }
}

/** How the caller is named in the message about missing scopes. */
export function callerName(caller: Caller, projectId: string): string {
  if (caller.kind === 'guest') return 'User (role: guests)';
  if (caller.kind === 'user') return `${caller.user.email || 'User'} (role: users)`;
  return `app.${projectId}@service.localhost (role: applications)`;
}

/** Every role that a user holds now. Only confirmed memberships count. */
export function rolesOf(context: Context, user: User): ReadonlySet<string> {
  const verified = user.emailVerification ? 'verified' : 'unverified';
  const roles = ['any', 'users', `user:${user.$id}`, `user:${user.$id}/${verified}`, `users/${verified}`];
  for (const membership of context.memberships.where('userId', user.$id)) {
    if (!membership.confirm) continue;
    roles.push(`team:${membership.teamId}`, `member:${membership.$id}`);
    for (const role of membership.roles) roles.push(`team:${membership.teamId}/${role}`);
  }
  for (const label of user.labels) roles.push(`label:${label}`);
  return new Set(roles);
}

/** The user of an encoded session, if that session exists and has not expired. */
export function userOfSession(context: Context, encoded: string): { user: User; session: Session } | undefined {
  const decoded = decodeSession(encoded);
  if (!decoded) return undefined;
  const session = context.sessions.where('secretHash', hashSecret(decoded.secret))[0];
  if (!session || session.userId !== decoded.userId || Date.parse(session.expire) < Date.now()) return undefined;
  const user = context.users.get(session.userId);
  return user && { user, session };
}

/** The encoded session that a request carries: header, cookie, cookie of the older name, or fallback. */
export function sessionOf(headers: IncomingHttpHeaders, projectId: string): string | undefined {
  const header = one(headers['x-appwrite-session']);
  if (header) return header;
  const name = `a_session_${projectId}`;
  const cookies = parseCookies(headers.cookie ?? '');
  const cookie = cookies.get(name) || cookies.get(`${name}_legacy`);
  if (cookie) return cookie;
  const fallback = one(headers['x-fallback-cookies']);
  if (!fallback) return undefined;
  try {
    const parsed: unknown = JSON.parse(fallback);
    const value = isObject(parsed) ? parsed[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined; // a header of another program: the caller is a guest
  }
}

/**
 * Finds out who asks. A session that does not exist makes a guest; a token or key that is wrong is an error, and so
 * are two ways at once.
 */
export function identify(context: Context, headers: IncomingHttpHeaders, token: string | undefined): Caller {
  const encoded = sessionOf(headers, context.projectId);
  const found = encoded === undefined ? undefined : context.callers.get(encoded, () => knownCaller(context, encoded));
  const key = one(headers['x-appwrite-key']);
  if (key) {
    if (found) throw new ServerError('user_api_key_and_session_set');
    return { kind: 'key', scopes: scopesOfKey(context, key), roles: new Set() };
  }
  if (token) {
    if (found) throw new ServerError('user_jwt_and_cookie_set');
    return callerOfToken(context, token);
  }
  return found ? userCaller(found.user, found.session, false, found.roles) : GUEST;
}

function knownCaller(context: Context, encoded: string): KnownCaller | undefined {
  const found = userOfSession(context, encoded);
  return found && { ...found, roles: rolesOf(context, found.user) };
}

/** Guests for a token whose session or user has ended; throws for a token that was not made here. */
function callerOfToken(context: Context, token: string): Caller {
  const checked = verifyToken(token, context.tokenKey);
  if ('problem' in checked) {
    throw new ServerError('user_jwt_invalid', `Failed to verify JWT. Invalid token: ${checked.problem}`);
  }
  const { userId, sessionId } = checked.claims;
  const user = typeof userId === 'string' ? context.users.get(userId) : undefined;
  if (!user) return GUEST;
  if (typeof sessionId !== 'string' || sessionId === '')
    return userCaller(user, undefined, true, rolesOf(context, user));
  const session = context.sessions.get(sessionId);
  if (!session || session.userId !== user.$id) return GUEST;
  return userCaller(user, session, true, rolesOf(context, user));
}

function userCaller(user: User, session: Session | undefined, viaToken: boolean, roles: ReadonlySet<string>): Caller {
  if (!user.status) throw new ServerError('user_blocked');
  return { kind: 'user', user, session, viaToken, roles };
}

/** The prefix of the keys that functions get for one execution. */
export const EPHEMERAL_PREFIX = 'ephemeral_';

function scopesOfKey(context: Context, key: string): ReadonlySet<string> | 'all' {
  if (key.startsWith(EPHEMERAL_PREFIX)) {
    const checked = verifyToken(key.slice(EPHEMERAL_PREFIX.length), context.tokenKey);
    const scopes = 'claims' in checked ? checked.claims['scopes'] : undefined;
    if (isStringList(scopes)) return new Set(scopes.flatMap(scopeAliases));
  } else if (sameSecret(key, context.apiKey)) {
    return 'all';
  }
  throw new ServerError('user_unauthorized');
}

/** Names of one scope in the newer and the older API. */
function scopeAliases(scope: string): string[] {
  return [
    scope,
    scope
      .replace(/^rows\./, 'documents.')
      .replace(/^tables\./, 'collections.')
      .replace(/^columns\./, 'attributes.'),
    scope
      .replace(/^documents\./, 'rows.')
      .replace(/^collections\./, 'tables.')
      .replace(/^attributes\./, 'columns.'),
  ];
}

function parseCookies(header: string): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at < 0) continue;
    const value = pair.slice(at + 1).trim();
    cookies.set(pair.slice(0, at).trim(), decode(value));
  }
  return cookies;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // not percent-encoded after all
  }
}

export function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
