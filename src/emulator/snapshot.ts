import { createHash } from 'node:crypto';
import { constants, createReadStream, rmSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DATABASE_FILE, FILES_FOLDER, LOCK_FILE } from './layout.ts';
import { dataVersion, newestVersion } from './migrations.ts';
import { Sqlite } from './sqlite.ts';
import { isComplete } from './storage/model.ts';
import type { FileDoc } from './storage/model.ts';

/** How often the database is copied again because files of the copy were deleted meanwhile. */
const MAX_ATTEMPTS = 20;

/**
 * Copies a data folder, also one that a server is writing to, into an empty folder: the database as it was at one
 * moment, and the files that it knows at that moment. Rejects if the copy is not whole.
 */
export async function takeSnapshot(dataDir: string, target: string): Promise<void> {
  await copyData(dataDir, target, 'whole');
  await verifyData(target);
}

/** How often a content has to be missing to be taken for lost, and not for just deleted. */
const LOST_AFTER = 4;

/**
 * The same without a look at what was copied. `as-it-is` copies a folder in which contents of files are missing or
 * damaged, too; `whole` rejects where one is missing.
 */
export async function copyData(dataDir: string, target: string, wanted: 'whole' | 'as-it-is'): Promise<void> {
  const [from, to] = [join(dataDir, FILES_FOLDER), join(target, FILES_FOLDER)];
  await mkdir(to, { recursive: true });
  const database = join(target, DATABASE_FILE);
  const source = new Sqlite(join(dataDir, DATABASE_FILE));
  try {
    const copied = new Set<string>();
    const misses = new Map<string, number>();
    // Contents of complete files never change, so most of them can be copied before the moment.
    await copyBlobs(filesOf(source).filter(isComplete), from, to, copied);
    for (let attempt = 1; ; attempt++) {
      source.run('VACUUM INTO ?', [database]);
      const files = read(database, filesOf);
      const missing = await copyBlobs(files, from, to, copied);
      for (const blob of missing) misses.set(blob, (misses.get(blob) ?? 0) + 1);
      if (missing.every((blob) => wanted === 'as-it-is' && (misses.get(blob) ?? 0) >= LOST_AFTER)) {
        await removeOthers(to, new Set(files.map(({ blob }) => blob)));
        break;
      }
      if (attempt === MAX_ATTEMPTS) throw new Error('Files are being deleted faster than they can be copied');
      await rm(database);
    }
  } finally {
    source.close({ checkpoint: false });
  }
  await copyRest(dataDir, target);
}

/** What a data folder holds. */
export interface DataSummary {
  version: number;
  files: number;
}

/**
 * Checks a data folder that no server uses: the database is sound, of a version that this server understands, and the
 * content of each file is the one that was uploaded. Rejects with what is wrong.
 */
export async function verifyData(dataDir: string): Promise<DataSummary> {
  const { version, files } = read(join(dataDir, DATABASE_FILE), (sql) => {
    const [result] = Object.values(sql.get('PRAGMA integrity_check') ?? {});
    if (result !== 'ok') throw new Error(`The database is damaged: ${String(result)}`);
    return { version: dataVersion(sql), files: filesOf(sql) };
  });
  if (version > newestVersion())
    throw new Error(`The data has version ${version}, which only a newer Cowrite understands`);
  for (const file of files) {
    const path = join(dataDir, FILES_FOLDER, file.blob);
    if (!isComplete(file)) {
      if (file.chunks.length > 0) await stat(path);
      continue;
    }
    const hash = createHash('md5');
    await pipeline(createReadStream(path), hash);
    if (hash.digest('hex') !== file.signature) throw new Error(`The content of the file ${file.$id} is damaged`);
  }
  return { version, files: files.length };
}

/** Reads a database that nobody else uses. */
function read<T>(path: string, work: (sql: Sqlite) => T): T {
  const sql = new Sqlite(path);
  try {
    return work(sql);
  } finally {
    sql.close();
    // The driver leaves them behind; the log is empty now, since nobody else uses the file.
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
  }
}

function filesOf(sql: Sqlite): FileDoc[] {
  const known = sql.get("SELECT 1 FROM sqlite_master WHERE name = 'doc_files'");
  if (!known) return [];
  return sql.all('SELECT doc FROM doc_files').map((row) => JSON.parse(String(row['doc'])) as FileDoc);
}

/** Copies what was not copied yet; resolves to the contents that should be there and are not, usually deleted meanwhile. */
async function copyBlobs(files: readonly FileDoc[], from: string, to: string, copied: Set<string>): Promise<string[]> {
  const missing: string[] = [];
  for (const file of files) {
    if (copied.has(file.blob)) continue;
    try {
      await copyFile(join(from, file.blob), join(to, file.blob), constants.COPYFILE_FICLONE);
      if (isComplete(file)) copied.add(file.blob);
    } catch (error) {
      if (!isMissing(error)) throw error;
      if (file.chunks.length > 0) missing.push(file.blob);
    }
  }
  return missing;
}

/** Takes away contents of files that were deleted before the moment of the copy. */
async function removeOthers(folder: string, blobs: ReadonlySet<string>): Promise<void> {
  for (const blob of await readdir(folder)) if (!blobs.has(blob)) await rm(join(folder, blob));
}

/** Keys and whatever else lies in the folder, but neither the lock nor the parts of the database. */
async function copyRest(dataDir: string, target: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name === FILES_FOLDER || name.startsWith(LOCK_FILE) || name.startsWith(DATABASE_FILE)) continue;
    await cp(join(dataDir, name), join(target, name), { recursive: true, preserveTimestamps: true });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
