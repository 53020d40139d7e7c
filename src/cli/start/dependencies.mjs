import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.mjs';
import { run } from './run.mjs';

/** Holds the hash of the package-lock.json that node_modules was installed from. */
const STAMP = 'node_modules/.cowrite-installed';

/**
 * Makes node_modules fit package-lock.json: runs `npm ci` if it is missing or was installed from another lock file.
 * Throws a Problem if that fails.
 */
export async function ensureDependencies(root, say) {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const hash = createHash('sha256').update(lockText).digest('hex');
  if (readIfThere(join(root, STAMP)) === hash) return;
  if (installedMatches(lockText, readIfThere(join(root, 'node_modules/.package-lock.json')))) {
    keepStamp(root, hash);
    return;
  }

  say(
    existsSync(join(root, 'node_modules'))
      ? 'The dependencies have changed: installing them (npm ci)…'
      : 'First start: installing the dependencies (npm ci, about half a minute)…',
  );
  const code = await npm(root, ['ci', '--include=dev', '--no-audit', '--no-fund']);
  if (code !== 0) {
    throw new Problem(
      'npm could not install the dependencies (its message is above). ' +
        'Check the network connection and the npm registry settings, then run this command again.',
    );
  }
  keepStamp(root, hash);
}

/**
 * Whether what npm says it installed is what the lock file asks for. Packages for other platforms may be absent.
 * `installedText` is npm's own record, node_modules/.package-lock.json.
 */
export function installedMatches(lockText, installedText) {
  if (installedText === undefined) return false;
  const wanted = JSON.parse(lockText).packages;
  const installed = JSON.parse(installedText).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const have = installed[path];
    if (have === undefined) return entry.optional === true || entry.peer === true;
    return have.version === entry.version && have.integrity === entry.integrity;
  });
}

/** The npm that started us if there is one, so that its version and settings apply; else the one on the PATH. */
async function npm(root, args) {
  const own = process.env.npm_execpath;
  try {
    if (own !== undefined && /npm-cli\.[cm]?js$/.test(own))
      return await run(process.execPath, [own, ...args], { cwd: root });
    const windows = process.platform === 'win32';
    return await run(windows ? 'npm.cmd' : 'npm', args, { cwd: root, shell: windows });
  } catch (error) {
    if (error?.code === 'ENOENT')
      throw new Problem('npm was not found. It comes with Node: install Node again, with npm.');
    throw error;
  }
}

/** The stamp only saves time: a node_modules that cannot be written still works. */
function keepStamp(root, hash) {
  try {
    writeFileSync(join(root, STAMP), hash);
  } catch (error) {
    if (error?.code !== 'EACCES' && error?.code !== 'EROFS' && error?.code !== 'EPERM') throw error;
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error?.code === 'ENOENT' || error?.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
