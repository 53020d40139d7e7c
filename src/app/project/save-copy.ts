import { folderName, packFiles, downloadArchive, type ArchivePart } from '../rescue/archive.ts';
import type { ProjectSession } from '../session/api.ts';

const AT_ONCE = 4;
/** What cannot be read in this time is left out. */
const PATIENCE_MS = 15_000;

export interface SavedCopy {
  readonly files: number;
  /** Paths of files that could not be read. */
  readonly missing: readonly string[];
}

/**
 * Downloads all files of an open project as one archive, as they are here: with what was typed and not sent. Files that are
 * neither on this device nor can be read now are left out and named.
 */
export async function saveCopy(session: Pick<ProjectSession, 'name' | 'tree' | 'readText'>): Promise<SavedCopy> {
  const wanted = [...session.tree.value.byId.values()].filter(({ kind }) => kind === 'file');
  const total = wanted.length;
  const read: ArchivePart['files'][number][] = [];
  const missing: string[] = [];
  const work = async (): Promise<void> => {
    for (let file = wanted.shift(); file !== undefined; file = wanted.shift()) {
      const { id, path, lineEnding } = file;
      try {
        read.push({ path, mine: await inTime(session.readText(id)), lineEnding });
      } catch {
        // Why is the same for all of them, and said once.
        missing.push(path);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, total) }, work));
  const folder = folderName(session.name.value);
  if (read.length > 0) downloadArchive(`${folder}.zip`, packFiles([{ folder, files: read }]));
  return { files: read.length, missing: missing.sort() };
}

function inTime(reading: Promise<string>): Promise<string> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('It cannot be read now.')), PATIENCE_MS);
  });
  return Promise.race([reading, late]).finally(() => clearTimeout(timer));
}
