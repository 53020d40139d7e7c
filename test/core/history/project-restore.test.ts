import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import type { LogEntry } from '../../../src/core/codec.ts';
import { filesAt, textAt, type ProjectHistory } from '../../../src/core/history/project-history.ts';
import { planProjectRestore, restoreTree, type RestoreItem } from '../../../src/core/history/project-restore.ts';
import { operationsOnLive } from '../../../src/core/history/plan.ts';
import { planRestore } from '../../../src/core/history/restore.ts';
import { TextHistory } from '../../../src/core/history/text-history.ts';
import { TreeHistory } from '../../../src/core/history/tree-history.ts';
import {
  createNode,
  deleteNode,
  moveNode,
  readTree,
  renameNode,
  restoreNode,
  setLineEnding,
} from '../../../src/core/tree.ts';
import { Random } from '../../helpers/random.ts';
import { entryOf, timeOf, Writer } from './histories.ts';

// Many histories; machines that do something else as well take their time.
vi.setConfig({ testTimeout: 60_000 });

const MINUTE = 60_000;
const ORIGIN = { source: 'restore' };

/** A project of one writer: its live documents and the log of each. */
class World {
  readonly tree = new Writer('ana', () => 1);
  readonly texts = new Map<string, Writer>();
  readonly logs = new Map<string, LogEntry[]>([['tree', []]]);
  minute = 0;
  private rows = 0;

  text(node: string): Writer {
    const writer = this.texts.get(node) ?? new Writer('ana', () => 100 + this.texts.size);
    this.texts.set(node, writer);
    if (!this.logs.has(node)) this.logs.set(node, []);
    return writer;
  }

  /** Everything that was done since becomes rows of the next minute. */
  save(): number {
    this.minute++;
    for (const [name, writer] of [['tree', this.tree] as const, ...this.texts]) {
      const update = writer.flush();
      if (update === null) continue;
      const id = `row${String(this.rows++).padStart(5, '0')}`;
      this.logs.get(name)?.push(entryOf(update, 'ana', this.minute * MINUTE, id));
    }
    return timeOf(entryOf(new Uint8Array(), 'ana', this.minute * MINUTE, ''));
  }

  history(): ProjectHistory {
    const files = new Map([...this.texts.keys()].map((node) => [node, new TextHistory({ entries: this.log(node) })]));
    return { tree: new TreeHistory({ entries: this.log('tree') }), files };
  }

  /** What a restore does to the live documents. */
  restore(time: number, chosen: readonly RestoreItem[]): void {
    const { files } = this.history();
    restoreTree(this.tree.doc, chosen, 1, ORIGIN);
    for (const { node, inserted, deleted } of chosen) {
      const history = files.get(node);
      if (history === undefined || inserted + deleted === 0) continue;
      const { text, doc } = this.text(node);
      const operations = operationsOnLive(history, planRestore(history, history.positionAt(time)), text);
      doc.transact(() => {
        for (const { index, remove, insert } of operations) {
          text.delete(index, remove);
          text.insert(index, insert);
        }
      }, ORIGIN);
    }
  }

  private log(name: string): LogEntry[] {
    return this.logs.get(name) ?? [];
  }
}

type Shown = Record<string, { readonly path: string; readonly text: string; readonly lineEnding: string }>;

function shownAt(project: ProjectHistory, time: number): Shown {
  const files = filesAt(project, time).map((file) => {
    const { node, path, lineEnding } = file;
    return [node, { path, lineEnding, text: textAt(project, file) }] as const;
  });
  return Object.fromEntries(files);
}

