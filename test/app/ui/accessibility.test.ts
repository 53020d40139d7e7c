import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import '../../../src/app/editor/code-editor.ts';
import '../../../src/app/shell/app-shell.ts';
import type { Route } from '../../../src/app/shell/route.ts';
import { ThemeSetting, type ThemeChoice } from '../../../src/app/ui/theme.ts';
import { ana, FakeApp } from './fake-app.ts';
import { byTestId, FakeNavigation, hasTestId, mount, unmountAll, until } from './support.ts';

let app: FakeApp;
let main: string;
const theme = new ThemeSetting();
let stop: () => void;

beforeEach(() => {
  stop = theme.start();
  app = new FakeApp();
  app.projects.set([{ id: 'project1', name: 'Weather station', updatedAt: '2026-01-02T03:04:05Z' }]);
  app.demo = { project: 'demo', name: 'Demo', token: 't' };
  main = app.project.createFile(
    'main.ts',
    app.project.createFolder('src', null),
    '// Reads sensors\nconst x = 1;\n'.repeat(12),
  );
  app.project.delete(app.project.createFile('old.txt', null));
  app.project.participants.set([
    { client: 1, user: ana, file: main, isMe: true },
    { client: 2, user: { id: 'ben', name: 'Ben', color: '#0f766e' }, file: main, isMe: false },
  ]);
});

afterEach(() => {
  unmountAll();
  theme.choose('system');
  stop();
});

async function open(route: Route, choice: ThemeChoice): Promise<void> {
  theme.choose(choice);
  const shell = document.createElement('cw-app');
  Object.assign(shell, { app, router: new FakeNavigation(route), theme });
  await mount(shell);
}

/** Findings of axe that keep somebody out. */
async function seriousFindings(): Promise<string[]> {
  // Colours that are on their way to others would be measured halfway.
  await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null)));
  const shell = document.querySelector('cw-app');
  if (!shell) throw new Error('There is no app to look at.');
  const { violations } = await axe.run(shell, { resultTypes: ['violations'] });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`));
}

/** Does something and waits until what it opens or closes stands still. */
async function after(type: 'wa-after-show' | 'wa-after-hide', run: () => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  document.addEventListener(type, () => resolve(), { once: true });
  run();
  await promise;
}

const signIn = (): void => app.account.set({ kind: 'signed-in', user: ana });

describe.each(['light', 'dark'] as const)('axe finds nothing serious, %s', (choice) => {
  it('on the sign-in page', async () => {
    await open({ page: 'home' }, choice);
    await until(() => hasTestId('guest-form'));
    expect(await seriousFindings()).toEqual([]);
    byTestId('to-sign-up').click();
    await until(() => hasTestId('account-form'));
    expect(await seriousFindings()).toEqual([]);
  });

  it('on the dashboard, with its menu and its dialog', async () => {
    signIn();
    await open({ page: 'home' }, choice);
    await until(() => hasTestId('project-link') && byTestId('user-menu').hasAttribute('aria-expanded'));
    expect(await seriousFindings()).toEqual([]);
    await after('wa-after-show', () => byTestId('user-menu').click());
    expect(await seriousFindings()).toEqual([]);
    await after('wa-after-hide', () => byTestId('user-menu').click());
    await after('wa-after-show', () => byTestId('new-project').click());
    expect(await seriousFindings()).toEqual([]);
  });

  it('on the project page, with a file, the menu of the tree, and a name being typed', async () => {
    signIn();
    await open({ page: 'project', project: 'project1', file: main }, choice);
    await until(() => document.querySelector('cw-code .view-line'));
    expect(await seriousFindings()).toEqual([]);
    byTestId('new-file').click();
    await until(() => hasTestId('tree-name-input'));
    expect(await seriousFindings()).toEqual([]);
    const menu = new MouseEvent('contextmenu', { bubbles: true, clientX: 50, clientY: 90 });
    await after('wa-after-show', () => byTestId('tree-item').dispatchEvent(menu));
    expect(await seriousFindings()).toEqual([]);
  });
});
