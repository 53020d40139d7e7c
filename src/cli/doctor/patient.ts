import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { connectByKey, type KeyAccess } from '../../backend/compaction-store.ts';
import { AppwriteDoctorStore } from '../../backend/doctor-store.ts';
import { randomId } from '../../core/ids.ts';
import { DATABASE_FILE, LOCK_FILE } from '../../emulator/layout.ts';
import { lockFolder } from '../../emulator/lock.ts';
import { startServer } from '../../emulator/server.ts';
import { copyData } from '../../emulator/snapshot.ts';
import { explainFolder } from '../data-folder.ts';
import { Problem, systemCode } from '../problem.ts';
import { parseProjectFile } from '../setup/config.ts';

/** What is examined; `close` gives everything back. */
export interface Patient {
  readonly store: AppwriteDoctorStore;
  close(): Promise<void>;
}

export function openServer(access: KeyAccess): Patient {
  const newId = (): string => randomId((count) => new Uint8Array(randomBytes(count)));
  return { store: new AppwriteDoctorStore(connectByKey(access), newId), close: () => Promise.resolve() };
}

/**
 * A data folder, through a server that nobody else reaches. A folder that is only examined stays as it is: a copy of it,
 * beside it, is looked at, also while a server uses it. A repair needs the folder itself, and that no server uses it.
 *
 * @param root top folder of Cowrite
 * @param tell told what is being done, in words
 */
export async function openFolder(
  data: string,
  root: string,
  repair: boolean,
  tell: (doing: string) => void,
): Promise<Patient> {
  const folder = resolve(data);
  if (!existsSync(join(folder, DATABASE_FILE))) {
    throw new Problem(`There is nothing of Cowrite in ${folder}. Name the data folder with --data.`);
  }
  try {
    // Where no Function is: none may run while its work is examined.
    const empty = await mkdtemp(`${folder}.doctor-`);
    const removeCopy = (): Promise<void> => rm(empty, { recursive: true, force: true });
    try {
      const copy = join(empty, 'data');
      tell(repair ? `Opening ${folder}` : `Copying ${folder}`);
      if (!repair) await copyFolder(folder, copy);
      const patient = await serveFolder(repair ? folder : copy, root, join(empty, 'functions'));
      const close = async (): Promise<void> => {
        await patient.close();
        await removeCopy();
      };
      return { store: patient.store, close };
    } catch (error) {
      await removeCopy();
      throw error;
    }
  } catch (error) {
    throw repair && systemCode(error) === 'EBUSY'
      ? new Problem(
          `A server is using ${folder}: stop it before a repair, or name it with --endpoint and --project and its key ` +
            `(${folder}/api-key) in APPWRITE_API_KEY.`,
        )
      : explainFolder(error, folder);
  }
}

async function copyFolder(folder: string, copy: string): Promise<void> {
  let unlock: () => void;
  try {
    unlock = lockFolder(folder);
  } catch (error) {
    if (systemCode(error) !== 'EBUSY') throw error;
    // What is damaged in it is to be found, not refused.
    return copyData(folder, copy, 'as-it-is');
  }
  try {
    const isLock = (path: string): boolean => path.startsWith(join(folder, LOCK_FILE));
    const copyAll = (): Promise<void> =>
      cp(folder, copy, { recursive: true, preserveTimestamps: true, filter: (path) => !isLock(path) });
    try {
      await copyAll();
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
      // A server that has just ended takes the side files of its database with it, now and then a moment later.
      await rm(copy, { recursive: true, force: true });
      await copyAll();
    }
  } finally {
    unlock();
  }
}

async function serveFolder(folder: string, root: string, functionsRoot: string): Promise<Patient> {
  const config = parseProjectFile(readFileSync(join(root, 'appwrite.json'), 'utf8'));
  const server = await startServer({
    dataDir: folder,
    schema: { ...config, functions: [] },
    projectId: config.projectId,
    functionsRoot,
    host: '127.0.0.1',
  });
  const { store } = openServer({ endpoint: `${server.url}/v1`, project: config.projectId, key: server.apiKey });
  return { store, close: () => server.close() };
}
