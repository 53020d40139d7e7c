/**
 * One WebSocket to Appwrite Realtime, kept alive. The SDKs' own does not tell when a subscription is live nor notice a
 * dead connection, and both decide here about what is lost.
 *
 *     open → `connected` → (no user in it? fetch a JWT, connect again with it) → `subscribe` → `response` → live
 *     live → `event` … ; ping after 8 s, and an answer within 5 s or the socket counts as dead
 *     closed, dead or refused → wait (back-off with jitter) → open
 */

/** The part of the standard WebSocket that is used; the one of `ws` fits as well. */
export interface WebSocketLike {
  readonly readyState: number;
  send(data: string): void;
  close(): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}

export interface SocketOptions {
  /** `https://host/v1` or `http://…` */
  readonly endpoint: string;
  readonly project: string;
  readonly connect: (url: string) => WebSocketLike;
  /** A JWT for a connection that no cookie authenticates; rejects if it cannot be had now. */
  readonly jwt: () => Promise<string>;
  /** Whether cookies go with the connection; otherwise a JWT is fetched first. */
  readonly cookies: boolean;
  /** Milliseconds to wait before try number `attempt`, from 0. */
  readonly backoff: (attempt: number) => number;
}

export interface Subscription {
  readonly channels: readonly string[];
  readonly queries: readonly string[];
}

export interface SocketListener {
  /** All subscriptions are acknowledged. */
  live(): void;
  down(reason: string): void;
  event(events: readonly string[], payload: unknown): void;
}

/** A dead connection is noticed within 13 s; eight pings a minute leave room in Appwrite's 32 frames a minute. */
const PING_INTERVAL_MS = 8_000;
const PONG_PATIENCE_MS = 5_000;
const ANSWER_PATIENCE_MS = 10_000;
/** After a wake-up a person waits: a shorter look whether the socket still answers. */
const NUDGE_PATIENCE_MS = 2_500;
const OPEN = 1;

type Timer = ReturnType<typeof setTimeout>;

export class RealtimeSocket {
  private readonly options: SocketOptions;
  private readonly subscriptions: readonly Subscription[];
  private readonly listener: SocketListener;
  private socket: WebSocketLike | null = null;
  /** Frames and closings of an earlier socket can come late; they carry an older number. */
  private generation = 0;
  private attempt = 0;
  private useJwt: boolean;
  private isLive = false;
  private closed = false;
  private retryTimer: Timer | null = null;
  private pingTimer: Timer | null = null;
  private answerTimer: Timer | null = null;

  constructor(options: SocketOptions, subscriptions: readonly Subscription[], listener: SocketListener) {
    this.options = options;
    this.subscriptions = subscriptions;
    this.listener = listener;
    this.useJwt = !options.cookies;
    void this.open();
  }

  /** Connects at once if it is waiting to; else tests whether the connection still answers. */
  nudge(): void {
    if (this.closed) return;
    if (this.retryTimer) {
      this.attempt = 0;
      void this.open();
    } else if (this.isLive) {
      this.ping(NUDGE_PATIENCE_MS);
    }
  }

  /** Ends it for good. Calling it twice is harmless. */
  close(): void {
    this.closed = true;
    this.drop();
  }

  private async open(): Promise<void> {
    this.drop();
    const generation = this.generation;
    const url = new URL(`${this.options.endpoint.replace(/^http/, 'ws')}/realtime`);
    url.searchParams.set('project', this.options.project);
    try {
      if (this.useJwt) url.searchParams.set('jwt', await this.options.jwt());
      if (generation !== this.generation || this.closed) return;
      const socket = this.options.connect(url.href);
      this.socket = socket;
      const ifCurrent = (act: () => void) => (): void => {
        if (generation === this.generation) act();
      };
      this.expectAnswer(ANSWER_PATIENCE_MS);
      socket.addEventListener(
        'close',
        ifCurrent(() => this.lost('the connection was closed')),
      );
      // An error is followed by a close; the listener keeps `ws` from throwing it.
      socket.addEventListener(
        'error',
        ifCurrent(() => undefined),
      );
      socket.addEventListener('message', ({ data }) => {
        if (generation === this.generation) this.receive(data);
      });
    } catch (error) {
      if (generation === this.generation) this.lost(error instanceof Error ? error.message : String(error));
    }
  }

  private receive(data: unknown): void {
    const frame = parseFrame(data);
    if (frame === null) return;
    switch (frame.type) {
      case 'connected':
        if (!frame.data['user'] && !this.useJwt) {
          this.useJwt = true;
          void this.open();
          return;
        }
        this.send({
          type: 'subscribe',
          data: this.subscriptions.map((each) => ({ channels: each.channels, queries: each.queries })),
        });
        this.expectAnswer(ANSWER_PATIENCE_MS);
        return;
      case 'response':
        if (frame.data['to'] === 'subscribe' && frame.data['success'] === true) this.becomeLive();
        return;
      case 'pong':
        this.answered();
        return;
      case 'event': {
        const { events, payload } = frame.data;
        if (Array.isArray(events)) this.listener.event(events.map(String), payload);
        return;
      }
      case 'error':
        // 1008: not allowed like this; the server closes. A JWT may have expired: fetch a new one with the next try.
        if (!this.isLive) this.lost(`the server refuses the connection (${String(frame.data['code'])})`);
        return;
      default:
    }
  }

  private becomeLive(): void {
    this.answered();
    this.attempt = 0;
    this.isLive = true;
    this.listener.live();
  }

  private ping(patience: number): void {
    if (this.socket?.readyState !== OPEN) return;
    this.send({ type: 'ping' });
    this.expectAnswer(patience);
  }

  /** From now on the socket is judged by whether it answers, never by silence alone [P17]. */
  private expectAnswer(patience: number): void {
    this.clearTimers();
    this.answerTimer = setTimeout(() => this.lost('the server does not answer'), patience);
  }

  private answered(): void {
    this.clearTimers();
    this.pingTimer = setTimeout(() => this.ping(PONG_PATIENCE_MS), PING_INTERVAL_MS);
  }

  private lost(reason: string): void {
    this.drop();
    if (this.closed) return;
    this.isLive = false;
    this.listener.down(reason);
    if (this.closed) return;
    this.retryTimer = setTimeout(() => void this.open(), this.options.backoff(this.attempt++));
  }

  /** Leaves the present socket behind: whatever it still says is not heard. */
  private drop(): void {
    this.generation++;
    this.clearTimers();
    if (this.retryTimer) clearTimeout(this.retryTimer);
    this.retryTimer = null;
    const socket = this.socket;
    this.socket = null;
    // A socket that is closed while it connects reports an error that nobody needs.
    socket?.close();
  }

  private clearTimers(): void {
    if (this.pingTimer) clearTimeout(this.pingTimer);
    if (this.answerTimer) clearTimeout(this.answerTimer);
    this.pingTimer = null;
    this.answerTimer = null;
  }

  private send(frame: object): void {
    this.socket?.send(JSON.stringify(frame));
  }
}

function parseFrame(data: unknown): { type: string; data: Record<string, unknown> } | null {
  if (typeof data !== 'string') return null;
  try {
    const frame: unknown = JSON.parse(data);
    if (typeof frame !== 'object' || frame === null) return null;
    const { type, data: content } = frame as Record<string, unknown>;
    if (typeof type !== 'string') return null;
    return { type, data: typeof content === 'object' && content !== null ? { ...content } : {} };
  } catch {
    return null;
  }
}
