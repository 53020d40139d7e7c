import type { DeletedNode, Tree, TreeNode } from '../../core/tree.ts';
import { foldersAround } from '../tree/rows.ts';

/** How the file of the address stands in the tree. */
export type ShownFile =
  | { readonly kind: 'present'; readonly node: TreeNode }
  /** Its text is kept [TREE-2]; `restore` is what has to come back from the trash: the file, or a folder around it. */
  | { readonly kind: 'deleted'; readonly name: string; readonly restore: DeletedNode | null }
  | { readonly kind: 'unknown' };

/** What was known of the file when it was last in the tree. */
export interface LastSeen {
  readonly id: string;
  readonly name: string;
  /** From the inside out. */
  readonly folders: readonly string[];
}

export function shownFile(tree: Tree, id: string, lastSeen: LastSeen | null): ShownFile {
  const node = tree.byId.get(id);
  if (node) return node.kind === 'file' ? { kind: 'present', node } : { kind: 'unknown' };
  const inTrash = (wanted: string): DeletedNode | undefined => tree.trash.find((deleted) => deleted.id === wanted);
  const deleted = inTrash(id);
  if (deleted) return { kind: 'deleted', name: deleted.name, restore: deleted };
  if (lastSeen?.id !== id) return { kind: 'unknown' };
  const folder = lastSeen.folders.map(inTrash).find((found) => found !== undefined) ?? null;
  return { kind: 'deleted', name: lastSeen.name, restore: folder };
}

export function seeFile(tree: Tree, id: string): LastSeen | null {
  const node = tree.byId.get(id);
  return node?.kind === 'file' ? { id, name: node.shownName, folders: foldersAround(tree, id) } : null;
}
