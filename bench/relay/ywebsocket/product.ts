import { join } from 'node:path';
import { Child } from '../../support/child.ts';
import { freePort } from '../../support/free-port.ts';
import type { Undo } from '../../support/undo.ts';
import { twice, type Setting } from '../../sync/stage.ts';
import { pagePair, type Product } from '../products.ts';
import { nodeReplica } from '../remote.ts';

/** y-websocket with its default server, which keeps documents in memory. */
export async function startYWebsocket({ root, built }: Setting, undo: Undo): Promise<Product> {
  const port = await freePort();
  const path = join(root, 'bench/relay/ywebsocket/server.mjs');
  const server = new Child('the server of y-websocket', path, { env: { PORT: String(port), HOST: 'localhost' } });
  undo.add(() => server.close());
  await server.first();
  const url = `ws://localhost:${port}`;
  return {
    openInNode: async (pairUndo) => {
      const open = () =>
        nodeReplica('a replica of y-websocket', join(built, 'bundled/ywebsocket.js'), { url, room: 'node' }, pairUndo);
      return { name: 'y-websocket', replicas: await twice(open), length: 0 };
    },
    openInPages: (browsers) =>
      pagePair('y-websocket', browsers, () => ({
        url: `${browsers.pages}/ywebsocket.html`,
        options: { url, room: 'pages' },
      })),
  };
}
