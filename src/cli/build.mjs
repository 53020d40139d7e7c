/**
 * `npm run build`: node src/cli/build.mjs [app|server|functions]… (all without arguments)
 *
 *   app        src/app                    → dist/app            what browsers load
 *   server     src/cli/{serve,setup,…}.ts → dist/server         runs in Node, npm packages stay in node_modules
 *   functions  functions/<id>/main.ts     → dist/functions/<id> one file with everything inside, as Appwrite takes it
 */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { buildFunctions, buildServer } from './build/node.mjs';
import { fingerprint, markBuilt, markUnbuilt, PARTS } from './start/freshness.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

const BUILD = {
  app: () => build({ configFile: join(root, 'vite.config.ts'), root: join(root, 'src/app'), logLevel: 'warn' }),
  server: () => buildServer(root, join(root, 'dist/server')),
  functions: () => buildFunctions(root, join(root, 'dist/functions')),
};

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
