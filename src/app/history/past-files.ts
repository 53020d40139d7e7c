import type { ProjectSession } from '../session/api.ts';

/** A file that there is or was. */
export interface PastFile {
  readonly node: string;
  /** Where it is, or for a deleted one would be. */
  readonly path: string;
  readonly isDeleted: boolean;
  /** The path with a word about it. */
  readonly label: string;
}

/** All files that there ever were, with their paths: those that are there first. Worked out anew when the tree changes. */
export class PastFiles {
  private known: {
    readonly tree: object;
    readonly nodes: readonly string[];
    readonly files: readonly PastFile[];
  } | null = null;

  of(session: Pick<ProjectSession, 'tree' | 'treeWithTrash'>, nodes: readonly string[]): readonly PastFile[] {
    const { tree } = session;
    if (this.known?.tree === tree.value && this.known.nodes === nodes) return this.known.files;
    const all = session.treeWithTrash();
    const files = nodes.map((node): PastFile => {
      const isDeleted = !tree.value.byId.has(node);
      const path = (tree.value.byId.get(node) ?? all.byId.get(node))?.path ?? 'a file that is gone';
      return { node, path, isDeleted, label: isDeleted ? `${path} (deleted)` : path };
    });
    files.sort((a, b) => Number(a.isDeleted) - Number(b.isDeleted) || a.path.localeCompare(b.path));
    this.known = { tree: tree.value, nodes, files };
    return files;
  }
}
