/** Builds a benchmark for Node and for the browser, as production builds, into dist/bench/<name>. */
import { join } from 'node:path';
import { build } from 'vite';

const NODE = 'node20.19';
const BROWSER = 'es2023';
/** The peers' packages bring these as well; two copies in one bundle would not take each other's objects. */
const resolve = { dedupe: ['yjs', 'lib0', 'y-protocols'] };

/**
 * A manifest has `node` (entries whose npm packages stay in node_modules), `bundled` (entries for Node with their
 * packages inside) and `pages` (HTML files), each by name and path in the benchmark's folder, and the same once more
 * under `peers` for what needs the peers' packages. Resolves to the folder of the result.
 */
export async function buildBenchmark(root, name, manifest, withPeers) {
  const source = join(root, 'bench', name);
  const outDir = join(root, 'dist/bench', name);
  const entries = (kind) => {
    const all = { ...manifest[kind], ...(withPeers ? manifest.peers?.[kind] : {}) };
    return Object.fromEntries(Object.entries(all).map(([entry, path]) => [entry, join(source, path)]));
  };
  await buildForNode(source, outDir, entries('node'), false);
  await buildForNode(source, join(outDir, 'bundled'), entries('bundled'), true);
  await buildPages(join(source, 'pages'), join(outDir, 'pages'), entries('pages'));
  return outDir;
}

async function buildForNode(root, outDir, input, everything) {
  if (Object.keys(input).length === 0) return;
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    resolve,
    ssr: everything ? { noExternal: true, target: 'node' } : { target: 'node' },
    build: {
      ssr: true,
      target: NODE,
      outDir,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: { input, output: { format: 'es', entryFileNames: '[name].js' } },
    },
  });
}

async function buildPages(root, outDir, input) {
  if (Object.keys(input).length === 0) return;
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    resolve,
    build: { target: BROWSER, outDir, emptyOutDir: true, rolldownOptions: { input } },
  });
}
