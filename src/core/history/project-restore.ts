/**
 * Bringing a whole project back to a moment, as forward edits: texts by minimal diff [P42], files and folders by their
 * fields [TREE-1, TREE-2]. Nothing is lost by it: what was added since is moved to the deleted ones.
 */
import * as Y from 'yjs';
import type { LineEnding } from '../text.ts';
import { readTree, type NodeKind, type TreeNode } from '../tree.ts';
import { operationsOfPlan } from './plan.ts';
import type { ProjectHistory } from './project-history.ts';
import { planRestore } from './restore.ts';

/**
 * What happens to a file or folder.
 *
 * - `changed`: its text becomes that of then
 * - `moved`: it gets its name and folder of then; its text can change as well
 * - `back`: it was deleted since and comes back, with its id, so comments keep their place
 * - `removed`: it was added since and goes to the deleted ones
 */
export type RestoreKind = 'changed' | 'moved' | 'back' | 'removed';

export interface RestoreItem {
  readonly kind: RestoreKind;
  /** Node id. */
  readonly node: string;
  readonly nodeKind: NodeKind;
  /** Its path now and then; `null` where it is not there. */
  readonly pathNow: string | null;
  readonly pathThen: string | null;
  /** What it was then; for `removed` what it is now. */
  readonly name: string;
  readonly parent: string | null;
  readonly lineEnding: LineEnding;
  /** Code units that come into its text, and that go from it. */
  readonly inserted: number;
  readonly deleted: number;
  /** Its text is not here to be compared: it stays as it is. */
  readonly unread: boolean;
  /** Its text of then has been purged: it stays as it is. */
  readonly isPurged: boolean;
}

export interface ProjectRestore {
  readonly time: number;
  /** By path. */
  readonly items: readonly RestoreItem[];
  /** Paths of files that were there then and whose texts are not here to be compared. */
  readonly unread: readonly string[];
  /** Paths of files that were there then and whose texts of then have been purged. */
  readonly purged: readonly string[];
}

/** What differs between now and a time (epoch milliseconds), as what is to be done about it. */
export function planProjectRestore({ tree, files }: ProjectHistory, time: number): ProjectRestore {
  const then = tree.treeAt(tree.positionAt(time)).byId;
  const now = tree.treeAt().byId;
  const items: RestoreItem[] = [];
  const unread: string[] = [];
  const purged: string[] = [];
  for (const node of new Set([...then.keys(), ...now.keys()])) {
    const was = then.get(node) ?? null;
    const is = now.get(node) ?? null;
    const target = was ?? is;
    if (target === null) continue;
    const text = was?.kind === 'file' ? changeOfText(files.get(node), time) : NO_CHANGE;
    if (text === 'unread') unread.push(target.path);
    if (text === 'purged') purged.push(target.path);
    const { inserted, deleted } = typeof text === 'string' ? NO_CHANGE : text;
    const kind = kindOf(was, is, inserted + deleted > 0);
    if (kind === null) continue;
    items.push({
      kind,
      node,
      nodeKind: target.kind,
      pathNow: is?.path ?? null,
      pathThen: was?.path ?? null,
      name: target.name,
      parent: target.parent,
      lineEnding: target.lineEnding,
      inserted,
      deleted,
      unread: text === 'unread',
      isPurged: text === 'purged',
    });
  }
  items.sort(
    (a, b) => compare(a.pathThen ?? a.pathNow ?? '', b.pathThen ?? b.pathNow ?? '') || compare(a.node, b.node),
  );
  return { time, items, unread: unread.sort(compare), purged: purged.sort(compare) };
}

/**
 * Does to the tree what the chosen items say, in one transaction. A folder in which something stays is not removed, and
 * one in which something comes back comes back with it. What nobody asked for does not come back with a folder.
 *
 * @param deletedAt epoch milliseconds, for what goes to the deleted ones
 * @returns node ids of those that stay where they are, since they would be within themselves
 */