/** Random work on files, folders and texts; the times after each step. */
function randomWorld(seed: number): { readonly world: World; readonly times: number[] } {
  const random = new Random(seed);
  const world = new World();
  const { doc } = world.tree;
  const times: number[] = [];
  let made = 0;
  for (let step = 0; step < 25; step++) {
    for (let count = 1 + random.below(3); count > 0; count--) {
      const ids = [...doc.getMap('nodes').keys()];
      const folders: readonly [null, ...string[]] = [null, ...ids.filter((id) => id.startsWith('d'))];
      const id = ids[random.below(Math.max(1, ids.length))];
      const what = random.below(10);
      if (what < 3 || id === undefined) {
        const kind = random.next() < 0.35 ? 'folder' : 'file';
        const node = `${kind === 'folder' ? 'd' : 'f'}${made++}`;
        createNode(doc, {
          id: node,
          kind,
          name: random.pick(['a', 'b', 'c']),
          parent: random.pick(folders),
          createdAt: made,
        });
        if (kind === 'file') world.text(node);
      } else if (what === 3) renameNode(doc, id, random.pick(['a', 'b', 'c', 'x']));
      else if (what === 4) {
        try {
          moveNode(doc, id, random.pick(folders));
        } catch {
          // A folder into itself: nothing happens.
        }
      } else if (what === 5) deleteNode(doc, id, 5);
      else if (what === 6) restoreNode(doc, id);
      else if (id.startsWith('f')) {
        const writer = world.text(id);
        const { length } = writer.text;
        if (what === 7 && length > 0) writer.delete(random.below(length), 1);
        else if (what === 8) setLineEnding(doc, id, random.pick(['lf', 'crlf']));
        else writer.insert(random.below(length + 1), random.pick(['one\n', 'two ', 'ä']));
      }
    }
    times.push(world.save());
  }
  return { world, times };
}

