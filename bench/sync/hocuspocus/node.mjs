import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { serveInNode } from '../serve-node.ts';

/** @returns {Promise<import('../replica.ts').Connection>} */
async function connect({ url, room }) {
  const doc = new Y.Doc();
  const socket = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket });
  const provider = new HocuspocusProvider({ websocketProvider: socket, name: room, document: doc });
  provider.attach();
  await new Promise((resolve) => provider.on('synced', resolve));
  provider.awareness.setLocalState({ user: { name: 'Someone', color: '#336699' } });
  return {
    doc,
    text: doc.getText('text'),
    showCursor: (selection) => provider.awareness.setLocalStateField('selection', selection),
    saved: true,
    onStatus: () => {},
    flush: async () => {},
    nudge: () => void socket.connect(),
    close: async () => {
      provider.destroy();
      socket.destroy();
    },
  };
}

serveInNode(connect);