export function restoreTree(
  doc: Y.Doc,
  chosen: readonly RestoreItem[],
  deletedAt: number,
  origin: unknown,
): readonly string[] {
  const nodes = doc.getMap<Y.Map<unknown>>('nodes');
  const fieldsOf = (id: string): Y.Map<unknown> | null => {
    const fields = nodes.get(id);
    return fields instanceof Y.Map ? fields : null;
  };
  const set = (id: string, field: string, value: unknown): void => {
    const fields = fieldsOf(id);
    if (fields !== null && (fields.get(field) ?? null) !== value) fields.set(field, value);
  };
  const known = chosen.filter(({ node }) => fieldsOf(node) !== null);
  const staying = known.filter(({ kind }) => kind !== 'removed');
  const { parents, kept } = parentsAfter(nodes, staying);
  doc.transact(() => {
    const shown = readTree(doc).byId;
    const wanted = new Set(shown.keys());
    for (const { kind, node } of known) {
      if (kind === 'removed') wanted.delete(node);
      else wanted.add(node);
    }
    for (const { node, name, lineEnding } of staying) {
      set(node, 'name', name);
      set(node, 'parent', parents.get(node) ?? null);
      if ((fieldsOf(node)?.get('eol') ?? 'lf') !== lineEnding) set(node, 'eol', lineEnding);
      set(node, 'deletedAt', null);
    }
    // Of folders that were moved into each other one is shown elsewhere: it stays there when the other one goes away.
    const asked = new Set(known.map(({ node }) => node));
    for (const [id, { parent }] of readTree(doc).byId) {
      const before = shown.get(id);
      if (before && !asked.has(id) && before.parent !== parent) set(id, 'parent', before.parent);
    }
    const { byId } = readTree(doc);
    for (const id of wanted) if (!byId.has(id)) for (const folder of above(id, parents)) set(folder, 'deletedAt', null);
    for (const id of uncalled(readTree(doc).roots, wanted)) set(id, 'deletedAt', deletedAt);
  }, origin);
  return kept;
}

/** The moment of then in words of one text: what goes and what comes, or why nobody can say. */
function changeOfText(
  history: ProjectHistory['files'] extends ReadonlyMap<string, infer H> ? H | undefined : never,
  time: number,
): { readonly inserted: number; readonly deleted: number } | 'unread' | 'purged' {
  if (history === undefined) return 'unread';
  if (time < history.knownSince) return 'purged';
  const position = history.positionAt(time);
  if (position === history.length) return NO_CHANGE;
  let inserted = 0;
  let deleted = 0;
  for (const { insert, remove } of operationsOfPlan(planRestore(history, position))) {
    inserted += insert.length;
    deleted += remove;
  }
  return { inserted, deleted };
}

const NO_CHANGE = { inserted: 0, deleted: 0 } as const;

function kindOf(was: TreeNode | null, is: TreeNode | null, textDiffers: boolean): RestoreKind | null {
  if (was === null) return 'removed';
  if (is === null) return 'back';
  if (was.name !== is.name || was.parent !== is.parent) return 'moved';
  return textDiffers || was.lineEnding !== is.lineEnding ? 'changed' : null;
}

/** In which folder each node is afterwards; moves that would put a folder into itself are left out. */
function parentsAfter(
  nodes: Y.Map<Y.Map<unknown>>,
  staying: readonly RestoreItem[],
): { readonly parents: ReadonlyMap<string, string | null>; readonly kept: readonly string[] } {
  const present = new Map<string, string | null>();
  for (const [id, fields] of nodes) {
    const parent = fields instanceof Y.Map ? fields.get('parent') : null;
    present.set(id, typeof parent === 'string' ? parent : null);
  }
  const parents = new Map(present);
  for (const { node, parent } of staying) parents.set(node, parent !== null && present.has(parent) ? parent : null);
  const kept: string[] = [];
  for (const { node } of staying) {
    if (!isWithinItself(node, parents)) continue;
    parents.set(node, present.get(node) ?? null);
    kept.push(node);
  }
  return { parents, kept };
}

function isWithinItself(node: string, parents: ReadonlyMap<string, string | null>): boolean {
  return above(node, parents).includes(node);
}

/** The folders in which a node is, each once. */
function above(node: string, parents: ReadonlyMap<string, string | null>): string[] {
  const found = new Set<string>();
  for (let at = parents.get(node) ?? null; at !== null && !found.has(at); at = parents.get(at) ?? null) found.add(at);
  return [...found];
}

/** The topmost nodes of a tree that nobody asked for, nor for anything within them. */
function uncalled(nodes: readonly TreeNode[], wanted: ReadonlySet<string>): string[] {
  const isCalled = ({ id, children }: TreeNode): boolean => wanted.has(id) || children.some(isCalled);
  return nodes.flatMap((node) => (isCalled(node) ? uncalled(node.children, wanted) : [node.id]));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
