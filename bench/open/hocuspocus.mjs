import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { WebSocket } from 'ws';
import { servePeer } from './peer.ts';

servePeer(({ url, room }, doc) => {
  const socket = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket });
  const provider = new HocuspocusProvider({ websocketProvider: socket, name: room, document: doc });
  provider.attach();
  return {
    synced: new Promise((resolve) => provider.on('synced', () => resolve())),
    sent: async () => {
      while (provider.hasUnsyncedChanges) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    close: () => {
      provider.destroy();
      socket.destroy();
    },
  };
});
