import { nameProblem, sameName } from '../../core/names.ts';
import type { NodeKind, Tree, TreeNode } from '../../core/tree.ts';

/** What has to be made for a path: the folders that are missing, from the outside in, then the node itself. */
export type CreationPlan =
  | {
      readonly ok: true;
      /** The folder that exists already and takes the first new node; `null` is the top. */
      readonly parent: string | null;
      readonly folders: readonly string[];
      readonly name: string;
    }
  | { readonly ok: false; readonly problem: string };

/**
 * Plans a file or folder at a path below `parent`: `src/a.ts` goes into the folder `src`, which is made if it is missing.
 * A path that begins with `/` begins at the top.
 */
export function planCreation(tree: Tree, parent: string | null, kind: NodeKind, path: string): CreationPlan {
  const parts = path.split('/').map((part) => part.trim());
  const fromTop = parts[0] === '' && parts.length > 1;
  if (fromTop) parts.shift();
  if (kind === 'folder' && parts.at(-1) === '' && parts.length > 1) parts.pop();
  for (const part of parts) {
    const problem = nameProblem(part);
    if (problem !== null) return { ok: false, problem };
  }
  const name = parts.pop() ?? '';
  let folder = fromTop ? null : parent;
  while (parts.length > 0) {
    const existing = childNamed(tree, folder, parts[0] ?? '');
    if (!existing) break;
    if (existing.kind === 'file') {
      return { ok: false, problem: `“${existing.path}” is a file, so nothing can be put into it.` };
    }
    folder = existing.id;
    parts.shift();
  }
  if (parts.length === 0) {
    const taken = childNamed(tree, folder, name);
    if (taken) return { ok: false, problem: takenSentence(taken) };
  }
  return { ok: true, parent: folder, folders: parts, name };
}

/** Why a node cannot get this name, as a sentence, or `null` if it can. */
export function renameProblem(tree: Tree, node: TreeNode, name: string): string | null {
  const problem = nameProblem(name);
  if (problem !== null) return problem;
  const taken = childrenOf(tree, node.parent).find(
    (child) => child.id !== node.id && (sameName(child.shownName, name) || sameName(child.name, name)),
  );
  return taken ? takenSentence(taken) : null;
}

/** Why a node cannot be moved into a folder, as a sentence, or `null` if it can. */
export function moveProblem(tree: Tree, node: TreeNode, parent: string | null): string | null {
  for (let at = parent; at !== null; at = tree.byId.get(at)?.parent ?? null) {
    if (at === node.id) return 'A folder cannot be moved into itself.';
  }
  const taken = childrenOf(tree, parent).find((child) => child.id !== node.id && sameName(child.name, node.name));
  return taken ? takenSentence(taken) : null;
}

/** The folder at a path: its id, `null` for the top, `undefined` if there is none. */
export function folderAt(tree: Tree, path: string): string | null | undefined {
  let folder: string | null = null;
  for (const part of path.split('/').filter((name) => name.trim() !== '')) {
    const child = childNamed(tree, folder, part.trim());
    if (child?.kind !== 'folder') return undefined;
    folder = child.id;
  }
  return folder;
}

/** Why a name is shown with a mark, or `null` if it is shown as it was given [TREE-3]. */
export function conflictSentence(node: TreeNode): string | null {
  if (node.name === node.shownName) return null;
  const kind = node.kind === 'file' ? 'file' : 'folder';
  return `Another ${kind} here is called “${node.name}” too. Both are kept; rename one of them.`;
}

export function childrenOf(tree: Tree, parent: string | null): readonly TreeNode[] {
  return parent === null ? tree.roots : (tree.byId.get(parent)?.children ?? []);
}

function childNamed(tree: Tree, parent: string | null, name: string): TreeNode | undefined {
  return childrenOf(tree, parent).find((child) => sameName(child.shownName, name));
}

function takenSentence(node: TreeNode): string {
  return `There is already a ${node.kind} called “${node.shownName}” here.`;
}
