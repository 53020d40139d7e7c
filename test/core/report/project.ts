import * as Y from 'yjs';
import type { LogEntry } from '../../../src/core/codec.ts';
import type { ProjectHistory } from '../../../src/core/history/project-history.ts';
import { TextHistory } from '../../../src/core/history/text-history.ts';
import { TreeHistory } from '../../../src/core/history/tree-history.ts';
import { createNode, deleteNode, moveNode, renameNode, setLineEnding } from '../../../src/core/tree.ts';
import { entryOf, timeOf, Writer } from '../history/histories.ts';

const MINUTE = 60_000;

/** The time of a minute of the story. */
export function at(minute: number): number {
  return timeOf(entryOf(new Uint8Array(), '', minute * MINUTE, ''));
}

interface Text {
  readonly writers: Map<string, Writer>;
  entries: LogEntry[];
  base: Uint8Array | null;
  baseTime: number | null;
}

/** People who write files and change a tree, and what they leave. */
export class Story {
  private readonly tree = new Writer('ana', () => 1);
  private readonly treeEntries: LogEntry[] = [];
  private readonly texts = new Map<string, Text>();
  private rows = 0;

  create(author: string, minute: number, id: string, name: string, parent: string | null = null): void {
    const kind = name.lastIndexOf('.') > 0 ? 'file' : 'folder';
    createNode(this.tree.doc, { id, name, kind, parent, createdAt: minute });
    this.saveTree(author, minute);
  }

  move(author: string, minute: number, id: string, name: string, parent: string | null): void {
    renameNode(this.tree.doc, id, name);
    moveNode(this.tree.doc, id, parent);
    this.saveTree(author, minute);
  }

  remove(author: string, minute: number, id: string): void {
    deleteNode(this.tree.doc, id, minute);
    this.saveTree(author, minute);
  }

  useCrlf(author: string, minute: number, id: string): void {
    setLineEnding(this.tree.doc, id, 'crlf');
    this.saveTree(author, minute);
  }

  /** Replaces `remove` code units at an index; everybody sees it at once. */
  write(author: string, minute: number, id: string, index: number, remove: number, text: string): void {
    const known = this.texts.get(id) ?? { writers: new Map<string, Writer>(), entries: [], base: null, baseTime: null };
    this.texts.set(id, known);
    let writer = known.writers.get(author);
    if (!writer) {
      writer = new Writer(author, () => known.writers.size + 1);
      for (const { update } of known.entries) writer.take(update);
      known.writers.set(author, writer);
    }
    if (remove > 0) writer.delete(index, remove);
    if (text !== '') writer.insert(index, text);
    const update = writer.flush();
    if (update === null) return;
    for (const other of known.writers.values()) if (other !== writer) other.take(update);
    known.entries.push(entryOf(update, author, minute * MINUTE, this.row()));
  }

  /** An owner removes all that was written in a file until now. @param isOld by a version that did not note until when */
  purge(id: string, isOld = false): void {
    const text = this.texts.get(id);
    const writer = [...(text?.writers.values() ?? [])].at(-1);
    if (text === undefined || writer === undefined) throw new Error(`Nobody has written ${id}.`);
    text.base = Y.encodeStateAsUpdateV2(writer.doc);
    text.baseTime = isOld ? null : Math.max(...text.entries.map(timeOf));
    text.entries = [];
  }

  get project(): ProjectHistory {
    const files = [...this.texts].map(([id, source]) => [id, new TextHistory(source)] as const);
    return { tree: new TreeHistory({ entries: this.treeEntries }), files: new Map(files) };
  }

  private saveTree(author: string, minute: number): void {
    const update = this.tree.flush();
    if (update !== null) this.treeEntries.push(entryOf(update, author, minute * MINUTE, this.row()));
  }

  private row(): string {
    return `row${String(this.rows++).padStart(4, '0')}`;
  }
}

/** Two people, two sessions and some names that are hard to write down. */
export function sampleStory(): Story {
  const story = new Story();
  story.create('ana', 0, 'readme', 'README.md');
  story.create('ana', 0, 'src', 'src');
  story.create('bob', 1, 'main', 'main.ts', 'src');
  story.create('bob', 1, 'odd', "naïve – 日本 😀 'quoted' $HOME.txt");
  story.create('bob', 1, 'dotgit', '.git', null);
  story.create('bob', 1, 'config', 'config.txt', 'dotgit');
  story.write('ana', 2, 'readme', 0, 0, '# Hello\n\nfirst\nsecond\nthird\n');
  story.write('bob', 3, 'main', 0, 0, 'const a = 1;\nconst b = 2;\n');
  story.write('bob', 4, 'odd', 0, 0, 'smile 😀\n');
  story.write('bob', 5, 'config', 0, 0, '[core]\n');
  story.write('bob', 60, 'readme', 9, 5, 'FIRST & <b>only</b>');
  story.write('ana', 61, 'readme', 2, 5, 'Hi');
  story.move('ana', 62, 'main', 'index.ts', null);
  story.useCrlf('ana', 63, 'main');
  story.remove('ana', 64, 'odd');
  return story;
}
