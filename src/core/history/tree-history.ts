/**
 * The history of a project's tree: which files there were at any moment, and who created, renamed, moved, deleted or
 * restored them. Trees are small, so a moment is replayed from the nearest checkpoint.
 */
import * as Y from 'yjs';
import { retryPending } from '../pending.ts';
import type { Role } from '../roles.ts';
import { readPeople, readTree, type NodeKind, type Person, type Tree } from '../tree.ts';
import { EntryTable } from './entry-table.ts';
import { inOrder, type Timed } from './order.ts';
import type { HistorySource } from './text-history.ts';

/** Updates between two checkpoints. */
const CHECKPOINT_UPDATES = 200;

export type TreeChangeKind = 'created' | 'renamed' | 'moved' | 'deleted' | 'restored';

/** One thing that one update did to one file or folder. */
export interface TreeChange {
  readonly kind: TreeChangeKind;
  readonly position: number;
  readonly author: string;
  readonly time: number;
  /** Node id. */
  readonly node: string;
  readonly nodeKind: NodeKind;
  /** The name after it. */
  readonly name: string;
  /** For `renamed`: the name before. */
  readonly before: string | null;
}

interface NodeFields {
  readonly name: string;
  readonly parent: string | null;
  readonly kind: NodeKind;
  readonly isDeleted: boolean;
}

export class TreeHistory {
  private readonly base: Uint8Array | null;
  private table = new EntryTable();
  /** The state after 0, `CHECKPOINT_UPDATES`, 2 × `CHECKPOINT_UPDATES` … updates, format V2, with what waits. */
  private checkpoints: Uint8Array[] = [];
  private changeList: TreeChange[] = [];
  private readonly refusedRows = new Set<string>();
  /** The moment that was asked for last, to go on from. */
  private near: { readonly position: number; readonly doc: Y.Doc } | null = null;

  constructor({ base = null, entries }: HistorySource) {
    this.base = base;
    this.build(entries);
  }

  /** The number of updates: the position of now. */
  get length(): number {
    return this.table.length;
  }

  /** Everything that was done to files and folders, oldest first. */
  get changes(): readonly TreeChange[] {
    return this.changeList;
  }

  /** Rows that Yjs refuses: they are no part of the tree. */
  get refused(): readonly string[] {
    return [...this.refusedRows];
  }

  authorAt(position: number): string | null {
    return this.table.author(position);
  }

  roleAt(position: number): Role | null {
    return this.table.stamped(position)?.role ?? null;
  }

  timeAt(position: number): number {
    return this.table.time(position);
  }

  /** The moment of a time: the position of the last update at or before it. */
  positionAt(time: number): number {
    return this.table.positionAt(time);
  }

  positionOf(row: string): number | null {
    return this.table.positionOf(row);
  }

  rowAt(position: number): string {
    return this.table.id(position);
  }

  /** Takes more updates; those that it has are ignored. */
  append(entries: LogEntries): void {
    const fresh = this.table.missing(entries).filter(({ id }) => !this.refusedRows.has(id));
    if (fresh.length > 0) this.build([...this.table.entries(), ...fresh]);
  }

  /**
   * What put a file or folder into the trash, or first a folder that it is in; `null` if none of them is there now, or if
   * that was before the history begins.
   */
  deletionOf(node: string): TreeChange | null {
    const nodes = this.docAt().getMap<unknown>('nodes');
    const seen = new Map<string, NodeFields>();
    let first: TreeChange | null = null;
    for (let id: string | null = node; id !== null && !seen.has(id);) {
      const fields = note(seen, nodes, id);
      const change = fields?.isDeleted === true ? this.lastDeletionOf(id) : null;
      if (change !== null && (first === null || change.position < first.position)) first = change;
      id = fields?.parent ?? null;
    }
    return first;
  }

  /** The tree at a moment. @param position default: now */
  treeAt(position: number = this.length): Tree {
    return readTree(this.docAt(position));
  }

  /** Names and colours of members as they were set at a moment, by user id. @param position default: now */
  peopleAt(position: number = this.length): ReadonlyMap<string, Person> {
    return readPeople(this.docAt(position));
  }

