import * as Y from 'yjs';
import { encodeUpdateRow, type NewUpdateRow } from '../../core/codec.ts';
import { fileDocumentId, NODE_ID_LENGTH, randomId, treeDocumentId, type RandomBytes } from '../../core/ids.ts';
import type { Stamp } from '../../core/stamps.ts';
import { TEXT_NAME } from '../../core/text.ts';
import { createNode, setPerson } from '../../core/tree.ts';

const COLOR = '#0f766e';

/**
 * The rows that hold files and their tree, written by the stamp's author. Made once and kept: made again they would be
 * other edits, and the content would stand there twice [TREE-4].
 */
export function seedRows(
  files: readonly (readonly [path: string, content: string])[],
  stamp: Stamp,
  authorName: string,
  world: { now: number; random: RandomBytes },
): NewUpdateRow[] {
  const row = (document: string, doc: Y.Doc): NewUpdateRow =>
    encodeUpdateRow(randomId(world.random), document, Y.encodeStateAsUpdate(doc), stamp);

  const tree = new Y.Doc();
  const nodes = new Map<string, string>();
  /** The id of the node at this path, made with its folders if it is not there yet. */
  const nodeAt = (path: string, kind: 'file' | 'folder'): string => {
    const known = nodes.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf('/');
    const parent = slash < 0 ? null : nodeAt(path.slice(0, slash), 'folder');
    const id = randomId(world.random, NODE_ID_LENGTH);
    createNode(tree, { id, kind, name: path.slice(slash + 1), parent, createdAt: world.now });
    nodes.set(path, id);
    return id;
  };

  const texts = files.map(([path, content]) => {
    const doc = new Y.Doc();
    doc.getText(TEXT_NAME).insert(0, content);
    return row(fileDocumentId(nodeAt(path, 'file')), doc);
  });
  setPerson(tree, stamp.author, { name: authorName, color: COLOR });
  // The texts first: whoever sees a file in the tree can read it.
  return [...texts, row(treeDocumentId(stamp.project), tree)];
}
