import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Target } from './target.ts';

const ROW_ID = '"$id":"';

/** A socket that subscribes to all rows of the table that is written to. */
export class Listener {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Resolves when the subscription is acknowledged; `heard` gets the id of each row. */
  static async open(target: Target, heard: (rowId: string) => void): Promise<Listener> {
    const url = `${target.endpoint.replace('http', 'ws')}/realtime?project=${target.project}`;
    const socket = new WebSocket(url, {
      headers: { 'x-appwrite-session': target.session },
      perMessageDeflate: false,
    });
    await once(socket, 'message');
    const channels = [`tablesdb.${target.databaseId}.tables.${target.tables.written}.rows`];
    socket.send(JSON.stringify({ type: 'subscribe', data: [{ subscriptionId: 'bench', channels, queries: [] }] }));
    await once(socket, 'message');
    socket.on('message', (message: Buffer) => {
      // Parsing thousands of messages a second would be measured as well.
      const at = message.lastIndexOf(ROW_ID);
      if (at >= 0) heard(message.toString('latin1', at + ROW_ID.length, message.indexOf('"', at + ROW_ID.length)));
    });
    return new Listener(socket);
  }

  close(): void {
    this.#socket.terminate();
  }
}