  /** The whole document at a moment. It is not to be changed, and good only until the next question. */
  docAt(position: number = this.length): Y.Doc {
    const checkpoint = Math.min(Math.floor(position / CHECKPOINT_UPDATES), this.checkpoints.length - 1);
    const start = checkpoint * CHECKPOINT_UPDATES;
    if (this.near === null || this.near.position > position || this.near.position < start) {
      this.near?.doc.destroy();
      this.near = { position: start, doc: docOf(this.checkpoints[checkpoint] ?? null) };
    }
    const { doc, position: from } = this.near;
    for (let at = from + 1; at <= position; at++) apply(doc, this.table.update(at));
    this.near = { position, doc };
    return doc;
  }

  private lastDeletionOf(node: string): TreeChange | null {
    return this.changeList.findLast((change) => change.node === node && change.kind === 'deleted') ?? null;
  }

  private build(entries: LogEntries): void {
    const ordered = inOrder(entries);
    while (!this.replay(ordered.filter(({ entry }) => !this.refusedRows.has(entry.id))));
  }

  /** False if Yjs refused an update, which is in `refusedRows` then. */
  private replay(entries: readonly Timed[]): boolean {
    this.near?.doc.destroy();
    this.near = null;
    this.table = new EntryTable();
    this.changeList = [];
    const doc = docOf(this.base);
    this.checkpoints = [Y.encodeStateAsUpdateV2(doc)];
    const nodes = doc.getMap<unknown>('nodes');
    const known = new Map<string, NodeFields>();
    for (const id of nodes.keys()) note(known, nodes, id);
    let touched = new Set<string>();
    nodes.observeDeep((events) => {
      for (const event of events) for (const id of nodesOf(event)) touched.add(id);
    });
    for (const timed of entries) {
      const { entry } = timed;
      this.table.add(timed);
      touched = new Set();
      try {
        apply(doc, entry.update);
      } catch {
        // What is left of the document is thrown away; the row is told to the caller as refused.
        this.refusedRows.add(entry.id);
        doc.destroy();
        return false;
      }
      for (const id of touched) this.compare(id, known.get(id) ?? null, note(known, nodes, id));
      if (this.length % CHECKPOINT_UPDATES === 0) this.checkpoints.push(Y.encodeStateAsUpdateV2(doc));
    }
    doc.destroy();
    return true;
  }

  private compare(node: string, before: NodeFields | null, after: NodeFields | null): void {
    if (after === null) return;
    const add = (kind: TreeChangeKind, name: string | null = null): void => {
      this.changeList.push({
        kind,
        position: this.length,
        author: this.table.author(this.length) ?? '',
        time: this.table.time(this.length),
        node,
        nodeKind: after.kind,
        name: after.name,
        before: name,
      });
    };
    if (before === null) {
      add('created');
      return;
    }
    if (before.name !== after.name) add('renamed', before.name);
    if (before.parent !== after.parent) add('moved');
    if (before.isDeleted !== after.isDeleted) add(after.isDeleted ? 'deleted' : 'restored');
  }
}

type LogEntries = HistorySource['entries'];

function docOf(state: Uint8Array | null): Y.Doc {
  const doc = new Y.Doc();
  if (state !== null) Y.applyUpdateV2(doc, state);
  return doc;
}

function apply(doc: Y.Doc, update: Uint8Array): void {
  Y.applyUpdate(doc, update);
  retryPending(doc, null);
}

/** The ids of the nodes that an event below `nodes` is about. */
function nodesOf({ path, keys }: Y.YEvent<Y.AbstractType<unknown>>): Iterable<string> {
  const id = path[0];
  return typeof id === 'string' ? [id] : keys.keys();
}

/** Reads a node and remembers it; `null` if it is none. */
function note(known: Map<string, NodeFields>, nodes: Y.Map<unknown>, id: string): NodeFields | null {
  const fields = nodes.get(id);
  if (!(fields instanceof Y.Map)) return null;
  const [name, kind, parent] = [fields.get('name'), fields.get('kind'), fields.get('parent') ?? null];
  if (typeof name !== 'string' || (kind !== 'file' && kind !== 'folder')) return null;
  if (parent !== null && typeof parent !== 'string') return null;
  const node = { name, kind, parent, isDeleted: typeof fields.get('deletedAt') === 'number' };
  known.set(id, node);
  return node;
}
