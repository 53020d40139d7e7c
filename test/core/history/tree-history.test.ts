import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import type { LogEntry } from '../../../src/core/codec.ts';
import { filesAt, projectChanges, projectSessions } from '../../../src/core/history/project-history.ts';
import { TextHistory } from '../../../src/core/history/text-history.ts';
import { TreeHistory } from '../../../src/core/history/tree-history.ts';
import { positionOfVersion, putVersion, readVersions, removeVersion } from '../../../src/core/history/versions.ts';
import { createNode, deleteNode, moveNode, readTree, renameNode, restoreNode } from '../../../src/core/tree.ts';
import { Random } from '../../helpers/random.ts';
import { entryOf, timeOf, Writer } from './histories.ts';

// Many histories; machines that do something else as well take their time.
vi.setConfig({ testTimeout: 60_000 });

const MINUTE = 60_000;

/** A tree of two people, who see each other's rows at once, and its log. */
class Project {
  readonly entries: LogEntry[] = [];
  readonly ana = new Writer('ana', () => 1);
  readonly bob = new Writer('bob', () => 2);

  do(writer: Writer, minute: number, what: (doc: Y.Doc) => void): void {
    what(writer.doc);
    const update = writer.flush();
    if (update === null) return;
    (writer === this.ana ? this.bob : this.ana).take(update);
    this.entries.push(
      entryOf(update, writer.author, minute * MINUTE, `t${String(this.entries.length).padStart(5, '0')}`),
    );
  }
}

function story(): Project {
  const project = new Project();
  const { ana, bob } = project;
  const file = { kind: 'file', parent: null, createdAt: 0 } as const;
  project.do(ana, 0, (doc) => createNode(doc, { ...file, id: 'readme', name: 'README.md' }));
  project.do(ana, 1, (doc) => createNode(doc, { ...file, id: 'src', name: 'src', kind: 'folder' }));
  project.do(bob, 2, (doc) => createNode(doc, { ...file, id: 'main', name: 'main.ts' }));
  project.do(bob, 30, (doc) => moveNode(doc, 'main', 'src'));
  project.do(ana, 31, (doc) => renameNode(doc, 'main', 'index.ts'));
  project.do(ana, 32, (doc) => deleteNode(doc, 'readme', 1));
  project.do(bob, 90, (doc) => restoreNode(doc, 'readme'));
  return project;
}

const pathsOf = (history: TreeHistory, position?: number): string[] =>
  [...history.treeAt(position).byId.values()]
    .filter(({ kind }) => kind === 'file')
    .map(({ path }) => path)
    .sort();

describe('the tree of any moment', () => {
  it('knows who deleted a file, or the folder that it was in', () => {
    const project = story();
    const { ana, bob } = project;
    const deletionOf = (node: string): unknown => {
      const change = new TreeHistory({ entries: project.entries }).deletionOf(node);
      return change && [change.node, change.author, change.position];
    };
    // It was deleted once, and restored.
    expect(['readme', 'main', 'nothing'].map(deletionOf)).toEqual([null, null, null]);
    project.do(bob, 100, (doc) => deleteNode(doc, 'src', 1));
    expect(['readme', 'main', 'src'].map(deletionOf)).toEqual([null, ['src', 'bob', 8], ['src', 'bob', 8]]);
    project.do(ana, 101, (doc) => deleteNode(doc, 'main', 2));
    expect(deletionOf('main')).toEqual(['src', 'bob', 8]);
    project.do(ana, 102, (doc) => restoreNode(doc, 'src'));
    expect(deletionOf('main')).toEqual(['main', 'ana', 9]);
  });

  it('has the paths of then', () => {
    const history = new TreeHistory({ entries: story().entries });
    expect(history.length).toBe(7);
    expect(Array.from({ length: 8 }, (_, position) => pathsOf(history, position))).toEqual([
      [],
      ['README.md'],
      ['README.md'],
      ['README.md', 'main.ts'],
      ['README.md', 'src/main.ts'],
      ['README.md', 'src/index.ts'],
      ['src/index.ts'],
      ['README.md', 'src/index.ts'],
    ]);
  });

  it('[STAMP-3] says who did what to which file', () => {
    const { changes } = new TreeHistory({ entries: story().entries });
    expect(changes.map(({ kind, author, name, before }) => [kind, author, name, before])).toEqual([
      ['created', 'ana', 'README.md', null],
      ['created', 'ana', 'src', null],
      ['created', 'bob', 'main.ts', null],
      ['moved', 'bob', 'main.ts', null],
      ['renamed', 'ana', 'index.ts', 'main.ts'],
      ['deleted', 'ana', 'README.md', null],
      ['restored', 'bob', 'README.md', null],
    ]);
  });

  it('is that of replaying all updates up to then, in whatever order moments are asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 }), (seed) => {
        const random = new Random(seed);
        const project = new Project();
        for (let step = 0; step < 450; step++) {
          const writer = random.next() < 0.5 ? project.ana : project.bob;
          const nodes = [...writer.doc.getMap('nodes').keys()];
          const node = nodes[random.below(nodes.length)];
          project.do(writer, step, (doc) => {
            const what = random.below(4);
            if (node === undefined || (what === 0 && nodes.length < 12)) {
              const kind = random.next() < 0.5 ? 'file' : 'folder';
              createNode(doc, { id: `n${step}`, kind, name: `name${step % 9}`, parent: null, createdAt: step });
            } else if (what === 1) renameNode(doc, node, `name${random.below(9)}`);
            else if (what === 2) deleteNode(doc, node, step);
            else restoreNode(doc, node);
          });
        }
        const { entries } = project;
        const history = new TreeHistory({ entries: entries.slice(5) });
        history.append([...entries].reverse());
        for (let count = 0; count < 10; count++) {
          const position = random.below(entries.length + 1);
          const doc = new Y.Doc();
          for (const { update } of entries.slice(0, position)) Y.applyUpdate(doc, update);
          expect(history.treeAt(position)).toEqual(readTree(doc));
        }
      }),
      { numRuns: 2 },
    );
  });
});

