import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { GUEST, identify, one } from '../caller.ts';
import type { Caller } from '../caller.ts';
import type { Context } from '../context.ts';
import { hostOf } from '../cors.ts';
import { ServerError } from '../errors.ts';
import type { ServerEvent } from '../events.ts';
import { now } from '../ids.ts';
import { presentAccount } from '../people.ts';
import { Backlog } from './backlog.ts';
import type { BacklogLimits } from './backlog.ts';
import { ChannelIndex } from './channels.ts';
import { Connection } from './connection.ts';
import { FilterProblem } from './filter.ts';
import { frameLimitKey, handleFrame, subscribeFromUrl } from './messages.ts';
import { OutgoingEvent } from './outgoing.ts';

const PATH = '/v1/realtime';
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;
/** Of one address, where limits are enforced. */
const CONNECTIONS = { requests: 128, per: 60 };
/** Above the length at which frames end the connection without a word, as on the real server. */
const MAX_PAYLOAD_BYTES = 128 * 1024;

export interface Realtime {
  /** Tells an event to the sockets that may know it and want to; returns how many these were. */
  publish(event: ServerEvent): number;
  /** Open sockets. */
  readonly sockets: number;
  /** Sockets that were ended because their clients read too slowly. */
  readonly dropped: number;
  /** Drops all sockets. */
  close(): void;
}

