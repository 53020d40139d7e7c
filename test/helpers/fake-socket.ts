import type { WebSocketLike } from '../../src/backend/realtime-socket.ts';

/** A socket whose other end is the test. */
export class FakeSocket implements WebSocketLike {
  readonly url: string;
  readyState = 0;
  /** What was sent, parsed. */
  readonly sent: { type: string }[] = [];
  /** The client has closed it. A real one says so later, or never. */
  closed = false;
  private readonly listeners: { type: string; listener: (event: { data: unknown }) => void }[] = [];

  constructor(url: string) {
    this.url = url;
  }

  addEventListener(type: string, listener: (event: { data: unknown }) => void): void {
    this.listeners.push({ type, listener });
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data) as { type: string });
  }

  close(): void {
    this.closed = true;
    this.readyState = 2;
  }

  /** The connection ends, whoever wanted it. */
  end(): void {
    this.readyState = 3;
    this.emit('close', undefined);
  }

  /** A frame comes from the server. */
  receive(frame: { type: string; data?: unknown }): void {
    this.emit('message', JSON.stringify(frame));
  }

  /** The server welcomes a user and acknowledges the subscriptions. */
  acknowledge(): void {
    this.readyState = 1;
    this.receive({ type: 'connected', data: { user: { $id: 'ana' } } });
    this.receive({ type: 'response', data: { to: 'subscribe', success: true } });
  }

  /** How many frames of a type were sent. */
  count(type: string): number {
    return this.sent.filter((frame) => frame.type === type).length;
  }

  private emit(type: string, data: unknown): void {
    for (const each of this.listeners) if (each.type === type) each.listener({ data });
  }
}
