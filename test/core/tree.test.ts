import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { hiddenProblem, markName, nameProblem, sameName, shownName } from '../../src/core/names.ts';
import {
  createNode,
  deleteNode,
  freeName,
  moveNode,
  readPeople,
  readTree,
  renameNode,
  restoreNode,
  setPerson,
  type Tree,
  type TreeNode,
} from '../../src/core/tree.ts';

function add(doc: Y.Doc, id: string, name: string, parent: string | null = null, createdAt = 1): void {
  createNode(doc, { id, kind: id.startsWith('d') ? 'folder' : 'file', name, parent, createdAt });
}

function paths(tree: Tree): string[] {
  return [...tree.byId.values()].map((node) => node.path).sort();
}

function sync(a: Y.Doc, b: Y.Doc): void {
  Y.applyUpdate(a, Y.encodeStateAsUpdate(b));
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a));
}

describe('names', () => {
  it.each([
    ['', 'Type a name'],
    ['a/b', '/'],
    ['a\\b', '\\'],
    ['a:b', ':'],
    ['a\u0000b', 'control'],
    ['evil\u202Est.exe', 'invisible'],
    ['..', 'paths'],
    [' a', 'space'],
    ['a.', 'dot'],
    ['CON', 'reserved'],
    ['nul.txt', 'reserved'],
    ['x'.repeat(129), '128'],
  ])('[P41] [TREE-3] %j is refused with a reason that names it', (name, part) => {
    expect(nameProblem(name)).toContain(part);
  });

  it.each(['main.ts', '.gitignore', 'Ünïcode 文件.md', 'a b', 'CONfig', 'x'.repeat(128)])('%j is accepted', (name) => {
    expect(nameProblem(name)).toBeNull();
  });

  it.each([
    ['Ana\u202eevil', 'Anaevil'],
    ['Kill<b>\u202eProj\u2069', 'Kill<b>Proj'],
    ['a\u0000b\nc', 'a b c'],
    [' \u200bBob\ufeff\u2028 ', 'Bob'],
    ['Zoë 👩‍💻 文', 'Zoë 👩‍💻 文'],
  ])('[P41] %j of others is shown as %j', (name, shown) => {
    expect(shownName(name)).toBe(shown);
    expect(hiddenProblem(name) === null).toBe(name === shown);
  });

  it('[P41] people are read, and enter themselves, without what turns sentences around, once', () => {
    const doc = new Y.Doc();
    doc.getMap('people').set('eve', { name: 'Ana\u202eevil', color: '#112233' });
    expect(readPeople(doc).get('eve')?.name).toBe('Anaevil');
    setPerson(doc, 'bob', { name: 'Bob\u202e', color: '#112233' });
    let writes = 0;
    doc.on('update', () => writes++);
    setPerson(doc, 'bob', { name: 'Bob\u202e', color: '#112233' });
    expect([readPeople(doc).get('bob')?.name, writes]).toEqual(['Bob', 0]);
  });

  it('[P41] case and Unicode form do not tell names apart', () => {
    expect(sameName('A.ts', 'a.TS')).toBe(true);
    expect(sameName('é', 'e\u0301')).toBe(true);
    expect(markName('a.test.ts', 'x')).toBe('a.test (x).ts');
    expect(markName('.env', 'x')).toBe('.env (x)');
  });
});

