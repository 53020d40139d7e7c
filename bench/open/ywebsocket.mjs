import { fromBase64 } from 'lib0/buffer';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { serve } from './serve.ts';

/** With `state` (base64, format V2) it writes the document; else it opens it on an empty device. */
serve(async ({ url, room, state }) => {
  const start = performance.now();
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(url, room, doc, { WebSocketPolyfill: WebSocket, disableBc: true });
  await new Promise((resolve) => provider.once('sync', resolve));
  const took = performance.now() - start;
  if (state !== undefined) Y.applyUpdateV2(doc, fromBase64(state));
  const { length } = doc.getText('text');
  // Until what was written has left this process.
  while (provider.ws?.bufferedAmount > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  provider.destroy();
  return { took, length };
});
