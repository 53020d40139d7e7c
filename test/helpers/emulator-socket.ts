import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { AppwriteServer } from './emulator.ts';

export interface Frame {
  type: string;
  data: {
    [key: string]: unknown;
    payload?: Record<string, unknown>;
    events?: string[];
    channels?: string[];
    subscriptions?: unknown[];
  };
}

/** A realtime socket whose frames are read one after the other, so that tests never wait for "nothing comes". */
export class Live {
  readonly #socket: WebSocket;
  readonly #frames: Frame[] = [];
  readonly #waiting: ((frame: Frame) => void)[] = [];

  constructor(
    server: AppwriteServer,
    options: { session?: string; jwt?: string; headers?: Record<string, string> } = {},
  ) {
    const url = new URL(`${server.endpoint.replace('http', 'ws')}/realtime?project=${server.projectId}`);
    if (options.jwt !== undefined) url.searchParams.set('jwt', options.jwt);
    const headers = {
      ...options.headers,
      ...(options.session !== undefined && { cookie: `a_session_${server.projectId}=${options.session}` }),
    };
    this.#socket = new WebSocket(url, { headers });
    this.#socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString('utf8')) as Frame;
      const waiting = this.#waiting.shift();
      if (waiting) waiting(frame);
      else this.#frames.push(frame);
    });
  }

  /** The next frame. */
  next(): Promise<Frame> {
    const frame = this.#frames.shift();
    return frame ? Promise.resolve(frame) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  send(frame: unknown): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** Subscribes and waits for the acknowledgement. */
  async subscribe(channels: string[], queries: string[] = [], subscriptionId = 'one'): Promise<Frame> {
    this.send({ type: 'subscribe', data: [{ subscriptionId, channels, queries }] });
    return this.next();
  }

  /** Resolves with the code with which the server ended the connection. */
  async closed(): Promise<number> {
    const [code] = (await once(this.#socket, 'close')) as [number];
    return code;
  }

  close(): void {
    this.#socket.terminate();
  }
}

/** An open socket that has been welcomed. */
export async function live(server: AppwriteServer, options: { session?: string; jwt?: string } = {}): Promise<Live> {
  const socket = new Live(server, options);
  const welcome = await socket.next();
  if (welcome.type !== 'connected') throw new Error(`The socket was refused: ${JSON.stringify(welcome)}`);
  return socket;
}
