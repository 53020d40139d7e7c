import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { fromBase64 } from 'lib0/buffer';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { serve } from './serve.ts';

/** With `state` (base64, format V2) it writes the document; else it opens it on an empty device. */
serve(async ({ url, room, state }) => {
  const start = performance.now();
  const doc = new Y.Doc();
  const socket = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket });
  const provider = new HocuspocusProvider({ websocketProvider: socket, name: room, document: doc });
  provider.attach();
  await new Promise((resolve) => provider.on('synced', resolve));
  const took = performance.now() - start;
  if (state !== undefined) {
    Y.applyUpdateV2(doc, fromBase64(state));
    while (provider.hasUnsyncedChanges) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { length } = doc.getText('text');
  provider.destroy();
  socket.destroy();
  return { took, length };
});
