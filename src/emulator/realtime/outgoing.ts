import type { ServerEvent } from '../events.ts';

/** An event that is about to be sent: turned into text once for all sockets. */
export class OutgoingEvent {
  readonly event: ServerEvent;
  readonly channels: ReadonlySet<string>;
  /** Everything up to the list of subscriptions, which differs from socket to socket. */
  readonly #head: Buffer;
  readonly #frames = new Map<string, Buffer>();

  constructor(event: ServerEvent, timestamp: string) {
    const { events, channels, payload } = event;
    const data = JSON.stringify({ events, channels, timestamp, payload });
    this.event = event;
    this.channels = new Set(channels);
    this.#head = Buffer.from(`{"type":"event","data":${data.slice(0, -1)},"subscriptions":`);
  }

  /** The message for a socket whose subscriptions of these ids ask for the event. */
  frame(subscriptions: readonly string[]): Buffer {
    const tail = `${JSON.stringify(subscriptions)}}}`;
    let frame = this.#frames.get(tail);
    if (!frame) {
      frame = Buffer.concat([this.#head, Buffer.from(tail)]);
      this.#frames.set(tail, frame);
    }
    return frame;
  }
}
