import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { serveInNode } from '../serve-node.ts';

/** @returns {Promise<import('../replica.ts').Connection>} */
async function connect({ url, room }) {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(url, room, doc, { WebSocketPolyfill: WebSocket, disableBc: true });
  await new Promise((resolve) => provider.once('sync', resolve));
  provider.awareness.setLocalState({ user: { name: 'Someone', color: '#336699' } });
  return {
    doc,
    text: doc.getText('text'),
    showCursor: (selection) => provider.awareness.setLocalStateField('selection', selection),
    saved: true,
    onStatus: () => {},
    flush: async () => {},
    nudge: () => {
      provider.disconnect();
      provider.connect();
    },
    close: async () => provider.destroy(),
  };
}

serveInNode(connect);
