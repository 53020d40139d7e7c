import * as Y from 'yjs';
import { fileDocumentId } from '../../core/ids.ts';
import { treeChanges, type TreeChangeKind } from '../../core/rescue.ts';
import type { LineEnding } from '../../core/text.ts';
import { readTree, restoreNode, type Tree } from '../../core/tree.ts';

/** Where the rescued files of a project belong, and what waiting edits did to its tree. */
export interface RescueTree {
  /** Path and line ending of the file of a document; made up where the tree does not know it. */
  fileOf(docId: string): { readonly path: string; readonly lineEnding: LineEnding };
  readonly changes: readonly { readonly kind: TreeChangeKind; readonly path: string }[];
  /** Documents of files that the waiting edits created, and that are not in the trash. */
  readonly created: readonly string[];
  /** Paths of folders that they created, outer ones first. */
  readonly createdFolders: readonly string[];
}

/** @param doc a copy of the tree document with everything that waits; it is changed and destroyed */
export function readRescueTree(doc: Y.Doc, waiting: readonly Uint8Array[]): RescueTree {
  const touched = treeChanges(doc, waiting);
  const live = readTree(doc);
  for (const { id } of live.trash) restoreNode(doc, id);
  const all: Tree = readTree(doc);
  doc.destroy();
  const created = [...touched].flatMap(([id, kind]) => (kind === 'created' ? (live.byId.get(id) ?? []) : []));
  const nodeOf = (id: string) => live.byId.get(id) ?? all.byId.get(id);
  return {
    fileOf: (docId) => {
      const node = nodeOf(docId.slice(1));
      return node?.kind === 'file' ? node : { path: `file ${docId.slice(1, 7)}.txt`, lineEnding: 'lf' };
    },
    changes: [...touched]
      .map(([id, kind]) => ({ kind, path: nodeOf(id)?.path ?? 'a file or folder' }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    created: created.filter(({ kind }) => kind === 'file').map(({ id }) => fileDocumentId(id)),
    createdFolders: created
      .filter(({ kind }) => kind === 'folder')
      .map(({ path }) => path)
      .sort(),
  };
}

/** The same paths, with a number behind those that a file system would take for one that came before [P41]. */
export function distinctPaths<T extends { readonly path: string }>(files: readonly T[]): T[] {
  const taken = new Set<string>();
  const key = (path: string): string => path.normalize('NFC').toLowerCase();
  return files.map((file) => {
    let path = file.path;
    for (let count = 2; taken.has(key(path)); count++) path = numbered(file.path, count);
    taken.add(key(path));
    return { ...file, path };
  });
}

function numbered(path: string, count: number): string {
  const dot = path.lastIndexOf('.');
  return dot > path.lastIndexOf('/') + 1 ? `${path.slice(0, dot)} ${count}${path.slice(dot)}` : `${path} ${count}`;
}
