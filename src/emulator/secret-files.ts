import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DATABASE_FILE } from './layout.ts';
import { randomSecret } from './secrets.ts';

/** Shorter ones are not ours: they were cut by a crash or by hand, and could be guessed. */
const MIN_SECRET = 32;
/** Of a key that somebody chose. */
export const MIN_API_KEY = 16;

/**
 * A secret that is made once and kept in a file that only its owner may read; the file is there as a whole or not at
 * all. Throws with code `ESECRET` if the file holds something too short to be one.
 */
export function keptSecret(path: string, prefix = ''): string {
  if (!existsSync(path)) {
    const secret = prefix + randomSecret();
    writeWhole(path, `${secret}\n`);
    return secret;
  }
  const secret = readFileSync(path, 'utf8').trim();
  if (secret.length >= MIN_SECRET) return secret;
  throw problem(
    `The secret in ${path} is damaged: it has ${secret.length} characters instead of ${MIN_SECRET} or more. ` +
      'Restore the file from a backup, or delete it: a new one is made, and what the old one signed is void.',
  );
}

/** Throws with code `ESECRET` if a key that was chosen could be guessed. */
export function checkedApiKey(key: string): string {
  if (key.length >= MIN_API_KEY) return key;
  throw problem(`The API key is too short: it needs ${MIN_API_KEY} characters or more.`);
}

/** Takes the rights of others away from a data folder and its database, which is created if it is missing. */
export function makePrivate(dataDir: string): void {
  tighten(dataDir, 0o700);
  const database = join(dataDir, DATABASE_FILE);
  // Only while there is none: closing a file takes from this process every lock on it, and SQLite, where a connection of it
  // has not quite ended, would not notice. Another process that takes a copy then deletes the log that is being written.
  if (!existsSync(database)) closeSync(openSync(database, 'a', 0o600));
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(database + suffix)) tighten(database + suffix, 0o600);
}

/** A folder that belongs to somebody else, such as a mounted one, is left as it is. */
function tighten(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EPERM' && code !== 'EROFS' && code !== 'ENOTSUP') throw error;
  }
}

function writeWhole(path: string, text: string): void {
  const unfinished = `${path}.new`;
  rmSync(unfinished, { force: true });
  const file = openSync(unfinished, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
  if (process.platform === 'win32') return; // which cannot open folders, and keeps names itself
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function problem(message: string): Error {
  return Object.assign(new Error(message), { code: 'ESECRET' });
}
