import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import { servePeer } from './peer.ts';

servePeer(({ url, room }, doc) => {
  const provider = new WebsocketProvider(url, room, doc, { WebSocketPolyfill: WebSocket, disableBc: true });
  return {
    synced: new Promise((resolve) => provider.once('sync', () => resolve())),
    sent: async () => {
      while (provider.ws?.bufferedAmount > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    close: () => provider.destroy(),
  };
});
