import { callerUser, checkPassword, insertUser, passwordParam, unchanged } from '../accounts.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../errors.ts';
import { sessionEvent } from '../events.ts';
import { formatTime, now, uniqueId } from '../ids.ts';
import { presentSession } from '../people.ts';
import type { Session, User } from '../people.ts';
import { byEmail } from '../rate-limits.ts';
import { NO_CONTENT, part } from '../route.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { encodeSession, hashSecret, randomSecret } from '../secrets.ts';
import { emailParam } from './account.ts';

const SESSION_SECONDS = 31_536_000;
/** The oldest sessions of a user end when there are more. */
const MAX_SESSIONS = 10;

export const sessionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/account/sessions/email',
    scopes: ['sessions.write'],
    limit: { requests: 10, per: 3600, by: byEmail, resetOn: 201 },
    handle: createWithPassword,
  },
  {
    method: 'POST',
    path: '/account/sessions/anonymous',
    scopes: ['sessions.write'],
    limit: { requests: 50, per: 3600 },
    handle: createAnonymous,
  },
  { method: 'GET', path: '/account/sessions', scopes: ['account'], handle: list },
  {
    method: 'DELETE',
    path: '/account/sessions',
    scopes: ['account'],
    limit: { requests: 100, per: 3600 },
    handle: removeAll,
  },
  { method: 'GET', path: '/account/sessions/:sessionId', scopes: ['account'], handle: get },
  {
    method: 'DELETE',
    path: '/account/sessions/:sessionId',
    scopes: ['account'],
    limit: { requests: 100, per: 3600 },
    handle: remove,
  },
];

async function createWithPassword(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  const email = emailParam(body);
  const password = passwordParam(body, 'password');
  refuseUsers(request);
  const user = context.users.where('email', email)[0];
  if (!context.limits.enforced && !context.loginGuard.admits(email))
    throw new ServerError('general_rate_limit_exceeded');
  await checkPassword(user, password);
  context.loginGuard.succeeded(email);
  if (!user) throw new ServerError('user_invalid_credentials');
  return context.writer.write((afterCommit) => {
    const current = unchanged(context, user);
    if (current.email !== email) throw new ServerError('user_invalid_credentials');
    if (!current.status) throw new ServerError('user_blocked');
    const made = insertSession(context, user, { provider: 'email', providerUid: email, factor: 'password' }, request);
    afterCommit(() =>
      context.publish(sessionEvent(user.$id, made.session.$id, 'create', presentSession(made.session, true))),
    );
    return reply(request, user, made);
  });
}

async function createAnonymous(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  refuseUsers(request);
  return context.writer.write((afterCommit) => {
    const user = insertUser(context, { id: uniqueId(), email: '', password: null, name: '', accessedAt: now() }, null);
    const made = insertSession(context, user, { provider: 'anonymous', providerUid: '', factor: 'anonymous' }, request);
    afterCommit(() =>
      context.publish(sessionEvent(user.$id, made.session.$id, 'create', presentSession(made.session, true))),
    );
    return reply(request, user, made);
  });
}

function refuseUsers({ caller }: ApiRequest): void {
  if (caller.kind === 'user') throw new ServerError('user_session_already_exists');
}

interface MadeSession {
  session: Session;
  secret: string;
}

/** Stores a session and ends the oldest ones above the limit; belongs inside a write. */
export function insertSession(
  context: Context,
  user: User,
  how: { provider: Session['provider']; providerUid: string; factor: string },
  from: Pick<ApiRequest, 'ip' | 'headers'>,
): MadeSession {
  const secret = randomSecret();
  const time = now();
  const session: Session = {
    $id: uniqueId(),
    $createdAt: time,
    $updatedAt: time,
    userId: user.$id,
    expire: formatTime(Date.now() + SESSION_SECONDS * 1000),
    provider: how.provider,
    providerUid: how.providerUid,
    ip: from.ip,
    userAgent: from.headers['user-agent'] ?? '',
    factors: [how.factor],
    secretHash: hashSecret(secret),
  };
  context.sessions.insert(session);
  const all = context.sessions.where('userId', user.$id);
  for (const old of all.slice(0, Math.max(0, all.length - MAX_SESSIONS))) context.sessions.delete(old.$id);
  return { session, secret };
}

/** Clients get the secret as cookies and as fallback; only keys get it in the body. */
function reply(request: ApiRequest, user: User, { session, secret }: MadeSession): Reply {
  const encoded = encodeSession(user.$id, secret);
  const byKey = request.caller.kind === 'key';
  return {
    status: 201,
    headers: cookieHeaders(request.context, encoded, SESSION_SECONDS),
    body: presentSession(session, true, byKey ? encoded : ''),
  };
}

/** The session as two cookies (one of them for browsers that refuse `SameSite=None` over plain HTTP) and as fallback. */
function cookieHeaders({ projectId }: Context, encoded: string, seconds: number): Record<string, string | string[]> {
  const name = `a_session_${projectId}`;
  const expires = new Date(seconds > 0 ? Date.now() + seconds * 1000 : 0).toUTCString();
  const value = encoded === '' ? 'deleted' : encodeURIComponent(encoded);
  const attributes = `path=/; expires=${expires}; max-age=${seconds}; httponly`;
  return {
    'set-cookie': [`${name}_legacy=${value}; ${attributes}`, `${name}=${value}; ${attributes}; samesite=None`],
    'x-fallback-cookies': encoded === '' ? '[]' : JSON.stringify({ [name]: encoded }),
  };
}

function list(request: ApiRequest): Reply {
  const { user, session } = callerUser(request);
  const sessions = request.context.sessions.where('userId', user.$id);
  return {
    status: 200,
    body: {
      total: sessions.length,
      sessions: sessions.map((other) => presentSession(other, other.$id === session?.$id)),
    },
  };
}

function find(request: ApiRequest): Session {
  const { user, session } = callerUser(request);
  const id = part(request, 'sessionId');
  const found = id === 'current' ? session : request.context.sessions.get(id);
  if (!found || found.userId !== user.$id) throw new ServerError('user_session_not_found');
  return found;
}

function get(request: ApiRequest): Reply {
  const session = find(request);
  return { status: 200, body: presentSession(session, session.$id === callerUser(request).session?.$id) };
}

async function remove(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  const session = find(request);
  const current = session.$id === callerUser(request).session?.$id;
  await endSessions(context, [session], { shown: session.$id, keepsSocket: callerUser(request).session?.$id });
  return current ? { ...NO_CONTENT, headers: cookieHeaders(context, '', 0) } : NO_CONTENT;
}

async function removeAll(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  const { user, session } = callerUser(request);
  const sessions = context.sessions.where('userId', user.$id);
  await endSessions(context, sessions, { shown: session?.$id, keepsSocket: session?.$id });
  return { ...NO_CONTENT, headers: cookieHeaders(context, '', 0) };
}

/** What a caller who ends sessions has to do with them. */
interface Ending {
  /** The session that is announced as the current one. */
  shown?: string | undefined;
  /** The session of the caller: a logout does not stop the streams of its own sockets, as on the real server. */
  keepsSocket?: string | undefined;
}

/** Ends sessions with their open sockets and announces it. */
export function endSessions(context: Context, sessions: readonly Session[], by: Ending = {}): Promise<void> {
  return context.writer.write((afterCommit) => {
    for (const session of sessions) {
      const { $id, userId } = session;
      context.sessions.delete($id);
      const payload = presentSession(session, $id === by.shown);
      const ended = $id === by.keepsSocket ? [] : [$id];
      afterCommit(() => context.publish(sessionEvent(userId, $id, 'delete', payload, ended)));
    }
  });
}
