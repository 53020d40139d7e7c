import { createServer, request as send, Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { now } from './clock.ts';

/** A request that has passed, whatever its answer was. */
export interface Exchange {
  /** When it came. */
  readonly at: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** 0 as long as there is no answer. */
  status: number;
  /** Of the answer's body. */
  bytes: number;
}

/** A message of a WebSocket that has passed. */
export interface Message {
  readonly direction: 'up' | 'down';
  readonly bytes: number;
  /** Of JSON messages with an event, what it is about; `null` for all others. */
  readonly event: string | null;
}

/** Everything that has passed since the wire was laid; bytes of both directions, headers and frames included. */
export interface Traffic {
  readonly bytes: number;
  readonly exchanges: readonly Exchange[];
  readonly messages: readonly Message[];
}

interface Line {
  readonly down: WebSocket;
  readonly up: WebSocket;
  frozen: boolean;
}

/**
 * What lies between one replica and its server: passes requests and WebSocket messages on, counts them, and breaks as
 * networks break.
 */
export class Wire {
  readonly #upstream: URL;
  readonly #server = createServer((request, response) => this.#pass(request, response));
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #agent = new Agent({ keepAlive: true });
  readonly #connections = new Set<Socket>();
  readonly #lines = new Set<Line>();
  readonly #exchanges: Exchange[] = [];
  readonly #messages: Message[] = [];
  readonly #opened = new Set<() => void>();
  #bytesOfClosed = 0;
  #cut = false;
  #toSwallow: { readonly matches: (event: string) => boolean; readonly done: () => void } | null = null;

  private constructor(upstream: string) {
    this.#upstream = new URL(upstream);
    // The answers promise what the server promises: connections that last longer than Node's five seconds.
    this.#server.keepAliveTimeout = 0;
    this.#server.on('connection', (socket) => this.#connected(socket));
    this.#server.on('upgrade', (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, (down) => this.#openLine(request, down));
    });
  }

  /** @param upstream `http://host:port` of the server */
  static async lay(upstream: string): Promise<Wire> {
    const wire = new Wire(upstream);
    await new Promise<void>((resolve, reject) => {
      wire.#server.once('error', reject).listen(0, 'localhost', resolve);
    });
    return wire;
  }

  /** What the replica takes for its server. */
  get url(): string {
    const address = this.#server.address();
    return `http://localhost:${typeof address === 'object' && address ? address.port : 0}`;
  }

  get traffic(): Traffic {
    const open = [...this.#connections].reduce((sum, socket) => sum + socket.bytesRead + socket.bytesWritten, 0);
    return { bytes: this.#bytesOfClosed + open, exchanges: [...this.#exchanges], messages: [...this.#messages] };
  }

  /** WebSockets that are open and pass messages on. */
  get liveLines(): number {
    return [...this.#lines].filter((line) => !line.frozen).length;
  }

  /** The network is gone: connections end, and no new one begins until `mend`. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#connections) socket.destroy();
  }

  mend(): void {
    this.#cut = false;
  }

  /** The next event for the replica that fits is lost; resolves when that has happened. */
  swallow(matches: (event: string) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#toSwallow = { matches, done: resolve };
    });
  }

  /**
   * The WebSockets that are open now pass nothing on any more, in neither direction, and neither side is told.
   * Requests and new WebSockets are not affected. Resolves when the replica has opened another one.
   */
  freeze(): Promise<void> {
    for (const line of this.#lines) line.frozen = true;
    return new Promise((resolve) => {
      const opened = (): void => {
        this.#opened.delete(opened);
        resolve();
      };
      this.#opened.add(opened);
    });
  }

  async close(): Promise<void> {
    this.cut();
    for (const line of this.#lines) line.up.terminate();
    this.#agent.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connected(socket: Socket): void {
    if (this.#cut) {
      socket.destroy();
      return;
    }
    this.#connections.add(socket);
    socket.once('close', () => {
      this.#connections.delete(socket);
      this.#bytesOfClosed += socket.bytesRead + socket.bytesWritten;
    });
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url = '/', headers } = request;
    const exchange: Exchange = { at: now(), method, path: url.split('?')[0] ?? url, status: 0, bytes: 0 };
    this.#exchanges.push(exchange);
    const onward = send(new URL(url, this.#upstream), { method, headers, agent: this.#agent }, (answer) => {
      const status = answer.statusCode ?? 502;
      exchange.status = status;
      answer.on('data', (part: Buffer) => {
        exchange.bytes += part.length;
      });
      response.writeHead(status, answer.headers);
      pipeline(answer, response).catch(() => response.destroy());
    });
    // Whoever cuts the wire ends requests in the middle: the replica sees a lost connection, as it should.
    pipeline(request, onward).catch(() => response.destroy());
    onward.on('error', () => response.destroy());
    response.on('close', () => {
      if (!response.writableFinished) onward.destroy();
    });
  }

  #openLine(request: IncomingMessage, down: WebSocket): void {
    const url = new URL(request.url ?? '/', this.#upstream);
    url.protocol = 'ws:';
    const { cookie, origin, host } = request.headers;
    const headers = {
      ...(host === undefined ? {} : { host }),
      ...(cookie === undefined ? {} : { cookie }),
      ...(origin === undefined ? {} : { origin }),
    };
    const up = new WebSocket(url, { headers, perMessageDeflate: false });
    const line: Line = { down, up, frozen: false };
    this.#lines.add(line);
    const early: (() => void)[] = [];
    down.on('message', (data, isBinary) => {
      if (line.frozen) return;
      this.#messages.push({ direction: 'up', bytes: sizeOf(data), event: null });
      const forward = (): void => up.send(data, { binary: isBinary });
      if (up.readyState === WebSocket.OPEN) forward();
      else early.push(forward);
    });
    up.on('open', () => {
      for (const forward of early) forward();
      for (const opened of this.#opened) opened();
    });
    up.on('message', (data, isBinary) => this.#deliver(line, data, isBinary));
    const end = (other: WebSocket) => (): void => {
      this.#lines.delete(line);
      if (!line.frozen || other === up) other.terminate();
    };
    down.on('close', end(up));
    up.on('close', end(down));
    // An error is followed by a close.
    down.on('error', () => undefined);
    up.on('error', () => undefined);
  }

  #deliver(line: Line, data: RawData, isBinary: boolean): void {
    if (line.frozen) return;
    const event = isBinary ? null : eventOf(data);
    if (event !== null && this.#toSwallow?.matches(event) === true) {
      this.#toSwallow.done();
      this.#toSwallow = null;
      return;
    }
    this.#messages.push({ direction: 'down', bytes: sizeOf(data), event });
    line.down.send(data, { binary: isBinary });
  }
}

function sizeOf(data: RawData): number {
  return Array.isArray(data) ? data.reduce((sum, part) => sum + part.length, 0) : data.byteLength;
}

/** The most specific name of an event of Appwrite, `databases.D.tables.T.rows.R.create`. */
function eventOf(data: RawData): string | null {
  const frame = JSON.parse((data as Buffer).toString()) as { type?: unknown; data?: { events?: unknown } };
  const events = frame.type === 'event' ? frame.data?.events : undefined;
  return Array.isArray(events) && typeof events[0] === 'string' ? events[0] : null;
}
