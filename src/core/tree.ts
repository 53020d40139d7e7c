/**
 * The tree of a project: one Y.Doc with a map of nodes by id [TREE-1].
 *
 *     doc.nodes  : id → { name, parent, kind, createdAt, deletedAt?, eol? }
 *     doc.people : user id → { name, color, agent? }
 *
 * Rename and move set a field. The text of a file is in a document of its own, so nothing done here can lose text.
 * `readTree` turns whatever the merge of concurrent edits left into a tree that everybody sees alike.
 */
import * as Y from 'yjs';
import { markName, nameKey, nameProblem, shownName } from './names.ts';
import type { LineEnding } from './text.ts';

export type NodeKind = 'file' | 'folder';

export interface TreeNode {
  readonly id: string;
  readonly kind: NodeKind;
  /** The name as it was given. */
  readonly name: string;
  /** The name as it is shown: differs from `name` while another node has the same path [TREE-3]. */
  readonly shownName: string;
  /** Node id of the folder it is shown in; `null` at the top. */
  readonly parent: string | null;
  /** Shown names from the top, joined by `/`. */
  readonly path: string;
  /** Folders before files, then by name; empty for a file. */
  readonly children: readonly TreeNode[];
  readonly lineEnding: LineEnding;
}

/** A node in the trash. */
export interface DeletedNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  /** Epoch milliseconds, by the clock of the one who deleted it. */
  readonly deletedAt: number;
}

export interface Tree {
  readonly roots: readonly TreeNode[];
  readonly byId: ReadonlyMap<string, TreeNode>;
  readonly trash: readonly DeletedNode[];
}

export interface Person {
  readonly name: string;
  readonly color: string;
  /** It calls itself a program. Display only [STAMP-3]. */
  readonly agent?: true;
}

interface StoredNode {
  id: string;
  name: string;
  parent: string | null;
  kind: NodeKind;
  createdAt: number;
  deletedAt: number | null;
  lineEnding: LineEnding;
}

type NodeMap = Y.Map<Y.Map<unknown>>;

function nodesOf(doc: Y.Doc): NodeMap {
  return doc.getMap('nodes');
}

/** Adds a file or folder. Throws with the sentence for the user if the name cannot be used. */
export function createNode(
  doc: Y.Doc,
  node: { id: string; kind: NodeKind; name: string; parent: string | null; createdAt: number },
  origin?: unknown,
): void {
  assertName(node.name);
  doc.transact(() => {
    const fields = new Y.Map<unknown>();
    fields.set('name', node.name);
    fields.set('parent', node.parent);
    fields.set('kind', node.kind);
    fields.set('createdAt', node.createdAt);
    nodesOf(doc).set(node.id, fields);
  }, origin);
}

/** Gives a node another name. Throws with the sentence for the user if the name cannot be used. */
export function renameNode(doc: Y.Doc, id: string, name: string, origin?: unknown): void {
  assertName(name);
  setField(doc, id, 'name', name, origin);
}

/** Moves a node into a folder, or to the top with `null`. Throws if the folder is the node itself or inside it. */
export function moveNode(doc: Y.Doc, id: string, parent: string | null, origin?: unknown): void {
  const { byId } = readTree(doc);
  for (let at = parent; at !== null; at = byId.get(at)?.parent ?? null) {
    if (at === id) throw new Error('A folder cannot be moved into itself.');
  }
  setField(doc, id, 'parent', parent, origin);
}

/** Puts a node into the trash; its text and everything below it stay as they are [TREE-2]. */
export function deleteNode(doc: Y.Doc, id: string, deletedAt: number, origin?: unknown): void {
  setField(doc, id, 'deletedAt', deletedAt, origin);
}

/** Takes a node out of the trash. */
export function restoreNode(doc: Y.Doc, id: string, origin?: unknown): void {
  setField(doc, id, 'deletedAt', null, origin);
}

/** Remembers with which line ending a file is exported [EDIT-1]. */
export function setLineEnding(doc: Y.Doc, id: string, lineEnding: LineEnding, origin?: unknown): void {
  setField(doc, id, 'eol', lineEnding, origin);
}

/** How a member calls itself; each member writes only its own entry [STAMP-3]. */
export function setPerson(doc: Y.Doc, userId: string, person: Person, origin?: unknown): void {
  const people = doc.getMap<unknown>('people');
  const { color, agent } = person;
  const name = shownName(person.name);
  const known = readPeople(doc).get(userId);
  if (known?.name === name && known.color === color && known.agent === agent) return;
  doc.transact(() => people.set(userId, agent === true ? { name, color, agent } : { name, color }), origin);
}

export function readPeople(doc: Y.Doc): ReadonlyMap<string, Person> {
  const people = new Map<string, Person>();
  for (const [id, value] of doc.getMap<unknown>('people')) {
    if (typeof value !== 'object' || value === null) continue;
    const { name, color, agent } = value as Record<string, unknown>;
    if (typeof name !== 'string' || typeof color !== 'string') continue;
    const shown = { name: shownName(name), color };
    people.set(id, agent === true ? { ...shown, agent } : shown);
  }
  return people;
}

/**
 * The tree as everybody with the same document sees it.
 *
 * - A node below a deleted folder is not shown, and neither is one whose folder is unknown (it may still arrive).
 * - Of the folders that form a cycle, the one with the greatest id is shown at the top.
 * - Of siblings with one name the oldest keeps it; the others show a mark until somebody renames them.
 */