describe('restoring a project', () => {
  it('[P42] leads to the files, paths and texts of then, and a second time there is nothing to do', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 24 }), (seed, step) => {
        const { world, times } = randomWorld(seed);
        const time = times[step] ?? 0;
        const wanted = shownAt(world.history(), time);
        world.restore(time, planProjectRestore(world.history(), time).items);
        const now = world.save();
        const after = world.history();
        expect(shownAt(after, now)).toEqual(wanted);
        expect(planProjectRestore(after, time).items).toEqual([]);
      }),
      // The example: a folder that two people had moved into each other's stays at the root when one of them goes away.
      { numRuns: 60, examples: [[1657456617, 4]] },
    );
  });

  it('[TREE-2] loses nothing: all nodes stay in the document, and what was removed can be taken back', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 24 }), (seed, step) => {
        const { world, times } = randomWorld(seed);
        const before = shownAt(world.history(), times.at(-1) ?? 0);
        const nodes = [...world.tree.doc.getMap('nodes').keys()];
        const time = times[step] ?? 0;
        world.restore(time, planProjectRestore(world.history(), time).items);
        expect([...world.tree.doc.getMap('nodes').keys()]).toEqual(nodes);
        world.save();
        // Restoring the moment before is the undo of a restore.
        const back = times.at(-1) ?? 0;
        world.restore(back, planProjectRestore(world.history(), back).items);
        const now = world.save();
        expect(shownAt(world.history(), now)).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });

  it('leaves alone what was not chosen', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 24 }), fc.nat(), (seed, step, choice) => {
        const { world, times } = randomWorld(seed);
        const random = new Random(choice);
        const time = times[step] ?? 0;
        const { items } = planProjectRestore(world.history(), time);
        const chosen = new Set(items.filter(() => random.next() < 0.5));
        const before = readTree(world.tree.doc).byId;
        world.restore(time, [...chosen]);
        const after = readTree(world.tree.doc).byId;
        const texts = world.history().files;
        const files = items.filter(({ nodeKind }) => nodeKind === 'file');
        const asked = files.filter((item) => chosen.has(item));
        expect(asked.map(({ node }) => after.has(node))).toEqual(asked.map(({ kind }) => kind !== 'removed'));
        const left = files.filter((item) => !chosen.has(item)).map(({ node }) => node);
        const namesIn = (tree: typeof before): unknown[] => left.map((node) => tree.get(node)?.name);
        expect(namesIn(after)).toEqual(namesIn(before));
        const textsNow = left.map((node) => world.texts.get(node)?.text.toJSON());
        expect(textsNow).toEqual(left.map((node) => texts.get(node)?.text()));
        // And what is no item at all.
        const known = new Set(items.map(({ node }) => node));
        const others = (tree: typeof before): string[] =>
          [...tree.values()].filter(({ id, kind }) => kind === 'file' && !known.has(id)).map(({ id }) => id);
        expect(others(after).sort()).toEqual(others(before).sort());
      }),
      { numRuns: 60 },
    );
  });

  it('says what happens to each file, with what comes and goes in it', () => {
    const world = new World();
    const { doc } = world.tree;
    const file = { kind: 'file', parent: null, createdAt: 0 } as const;
    for (const name of ['kept', 'edited', 'gone', 'moved']) {
      createNode(doc, { ...file, id: name, name });
      world.text(name).insert(0, `${name}\n`);
    }
    const then = world.save();
    createNode(doc, { ...file, id: 'src', name: 'src', kind: 'folder' });
    createNode(doc, { ...file, id: 'new', name: 'new', parent: 'src' });
    world.text('new').insert(0, 'new\n');
    moveNode(doc, 'moved', 'src');
    deleteNode(doc, 'gone', 7);
    world.text('edited').insert(0, 'more ');
    world.save();
    const { items, unread } = planProjectRestore(world.history(), then);
    expect(
      items.map(({ kind, pathNow, pathThen, inserted, deleted }) => [kind, pathNow, pathThen, inserted, deleted]),
    ).toEqual([
      ['changed', 'edited', 'edited', 0, 5],
      ['back', null, 'gone', 0, 0],
      ['moved', 'src/moved', 'moved', 0, 0],
      ['removed', 'src', null, 0, 0],
      ['removed', 'src/new', null, 0, 0],
    ]);
    expect(unread).toEqual([]);
  });

  it('keeps a folder in which something stays', () => {
    const world = new World();
    const { doc } = world.tree;
    const file = { kind: 'file', parent: null, createdAt: 0 } as const;
    const then = world.save();
    createNode(doc, { ...file, id: 'src', name: 'src', kind: 'folder' });
    createNode(doc, { ...file, id: 'a', name: 'a', parent: 'src' });
    createNode(doc, { ...file, id: 'b', name: 'b', parent: 'src' });
    world.save();
    const { items } = planProjectRestore(world.history(), then);
    world.restore(
      then,
      items.filter(({ node }) => node !== 'a'),
    );
    expect([...readTree(doc).byId.values()].map(({ path }) => path)).toEqual(['src/a', 'src']);
  });

  it('does not bring back with a folder what nobody asked for', () => {
    const world = new World();
    const { doc } = world.tree;
    const file = { kind: 'file', parent: null, createdAt: 0 } as const;
    createNode(doc, { ...file, id: 'src', name: 'src', kind: 'folder' });
    createNode(doc, { ...file, id: 'a', name: 'a', parent: 'src' });
    createNode(doc, { ...file, id: 'b', name: 'b', parent: 'src' });
    const then = world.save();
    createNode(doc, { ...file, id: 'later', name: 'later', parent: 'src' });
    world.save();
    deleteNode(doc, 'src', 7);
    world.save();
    const { items } = planProjectRestore(world.history(), then);
    expect(items.map(({ kind, pathThen }) => [kind, pathThen])).toEqual([
      ['back', 'src'],
      ['back', 'src/a'],
      ['back', 'src/b'],
    ]);
    world.restore(
      then,
      items.filter(({ node }) => node === 'a'),
    );
    expect([...readTree(doc).byId.values()].map(({ path }) => path)).toEqual(['src/a', 'src']);
  });

  it('leaves a text alone whose history is not here, and says so', () => {
    const world = new World();
    createNode(world.tree.doc, { id: 'a', name: 'a', kind: 'file', parent: null, createdAt: 0 });
    world.text('a').insert(0, 'then');
    const then = world.save();
    world.text('a').insert(0, 'now ');
    world.save();
    const { tree } = world.history();
    expect(planProjectRestore({ tree, files: new Map() }, then)).toEqual({
      time: then,
      items: [],
      unread: ['a'],
      purged: [],
    });
  });

  it('[P42] keeps the places of comments in what stays', () => {
    const world = new World();
    createNode(world.tree.doc, { id: 'a', name: 'a', kind: 'file', parent: null, createdAt: 0 });
    const { text, doc } = world.text('a');
    text.insert(0, 'one\ntwo\nthree\n');
    const then = world.save();
    text.delete(0, 4);
    text.insert(text.length, 'four\n');
    world.save();
    const anchor = Y.createRelativePositionFromTypeIndex(text, text.toJSON().indexOf('three'));
    world.restore(then, planProjectRestore(world.history(), then).items);
    expect(text.toJSON()).toBe('one\ntwo\nthree\n');
    expect(Y.createAbsolutePositionFromRelativePosition(anchor, doc)?.index).toBe(8);
  });
});
