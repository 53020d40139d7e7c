/**
 * The folder that holds everything the embedded server stores.
 *
 *     cowrite.json   says that the folder is Cowrite's: without it nothing in it is ever used or deleted
 *     lock.db        locked by the operating system while a process uses the folder, so a crash leaves no stale lock
 *     …              what the server and the demo project keep
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'libsql';
import { Problem, systemCode } from './problem.ts';

const MARK = 'cowrite.json';
const LOCK = 'lock.db';
const FORMAT = 1;

export interface DataFolder {
  readonly path: string;
  /** Lets other processes use the folder. Calling it twice is harmless. */
  release(): void;
}

/**
 * Creates the folder if needed and takes it for this process; `fresh` deletes what is stored in it first.
 * Throws a Problem if it cannot be written, is in use, or holds something that is not Cowrite's.
 */
export function openDataFolder(directory: string, options: { fresh: boolean }): DataFolder {
  const path = resolve(directory);
  makeFolder(path);
  const entries = readdirSync(path);
  if (entries.length > 0 && !isOurs(path)) {
    throw new Problem(
      options.fresh
        ? `${path} does not look like a Cowrite data folder, so --fresh deletes nothing in it.`
        : `${path} is not empty and not a Cowrite data folder. Choose another folder with --data.`,
    );
  }
  writing(path, () => writeFileSync(join(path, MARK), `${JSON.stringify({ cowrite: 'data', format: FORMAT })}\n`));
  const release = lock(path);
  if (options.fresh) empty(path);
  return { path, release };
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    if (systemCode(error) === 'EEXIST' || systemCode(error) === 'ENOTDIR') {
      throw new Problem(`${path} is a file, not a folder. Choose another folder with --data.`);
    }
    throw notWritable(path, error);
  }
}

function isOurs(path: string): boolean {
  if (!existsSync(join(path, MARK))) return false;
  let mark: unknown;
  try {
    mark = JSON.parse(readFileSync(join(path, MARK), 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw notWritable(path, error);
  }
  if (typeof mark !== 'object' || mark === null || !('cowrite' in mark) || !('format' in mark)) return false;
  if (typeof mark.format === 'number' && mark.format > FORMAT) {
    throw new Problem(
      `${path} was written by a newer version of Cowrite. Update Cowrite, or use another --data folder.`,
    );
  }
  return mark.cowrite === 'data';
}

function lock(path: string): () => void {
  const database = writing(path, () => new Database(join(path, LOCK), { timeout: 0 }));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (systemCode(error)?.startsWith('SQLITE_BUSY') || /locked|busy/i.test(String(error))) {
      throw new Problem(
        `The data folder ${path} is in use by another Cowrite. Stop that one first, or use another folder with --data.`,
      );
    }
    throw notWritable(path, error);
  }
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    database.exec('ROLLBACK');
    database.close();
  };
}

/** Deletes all but the mark and the lock that we hold. */
function empty(path: string): void {
  for (const entry of readdirSync(path)) {
    if (entry === MARK || entry.startsWith(LOCK)) continue;
    writing(path, () => rmSync(join(path, entry), { recursive: true, force: true }));
  }
}

function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw notWritable(path, error);
  }
}

function notWritable(path: string, error: unknown): Error {
  const code = systemCode(error);
  const reason = code === undefined ? String(error) : code;
  return new Problem(
    `The data folder ${path} cannot be written (${reason}). ` +
      'Check its owner and permissions and the free space, or choose another folder with --data.',
  );
}
