import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { createServer, createServerModuleRunner } from 'vite';

/**
 * Vite for developing Cowrite: `handle(req, res)` answers for the app (its hot-reload socket has a port of its own, so
 * it cannot meet /v1/realtime); `load(path)` imports a TypeScript module of the server.
 */
export async function openDevelopment(root) {
  const vite = await createServer({
    configFile: join(root, 'vite.config.ts'),
    root: join(root, 'src/app'),
    clearScreen: false,
    server: { middlewareMode: true, ws: { port: await freePort() } },
    appType: 'spa',
  });
  const runner = createServerModuleRunner(vite.environments.ssr, { hmr: false });
  return {
    handle: (req, res) => vite.middlewares(req, res),
    load: (path) => runner.import(join(root, path)),
    close: async () => {
      await runner.close();
      await vite.close();
    },
  };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createTcpServer();
    probe.once('error', reject);
    probe.listen(0, () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