export function readTree(doc: Y.Doc): Tree {
  const stored = readNodes(doc);
  const parents = new Map<string, string | null>();
  for (const node of stored.values()) parents.set(node.id, node.parent);
  breakCycles(parents);

  const childrenOf = new Map<string | null, StoredNode[]>();
  for (const node of stored.values()) {
    if (node.deletedAt !== null) continue;
    const parent = parents.get(node.id) ?? null;
    const siblings = childrenOf.get(parent);
    if (siblings) siblings.push(node);
    else childrenOf.set(parent, [node]);
  }

  const byId = new Map<string, TreeNode>();
  const build = (parent: string | null, prefix: string): TreeNode[] => {
    const siblings = childrenOf.get(parent) ?? [];
    const shown = showNames(siblings);
    const nodes = siblings.map((node): TreeNode => {
      const shownName = shown.get(node.id) ?? node.name;
      const path = prefix + shownName;
      const children = node.kind === 'folder' ? build(node.id, `${path}/`) : [];
      const { id, kind, name, lineEnding } = node;
      const treeNode: TreeNode = { id, kind, name, shownName, parent, path, children, lineEnding };
      byId.set(id, treeNode);
      return treeNode;
    });
    return nodes.sort(compareNodes);
  };
  const roots = build(null, '');

  const trash: DeletedNode[] = [];
  for (const { id, kind, name, deletedAt } of stored.values()) {
    if (deletedAt !== null) trash.push({ id, kind, name, deletedAt });
  }
  trash.sort((a, b) => b.deletedAt - a.deletedAt || (a.id < b.id ? -1 : 1));
  return { roots, byId, trash };
}

/** A name for a new node that no sibling has yet: `name`, `name 2`, `name 3`, … */
export function freeName(siblings: readonly TreeNode[], name: string): string {
  const taken = new Set(siblings.map((node) => nameKey(node.shownName)));
  if (!taken.has(nameKey(name))) return name;
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  for (let count = 2; ; count++) {
    const candidate = `${stem} ${count}${extension}`;
    if (!taken.has(nameKey(candidate))) return candidate;
  }
}

function assertName(name: string): void {
  const problem = nameProblem(name);
  if (problem !== null) throw new Error(problem);
}

function setField(doc: Y.Doc, id: string, field: string, value: unknown, origin: unknown): void {
  const node = nodesOf(doc).get(id);
  if (!(node instanceof Y.Map)) throw new Error('This file or folder is not part of the project any more.');
  if (node.get(field) === value) return;
  doc.transact(() => node.set(field, value), origin);
}

/** Reads what can be read; entries that are no nodes are left out. */
function readNodes(doc: Y.Doc): Map<string, StoredNode> {
  const nodes = new Map<string, StoredNode>();
  for (const [id, fields] of nodesOf(doc)) {
    if (!(fields instanceof Y.Map)) continue;
    const name = fields.get('name');
    const parent = fields.get('parent') ?? null;
    const kind = fields.get('kind');
    const createdAt = fields.get('createdAt');
    const deletedAt = fields.get('deletedAt') ?? null;
    if (typeof name !== 'string' || nameProblem(name) !== null) continue;
    if (kind !== 'file' && kind !== 'folder') continue;
    if (parent !== null && typeof parent !== 'string') continue;
    nodes.set(id, {
      id,
      name,
      parent,
      kind,
      createdAt: typeof createdAt === 'number' ? createdAt : 0,
      deletedAt: typeof deletedAt === 'number' ? deletedAt : null,
      lineEnding: fields.get('eol') === 'crlf' ? 'crlf' : 'lf',
    });
  }
  return nodes;
}

/** Cuts each cycle at its node with the greatest id, which goes to the top. */
function breakCycles(parents: Map<string, string | null>): void {
  const settled = new Set<string>();
  for (const start of [...parents.keys()].sort()) {
    const trail: string[] = [];
    const seen = new Set<string>();
    let at: string | null = start;
    while (at !== null && parents.has(at) && !settled.has(at) && !seen.has(at)) {
      seen.add(at);
      trail.push(at);
      at = parents.get(at) ?? null;
    }
    if (at !== null && seen.has(at)) {
      const cycle = trail.slice(trail.indexOf(at));
      parents.set(
        cycle.reduce((greatest, id) => (id > greatest ? id : greatest)),
        null,
      );
    }
    for (const id of trail) settled.add(id);
  }
}

/** The names to show for siblings, by node id. */
function showNames(siblings: readonly StoredNode[]): Map<string, string> {
  const byKey = new Map<string, StoredNode[]>();
  for (const node of siblings) {
    const key = nameKey(node.name);
    const group = byKey.get(key);
    if (group) group.push(node);
    else byKey.set(key, [node]);
  }
  const shown = new Map<string, string>();
  for (const group of byKey.values()) {
    group.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    group.forEach((node, index) => {
      shown.set(node.id, index === 0 ? node.name : markName(node.name, `conflict ${node.id.slice(0, 4)}`));
    });
  }
  return shown;
}

function compareNodes(a: TreeNode, b: TreeNode): number {
  if (a.kind !== b.kind) return a.kind === 'folder' ? -1 : 1;
  const left = nameKey(a.shownName);
  const right = nameKey(b.shownName);
  return left < right ? -1 : left > right ? 1 : a.id < b.id ? -1 : 1;
}
