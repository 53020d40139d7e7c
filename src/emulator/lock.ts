import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { LOCK_FILE } from './layout.ts';

/** Takes a data folder for this server alone; returns the undo. The system releases it if the process dies. */
export function lockFolder(dataDir: string): () => void {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (error) {
    throw named('EACCES', `The data folder ${dataDir} cannot be created or written`, error);
  }
  let db: Database.Database;
  try {
    db = new Database(join(dataDir, LOCK_FILE));
  } catch (error) {
    throw named('EACCES', `The data folder ${dataDir} is not writable`, error);
  }
  try {
    db.exec('PRAGMA journal_mode = DELETE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    const busy = /lock|busy/i.test(error instanceof Error ? `${error.message} ${codeOf(error)}` : '');
    if (busy) throw named('EBUSY', `The data folder ${dataDir} is in use by another server`, error);
    throw named('EACCES', `The data folder ${dataDir} is not writable`, error);
  }
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    db.exec('ROLLBACK');
    db.close();
  };
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

function named(code: string, message: string, cause: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code });
}
