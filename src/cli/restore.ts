/** `npm run restore`: makes a data folder from a backup. */
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DATABASE_FILE } from '../emulator/layout.ts';
import { verifyData } from '../emulator/snapshot.ts';
import { megabytes } from './backup.ts';
import { unpackArchive } from './backup/archive.ts';
import { Problem, systemCode } from './problem.ts';

export interface RestoreOptions {
  readonly in: string;
  /** Must be empty or not exist. */
  readonly data: string;
  readonly say: (line: string) => void;
}

/**
 * The folder appears only when everything is in it and verified; what failed leaves nothing. Throws a Problem with the
 * sentence for what went wrong.
 */
export async function restore({ in: archive, data, say }: RestoreOptions): Promise<void> {
  const [file, folder] = [resolve(archive), resolve(data)];
  if (!existsSync(file)) throw new Problem(`There is no backup at ${file}. Name it with --in.`);
  if (!isFree(folder)) {
    throw new Problem(`${folder} is not empty: restoring never overwrites anything. Name a new folder with --data.`);
  }
  try {
    await mkdir(dirname(folder), { recursive: true });
    const partial = await mkdtemp(`${folder}.partial-`);
    try {
      const { created, entries } = await unpackArchive(file, partial);
      await verifyData(partial);
      await chmod(join(partial, DATABASE_FILE), 0o600);
      if (existsSync(folder)) await rmdir(folder);
      await rename(partial, folder);
      const bytes = entries.reduce((total, { size }) => total + size, 0);
      say(`Restored what was stored at ${created}: ${entries.length} files, ${megabytes(bytes)}, verified.`);
      say(`Start it with: npm start -- --data ${data}`);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  } catch (error) {
    throw explain(error, folder);
  }
}

function isFree(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true;
    if (systemCode(error) === 'ENOTDIR') return false;
    throw error;
  }
}

function explain(error: unknown, folder: string): unknown {
  if (error instanceof Problem) return error;
  const code = systemCode(error);
  const place = code === undefined ? '' : ` (${code}: free space and rights at ${dirname(folder)}?)`;
  return new Problem(`Nothing was restored: ${error instanceof Error ? error.message : String(error)}${place}`, {
    cause: error,
  });
}
