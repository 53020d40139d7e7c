import type { Tree, TreeNode } from '../../core/tree.ts';

/** A line of the file tree. */
export interface Row {
  readonly node: TreeNode;
  /** 1 at the top. */
  readonly level: number;
  /** Counted from 1 among its siblings. */
  readonly position: number;
  readonly siblings: number;
  /** `null` for a file. */
  readonly expanded: boolean | null;
}

/** The rows that are to be seen while these folders are open. */
export function visibleRows(tree: Tree, expanded: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  const add = (nodes: readonly TreeNode[], level: number): void => {
    nodes.forEach((node, index) => {
      const isOpen = node.kind === 'folder' ? expanded.has(node.id) : null;
      rows.push({ node, level, position: index + 1, siblings: nodes.length, expanded: isOpen });
      if (isOpen === true) add(node.children, level + 1);
    });
  };
  add(tree.roots, 1);
  return rows;
}

/** The folders around a node, from the inside out. */
export function foldersAround(tree: Tree, id: string): string[] {
  const folders: string[] = [];
  for (let at = tree.byId.get(id)?.parent ?? null; at !== null; at = tree.byId.get(at)?.parent ?? null)
    folders.push(at);
  return folders;
}

/** What a key does in a tree, after the ARIA authoring practices. */
export type TreeMove =
  | { readonly kind: 'focus'; readonly id: string }
  | { readonly kind: 'expand'; readonly id: string }
  | { readonly kind: 'collapse'; readonly id: string }
  | { readonly kind: 'nothing' };

/** `null` for keys that are not the tree's to handle. */
export function moveFor(key: string, rows: readonly Row[], focused: string | null): TreeMove | null {
  const index = rows.findIndex((row) => row.node.id === focused);
  const row = rows[index];
  const focus = (target: Row | undefined): TreeMove =>
    target ? { kind: 'focus', id: target.node.id } : { kind: 'nothing' };
  switch (key) {
    case 'ArrowDown':
      return focus(rows[index + 1]);
    case 'ArrowUp':
      return focus(index === -1 ? rows.at(-1) : rows[index - 1]);
    case 'Home':
      return focus(rows[0]);
    case 'End':
      return focus(rows.at(-1));
    case 'ArrowRight':
      if (!row || row.expanded === null) return { kind: 'nothing' };
      if (!row.expanded) return { kind: 'expand', id: row.node.id };
      return focus(row.node.children.length > 0 ? rows[index + 1] : undefined);
    case 'ArrowLeft':
      if (!row) return { kind: 'nothing' };
      if (row.expanded === true) return { kind: 'collapse', id: row.node.id };
      return focus(rows.find((candidate) => candidate.node.id === row.node.parent));
    default:
      return null;
  }
}

/** The next row whose shown name begins with the letters typed, after the focused one, round the end. */
export function typeAhead(rows: readonly Row[], focused: string | null, letters: string): string | null {
  const wanted = letters.toLowerCase();
  const start = rows.findIndex((row) => row.node.id === focused);
  const from = letters.length === 1 ? start + 1 : Math.max(start, 0);
  for (let step = 0; step < rows.length; step++) {
    const row = rows[(from + step) % rows.length];
    if (row?.node.shownName.toLowerCase().startsWith(wanted) === true) return row.node.id;
  }
  return null;
}
