/** `npm run backup`: everything that a data folder holds, in one file; also while a server is using the folder. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DATABASE_FILE } from '../emulator/layout.ts';
import { takeSnapshot } from '../emulator/snapshot.ts';
import { packFolder } from './backup/archive.ts';
import { Problem, systemCode } from './problem.ts';

export interface BackupOptions {
  readonly data: string;
  /** Must not exist yet. */
  readonly out: string;
  readonly say: (line: string) => void;
}

/**
 * Writes the state of one moment. The file appears only when it is whole and has been read again; what failed leaves
 * nothing. Throws a Problem with the sentence for what went wrong.
 */
export async function backup({ data, out, say }: BackupOptions): Promise<void> {
  const [folder, file] = [resolve(data), resolve(out)];
  if (!existsSync(join(folder, DATABASE_FILE))) {
    throw new Problem(`There is nothing of Cowrite in ${folder}. Name the data folder with --data.`);
  }
  if (existsSync(file)) throw new Problem(`${file} exists already. Choose another name with --out.`);
  try {
    await mkdir(dirname(file), { recursive: true });
    const copy = await mkdtemp(`${file}.partial-`);
    try {
      await takeSnapshot(folder, copy);
      const { entries } = await packFolder(copy, file, new Date());
      const bytes = entries.reduce((total, { size }) => total + size, 0);
      say(`Backed up ${folder}: ${entries.length} files, ${megabytes(bytes)}. Verified: ${file}`);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  } catch (error) {
    throw explain(error, file);
  }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function explain(error: unknown, file: string): unknown {
  if (error instanceof Problem) return error;
  const code = systemCode(error);
  const place = code === undefined ? '' : ` (${code}: free space and rights at ${dirname(file)}?)`;
  return new Problem(`No backup was made: ${error instanceof Error ? error.message : String(error)}${place}`, {
    cause: error,
  });
}
