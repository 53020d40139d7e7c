import { changeUser, createUser, deleteUser, passwordParam } from '../accounts.ts';
import { ServerError } from '../errors.ts';
import { userEvent } from '../events.ts';
import { isStringList } from '../json.ts';
import { invalidParam } from '../errors.ts';
import { listDocuments } from '../lists.ts';
import { boolean, newId, number, text } from '../params.ts';
import { presentAccount, presentSession, presentUser } from '../people.ts';
import type { User } from '../people.ts';
import { NO_CONTENT, part } from '../route.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { encodeSession, signToken } from '../secrets.ts';
import { emailParam } from './account.ts';
import { endSessions, insertSession } from './sessions.ts';

/** Users by API key. */
export const userRoutes: readonly Route[] = [
  { method: 'POST', path: '/users', scopes: ['users.write'], handle: create },
  { method: 'GET', path: '/users', scopes: ['users.read'], handle: list },
  {
    method: 'GET',
    path: '/users/:userId',
    scopes: ['users.read'],
    handle: (request) => ({ status: 200, body: presentUser(find(request)) }),
  },
  { method: 'DELETE', path: '/users/:userId', scopes: ['users.write'], handle: remove },
  { method: 'PUT', path: '/users/:userId/labels', scopes: ['users.write'], handle: updateLabels },
  { method: 'PATCH', path: '/users/:userId/status', scopes: ['users.write'], handle: updateStatus },
  { method: 'PATCH', path: '/users/:userId/name', scopes: ['users.write'], handle: updateName },
  {
    method: 'GET',
    path: '/users/:userId/prefs',
    scopes: ['users.read'],
    handle: (request) => ({ status: 200, body: find(request).prefs }),
  },
  { method: 'GET', path: '/users/:userId/sessions', scopes: ['users.read'], handle: listSessions },
  { method: 'POST', path: '/users/:userId/sessions', scopes: ['users.write', 'sessions.write'], handle: createSession },
  { method: 'DELETE', path: '/users/:userId/sessions', scopes: ['users.write', 'sessions.write'], handle: endAll },
  {
    method: 'DELETE',
    path: '/users/:userId/sessions/:sessionId',
    scopes: ['users.write', 'sessions.write'],
    handle: endOne,
  },
  { method: 'POST', path: '/users/:userId/jwts', scopes: ['users.write'], handle: createToken },
];

function find({ context, path }: Pick<ApiRequest, 'context' | 'path'>): User {
  const user = context.users.get(path['userId'] ?? '');
  if (!user) throw new ServerError('user_not_found');
  return user;
}

async function create({ context, body }: ApiRequest): Promise<Reply> {
  const id = newId(body, 'userId');
  const email = body['email'] === undefined || body['email'] === null ? '' : emailParam(body);
  const password = body['password'] === undefined || body['password'] === null ? null : passwordParam(body, 'password');
  const name = text(body, 'name', { min: 0, fallback: '' });
  const user = await createUser(context, { id, email, password, name, accessedAt: '' });
  return { status: 201, body: presentUser(user) };
}

function list({ context, query }: ApiRequest): Reply {
  const { total, items } = listDocuments(context.users, query, {
    fields: {
      name: 'text',
      email: 'text',
      status: 'boolean',
      registration: 'time',
      passwordUpdate: 'time',
      emailVerification: 'boolean',
    },
    searched: ['$id', 'name', 'email'],
  });
  return { status: 200, body: { total, users: items.map(presentUser) } };
}

async function remove(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  await context.writer.write((afterCommit) => {
    const user = find(request);
    deleteUser(context, user);
    afterCommit(() => context.publish(userEvent(user.$id, 'delete', presentAccount(user))));
  });
  return NO_CONTENT;
}

async function updateLabels(request: ApiRequest): Promise<Reply> {
  const { labels } = request.body;
  if (!isStringList(labels) || !labels.every((label) => /^[A-Za-z0-9]{1,36}$/.test(label))) {
    throw invalidParam(
      'labels',
      'Value must a valid array no longer than 1000 items and Value must be a valid string and at least 1 chars and no longer than 36 chars',
    );
  }
  return change(request, { labels: [...new Set(labels)] }, 'labels');
}

async function updateStatus(request: ApiRequest): Promise<Reply> {
  return change(request, { status: boolean(request.body, 'status', true) }, 'status');
}

async function updateName(request: ApiRequest): Promise<Reply> {
  return change(request, { name: text(request.body, 'name', { min: 0 }) }, 'name');
}

function change(request: ApiRequest, edit: Partial<User>, detail: string): Promise<Reply> {
  const { context } = request;
  return context.writer.write((afterCommit) => {
    const user = changeUser(context, part(request, 'userId'), () => edit);
    afterCommit(() => context.publish(userEvent(user.$id, 'update', presentAccount(user), { detail })));
    return { status: 200, body: presentUser(user) };
  });
}

function listSessions(request: ApiRequest): Reply {
  const sessions = request.context.sessions.where('userId', find(request).$id);
  return {
    status: 200,
    body: { total: sessions.length, sessions: sessions.map((session) => presentSession(session, false)) },
  };
}

async function createSession(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  return context.writer.write(() => {
    const user = find(request);
    const { session, secret } = insertSession(
      context,
      user,
      { provider: 'server', providerUid: '', factor: 'server' },
      request,
    );
    return { status: 201, body: presentSession(session, false, encodeSession(user.$id, secret)) };
  });
}

async function endAll(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  await endSessions(context, context.sessions.where('userId', find(request).$id));
  return NO_CONTENT;
}

async function endOne(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  const user = find(request);
  const session = context.sessions.get(part(request, 'sessionId'));
  if (session?.userId !== user.$id) throw new ServerError('user_session_not_found');
  await endSessions(context, [session]);
  return NO_CONTENT;
}

/** A token for the session that is named, or for the newest one. */
function createToken(request: ApiRequest): Reply {
  const { context, body } = request;
  const user = find(request);
  const seconds = number(body, 'duration', { min: 0, max: 3600, fallback: 900 });
  const sessions = context.sessions.where('userId', user.$id);
  const named = typeof body['sessionId'] === 'string' && body['sessionId'] !== 'recent' ? body['sessionId'] : undefined;
  const session = named === undefined ? sessions.at(-1) : sessions.find(({ $id }) => $id === named);
  const claims = { userId: user.$id, sessionId: session?.$id ?? '' };
  return { status: 201, body: { jwt: signToken(claims, seconds || 900, context.tokenKey) } };
}
