import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import '../../../src/app/tree/file-tree.ts';
import type { TreeAction } from '../../../src/app/tree/events.ts';
import type { FileTree } from '../../../src/app/tree/file-tree.ts';
import { FakeProject } from './fake-app.ts';
import { as, byTestId, fill, hasTestId, mount, press, record, unmountAll } from './support.ts';

let project: FakeProject;
let element: FileTree;
let actions: TreeAction[];
let src: string;
let main: string;
let readme: string;

beforeEach(async () => {
  project = new FakeProject();
  src = project.createFolder('src', null);
  main = project.createFile('main.ts', src);
  readme = project.createFile('README.md', null);
  element = document.createElement('cw-file-tree');
  element.tree = project.tree.value;
  actions = record<TreeAction>(element, 'tree-action');
  await mount(element);
});

afterEach(unmountAll);

const paths = (): (string | undefined)[] =>
  [...element.querySelectorAll<HTMLElement>('[role="treeitem"]')].map((row) => row.dataset['path']);

function row(path: string): HTMLElement {
  const found = element.querySelector<HTMLElement>(`[data-path="${path}"]`);
  if (!found) throw new Error(`No row shows ${path}.`);
  return found;
}

async function update(): Promise<void> {
  element.tree = project.tree.value;
  await element.updateComplete;
}

async function key(name: string): Promise<void> {
  expect(press(name), `${name} is handled`).toBe(true);
  await element.updateComplete;
}

const field = (): HTMLInputElement => as(HTMLInputElement, byTestId('tree-name-input', element));

describe('the tree by keyboard', () => {
  it('is one tab stop, and the arrows move the focus', async () => {
    expect([...element.querySelectorAll('[tabindex="0"]')]).toEqual([row('src')]);
    row('src').focus();
    await key('ArrowRight');
    expect(row('src').getAttribute('aria-expanded')).toBe('true');
    expect(paths()).toEqual(['src', 'src/main.ts', 'README.md']);
    await key('ArrowRight');
    expect(document.activeElement).toBe(row('src/main.ts'));
    await key('ArrowDown');
    expect(document.activeElement).toBe(row('README.md'));
    await key('Home');
    await key('ArrowLeft');
    expect(paths()).toEqual(['src', 'README.md']);
    expect([...element.querySelectorAll('[tabindex="0"]')]).toEqual([row('src')]);
  });

  it('opens a file by Enter and a folder by Space', async () => {
    row('src').focus();
    await key(' ');
    expect(paths()).toContain('src/main.ts');
    await key('r');
    expect(document.activeElement).toBe(row('README.md'));
    await key('Enter');
    expect(actions).toEqual([{ kind: 'open', id: readme, edit: true }]);
    await key(' ');
    expect(actions.at(-1)).toEqual({ kind: 'open', id: readme, edit: false });
  });

  it('deletes by Delete and moves the focus to what takes the place', async () => {
    row('src').focus();
    await key('Delete');
    expect(actions).toEqual([{ kind: 'delete', id: src }]);
    project.delete(src);
    await update();
    expect(document.activeElement).toBe(row('README.md'));
  });

  it('renames by F2 and Enter', async () => {
    row('README.md').focus();
    await key('F2');
    expect(document.activeElement).toBe(field());
    expect(field().value.slice(field().selectionStart ?? 0, field().selectionEnd ?? 0)).toBe('README');
    fill(field(), 'NOTES.md');
    press('Enter');
    expect(actions).toEqual([{ kind: 'rename', id: readme, name: 'NOTES.md' }]);
    await element.updateComplete;
    expect(document.activeElement).toBe(row('README.md'));
  });

  it('gives up renaming by Escape', async () => {
    row('README.md').focus();
    await key('F2');
    fill(field(), 'NOTES.md');
    press('Escape');
    await element.updateComplete;
    expect(actions).toEqual([]);
    expect(hasTestId('tree-name-input', element)).toBe(false);
  });

  it('refuses an illegal and a taken name, says why, and keeps the field', async () => {
    project.createFile('notes.md', null);
    await update();
    row('README.md').focus();
    await key('F2');
    fill(field(), 'NOTES.md');
    press('Enter');
    await element.querySelector('cw-name-field')?.updateComplete;
    expect(byTestId('tree-name-problem').textContent).toBe('There is already a file called “notes.md” here.');
    fill(field(), 'a:b');
    await element.querySelector('cw-name-field')?.updateComplete;
    expect(byTestId('tree-name-problem').textContent).toBe('Names cannot contain :');
    expect(field().getAttribute('aria-invalid')).toBe('true');
    expect(actions).toEqual([]);
  });

  it('takes a good name and drops a bad one when the field is left', async () => {
    element.rename(readme);
    await element.updateComplete;
    fill(field(), 'a/b');
    field().blur();
    await element.updateComplete;
    expect(actions).toEqual([]);
    element.rename(readme);
    await element.updateComplete;
    fill(field(), 'b.md');
    field().blur();
    expect(actions).toEqual([{ kind: 'rename', id: readme, name: 'b.md' }]);
  });

  it('does not take the focus back from where the user went', async () => {
    const elsewhere = await mount(document.createElement('cw-file-tree'));
    elsewhere.tabIndex = 0;
    element.rename(readme);
    await element.updateComplete;
    elsewhere.focus();
    await element.updateComplete;
    expect(hasTestId('tree-name-input', element)).toBe(false);
    expect(document.activeElement).toBe(elsewhere);
  });

  it('changes nothing for those who may only read', async () => {
    element.readOnly = true;
    row('README.md').focus();
    press('F2');
    press('Delete');
    await element.updateComplete;
    expect(actions).toEqual([]);
    expect(hasTestId('tree-name-input', element)).toBe(false);
    await key('Enter');
    expect(actions).toEqual([{ kind: 'open', id: readme, edit: true }]);
  });
});

