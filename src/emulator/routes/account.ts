import { callerUser, changeUser, checkPassword, createUser, passwordParam, unchanged } from '../accounts.ts';
import { isEmail } from '../emails.ts';
import { invalidParam, ServerError } from '../errors.ts';
import { userEvent } from '../events.ts';
import { now } from '../ids.ts';
import { isObject, isTooDeep } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { need, newId, number, text } from '../params.ts';
import { presentAccount } from '../people.ts';
import type { User } from '../people.ts';
import { byUser } from '../rate-limits.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { hashPassword, signToken } from '../secrets.ts';

const MAX_PREFS = 65_536;
const HOUR = 3600;

export const accountRoutes: readonly Route[] = [
  { method: 'POST', path: '/account', scopes: ['sessions.write'], limit: { requests: 10, per: HOUR }, handle: create },
  { method: 'GET', path: '/account', scopes: ['account'], handle: (request) => shown(callerUser(request).user) },
  {
    method: 'GET',
    path: '/account/prefs',
    scopes: ['account'],
    handle: (request) => ({ status: 200, body: callerUser(request).user.prefs }),
  },
  { method: 'PATCH', path: '/account/prefs', scopes: ['account'], handle: updatePrefs },
  { method: 'PATCH', path: '/account/name', scopes: ['account'], handle: updateName },
  { method: 'PATCH', path: '/account/email', scopes: ['account'], handle: updateEmail },
  {
    method: 'PATCH',
    path: '/account/password',
    scopes: ['account'],
    limit: { requests: 10, per: HOUR },
    handle: updatePassword,
  },
  {
    method: 'POST',
    path: '/account/jwts',
    scopes: ['account'],
    limit: { requests: 120, per: 60, by: byUser },
    handle: createToken,
  },
  {
    method: 'POST',
    path: '/account/recovery',
    scopes: ['sessions.write'],
    limit: { requests: 10, per: HOUR },
    handle: noMail,
  },
  {
    method: 'POST',
    path: '/account/verifications/email',
    scopes: ['account'],
    limit: { requests: 10, per: HOUR },
    handle: noMail,
  },
];

function shown(user: User): Reply {
  return { status: 200, body: presentAccount(user) };
}

async function create(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  const id = newId(body, 'userId');
  const email = emailParam(body);
  const password = passwordParam(body, 'password');
  const name = text(body, 'name', { min: 0, fallback: '' });
  const user = await createUser(context, { id, email, password, name, accessedAt: now() });
  return { status: 201, body: presentAccount(user) };
}

async function updatePrefs(request: ApiRequest): Promise<Reply> {
  const prefs = prefsParam(request.body);
  return shown(await change(request, 'prefs', () => ({ prefs })));
}

async function updateName(request: ApiRequest): Promise<Reply> {
  const name = text(request.body, 'name');
  return shown(await change(request, 'name', () => ({ name })));
}

/** Changes the address; the first address of an anonymous user comes with a password and makes a real account. */
async function updateEmail(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  const email = emailParam(body);
  const password = passwordParam(body, 'password');
  const { user } = callerUser(request);
  if (user.password !== null) await checkPassword(user, password);
  const hash = user.password ?? (await hashPassword(password));
  const updated = await change(request, 'email', (current) => {
    unchanged(context, user);
    if (context.users.where('email', email).some((other) => other.$id !== user.$id))
      throw new ServerError('user_target_already_exists');
    const target = current.target && { ...current.target, identifier: email, $updatedAt: now() };
    return {
      email,
      target,
      password: hash,
      emailVerification: false,
      ...(current.password === null && { passwordUpdate: now() }),
    };
  });
  return shown(updated);
}

/** Ends all other sessions with their open sockets. */
async function updatePassword(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  const password = passwordParam(body, 'password');
  const { user, session } = callerUser(request);
  if (user.password !== null)
    await checkPassword(user, typeof body['oldPassword'] === 'string' ? body['oldPassword'] : '');
  const hash = await hashPassword(password);
  const sessionsEnded: string[] = [];
  const edit = (): Partial<User> => {
    unchanged(context, user);
    for (const other of context.sessions.where('userId', user.$id)) {
      if (other.$id === session?.$id) continue;
      context.sessions.delete(other.$id);
      sessionsEnded.push(other.$id);
    }
    return { password: hash, passwordUpdate: now() };
  };
  const updated = await change(request, 'password', edit, sessionsEnded);
  return shown(updated);
}

/** @param sessionsEnded what `edit` fills with the sessions that it ends */
function change(
  request: ApiRequest,
  detail: string,
  edit: (user: User) => Partial<User>,
  sessionsEnded: readonly string[] = [],
): Promise<User> {
  const { context } = request;
  const { user } = callerUser(request);
  return context.writer.write((afterCommit) => {
    const updated = changeUser(context, user.$id, edit);
    const shownAs = presentAccount(updated);
    afterCommit(() => context.publish(userEvent(user.$id, 'update', shownAs, { detail, sessionsEnded })));
    return updated;
  });
}

function createToken(request: ApiRequest): Reply {
  const seconds = number(request.body, 'duration', { min: 0, max: 3600, fallback: 900 });
  const { user, session, viaToken } = callerUser(request);
  if (viaToken || !session) throw new ServerError('user_jwt_creation_denied');
  const claims = { userId: user.$id, sessionId: session.$id };
  return { status: 201, body: { jwt: signToken(claims, seconds || 900, request.context.tokenKey) } };
}

function noMail(): never {
  throw new ServerError('general_smtp_disabled');
}

/** An address in lower case. */
export function emailParam(body: JsonObject): string {
  const email = need(body, 'email');
  if (!isEmail(email)) throw invalidParam('email', 'Value must be a valid email address');
  return email.toLowerCase();
}

/** Preferences: an object that is not empty. An empty object inside becomes an empty list, as PHP cannot tell them apart. */
export function prefsParam(body: JsonObject): JsonObject {
  const prefs = need(body, 'prefs');
  if (
    !isObject(prefs) ||
    Object.keys(prefs).length === 0 ||
    isTooDeep(prefs) ||
    JSON.stringify(prefs).length > MAX_PREFS
  ) {
    throw invalidParam('prefs', 'Value must be a valid object.');
  }
  return Object.fromEntries(Object.entries(prefs).map(([name, value]) => [name, emptyAsList(value)]));
}

function emptyAsList(value: Json): Json {
  if (Array.isArray(value)) return value.map(emptyAsList);
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  return entries.length === 0 ? [] : Object.fromEntries(entries.map(([name, item]) => [name, emptyAsList(item)]));
}
