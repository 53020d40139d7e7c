import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { rolesOf } from '../caller.ts';
import type { Context } from '../context.ts';
import { holdsAny } from '../permissions.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Session, User } from '../people.ts';
import type { Query } from '../queries.ts';
import type { Backlog, Reader } from './backlog.ts';
import type { ChannelIndex } from './channels.ts';
import { FilterProblem, matches, showQuery } from './filter.ts';
import type { OutgoingEvent } from './outgoing.ts';

/** Channels and queries of all subscriptions of a connection, those that were repeated included. */
const MAX_PARTS = 10_000;
/** Characters of all subscriptions of a connection. */
const MAX_CHARACTERS = 2_000_000;
const TEXT = { binary: false };

/** What one `subscribe` asked for. */
export interface Subscription {
  channels: string[];
  queries: Query[];
}

/** What is heard under one id. */
interface Heard {
  wanted: Subscription[];
  /** The same as text, so that what is repeated is found at once. */
  texts: Set<string>;
}

/** What all connections of a server share. */
export interface Surroundings {
  index: ChannelIndex<Connection>;
  backlog: Backlog;
}

/** An open socket: whose it is, which roles it holds, what it wants to hear. */
export class Connection implements Reader {
  readonly #socket: WebSocket;
  readonly #surroundings: Surroundings;
  user: User | undefined;
  /** The session that the connection was opened with; a token may have none. */
  sessionId: string | undefined;
  roles: ReadonlySet<string>;
  /** False after an authentication without subscriptions: then the connection has lost its project, as on the real server. */
  hasProject: boolean;
  /** Names the connection to the rate limits. */
  readonly id = randomUUID();
  readonly #subscriptions = new Map<string, Heard>();
  /** How many subscriptions want each channel. */
  readonly #channels = new Map<string, number>();
  #parts = 0;
  #characters = 0;

  constructor(
    socket: WebSocket,
    surroundings: Surroundings,
    whose: {
      user: User | undefined;
      session: Session | undefined;
      roles: ReadonlySet<string>;
      hasProject: boolean;
    },
  ) {
    this.#socket = socket;
    this.#surroundings = surroundings;
    this.user = whose.user;
    this.sessionId = whose.session?.$id;
    this.roles = whose.roles;
    this.hasProject = whose.hasProject;
  }

  get subscriptionCount(): number {
    return this.#subscriptions.size;
  }

  get waiting(): number {
    return this.#socket.bufferedAmount;
  }

  /** Adds to a subscription: what it heard under this id before, it still hears. Throws a `FilterProblem` if it is too much. */
  subscribe(id: string, wanted: Subscription): void {
    const text = JSON.stringify([wanted.channels, wanted.queries.map(showQuery)]);
    const heard = this.#subscriptions.get(id) ?? { wanted: [], texts: new Set() };
    if (heard.texts.has(text)) return;
    const parts = this.#parts + partsOf(wanted);
    const characters = this.#characters + id.length + text.length;
    if (parts > MAX_PARTS || characters > MAX_CHARACTERS) throw new FilterProblem(1003);
    this.#parts = parts;
    this.#characters = characters;
    heard.wanted.push(wanted);
    heard.texts.add(text);
    this.#subscriptions.set(id, heard);
    for (const channel of wanted.channels) {
      const count = this.#channels.get(channel) ?? 0;
      if (count === 0) this.#surroundings.index.add(channel, this);
      this.#channels.set(channel, count + 1);
    }
  }

  unsubscribe(id: string): boolean {
    const heard = this.#subscriptions.get(id);
    if (!heard) return false;
    this.#subscriptions.delete(id);
    for (const text of heard.texts) this.#characters -= id.length + text.length;
    for (const wanted of heard.wanted) {
      this.#parts -= partsOf(wanted);
      for (const channel of wanted.channels) this.#leave(channel);
    }
    return true;
  }

  #leave(channel: string): void {
    const left = (this.#channels.get(channel) ?? 0) - 1;
    if (left > 0) {
      this.#channels.set(channel, left);
    } else {
      this.#channels.delete(channel);
      this.#surroundings.index.remove(channel, this);
    }
  }

  /** To be called when the socket has ended. */
  closed(): void {
    for (const channel of this.#channels.keys()) this.#surroundings.index.remove(channel, this);
    this.#channels.clear();
    this.#subscriptions.clear();
    this.#surroundings.backlog.forget(this);
  }

  /** Gives the connection the roles that its user holds now. */
  refreshRoles(context: Context): void {
    const user = this.user && context.users.get(this.user.$id);
    if (user) this.roles = rolesOf(context, user);
  }

  /** Sends the event if the connection may know it and one of its subscriptions asks for it; true if it was sent. */
  deliver(message: OutgoingEvent): boolean {
    const { event, channels } = message;
    if (!holdsAny(this.roles, event.roles)) return false;
    const ids: string[] = [];
    for (const [id, { wanted }] of this.#subscriptions) {
      const hit = wanted.some(
        (one) => one.channels.some((channel) => channels.has(channel)) && matches(event.payload, one.queries),
      );
      if (hit) ids.push(id);
    }
    return ids.length > 0 && this.#write(message.frame(ids));
  }

  send(type: string, data?: JsonObject): void {
    this.#write(JSON.stringify(data === undefined ? { type } : { type, data }));
  }

  /** Answers a ping of the protocol itself. */
  pong(data: Buffer): void {
    if (!this.#surroundings.backlog.admits(this)) return;
    this.#socket.pong(data);
    this.#surroundings.backlog.written(this);
  }

  /** Sends an error; with `close` the connection ends without a closing handshake, so that clients see 1006. */
  fail(code: number, message: Json, close = false): void {
    const text = JSON.stringify({ type: 'error', data: { code, message } });
    if (!close) this.#write(text);
    else this.#socket.send(text, () => this.drop());
  }

  /** Ends the connection without a closing handshake, so that the client sees 1006. */
  drop(): void {
    this.#socket.terminate();
  }

  #write(message: string | Buffer): boolean {
    const { backlog } = this.#surroundings;
    if (this.#socket.readyState !== this.#socket.OPEN || !backlog.admits(this)) return false;
    this.#socket.send(message, TEXT);
    backlog.written(this);
    return true;
  }
}

function partsOf({ channels, queries }: Subscription): number {
  return Math.max(1, channels.length) + queries.length;
}
