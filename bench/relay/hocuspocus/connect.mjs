import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import * as Y from 'yjs';

/**
 * @param {{ url: string, room: string }} where
 * @param {object} options of the provider's socket
 * @returns {Promise<import('../replica.ts').Connection>}
 */
export async function connect({ url, room }, options = {}) {
  const doc = new Y.Doc();
  const text = doc.getText('text');
  const socket = new HocuspocusProviderWebsocket({ url, ...options });
  const provider = new HocuspocusProvider({ websocketProvider: socket, name: room, document: doc });
  provider.attach();
  await new Promise((resolve) => provider.on('synced', resolve));
  return {
    get length() {
      return text.length;
    },
    append: () => text.insert(text.length, 'x'),
    onChange: (listener) => text.observe(listener),
    close: async () => {
      provider.destroy();
      socket.destroy();
    },
  };
}