/** Serves realtime on the HTTP server. Upgrades of other paths are left to the other listeners, if there are any. */
export function serveRealtime(context: Context, server: Server, limits?: BacklogLimits): Realtime {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
    autoPong: false,
    clientTracking: true,
  });
  const surroundings = { index: new ChannelIndex<Connection>(), backlog: new Backlog(limits) };
  const connections = new Set<Connection>();

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    try {
      const target = request.url ?? '';
      const url = URL.canParse(target, 'http://localhost') ? new URL(target, 'http://localhost') : undefined;
      if (url?.pathname === PATH) {
        sockets.handleUpgrade(request, socket, head, (opened) => guarded(opened, () => open(opened, request, url)));
      } else if (!url) {
        socket.destroy();
      } else if (server.listenerCount('upgrade') === 1) {
        socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      }
    } catch (error) {
      logFailure(error);
      socket.destroy();
    }
  };

  const logFailure = (error: unknown): void => {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    context.log({ level: 'error', message: 'A realtime connection failed', error: detail });
  };

  /** A failure costs the connection, not the server. */
  const guarded = (socket: Pick<WebSocket, 'terminate'>, work: () => void): void => {
    try {
      work();
    } catch (error) {
      logFailure(error);
      socket.terminate();
    }
  };

  const open = (socket: WebSocket, request: IncomingMessage, url: URL): void => {
    socket.on('error', (error) =>
      context.log({ level: 'warn', message: 'A realtime socket failed', error: error.message }),
    );
    const nobody = { user: undefined, session: undefined, roles: GUEST.roles, hasProject: false };
    const refused = new Connection(socket, surroundings, nobody);
    const welcome = admit(context, request, url);
    if ('code' in welcome) {
      refused.fail(welcome.code, welcome.message, true);
      return;
    }
    const { caller } = welcome;
    const { user, session } = caller.kind === 'user' ? caller : { user: undefined, session: undefined };
    const connection = new Connection(socket, surroundings, { user, session, roles: caller.roles, hasProject: true });
    try {
      const params = [...url.searchParams];
      const subscribed = subscribeFromUrl(connection, listOf(params, 'channels'), (channel) =>
        queriesOf(params, channel),
      );
      connections.add(connection);
      connection.send('connected', { ...subscribed, user: user ? presentAccount(user) : null });
    } catch (error) {
      connection.closed();
      if (!(error instanceof FilterProblem)) throw error;
      refused.fail(error.code, 'Error: Server Error', true);
      return;
    }
    socket.on('message', (data) =>
      guarded(socket, () => handleFrame(context, connection, bufferOf(data).toString('utf8'))),
    );
    socket.on('ping', (data) => guarded(socket, () => connection.pong(data)));
    socket.on('close', () =>
      guarded(socket, () => {
        connections.delete(connection);
        context.limits.forget(frameLimitKey(connection));
        connection.closed();
      }),
    );
  };

  const refreshRoles = ({ rolesChangedFor, rolesEnded }: ServerEvent): void => {
    if (rolesChangedFor === undefined && rolesEnded === undefined) return;
    for (const connection of connections) {
      const { user, roles } = connection;
      if (!user) continue;
      if (user.$id === rolesChangedFor || (rolesEnded !== undefined && roles.has(rolesEnded)))
        connection.refreshRoles(context);
    }
  };

  const deliver = (event: ServerEvent): number => {
    const listeners = surroundings.index.listeners(event.channels);
    if (listeners.size === 0) return 0;
    const message = new OutgoingEvent(event, now());
    let sent = 0;
    for (const connection of listeners) {
      guarded({ terminate: () => connection.drop() }, () => {
        if (connection.deliver(message)) sent += 1;
      });
    }
    surroundings.backlog.shrink();
    return sent;
  };

  const dropEnded = ({ rolesChangedFor, sessionsEnded = [] }: ServerEvent): void => {
    if (rolesChangedFor === undefined && sessionsEnded.length === 0) return;
    for (const connection of connections) {
      const { user, sessionId } = connection;
      const lost = user !== undefined && user.$id === rolesChangedFor && !context.users.get(user.$id)?.status;
      if (lost || (sessionId !== undefined && sessionsEnded.includes(sessionId))) connection.drop();
    }
  };

  server.on('upgrade', upgrade);
  return {
    publish: (event) => {
      refreshRoles(event);
      const sent = deliver(event);
      dropEnded(event);
      return sent;
    },
    get sockets() {
      return connections.size;
    },
    get dropped() {
      return surroundings.backlog.dropped;
    },
    close: () => {
      server.off('upgrade', upgrade);
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

function bufferOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** Who connects, or the error with which the connection ends. Without a project it is open, but hears nothing. */
function admit(
  context: Context,
  request: IncomingMessage,
  url: URL,
): { caller: Caller } | { code: number; message: string } {
  const address = request.socket.remoteAddress ?? '';
  if (context.limits.take(`realtime connections ${address}`, CONNECTIONS).exceeded) {
    return { code: TRY_AGAIN_LATER, message: 'Too many requests' };
  }
  const project = url.searchParams.get('project') ?? one(request.headers['x-appwrite-project']) ?? '';
  if (project !== '' && project !== 'console' && project !== context.projectId) {
    return { code: POLICY_VIOLATION, message: 'Missing or unknown project ID' };
  }
  const origin = one(request.headers.origin);
  if (origin !== undefined && !context.allowsHost(hostOf(origin))) {
    const message = `Invalid Origin. Register your new client (${hostOf(origin)}) as a new Web platform on your project console dashboard`;
    return { code: POLICY_VIOLATION, message };
  }
  if (project !== context.projectId) return { caller: { kind: 'guest', roles: new Set() } };
  try {
    const { 'x-appwrite-key': _key, ...headers } = request.headers;
    return { caller: identify(context, headers, url.searchParams.get('jwt') ?? undefined) };
  } catch (error) {
    if (error instanceof ServerError) return { code: error.code, message: error.message };
    throw error;
  }
}

type Param = readonly [key: string, value: string];

/** `name=x`, `name[]=x` and `name[0]=x` alike. */
function listOf(params: readonly Param[], name: string): string[] {
  return params.flatMap(([key, value]) =>
    key === name || (key.startsWith(`${name}[`) && key.endsWith(']')) ? [value] : [],
  );
}

/** The queries of a channel: `channel[0][]=…`. */
function queriesOf(params: readonly Param[], channel: string): string[] {
  const prefix = `${channel}[`;
  return params.flatMap(([key, value]) => (key.startsWith(prefix) ? [value] : []));
}
