import { randomUUID } from 'node:crypto';
import { rolesOf, userOfSession } from '../caller.ts';
import type { Context } from '../context.ts';
import { uniqueId } from '../ids.ts';
import { isObject, isStringList } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { presentAccount } from '../people.ts';
import type { User } from '../people.ts';
import type { Connection, Subscription } from './connection.ts';
import { FilterProblem, readFilter, showQuery } from './filter.ts';

const FORMAT_INVALID = 1003;
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;
/** Further frames of a connection are answered with an error and dropped, where limits are enforced. */
const FRAMES = { requests: 32, per: 60 };
/** The real server does not tell what was wrong. */
const MASKED = 'Error: Server Error';
/** Longer frames end the connection. */
const MAX_FRAME_BYTES = 65_534;

/** Names the frames of a connection to the rate limits. */
export function frameLimitKey({ id }: Connection): string {
  return `realtime frames ${id}`;
}

/** Handles one frame of a client. */
export function handleFrame(context: Context, connection: Connection, text: string): void {
  if (context.limits.take(frameLimitKey(connection), FRAMES).exceeded) {
    connection.fail(TRY_AGAIN_LATER, MASKED);
    return;
  }
  if (Buffer.byteLength(text) > MAX_FRAME_BYTES) {
    connection.drop();
    return;
  }
  if (text === '') return;
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    connection.fail(FORMAT_INVALID, MASKED);
    return;
  }
  if (!isObject(frame)) {
    connection.fail(0, MASKED);
    return;
  }
  handleMessage(context, connection, frame);
}

function handleMessage(context: Context, connection: Connection, { type, data }: JsonObject): void {
  switch (typeof type === 'string' ? type : '') {
    case 'ping':
      connection.send('pong');
      break;
    case 'subscribe':
      subscribe(connection, data);
      break;
    case 'unsubscribe':
      unsubscribe(connection, data);
      break;
    case 'authentication':
      authenticate(context, connection, data);
      break;
    default:
      connection.fail(FORMAT_INVALID, MASKED);
  }
}

/** All of a frame or nothing: one bad entry refuses the others. */
function subscribe(connection: Connection, data: Json | undefined): void {
  if (!connection.hasProject) {
    connection.fail(POLICY_VIOLATION, MASKED, true);
    return;
  }
  try {
    if (!Array.isArray(data)) throw new FilterProblem(FORMAT_INVALID);
    const entries = data.map((entry) => readEntry(entry, connection.user));
    for (const { id, subscription } of entries) connection.subscribe(id, subscription);
    const subscriptions = entries.map(({ id, subscription }) => ({
      subscriptionId: id,
      channels: subscription.channels,
      queries: subscription.queries.map(showQuery),
    }));
    connection.send('response', { to: 'subscribe', success: true, subscriptions });
  } catch (error) {
    if (!(error instanceof FilterProblem)) throw error;
    connection.fail(error.code, MASKED);
  }
}

function readEntry(entry: Json, user: User | undefined): { id: string; subscription: Subscription } {
  if (!isObject(entry)) throw new FilterProblem(FORMAT_INVALID);
  const { subscriptionId = randomUUID().replaceAll('-', '').slice(0, 20), channels, queries = [] } = entry;
  if (typeof subscriptionId !== 'string' || subscriptionId === '' || !isStringList(channels))
    throw new FilterProblem(FORMAT_INVALID);
  return {
    id: subscriptionId,
    subscription: { channels: expandChannels(channels, user), queries: readFilter(queries) },
  };
}

/** `account` stands for the account of the caller; the accounts of others are left out without a word. */
export function expandChannels(channels: readonly string[], user: User | undefined): string[] {
  const own = user && `account.${user.$id}`;
  const allowed = channels.filter(
    (channel) =>
      !channel.startsWith('account.') || (own !== undefined && (channel === own || channel.startsWith(`${own}.`))),
  );
  return [...new Set(own !== undefined && allowed.includes('account') ? [...allowed, own] : allowed)];
}

function unsubscribe(connection: Connection, data: Json | undefined): void {
  const ids: string[] = [];
  for (const entry of Array.isArray(data) ? data : [null]) {
    const id = isObject(entry) ? entry['subscriptionId'] : undefined;
    if (typeof id !== 'string' || id === '') {
      connection.fail(FORMAT_INVALID, MASKED);
      return;
    }
    ids.push(id);
  }
  const subscriptions = ids.map((id) => ({ subscriptionId: id, removed: connection.unsubscribe(id) }));
  connection.send('response', { to: 'unsubscribe', success: true, subscriptions });
}

/** The session of a frame replaces the one with which the socket was opened; subscriptions stay. */
function authenticate(context: Context, connection: Connection, data: Json | undefined): void {
  const session = isObject(data) ? data['session'] : undefined;
  const found = typeof session === 'string' ? userOfSession(context, session) : undefined;
  if (!found?.user.status) {
    connection.fail(FORMAT_INVALID, MASKED);
    return;
  }
  connection.user = found.user;
  connection.sessionId = found.session.$id;
  connection.roles = rolesOf(context, found.user);
  if (connection.subscriptionCount === 0) connection.hasProject = false;
  connection.send('response', { to: 'authentication', success: true, user: presentAccount(found.user) });
}

/** Subscribes to the channels of the URL; returns what the `connected` frame tells about it. */
export function subscribeFromUrl(
  connection: Connection,
  channels: readonly string[],
  queriesOf: (channel: string) => string[],
): JsonObject {
  if (channels.length === 0) return { channels: [], subscriptions: [] };
  const id = uniqueId();
  const expanded = expandChannels(channels, connection.user);
  for (const channel of expanded)
    connection.subscribe(id, { channels: [channel], queries: readFilter(queriesOf(channel)) });
  return { channels: expanded, subscriptions: [id] };
}
