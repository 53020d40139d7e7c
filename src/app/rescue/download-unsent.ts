import { failure, success, type Outcome } from '../../core/failures.ts';
import type { Rescue } from '../session/rescue-api.ts';
import type { ArchivePart } from './archive.ts';
import type { Sorted } from './words.ts';

/**
 * Downloads the files of these documents as one archive, each project in a folder of its own. Resolves to how many
 * files that were; fails if there is none or one cannot be read.
 */
export async function downloadUnsent(
  rescue: Rescue,
  name: string,
  projects: readonly Sorted[],
): Promise<Outcome<number>> {
  const { packFiles, downloadArchive, folderName } = await import('./archive.ts');
  const parts: ArchivePart[] = [];
  const taken = new Set<string>();
  for (const { project, documents } of projects) {
    const files = await rescue.readAll(
      project.id,
      documents.map(({ doc }) => doc),
    );
    if (!files.ok) return files;
    let folder = folderName(project.name);
    while (taken.has(folder.toLowerCase())) folder = `${folder} ${project.id.slice(0, 4)}`;
    taken.add(folder.toLowerCase());
    parts.push({ folder, files: files.value });
  }
  const count = parts.reduce((sum, { files }) => sum + files.length, 0);
  if (count === 0) return failure('not-found', 'There is no text to download: only names of files have changed.');
  const contents = parts.map(({ folder, files }) => ({ folder: parts.length === 1 ? '' : folder, files }));
  downloadArchive(`${folderName(name)}.zip`, packFiles(contents));
  return success(count);
}
