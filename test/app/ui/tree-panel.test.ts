import WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TreeAction } from '../../../src/app/tree/events.ts';
import '../../../src/app/tree/tree-panel.ts';
import type { TreePanel } from '../../../src/app/tree/tree-panel.ts';
import { FakeProject } from './fake-app.ts';
import { as, byTestId, fill, hasTestId, mount, press, record, unmountAll, until } from './support.ts';

let project: FakeProject;
let panel: TreePanel;
let actions: TreeAction[];
let src: string;
let readme: string;

beforeEach(async () => {
  project = new FakeProject();
  src = project.createFolder('src', null);
  readme = project.createFile('README.md', null);
  panel = document.createElement('cw-tree-panel');
  panel.tree = project.tree.value;
  panel.ready = true;
  panel.current = readme;
  actions = record<TreeAction>(panel, 'tree-action');
  await mount(panel);
});

afterEach(unmountAll);

const row = (path: string): HTMLElement | null => panel.querySelector(`[data-path="${path}"]`);

async function openMenu(path: string): Promise<void> {
  const shown = new Promise((resolve) => document.addEventListener('wa-after-show', resolve, { once: true }));
  row(path)?.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, clientX: 40, clientY: 60 }));
  await shown;
}

/** Chooses with the keyboard. */
function choose(item: string): void {
  for (let step = 0; document.activeElement !== byTestId(`menu-${item}`, panel); step++) {
    if (step > 10) throw new Error(`The arrow does not reach “${item}”.`);
    press('ArrowDown');
  }
  press('Enter');
}

describe('comments in the tree', () => {
  it('are counted where they are open, or else where they are new; nothing is said of none', async () => {
    const shown = async (open: number, unread: number): Promise<string | null> => {
      panel.comments = new Map([[readme, { open, unread }]]);
      await panel.updateComplete;
      if (!hasTestId('tree-comments', panel)) return null;
      const { textContent, title } = byTestId('tree-comments', panel);
      return `${textContent.trim()}: ${title}`;
    };
    expect(await shown(2, 1)).toBe('2: 2 open comments, 1 new');
    expect(await shown(1, 0)).toBe('1: 1 open comment');
    expect(await shown(0, 3)).toBe('3: 3 new in closed threads');
    expect(await shown(0, 0)).toBeNull();
  });
});

describe('the menu of the tree', () => {
  it('offers what fits a file and what fits a folder', async () => {
    await openMenu('README.md');
    const items = (): (string | undefined)[] =>
      [...panel.querySelectorAll<HTMLElement>('wa-dropdown-item')].map((item) => item.dataset['testid']);
    expect(items()).toEqual(['menu-open', 'menu-download', 'menu-rename', 'menu-move', 'menu-delete']);
    press('Escape');
    await until(() => !hasTestId('menu-open', panel));
    await openMenu('src');
    expect(items()).toEqual(['menu-new-file', 'menu-new-folder', 'menu-rename', 'menu-move', 'menu-delete']);
  });

  it('gives the focus back to the row', async () => {
    await openMenu('src');
    expect(document.activeElement).toBe(byTestId('menu-new-file', panel));
    press('Escape');
    await until(() => document.activeElement === row('src'));
    expect(hasTestId('menu-rename', panel)).toBe(false);
  });

  it('leads to the field for a name, which keeps the focus', async () => {
    await openMenu('src');
    choose('new-file');
    await until(() => hasTestId('tree-name-input', panel));
    await until(() => !hasTestId('menu-rename', panel));
    const input = as(HTMLInputElement, byTestId('tree-name-input', panel));
    expect(document.activeElement).toBe(input);
    fill(input, 'a.ts');
    press('Enter');
    expect(actions).toEqual([{ kind: 'create', node: 'file', parent: src, path: 'a.ts' }]);
  });

  it('moves by naming the folder', async () => {
    await openMenu('README.md');
    choose('move');
    await until(() => hasTestId('name-input'));
    const input = as(WaInput, byTestId('name-input'));
    await until(() => input.input && input.matches(':focus-within, :focus'));
    input.value = 'nowhere';
    await input.updateComplete;
    byTestId('name-submit').click();
    await until(() => hasTestId('name-problem'));
    expect(byTestId('name-problem').textContent).toContain('There is no folder “nowhere”.');
    input.value = 'src';
    await input.updateComplete;
    byTestId('name-submit').click();
    await until(() => actions.length > 0);
    expect(actions).toEqual([{ kind: 'move', id: readme, parent: src }]);
  });
});

describe('the panel', () => {
  it('restores from the trash', async () => {
    project.delete(readme);
    panel.tree = project.tree.value;
    await until(() => hasTestId('restore', panel));
    byTestId('restore', panel).click();
    expect(actions).toEqual([{ kind: 'restore', id: readme }]);
  });

  it('shows a placeholder, not an empty project, until the project is known', async () => {
    panel.tree = new FakeProject().tree.value;
    panel.ready = false;
    await panel.updateComplete;
    expect(hasTestId('tree-empty', panel)).toBe(false);
    expect(panel.querySelector('[aria-busy="true"]')).not.toBeNull();
    panel.ready = true;
    await panel.updateComplete;
    expect(hasTestId('tree-empty', panel)).toBe(true);
  });
});
