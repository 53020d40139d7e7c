import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

/**
 * @param {{ url: string, room: string }} where
 * @param {object} options of the provider
 * @returns {Promise<import('../replica.ts').Connection>}
 */
export async function connect({ url, room }, options = {}) {
  const doc = new Y.Doc();
  const text = doc.getText('text');
  const provider = new WebsocketProvider(url, room, doc, options);
  await new Promise((resolve) => provider.once('sync', resolve));
  return {
    get length() {
      return text.length;
    },
    append: () => text.insert(text.length, 'x'),
    onChange: (listener) => text.observe(listener),
    close: async () => provider.destroy(),
  };
}