describe('tree', () => {
  it('[TREE-1] shows folders before files with their paths; rename and move change fields only', () => {
    const doc = new Y.Doc();
    add(doc, 'f1', 'b.ts');
    add(doc, 'd1', 'src');
    add(doc, 'f2', 'a.ts', 'd1');
    expect(readTree(doc).roots.map((node) => node.path)).toEqual(['src', 'b.ts']);
    renameNode(doc, 'd1', 'lib');
    moveNode(doc, 'f1', 'd1');
    expect(paths(readTree(doc))).toEqual(['lib', 'lib/a.ts', 'lib/b.ts']);
    expect(readTree(doc).byId.get('f2')?.id).toBe('f2');
  });

  it('[TREE-3] refuses names that cannot be used, and says why', () => {
    const doc = new Y.Doc();
    expect(() => add(doc, 'f1', 'a/b')).toThrow('Names cannot contain /');
    add(doc, 'f1', 'a');
    expect(() => renameNode(doc, 'f1', 'con')).toThrow('reserved');
    expect(() => renameNode(doc, 'nobody', 'b')).toThrow('not part of the project');
    expect(paths(readTree(doc))).toEqual(['a']);
  });

  it('[TREE-2] deleting is a mark that restoring takes back, with everything below', () => {
    const doc = new Y.Doc();
    add(doc, 'd1', 'src');
    add(doc, 'f1', 'a.ts', 'd1');
    deleteNode(doc, 'd1', 5);
    expect(readTree(doc).byId.size).toBe(0);
    expect(readTree(doc).trash).toEqual([{ id: 'd1', kind: 'folder', name: 'src', deletedAt: 5 }]);
    restoreNode(doc, 'd1');
    expect(paths(readTree(doc))).toEqual(['src', 'src/a.ts']);
    expect(readTree(doc).trash).toEqual([]);
  });

  it('[P38] [TREE-2] a file moved into a folder that another deletes comes back with it', () => {
    const a = new Y.Doc();
    const b = new Y.Doc();
    add(a, 'd1', 'src');
    add(a, 'f1', 'a.ts');
    sync(a, b);
    deleteNode(a, 'd1', 5);
    moveNode(b, 'f1', 'd1');
    sync(a, b);
    expect(readTree(a).byId.has('f1')).toBe(false);
    restoreNode(a, 'd1');
    expect(paths(readTree(a))).toEqual(['src', 'src/a.ts']);
  });

  it('[P39] [TREE-3] two files of one path both live; the older keeps the name on every replica', () => {
    const a = new Y.Doc();
    const b = new Y.Doc();
    add(a, 'fzzz1', 'a.js', null, 1);
    add(b, 'faaa2', 'A.js', null, 2);
    sync(a, b);
    expect(readTree(a)).toEqual(readTree(b));
    expect(paths(readTree(a))).toEqual(['A (conflict faaa).js', 'a.js']);
    renameNode(b, 'faaa2', 'b.js');
    expect(paths(readTree(b))).toEqual(['a.js', 'b.js']);
  });

  it('[P40] [TREE-3] concurrent moves that form a cycle are broken alike everywhere', () => {
    const a = new Y.Doc();
    const b = new Y.Doc();
    add(a, 'd1', 'one');
    add(a, 'd2', 'two');
    add(a, 'f1', 'a.ts', 'd1');
    sync(a, b);
    moveNode(a, 'd1', 'd2');
    moveNode(b, 'd2', 'd1');
    sync(a, b);
    expect(paths(readTree(a))).toEqual(['two', 'two/one', 'two/one/a.ts']);
    expect(readTree(b)).toEqual(readTree(a));
  });

  it('a folder cannot be moved into itself or below', () => {
    const doc = new Y.Doc();
    add(doc, 'd1', 'one');
    add(doc, 'd2', 'two', 'd1');
    expect(() => moveNode(doc, 'd1', 'd2')).toThrow('into itself');
    expect(() => moveNode(doc, 'd1', 'd1')).toThrow('into itself');
  });

  it('entries that are no nodes are left out and do no harm', () => {
    const doc = new Y.Doc();
    add(doc, 'f1', 'a.ts');
    doc.getMap('nodes').set('bad', 'text');
    const nameless = new Y.Map();
    doc.getMap('nodes').set('bad2', nameless);
    const evil = new Y.Map<unknown>([
      ['name', '../../etc'],
      ['parent', null],
      ['kind', 'file'],
    ]);
    doc.getMap('nodes').set('bad3', evil);
    expect(paths(readTree(doc))).toEqual(['a.ts']);
  });

  it('gives a free name', () => {
    const doc = new Y.Doc();
    add(doc, 'f1', 'untitled.ts');
    expect(freeName(readTree(doc).roots, 'Untitled.ts')).toBe('Untitled 2.ts');
    expect(freeName(readTree(doc).roots, 'other.ts')).toBe('other.ts');
  });

  it('people are by user id; writing the same again changes nothing', () => {
    const doc = new Y.Doc();
    let updates = 0;
    doc.on('update', () => updates++);
    setPerson(doc, 'ana', { name: 'Ana', color: '#112233' });
    setPerson(doc, 'ana', { name: 'Ana', color: '#112233' });
    expect(updates).toBe(1);
    expect(readPeople(doc).get('ana')).toEqual({ name: 'Ana', color: '#112233' });
  });

  it('[TREE-3] after any concurrent edits every living node is shown once, under a path of its own, on all replicas', () => {
    const operation = fc.record({
      replica: fc.nat(2),
      kind: fc.constantFrom('add', 'rename', 'move', 'delete', 'restore', 'sync'),
      node: fc.nat(7),
      target: fc.option(fc.nat(7)),
      name: fc.constantFrom('a', 'A', 'b', 'c.ts'),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const docs = [new Y.Doc(), new Y.Doc(), new Y.Doc()];
        docs.forEach((doc, index) => {
          doc.clientID = index + 1;
        });
        for (const { replica, kind, node, target, name } of operations) {
          const doc = docs[replica] ?? new Y.Doc();
          const id = `d${node}`;
          const parent = target === null ? null : `d${target}`;
          const exists = doc.getMap('nodes').has(id);
          if (kind === 'add' && !exists) add(doc, id, name, parent, node);
          else if (kind === 'sync') sync(doc, docs[(replica + 1) % 3] ?? doc);
          else if (!exists) continue;
          else if (kind === 'rename') renameNode(doc, id, name);
          else if (kind === 'delete') deleteNode(doc, id, node);
          else if (kind === 'restore') restoreNode(doc, id);
          else if (kind === 'move' && !isInside(readTree(doc), parent, id)) moveNode(doc, id, parent);
        }
        for (let round = 0; round < 2; round++) for (const a of docs) for (const b of docs) if (a !== b) sync(a, b);
        const [first, ...others] = docs.map(readTree);
        for (const other of others) expect(other).toEqual(first);
        const shown = first ? paths(first) : [];
        expect(new Set(shown.map((path) => path.toLowerCase())).size).toBe(shown.length);
      }),
      { numRuns: 300, seed: 20261120 },
    );
  });
});

function isInside(tree: Tree, inner: string | null, outer: string): boolean {
  let at: TreeNode | undefined = inner === null ? undefined : tree.byId.get(inner);
  while (at) {
    if (at.id === outer) return true;
    at = at.parent === null ? undefined : tree.byId.get(at.parent);
  }
  return inner === outer;
}
