import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { monaco } from '../../../src/app/editor/monaco.ts';
import '../../../src/app/project/project-page.ts';
import type { ProjectPage } from '../../../src/app/project/project-page.ts';
import { TreeActionEvent } from '../../../src/app/tree/events.ts';
import { ThemeSetting } from '../../../src/app/ui/theme.ts';
import { ana, FakeApp, subscriptions } from './fake-app.ts';
import { as, byTestId, FakeNavigation, hasTestId, mount, unmountAll, until } from './support.ts';

let app: FakeApp;
let router: FakeNavigation;
let place: HTMLElement;
let main: string;
const theme = new ThemeSetting();

beforeEach(() => {
  app = new FakeApp();
  router = new FakeNavigation();
  place = document.createElement('div');
  place.style.cssText = 'width:900px;height:500px';
  document.body.append(place);
  main = app.project.createFile('main.ts', app.project.createFolder('src', null), 'const x = 1;\n');
});

afterEach(() => {
  unmountAll();
  place.remove();
});

async function open(file: string | null): Promise<ProjectPage> {
  const page = document.createElement('cw-project');
  Object.assign(page, { app, router, theme, user: ana, project: 'project1', file });
  await mount(page, place);
  await until(() => hasTestId('project', page));
  return page;
}

const shownText = (page: ProjectPage): string => page.querySelector('cw-code')?.readText() ?? '';

