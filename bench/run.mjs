/**
 * `npm run bench -- NAME [--json] [--quick]`: prepares what the benchmark needs and runs it.
 *
 * A benchmark is a folder here with two files: `manifest.mjs` says what has to be built and installed for it, and
 * `main.ts` exports `main(options)`, which resolves to the numbers. Imports nothing but Node until that is settled.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '..');
const FLAGS = ['--json', '--quick'];

process.exitCode = await start(process.argv.slice(2));

async function start(words) {
  const names = benchmarks();
  const usage = `Usage: npm run bench -- NAME [${FLAGS.join('] [')}]\nBenchmarks: ${names.join(', ')}`;
  const flags = words.filter((word) => word.startsWith('-'));
  const [name, ...rest] = words.filter((word) => !word.startsWith('-'));
  if (name === undefined) return refuse(usage);
  if (!names.includes(name)) return refuse(`There is no benchmark "${name}".\n${usage}`);
  const unknown = rest[0] ?? flags.find((flag) => !FLAGS.includes(flag));
  if (unknown !== undefined) return refuse(`"${unknown}" is not understood.\n${usage}`);
  return run(name, { json: flags.includes('--json'), quick: flags.includes('--quick') });
}

/** Folders with a manifest. */
function benchmarks() {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => name).filter((name) => existsSync(join(import.meta.dirname, name, 'manifest.mjs')));
}

async function run(name, { json, quick }) {
  const say = (line) => console.error(line);
  try {
    const { ensureDependencies } = await import('../src/cli/start/dependencies.mjs');
    await ensureDependencies(root, say);
    const { default: manifest } = await import(`./${name}/manifest.mjs`);
    const { preparePeers, NO_PEERS } = await import('./support/peers.mjs');
    const peers = manifest.peers === undefined ? NO_PEERS : await preparePeers(say);
    const { buildBenchmark } = await import('./support/build.mjs');
    const built = await buildBenchmark(root, name, manifest, peers.missing === null);
    const { main } = await import(pathToFileURL(join(built, 'main.js')).href);
    const { table, report } = await main({ root, built, quick, peers, say });
    console.log(table);
    if (json) console.log(JSON.stringify({ bench: name, ...report }));
    return 0;
  } catch (error) {
    console.error(error?.stack ?? String(error));
    return 1;
  }
}

function refuse(message) {
  console.error(message);
  return 2;
}