describe('a project', () => {
  const project = () => {
    const { entries } = story();
    const ana = new Writer('ana', () => 1);
    const texts: LogEntry[] = [];
    const write = (text: string, minute: number): void => {
      ana.insert(ana.text.length, text);
      texts.push(entryOf(ana.flush() ?? new Uint8Array(), 'ana', minute * MINUTE, `x${texts.length}`));
    };
    write('let a;\n', 3);
    write('let b;\n', 33);
    return {
      history: { tree: new TreeHistory({ entries }), files: new Map([['main', new TextHistory({ entries: texts })]]) },
      at: (minute: number): number => timeOf(entryOf(new Uint8Array(), '', minute * MINUTE, '')),
    };
  };

  it('has the files and texts of a time', () => {
    const { history, at } = project();
    expect(filesAt(history, at(5)).map(({ path, position }) => [path, position])).toEqual([
      ['README.md', 0],
      ['main.ts', 1],
    ]);
  });

  it('knows what was added, moved, changed and deleted between two times', () => {
    const { history, at } = project();
    const changes = (before: number, after: number): unknown =>
      projectChanges(history, at(before), at(after)).map((change) => [
        change.kind,
        change.before?.path,
        change.after?.path,
        change.textChanged,
      ]);
    expect(changes(-1, 5)).toEqual([
      ['added', undefined, 'README.md', false],
      ['added', undefined, 'main.ts', true],
    ]);
    expect(changes(5, 40)).toEqual([
      ['deleted', 'README.md', undefined, false],
      ['moved', 'main.ts', 'src/index.ts', true],
    ]);
    expect(changes(32.5, 40)).toEqual([['changed', 'src/index.ts', 'src/index.ts', true]]);
    expect(changes(40, 40)).toEqual([]);
  });

  it('has sessions of all people together', () => {
    const { history, at } = project();
    const sessions = projectSessions(history);
    expect(
      sessions.map(({ start, end, authors }) => [(start - at(0)) / MINUTE, (end - at(0)) / MINUTE, authors]),
    ).toEqual([
      [0, 3, ['ana', 'bob']],
      [30, 33, ['ana', 'bob']],
      [90, 90, ['bob']],
    ]);
  });
});

describe('versions', () => {
  const base = { description: '', doc: 'fa', row: 'r2', time: 120, author: 'ana', createdAt: 1 };

  it('[P45] mean the same text before and after a compaction, and when older rows come late', () => {
    const ana = new Writer('ana', () => 1);
    const entries = ['one ', 'two ', 'three '].map((text, index) => {
      ana.insert(ana.text.length, text);
      return entryOf(ana.flush() ?? new Uint8Array(), 'ana', index * MINUTE, `r${index + 1}`);
    });
    const [, second] = entries;
    const time = second === undefined ? 0 : timeOf(second);
    const version = { ...base, id: 'v1', name: 'Draft', time };
    const tree = new Y.Doc();
    putVersion(tree, version);
    const history = new TextHistory({ entries: entries.slice(1) });
    expect(history.text(positionOfVersion(history, version))).toBe('');
    history.append(entries);
    expect(history.text(positionOfVersion(history, version))).toBe('one two ');
    expect(history.text(positionOfVersion(history, { ...version, row: null }))).toBe('one two ');
    expect(history.text(positionOfVersion(history, { ...version, row: 'unknown' }))).toBe('one two ');
  });

  it('are listed newest first; names are checked, and what is none is left out', () => {
    const tree = new Y.Doc();
    putVersion(tree, { ...base, id: 'v1', name: ' Draft ' });
    putVersion(tree, { ...base, id: 'v2', name: 'Release', time: 200, doc: null, row: null });
    tree.getMap('versions').set('v3', { name: 7 });
    tree.getMap('versions').set('v4', 'text');
    expect(readVersions(tree).map(({ id, name }) => [id, name])).toEqual([
      ['v2', 'Release'],
      ['v1', 'Draft'],
    ]);
    expect(() => putVersion(tree, { ...base, id: 'v5', name: ' ' })).toThrow('Type a name.');
    expect(() => putVersion(tree, { ...base, id: 'v5', name: 'x'.repeat(200) })).toThrow('at most');
    removeVersion(tree, 'v2');
    removeVersion(tree, 'v2');
    expect(readVersions(tree).map(({ id }) => id)).toEqual(['v1']);
  });
});