describe('a project', () => {
  it('asks to choose a file, then shows its text, and says so in the title', async () => {
    const page = await open(null);
    expect(hasTestId('no-file', page)).toBe(true);
    expect(document.title).toBe('Weather station – Cowrite');
    page.file = main;
    await until(() => shownText(page) === 'const x = 1;\n');
    expect(document.title).toBe('main.ts – Weather station – Cowrite');
    await until(() => hasTestId('bar-language', page));
    expect(byTestId('bar-language', page).textContent).toBe('TypeScript');
    expect(byTestId('bar-line-ending', page).textContent).toBe('LF');
  });

  it('writes what is typed into the file, and undoes it by its buttons', async () => {
    const page = await open(main);
    await until(() => shownText(page) === 'const x = 1;\n');
    const text = app.project.textOf(main).getText('text');
    const undo = as(HTMLButtonElement, byTestId('undo', page));
    expect(undo.disabled).toBe(true);
    const [editor] = monaco.editor.getEditors();
    editor?.trigger('keyboard', 'type', { text: 'A' });
    text.insert(text.length, 'from somebody else');
    await until(() => !undo.disabled);
    expect(text.toJSON()).toBe('Aconst x = 1;\nfrom somebody else');
    undo.click();
    expect(text.toJSON()).toBe('const x = 1;\nfrom somebody else');
    const redo = as(HTMLButtonElement, byTestId('redo', page));
    await until(() => !redo.disabled);
    redo.click();
    expect(text.toJSON()).toBe('Aconst x = 1;\nfrom somebody else');
  });

  it('lets viewers read only', async () => {
    app.project.role.set('viewer');
    const page = await open(main);
    await until(() => shownText(page) === 'const x = 1;\n');
    const [editor] = monaco.editor.getEditors();
    expect(editor?.getOption(monaco.editor.EditorOption.readOnly)).toBe(true);
    editor?.trigger('keyboard', 'type', { text: 'A' });
    expect(shownText(page)).toBe('const x = 1;\n');
    expect(hasTestId('undo', page)).toBe(false);
    expect(hasTestId('new-file', page)).toBe(false);
    app.project.role.set('editor');
    await until(() => hasTestId('undo', page));
    editor?.trigger('keyboard', 'type', { text: 'A' });
    expect(app.project.textOf(main).getText('text').toJSON()).toBe('Aconst x = 1;\n');
  });

  it('[LOCAL-1] tells a file that is loading from one that is not on this device', async () => {
    app.project.filesReady = false;
    app.project.filesLoaded = false;
    const page = await open(main);
    await until(() => hasTestId('editor-loading', page));
    app.project.opened[0]?.finishLoading();
    await until(() => hasTestId('not-on-device', page));
    expect(hasTestId('editor-loading', page)).toBe(false);
    app.project.opened[0]?.ready.set(true);
    await until(() => shownText(page) === 'const x = 1;\n');
    expect(hasTestId('not-on-device', page)).toBe(false);
  });

  it('[TREE-2] keeps the text of a file that somebody deletes, and restores it', async () => {
    const page = await open(main);
    await until(() => shownText(page) === 'const x = 1;\n');
    app.project.delete(main);
    await until(() => hasTestId('deleted-banner', page));
    monaco.editor.getEditors()[0]?.trigger('keyboard', 'type', { text: 'B' });
    expect(app.project.textOf(main).getText('text').toJSON()).toBe('Bconst x = 1;\n');
    byTestId('restore-open-file', page).click();
    await until(() => !hasTestId('deleted-banner', page));
    expect(app.project.tree.value.byId.get(main)?.path).toBe('src/main.ts');
  });

  it('[TREE-2] tells those who only read that they can read a deleted file, not write it', async () => {
    app.project.role.set('reviewer');
    const page = await open(main);
    await until(() => shownText(page) === 'const x = 1;\n');
    app.project.delete(main);
    await until(() => hasTestId('deleted-banner', page));
    expect(byTestId('deleted-banner', page).textContent).toContain('you can go on reading it here.');
  });

  it('[TREE-2] restores the folder when the folder was deleted', async () => {
    const page = await open(main);
    await until(() => shownText(page) === 'const x = 1;\n');
    const folder = app.project.tree.value.byId.get(main)?.parent ?? '';
    app.project.delete(folder);
    await until(() => hasTestId('deleted-banner', page));
    byTestId('restore-open-file', page).click();
    await until(() => !hasTestId('deleted-banner', page));
    expect(app.project.tree.value.trash).toEqual([]);
  });

  it('[TREE-2] knows after a reload that a file is in a deleted folder, and restores the folder', async () => {
    const folder = app.project.tree.value.byId.get(main)?.parent ?? '';
    app.project.delete(folder);
    const page = await open(main);
    await until(() => shownText(page) === 'const x = 1;\n');
    expect(byTestId('deleted-banner', page).textContent).toContain(
      '“main.ts” is in the folder “src”, which has been deleted.',
    );
    byTestId('restore-open-file', page).click();
    await until(() => !hasTestId('deleted-banner', page));
    expect(app.project.tree.value.trash).toEqual([]);
  });

  it('says that a file is not in the project only when the project is known', async () => {
    app.project.ready.set(false);
    const page = await open('nobody');
    expect(hasTestId('unknown-file', page)).toBe(false);
    app.project.ready.set(true);
    await until(() => hasTestId('unknown-file', page));
    expect(app.project.opened).toEqual([]);
  });

  it('follows a person into their file', async () => {
    const ben = { id: 'ben', name: 'Ben', color: '#0f766e' };
    app.project.participants.set([{ client: 7, user: ben, file: main, isMe: false }]);
    const page = await open(null);
    const avatar = byTestId('avatar', page);
    expect(avatar.getAttribute('aria-label')).toBe('Ben – in src/main.ts');
    avatar.click();
    expect(router.route.value).toEqual({ page: 'project', project: 'project1', file: main });
  });

  it('moves the focus into a file that is opened to type, and by Ctrl+Shift+E back to the tree', async () => {
    const page = await open(null);
    const followRoute = router.route.subscribe((route) => (page.file = route.page === 'project' ? route.file : null));
    page.dispatchEvent(new TreeActionEvent({ kind: 'open', id: main, edit: true }));
    await until(() => document.activeElement?.closest('cw-code'));
    const key = { key: 'E', ctrlKey: true, shiftKey: true, bubbles: true, cancelable: true };
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', key));
    await until(() => (document.activeElement as HTMLElement).dataset['path'] === 'src/main.ts');
    followRoute();
    expect(document.activeElement?.getAttribute('role')).toBe('treeitem');
  });

  it('closes a session that arrives after the page has been left', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const openProject = app.openProject.bind(app);
    app.openProject = async (id) => {
      await promise;
      return openProject(id);
    };
    const page = document.createElement('cw-project');
    Object.assign(page, { app, router, theme, user: ana, project: 'project1', file: null });
    await mount(page, place);
    page.remove();
    expect(app.project.closed).toBe(false);
    resolve();
    await until(() => app.project.closed);
  });
});

describe('after 50 projects', () => {
  it('leaves no listener, model, editor or open file behind', async () => {
    const listeners = (): number => {
      const observers = (app.project.awareness as unknown as { _observers: Map<string, Set<unknown>> })._observers;
      return [...observers.values()].reduce((sum, set) => sum + set.size, 0);
    };
    const awarenessBefore = listeners();
    const subscriptionsBefore = subscriptions.open;
    const other = app.project.createFile('other.md', null, '# Other');
    for (let turn = 0; turn < 50; turn++) {
      const page = await open(turn % 2 === 0 ? main : other);
      await until(() => shownText(page) !== '');
      if (turn % 5 === 0) {
        page.file = turn % 2 === 0 ? other : main;
        await until(() => shownText(page) === (turn % 2 === 0 ? '# Other' : 'const x = 1;\n'));
      }
      page.remove();
    }
    expect(app.project.opened).toHaveLength(60);
    expect(app.project.opened.filter((file) => !file.closed)).toEqual([]);
    expect(monaco.editor.getModels()).toEqual([]);
    expect(monaco.editor.getEditors()).toEqual([]);
    expect(listeners()).toBe(awarenessBefore);
    expect(subscriptions.open).toBe(subscriptionsBefore);
  }, 60_000);
});
