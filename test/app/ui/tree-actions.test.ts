import { beforeEach, describe, expect, it } from 'vitest';
import { TreeActions } from '../../../src/app/project/tree-actions.ts';
import type { Toast } from '../../../src/app/ui/events.ts';
import { FakeProject } from './fake-app.ts';

let project: FakeProject;
let actions: TreeActions;
let toasts: Toast[];
let opened: string[];
let downloads: string[][];

beforeEach(() => {
  project = new FakeProject();
  toasts = [];
  opened = [];
  downloads = [];
  actions = new TreeActions({
    session: () => project,
    openFile: (id) => opened.push(id),
    download: (name, text, ending) => downloads.push([name, text, ending]),
    toast: (toast) => toasts.push(toast),
  });
});

const allPaths = (): string[] => [...project.tree.value.byId.values()].map((node) => node.path).sort();

describe('what is done with the tree', () => {
  it('makes the folders of a path, then opens the new file', async () => {
    await actions.run({ kind: 'create', node: 'file', parent: null, path: 'src/util/a.ts' });
    await actions.run({ kind: 'create', node: 'file', parent: null, path: 'src/util/b.ts' });
    expect(allPaths()).toEqual(['src', 'src/util', 'src/util/a.ts', 'src/util/b.ts']);
    expect(opened.map((id) => project.tree.value.byId.get(id)?.path)).toEqual(['src/util/a.ts', 'src/util/b.ts']);
  });

  it('undoes a deletion from its toast', async () => {
    const id = project.createFile('a.ts', null);
    await actions.run({ kind: 'delete', id });
    expect(allPaths()).toEqual([]);
    expect(toasts[0]?.message).toBe('“a.ts” is deleted.');
    toasts[0]?.action?.run();
    expect(allPaths()).toEqual(['a.ts']);
  });

  it.each(['restore', 'leave'] as const)('takes the offer to undo a deletion back: %s', async (how) => {
    const id = project.createFile('a.ts', null);
    await actions.run({ kind: 'delete', id });
    expect(toasts[0]?.until?.aborted).toBe(false);
    if (how === 'restore') await actions.run({ kind: 'restore', id });
    else actions.leave();
    expect(toasts[0]?.until?.aborted).toBe(true);
  });

  it('downloads a file that is not open, with its line ending', async () => {
    const id = project.createFile('a.ts', null, 'one\ntwo\n');
    await actions.run({ kind: 'download', id });
    expect(downloads).toEqual([['a.ts', 'one\ntwo\n', 'lf']]);
    expect(project.opened).toEqual([]);
  });

  it('undoes a move from its toast', async () => {
    const folder = project.createFolder('src', null);
    const id = project.createFile('a.ts', null);
    await actions.run({ kind: 'move', id, parent: folder });
    expect(allPaths()).toEqual(['src', 'src/a.ts']);
    toasts[0]?.action?.run();
    expect(allPaths()).toEqual(['a.ts', 'src']);
  });

  it('shows the sentence of whatever cannot be done', async () => {
    project.rename = () => {
      throw new Error('As a viewer you cannot change the files.');
    };
    await actions.run({ kind: 'rename', id: 'x', name: 'y' });
    expect(toasts).toEqual([{ message: 'As a viewer you cannot change the files.', tone: 'danger' }]);
  });
});
