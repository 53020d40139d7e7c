import { beforeEach, describe, expect, it } from 'vitest';
import { conflictSentence, folderAt, moveProblem, planCreation, renameProblem } from '../../../src/app/tree/paths.ts';
import { foldersAround, moveFor, typeAhead, visibleRows } from '../../../src/app/tree/rows.ts';
import type { Tree, TreeNode } from '../../../src/core/tree.ts';
import { FakeProject } from './fake-app.ts';

let project: FakeProject;
let src: string;
let lib: string;
let main: string;
let readme: string;

beforeEach(() => {
  project = new FakeProject();
  src = project.createFolder('src', null);
  lib = project.createFolder('lib', src);
  main = project.createFile('main.ts', src);
  readme = project.createFile('README.md', null);
});

const tree = (): Tree => project.tree.value;
const node = (id: string): TreeNode => {
  const found = tree().byId.get(id);
  if (!found) throw new Error(`There is no node ${id}.`);
  return found;
};

describe('rows and keys', () => {
  it('shows what is inside open folders only', () => {
    const names = (open: string[]): string[] => visibleRows(tree(), new Set(open)).map((row) => row.node.name);
    expect(names([])).toEqual(['src', 'README.md']);
    expect(names([src])).toEqual(['src', 'lib', 'main.ts', 'README.md']);
    expect(names([lib])).toEqual(['src', 'README.md']);
  });

  it('tells level, position and number of siblings', () => {
    const rows = visibleRows(tree(), new Set([src]));
    expect(rows.map(({ level, position, siblings }) => [level, position, siblings])).toEqual([
      [1, 1, 2],
      [2, 1, 2],
      [2, 2, 2],
      [1, 2, 2],
    ]);
  });

  it('moves, opens and closes by the arrows', () => {
    const closed = visibleRows(tree(), new Set());
    const open = visibleRows(tree(), new Set([src]));
    expect(moveFor('ArrowDown', closed, src)).toEqual({ kind: 'focus', id: readme });
    expect(moveFor('ArrowDown', closed, readme)).toEqual({ kind: 'nothing' });
    expect(moveFor('ArrowUp', closed, src)).toEqual({ kind: 'nothing' });
    expect(moveFor('ArrowRight', closed, src)).toEqual({ kind: 'expand', id: src });
    expect(moveFor('ArrowRight', open, src)).toEqual({ kind: 'focus', id: lib });
    expect(moveFor('ArrowRight', open, lib)).toEqual({ kind: 'expand', id: lib });
    expect(moveFor('ArrowRight', visibleRows(tree(), new Set([src, lib])), lib)).toEqual({ kind: 'nothing' });
    expect(moveFor('ArrowRight', open, main)).toEqual({ kind: 'nothing' });
    expect(moveFor('ArrowLeft', open, main)).toEqual({ kind: 'focus', id: src });
    expect(moveFor('ArrowLeft', open, src)).toEqual({ kind: 'collapse', id: src });
    expect(moveFor('Home', open, main)).toEqual({ kind: 'focus', id: src });
    expect(moveFor('End', open, src)).toEqual({ kind: 'focus', id: readme });
    expect(moveFor('ArrowDown', open, null)).toEqual({ kind: 'focus', id: src });
    expect(moveFor('Enter', open, src)).toBeNull();
  });

  it('finds by first letters, round the end', () => {
    const rows = visibleRows(tree(), new Set([src]));
    expect(typeAhead(rows, src, 'm')).toBe(main);
    expect(typeAhead(rows, main, 's')).toBe(src);
    expect(typeAhead(rows, src, 'read')).toBe(readme);
    expect(typeAhead(rows, src, 'x')).toBeNull();
  });

  it('knows the folders around a node', () => {
    const deep = project.createFile('deep.ts', lib);
    expect(foldersAround(tree(), deep)).toEqual([lib, src]);
  });
});

describe('names and paths', () => {
  it('makes the folders of a path that are missing', () => {
    expect(planCreation(tree(), null, 'file', 'src/util/a.ts')).toEqual({
      ok: true,
      parent: src,
      folders: ['util'],
      name: 'a.ts',
    });
    expect(planCreation(tree(), src, 'file', '/b.ts')).toEqual({ ok: true, parent: null, folders: [], name: 'b.ts' });
    expect(planCreation(tree(), null, 'folder', 'docs/')).toEqual({
      ok: true,
      parent: null,
      folders: [],
      name: 'docs',
    });
  });

  it('explains what cannot be made', () => {
    const problem = (path: string): string => {
      const plan = planCreation(tree(), null, 'file', path);
      return plan.ok ? '' : plan.problem;
    };
    expect(problem('')).toBe('Type a name.');
    expect(problem('src/')).toBe('Type a name.');
    expect(problem('a?.ts')).toBe('Names cannot contain ?');
    expect(problem('src/MAIN.TS')).toBe('There is already a file called “main.ts” here.');
    expect(problem('README.md/x.ts')).toBe('“README.md” is a file, so nothing can be put into it.');
    expect(problem('src/con.txt')).toContain('reserved by Windows');
  });

  it('lets only the case of a name change', () => {
    expect(renameProblem(tree(), node(readme), 'readme.md')).toBeNull();
    project.createFile('notes.md', null);
    expect(renameProblem(tree(), node(readme), 'Notes.md')).toBe('There is already a file called “notes.md” here.');
  });

  it('refuses to move a folder into itself or onto a taken name', () => {
    expect(moveProblem(tree(), node(src), lib)).toBe('A folder cannot be moved into itself.');
    project.createFile('main.ts', null);
    expect(moveProblem(tree(), node(main), null)).toContain('already');
    expect(moveProblem(tree(), node(readme), src)).toBeNull();
  });

  it('finds a folder by its path', () => {
    expect(folderAt(tree(), '')).toBeNull();
    expect(folderAt(tree(), ' / ')).toBeNull();
    expect(folderAt(tree(), 'src/LIB/')).toBe(lib);
    expect(folderAt(tree(), 'src/main.ts')).toBeUndefined();
    expect(folderAt(tree(), 'nowhere')).toBeUndefined();
  });

  it('[TREE-3] explains why a name is shown with a mark', () => {
    const second = project.createFile('README.md', null);
    expect(node(second).shownName).not.toBe('README.md');
    expect(conflictSentence(node(second))).toContain('called “README.md” too');
    expect(conflictSentence(node(readme))).toBeNull();
  });
});
