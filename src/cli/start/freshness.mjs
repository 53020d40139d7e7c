import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a build can make, in this order, and one file that shows that it is there. */
export const PARTS = ['app', 'server', 'functions'];
const RESULT = { app: 'dist/app/index.html', server: 'dist/server/serve.js', functions: 'dist/functions' };

/** What a build is made from. */
const SOURCES = [
  'src',
  'functions',
  'appwrite.json',
  'vite.config.ts',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];
const STAMP = 'dist/.built.json';

/** One hash over the names and contents of everything a build reads. */
export function fingerprint(root) {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const path of filesUnder(root, source)) {
      const content = readFileSync(join(root, path));
      hash.update(`${path}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/** The parts of `wanted` that were built from other sources than today's, or never. */
export function staleParts(root, wanted = PARTS) {
  const now = fingerprint(root);
  const built = readStamp(root);
  return wanted.filter((part) => built[part] !== now || !existsSync(join(root, RESULT[part])));
}

/** To be called before a build touches dist, so that an interrupted one does not look complete. */
export function markUnbuilt(root, part) {
  writeStamp(root, { ...readStamp(root), [part]: undefined });
}

/** To be called after a build, with the fingerprint taken before it. */
export function markBuilt(root, part, print) {
  writeStamp(root, { ...readStamp(root), [part]: print });
}

function readStamp(root) {
  if (!existsSync(join(root, STAMP))) return {};
  try {
    return JSON.parse(readFileSync(join(root, STAMP), 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return {}; // a half-written stamp: everything counts as stale
    throw error;
  }
}

function writeStamp(root, stamp) {
  mkdirSync(dirname(join(root, STAMP)), { recursive: true });
  writeFileSync(join(root, STAMP), JSON.stringify(stamp, null, 2));
}

/**
 * Paths relative to `root`, sorted, with forward slashes; nothing if `path` does not exist. Hidden files and caches that
 * tools put into node_modules do not count.
 */
function filesUnder(root, path) {
  if (!existsSync(join(root, path))) return [];
  let entries;
  try {
    entries = readdirSync(join(root, path), { withFileTypes: true });
  } catch (error) {
    if (error?.code === 'ENOTDIR') return [path];
    throw error;
  }
  return entries
    .filter(({ name }) => name !== 'node_modules' && !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(root, `${path}/${entry.name}`) : [`${path}/${entry.name}`]));
}
