/**
 * Versions: moments with a name. They stand in the tree document, so they are shared, work offline and survive compaction:
 * what they name is a row id and a server time, which segments keep.
 *
 *     doc.versions : version id → { name, description, doc?, row?, time, author, createdAt }
 */
import type * as Y from 'yjs';
import { z } from 'zod';
import { MAX_NAME_CHARS } from '../limits.ts';
import type { TextHistory } from './text-history.ts';

/** Pages forbid `eval`, which zod would otherwise look for. */
z.config({ jitless: true });

export interface Version {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Id of the document that is meant; `null`: the whole project. */
  readonly doc: string | null;
  /** The last update that belongs to it; `null` for a project: each document is taken at `time`. */
  readonly row: string | null;
  /** Epoch milliseconds by the server's clock: the time of that update. */
  readonly time: number;
  /** User id of who named it. Display only: what is proven is who wrote the row of the tree document [STAMP-3]. */
  readonly author: string;
  /** Epoch milliseconds, by the clock of who named it. */
  readonly createdAt: number;
}

const stored = z.object({
  name: z.string().min(1).max(MAX_NAME_CHARS),
  description: z.string().catch(''),
  doc: z.string().nullable().catch(null),
  row: z.string().nullable().catch(null),
  time: z.number(),
  author: z.string().catch(''),
  createdAt: z.number().catch(0),
});

/** Adds a version, or replaces the one with its id. Throws with the sentence for the user if the name cannot be used. */
export function putVersion(tree: Y.Doc, { id, ...version }: Version, origin?: unknown): void {
  const name = version.name.trim();
  if (name === '') throw new Error('Type a name.');
  if (name.length > MAX_NAME_CHARS) throw new Error(`Names have at most ${MAX_NAME_CHARS} characters.`);
  tree.transact(() => versionsOf(tree).set(id, { ...version, name }), origin);
}

/** Removes a version; the history itself stays as it is. What is not there is no failure. */
export function removeVersion(tree: Y.Doc, id: string, origin?: unknown): void {
  if (versionsOf(tree).has(id)) tree.transact(() => versionsOf(tree).delete(id), origin);
}

/** The versions of a project and of its documents, the newest moment first; what is none is left out. */
export function readVersions(tree: Y.Doc): Version[] {
  const versions: Version[] = [];
  for (const [id, value] of versionsOf(tree)) {
    const parsed = stored.safeParse(value);
    if (parsed.success) versions.push({ id, ...parsed.data });
  }
  return versions.sort((a, b) => b.time - a.time || b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
}

/** The moment of a document that a version means. */
export function positionOfVersion(history: Pick<TextHistory, 'positionOf' | 'positionAt'>, version: Version): number {
  const position = version.row === null ? null : history.positionOf(version.row);
  return position ?? history.positionAt(version.time);
}

function versionsOf(tree: Y.Doc): Y.Map<unknown> {
  return tree.getMap<unknown>('versions');
}