describe('the tree', () => {
  it('creates inside the focused folder', async () => {
    row('src').focus();
    element.create('file');
    await element.updateComplete;
    fill(field(), 'util/a.ts');
    press('Enter');
    expect(actions).toEqual([{ kind: 'create', node: 'file', parent: src, path: 'util/a.ts' }]);
  });

  it('shows the open file by opening its folders', async () => {
    element.current = main;
    await element.updateComplete;
    expect(row('src/main.ts').getAttribute('aria-selected')).toBe('true');
  });

  it('keeps a folder closed that the user closes around the open file', async () => {
    element.current = main;
    await element.updateComplete;
    row('src').click();
    await element.updateComplete;
    await update();
    expect(paths()).toEqual(['src', 'README.md']);
  });

  it('survives that somebody else deletes what is being renamed', async () => {
    element.rename(readme);
    await element.updateComplete;
    project.delete(readme);
    await update();
    expect(hasTestId('tree-name-input', element)).toBe(false);
    expect(actions).toEqual([]);
  });

  it('shows who else is in a file', async () => {
    const ben = { id: 'ben', name: 'Ben', color: '#0f766e', isMe: false, isAgent: false, files: [readme] };
    element.people = new Map([[readme, [ben]]]);
    await element.updateComplete;
    expect(row('README.md').getAttribute('aria-label')).toBe('README.md, Ben here');
    const dot = row('README.md').querySelector('i');
    expect(dot && getComputedStyle(dot).backgroundColor).toBe('rgb(15, 118, 110)');
  });

  it('shows names of others as text, whatever is in them', async () => {
    project.createFile('&lt;b&gt; ${x} `', null);
    await update();
    expect(row('&lt;b&gt; ${x} `').textContent).toContain('&lt;b&gt; ${x} `');
  });

  it('[TREE-3] marks a conflict name and says what to do', async () => {
    project.createFile('README.md', null);
    await update();
    const marked = [...element.querySelectorAll<HTMLElement>('[role="treeitem"]')].find((each) =>
      each.title.includes('Both are kept'),
    );
    expect(marked?.textContent).toContain('(conflict');
  });
});
