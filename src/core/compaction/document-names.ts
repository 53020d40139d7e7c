import type * as Y from 'yjs';
import type { UpdateRow } from '../codec.ts';
import { failure, success, type Outcome } from '../failures.ts';
import { documentKind, treeDocumentId } from '../ids.ts';
import { readTree, restoreNode } from '../tree.ts';
import { baseOf, fold } from './fold.ts';
import { loadState } from './load.ts';
import { sortRows } from './plan.ts';
import type { CompactionStore, LogPosition } from './ports.ts';

/** What people call a document, by its id; `null` where that is not known. */
export type DocumentNames = (doc: string) => string | null;

/**
 * The names of a project's documents, by its tree: paths of files, deleted ones among them. Where the tree cannot be
 * read, the kinds of documents are all that is known. Fails with what the store fails with.
 */
export async function documentNames(store: CompactionStore, project: string): Promise<Outcome<DocumentNames>> {
  const known = await storedPaths(store, project);
  if (!known.ok && known.kind !== 'rejected' && known.kind !== 'server') return known;
  const paths = known.ok ? known.value : new Map<string, string>();
  return success((doc) => {
    const path = paths.get(doc.slice(1)) ?? null;
    switch (documentKind(doc)) {
      case 'tree':
        return 'file tree';
      case 'file':
        return path;
      case 'review':
        if (doc.slice(1) === project) return 'list of commented files';
        return path === null ? null : `comments on ${path}`;
      case 'chat':
        return 'chat';
      case null:
        return null;
    }
  });
}

/** Paths of all files and folders; those that are in the trash, or below something in it, say so. */
function pathsOf(tree: Y.Doc): Map<string, string> {
  const { byId, trash } = readTree(tree);
  for (const { id } of trash) restoreNode(tree, id);
  const all = [...readTree(tree).byId];
  return new Map(all.map(([id, { path }]) => [id, byId.get(id)?.path ?? `${path} (deleted)`]));
}

async function storedPaths(store: CompactionStore, project: string): Promise<Outcome<Map<string, string>>> {
  const doc = treeDocumentId(project);
  const rows: UpdateRow[] = [];
  // Rows before the state: what is folded in between is in the state.
  for (let from: LogPosition | null = null; ;) {
    const page: Awaited<ReturnType<CompactionStore['rows']>> = await store.rows(project, doc, from);
    if (!page.ok) return page;
    rows.push(...page.value.rows);
    from = page.value.next;
    if (from === null) break;
  }
  const loaded = await loadState(store, project, doc);
  if (!loaded.ok) return loaded;
  const { entries } = sortRows(rows, project, doc);
  const unique = [...new Map(entries.map((entry) => [entry.id, entry])).values()];
  try {
    const { base } = fold(baseOf(loaded.value.state), unique);
    const paths = pathsOf(base.doc);
    base.doc.destroy();
    return success(paths);
  } catch (error) {
    return failure('rejected', `Yjs cannot read the tree: ${String(error)}`);
  }
}
