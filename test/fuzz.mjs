/** `npm run test:fuzz`: the simulator is TypeScript, so Vite loads it. */
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const vite = await createServer({
  root,
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, hmr: false, ws: false },
});
try {
  const { fuzz } = await vite.ssrLoadModule('/test/simulation/fuzz.ts');
  process.exitCode = (await fuzz()) === 0 ? 0 : 1;
} finally {
  await vite.close();
}
