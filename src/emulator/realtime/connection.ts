import type { WebSocket } from 'ws';
import { rolesOf } from '../caller.ts';
import type { Context } from '../context.ts';
import type { ServerEvent } from '../events.ts';
import { holdsAny } from '../permissions.ts';
import type { Json, JsonObject } from '../json.ts';
import type { User } from '../people.ts';
import type { Query } from '../queries.ts';
import { matches } from './filter.ts';

/** A client that reads so slowly is dropped; it reconnects and reads the rows. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

/** What one `subscribe` asked for. */
export interface Subscription {
  channels: string[];
  queries: Query[];
}

/** An event that is about to be sent, serialised once for all sockets. */
export interface OutgoingEvent {
  event: ServerEvent;
  channels: ReadonlySet<string>;
  /** Everything up to the list of subscriptions. */
  head: string;
}

export function outgoing(event: ServerEvent, timestamp: string): OutgoingEvent {
  const { events, channels, payload } = event;
  const data = JSON.stringify({ events, channels, timestamp, payload });
  return { event, channels: new Set(channels), head: `{"type":"event","data":${data.slice(0, -1)},"subscriptions":` };
}

/** An open socket: whose it is, which roles it holds, what it wants to hear. */
export class Connection {
  readonly socket: WebSocket;
  user: User | undefined;
  roles: ReadonlySet<string>;
  /** False after an authentication without subscriptions: then the connection has lost its project, as on the real server. */
  hasProject: boolean;
  readonly #subscriptions = new Map<string, Subscription[]>();

  constructor(socket: WebSocket, user: User | undefined, roles: ReadonlySet<string>, hasProject: boolean) {
    this.socket = socket;
    this.user = user;
    this.roles = roles;
    this.hasProject = hasProject;
  }

  get subscriptionCount(): number {
    return this.#subscriptions.size;
  }

  /** Adds to a subscription: what it heard under this id before, it still hears. */
  subscribe(id: string, wanted: Subscription): void {
    this.#subscriptions.set(id, [...(this.#subscriptions.get(id) ?? []), wanted]);
  }

  unsubscribe(id: string): boolean {
    return this.#subscriptions.delete(id);
  }

  /** Gives the connection the roles that its user holds now. */
  refreshRoles(context: Context): void {
    const user = this.user && context.users.get(this.user.$id);
    if (user) this.roles = rolesOf(context, user);
  }

  /** Sends the event if the connection may know it and one of its subscriptions asks for it. */
  deliver({ event, channels, head }: OutgoingEvent): void {
    if (!holdsAny(this.roles, event.roles)) return;
    const ids: string[] = [];
    for (const [id, wanted] of this.#subscriptions) {
      const hit = wanted.some(
        (one) => one.channels.some((channel) => channels.has(channel)) && matches(event.payload, one.queries),
      );
      if (hit) ids.push(id);
    }
    if (ids.length === 0) return;
    if (this.socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.socket.terminate();
      return;
    }
    this.socket.send(`${head}${JSON.stringify(ids)}}}`);
  }

  send(type: string, data?: JsonObject): void {
    this.socket.send(JSON.stringify(data === undefined ? { type } : { type, data }));
  }

  /** Sends an error; with `close` the connection ends without a closing handshake, so that clients see 1006. */
  fail(code: number, message: Json, close = false): void {
    const text = JSON.stringify({ type: 'error', data: { code, message } });
    this.socket.send(text, () => {
      if (close) this.socket.terminate();
    });
  }
}
