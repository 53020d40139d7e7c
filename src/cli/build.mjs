/**
 * `npm run build`: node src/cli/build.mjs [app|server|functions]… (all without arguments)
 *
 *   app        src/app                    → dist/app            what browsers load
 *   server     src/cli/{serve,setup}.ts   → dist/server         runs in Node, npm packages stay in node_modules
 *   functions  functions/<id>/main.ts     → dist/functions/<id> one file with everything inside, as Appwrite takes it
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { fingerprint, markBuilt, markUnbuilt, PARTS } from './start/freshness.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const NODE = 'node20.19';

const BUILD = {
  app: () => build({ configFile: join(root, 'vite.config.ts'), root: join(root, 'src/app'), logLevel: 'warn' }),
  server: () => buildForNode(serverEntries(), 'dist/server', false),
  functions: buildFunctions,
};

/** serve and setup, and each file that the server starts in a worker thread: those are loaded by path. */
function serverEntries() {
  const entries = { serve: 'src/cli/serve.ts', setup: 'src/cli/setup.ts' };
  return Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(join(root, path))));
}

async function buildFunctions() {
  rmSync(join(root, 'dist/functions'), { recursive: true, force: true });
  mkdirSync(join(root, 'dist/functions'), { recursive: true });
  for (const id of functionIds()) {
    await buildForNode({ main: `functions/${id}/main.ts` }, `dist/functions/${id}`, true);
    // Without it Node before 22 takes a .js file for CommonJS.
    writeFileSync(join(root, `dist/functions/${id}/package.json`), '{ "type": "module" }\n');
  }
}

function functionIds() {
  return readdirSync(join(root, 'functions'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'functions', entry.name, 'main.ts')))
    .map((entry) => entry.name);
}

/** `everything` puts npm packages into the file as well; what Node itself brings always stays outside. */
function buildForNode(entries, outDir, everything) {
  return build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    ssr: everything ? { noExternal: true, target: 'node' } : { target: 'node' },
    build: {
      ssr: true,
      target: NODE,
      outDir: join(root, outDir),
      emptyOutDir: true,
      minify: false,
      sourcemap: !everything,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(root, path)])),
        output: { format: 'es', entryFileNames: '[name].js', ...(everything ? { codeSplitting: false } : {}) },
      },
    },
  });
}

const asked = process.argv.slice(2);
const unknown = asked.find((part) => !PARTS.includes(part));
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}" to build. Parts: ${PARTS.join(', ')}.`);
  process.exit(1);
}
for (const part of asked.length > 0 ? asked : PARTS) {
  const started = performance.now();
  const print = fingerprint(root);
  markUnbuilt(root, part);
  try {
    await BUILD[part]();
  } catch (error) {
    console.error(`Could not build ${part}: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
  markBuilt(root, part, print);
  console.log(`Built ${part} in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}
