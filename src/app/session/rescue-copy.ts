import { failure, success, type Outcome } from '../../core/failures.ts';
import { fileDocumentId } from '../../core/ids.ts';
import { withLineEnding } from '../../core/text.ts';
import type { Tree } from '../../core/tree.ts';
import type { ProjectSession } from './api.ts';
import type { CopyProgress, RescuedFile } from './rescue-api.ts';

/** How long nothing may change while the server stores the copy. */
const PATIENCE_MS = 60_000;

/**
 * Creates files, with their folders, and folders by their paths in a project that is open. Resolves to the ids of their documents when the
 * server has stored everything that waited; fails when it does not for a minute.
 */
export async function writeFiles(
  session: ProjectSession,
  files: readonly RescuedFile[],
  emptyFolders: readonly string[],
  progress: (progress: CopyProgress) => void,
): Promise<Outcome<ReadonlyMap<string, RescuedFile>>> {
  const written = new Map<string, RescuedFile>();
  const folders = new Map<string, string>();
  for (const [index, file] of files.entries()) {
    progress({ sentence: `Copying ${file.path}`, done: index / files.length });
    try {
      written.set(createIn(session, folders, file), file);
    } catch (error) {
      // The session refuses with a sentence for the user.
      return failure('rejected', error instanceof Error ? error.message : String(error));
    }
    // Each file is a turn of its own, so that the page stays alive.
    await new Promise((resolve) => setTimeout(resolve));
  }
  for (const path of emptyFolders) folderFor(session, folders, path.split('/'));
  const stored = await allStored(session, progress);
  return stored.ok ? success(written) : stored;
}

/** Returns the id of the file's document. */
function createIn(session: ProjectSession, folders: Map<string, string>, file: RescuedFile): string {
  const parts = file.path.split('/');
  const name = parts.pop() ?? file.path;
  const folder = folderFor(session, folders, parts);
  return fileDocumentId(session.createFile(name, folder, withLineEnding(file.mine, file.lineEnding)));
}

function folderFor(session: ProjectSession, folders: Map<string, string>, parts: readonly string[]): string | null {
  let parent: string | null = null;
  parts.forEach((part, index) => {
    const path = parts.slice(0, index + 1).join('/');
    const id: string =
      folders.get(path) ?? existingFolder(session.tree.value, path) ?? session.createFolder(part, parent);
    folders.set(path, id);
    parent = id;
  });
  return parent;
}

function existingFolder(tree: Tree, path: string): string | undefined {
  return [...tree.byId.values()].find((node) => node.kind === 'folder' && node.path === path)?.id;
}

function allStored(session: ProjectSession, progress: (progress: CopyProgress) => void): Promise<Outcome<void>> {
  return new Promise((resolve) => {
    let most = 0;
    let least = Number.POSITIVE_INFINITY;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const finish = (outcome: Outcome<void>): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve(outcome);
    };
    const look = (): void => {
      const { status, sentence, pending } = session.status.value;
      if (status === 'failed' || status === 'deleted') return finish(failure('rejected', sentence));
      // A device that cannot store anything does not keep the server from having it all.
      const done = status === 'not-on-this-device' && pending === 0 && session.inspect().connection.live;
      if (status === 'saved' || done) return finish(success(undefined));
      most = Math.max(most, pending);
      if (pending >= least && timer !== undefined) return;
      least = pending;
      progress({ sentence: `Waiting for the server. ${sentence}`, done: most === 0 ? 0 : 1 - pending / most });
      clearTimeout(timer);
      timer = setTimeout(
        () => finish(failure('offline', `The server has not stored the copy yet. ${sentence}`)),
        PATIENCE_MS,
      );
    };
    const unsubscribe = session.status.subscribe(look);
    // What has just been written is in the status from the next turn on.
    setTimeout(look);
  });
}
