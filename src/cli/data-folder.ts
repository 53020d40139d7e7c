/**
 * The folder that holds everything the embedded server stores. `cowrite.json` in it says that it is Cowrite's: without
 * that file nothing in the folder is ever used or deleted.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LOCK_FILE } from '../emulator/layout.ts';
import { lockFolder } from '../emulator/lock.ts';
import { Problem, systemCode } from './problem.ts';

const MARK = 'cowrite.json';
const FORMAT = 1;
/** What people write is in there: only who runs Cowrite may look. */
const PRIVATE = 0o700;

/**
 * Creates the folder if needed and returns its absolute path; `fresh` deletes what is stored in it first.
 * Throws a Problem if it cannot be written, holds something that is not Cowrite's, or (with `fresh`) is in use.
 */
export function prepareDataFolder(directory: string, options: { fresh: boolean }): string {
  const path = resolve(directory);
  makeFolder(path);
  if (readdirSync(path).length > 0 && !isOurs(path)) {
    throw new Problem(
      options.fresh
        ? `${path} does not look like a Cowrite data folder, so --fresh deletes nothing in it.`
        : `${path} is not empty and not a Cowrite data folder. Choose another folder with --data.`,
    );
  }
  try {
    if (options.fresh) empty(path);
    writeFileSync(join(path, MARK), `${JSON.stringify({ cowrite: 'data', format: FORMAT })}\n`);
  } catch (error) {
    throw explainFolder(error, path);
  }
  return path;
}

/** The sentence for what can be wrong with a data folder; other errors come back as they are. */
export function explainFolder(error: unknown, path: string): unknown {
  const code = systemCode(error) ?? '';
  if (code === 'EBUSY') {
    return new Problem(
      `The data folder ${path} is in use by another Cowrite. Stop that one first, or use another folder with --data.`,
    );
  }
  if (code === 'ENEWER') {
    return new Problem(
      `${path} was written by a newer version of Cowrite. Update Cowrite, or use another folder with --data.`,
    );
  }
  if (code === 'ESECRET' && error instanceof Error) return new Problem(error.message, { cause: error });
  if (['SQLITE_NOTADB', 'SQLITE_CORRUPT'].includes(code)) {
    return new Problem(
      `The database in ${path} is damaged (${code}). Restore a backup (npm run restore), or begin anew with --fresh.`,
    );
  }
  if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOENT', 'EIO'].includes(code)) return error;
  return new Problem(
    `The data folder ${path} cannot be written (${code}). ` +
      'Check its owner and permissions and the free space, or choose another folder with --data.',
  );
}

/** Deletes all but the mark, so that a crash leaves a folder that is still ours, and the lock, which we hold meanwhile. */
function empty(path: string): void {
  const unlock = lockFolder(path);
  try {
    for (const entry of readdirSync(path)) {
      if (entry === MARK || entry.startsWith(LOCK_FILE)) continue;
      rmSync(join(path, entry), { recursive: true, force: true });
    }
  } finally {
    unlock();
  }
}

function makeFolder(path: string): void {
  try {
    // One folder at a time: where nothing can be created, as in /proc, Node's recursive mkdir never ends.
    for (const missing of missingFolders(path)) mkdirSync(missing, { mode: PRIVATE });
    if (statSync(path).isDirectory()) return;
  } catch (error) {
    if (systemCode(error) !== 'ENOTDIR') throw explainFolder(error, path);
  }
  throw new Problem(`${path} is a file, not a folder. Choose another folder with --data.`);
}

/** What has to be created for the folder to exist, the outermost first. */
function missingFolders(path: string): string[] {
  const missing: string[] = [];
  for (let at = path; !existsSync(at); at = dirname(at)) missing.unshift(at);
  return missing;
}

function isOurs(path: string): boolean {
  if (!existsSync(join(path, MARK))) return false;
  let mark: unknown;
  try {
    mark = JSON.parse(readFileSync(join(path, MARK), 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw explainFolder(error, path);
  }
  if (typeof mark !== 'object' || mark === null || !('cowrite' in mark) || !('format' in mark)) return false;
  if (typeof mark.format === 'number' && mark.format > FORMAT) {
    throw new Problem(
      `${path} was written by a newer version of Cowrite. Update Cowrite, or use another --data folder.`,
    );
  }
  return mark.cowrite === 'data';
}
