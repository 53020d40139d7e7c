import { join } from 'node:path';
import { Child } from '../../support/child.ts';
import type { Undo } from '../../support/undo.ts';
import { twice, type Setting } from '../../sync/stage.ts';
import { pagePair, type Product } from '../products.ts';
import { nodeReplica } from '../remote.ts';
import { StoreLog } from '../store-log.ts';

interface HocuspocusOptions {
  /** The Node that runs the server. */
  readonly node: string;
  /** With its SQLite extension, as it is by default. */
  readonly sqlite: boolean;
}

/** Hocuspocus with its default server, which keeps documents in memory unless an extension stores them. */
export async function startHocuspocus(
  { root, built, dataDir }: Setting,
  { node, sqlite }: HocuspocusOptions,
  undo: Undo,
): Promise<Product> {
  const name = sqlite ? 'Hocuspocus with SQLite' : 'Hocuspocus';
  const path = join(root, 'bench/relay/hocuspocus/server.mjs');
  const server = new Child(name, path, { node, args: sqlite ? [join(dataDir, 'hocuspocus.db')] : [] });
  undo.add(() => server.close());
  const { port } = await server.first<{ port: number }>();
  const url = `ws://localhost:${port}`;
  return {
    openInNode: async (pairUndo) => {
      const open = () =>
        nodeReplica('a replica of Hocuspocus', join(built, 'bundled/hocuspocus.js'), { url, room: 'node' }, pairUndo);
      const replicas = await twice(open);
      return { name, replicas, length: 0, ...(sqlite ? { stores: storesOf(server) } : {}) };
    },
    openInPages: (browsers) =>
      pagePair(name, browsers, () => ({ url: `${browsers.pages}/hocuspocus.html`, options: { url, room: 'pages' } })),
  };
}

function storesOf(server: Child): StoreLog {
  const log = new StoreLog();
  server.listen(
    (message) => {
      const { stored, at } = message as { stored: number; at: number };
      log.add(stored, at);
    },
    (error) => log.fail(error),
  );
  return log;
}
