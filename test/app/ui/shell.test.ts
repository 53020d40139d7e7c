import WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { afterEach, describe, expect, it } from 'vitest';
import '../../../src/app/shell/app-shell.ts';
import type { AppShell } from '../../../src/app/shell/app-shell.ts';
import type { Route } from '../../../src/app/shell/route.ts';
import { ThemeSetting } from '../../../src/app/ui/theme.ts';
import { failure } from '../../../src/core/failures.ts';
import { ana, FakeApp } from './fake-app.ts';
import { as, byTestId, FakeNavigation, hasTestId, mount, unmountAll, until } from './support.ts';

afterEach(unmountAll);

async function open(
  route: Route,
  app = new FakeApp(),
): Promise<{ app: FakeApp; router: FakeNavigation; shell: AppShell }> {
  const shell = document.createElement('cw-app');
  const router = new FakeNavigation(route);
  shell.app = app;
  shell.router = router;
  shell.theme = new ThemeSetting();
  await mount(shell);
  return { app, router, shell };
}

async function enterAs(name: string): Promise<void> {
  await until(() => hasTestId('guest-form'));
  const input = as(WaInput, byTestId('guest-name'));
  await input.updateComplete;
  input.value = name;
  await input.updateComplete;
  byTestId('guest-submit').click();
}

describe('the way in', () => {
  it('leads a guest to the projects', async () => {
    const { app } = await open({ page: 'home' });
    await enterAs('Ana');
    await until(() => hasTestId('dashboard'));
    expect(app.calls).toEqual(['guest Ana']);
  });

  it('offers a friendly name', async () => {
    await open({ page: 'home' });
    await until(() => hasTestId('guest-form'));
    expect(as(WaInput, byTestId('guest-name')).value).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
  });

  it('leads an invited guest through the link into the project', async () => {
    const { app, router } = await open({ page: 'join', token: 'tok' });
    await until(() => hasTestId('sign-in'));
    expect(byTestId('sign-in').textContent).toContain('You are invited to a project');
    expect(app.calls).toEqual([]);
    await enterAs('Ben');
    await until(() => hasTestId('project'));
    expect(app.calls).toEqual(['guest Ben', 'join tok', 'openProject project1']);
    expect(router.route.value).toEqual({ page: 'project', project: 'project1', file: null });
  });

  it('shows why somebody cannot come in, and lets them try again', async () => {
    const app = new FakeApp();
    app.problem = failure('offline', 'There is no connection to the server.');
    await open({ page: 'home' }, app);
    await enterAs('Ana');
    await until(() => hasTestId('sign-in-problem'));
    expect(byTestId('sign-in-problem').textContent).toContain('There is no connection to the server.');
    app.problem = null;
    byTestId('guest-submit').click();
    await until(() => hasTestId('dashboard'));
  });

  it('asks to sign in again, at the same address, when the session ends', async () => {
    const app = new FakeApp();
    app.account.set({ kind: 'signed-in', user: ana });
    const { router } = await open({ page: 'project', project: 'project1', file: null }, app);
    await until(() => hasTestId('project'));
    app.account.set({ kind: 'signed-out' });
    await until(() => hasTestId('sign-in'));
    await until(() => app.project.closed);
    expect(router.route.value.page).toBe('project');
  });
});

describe('pages', () => {
  it('says that an address leads nowhere', async () => {
    await open({ page: 'not-found' });
    expect(byTestId('not-found').textContent).toContain('There is no page here');
  });

  it('says that a project is closed to the user', async () => {
    const app = new FakeApp();
    app.account.set({ kind: 'signed-in', user: ana });
    await open({ page: 'project', project: 'other', file: null }, app);
    await until(() => hasTestId('project-problem'));
    expect(byTestId('project-problem').textContent).toContain('Ask somebody in it for an invite link');
  });

  it('deletes a project after asking, and can undo it', async () => {
    const app = new FakeApp();
    app.account.set({ kind: 'signed-in', user: ana });
    app.projects.set([{ id: 'p1', name: '<img src=x onerror=alert(1)>', updatedAt: '2026-01-02T03:04:05Z' }]);
    const { shell } = await open({ page: 'home' }, app);
    await until(() => hasTestId('project-link'));
    expect(byTestId('project-link').textContent).toContain('<img src=x onerror=alert(1)>');
    shell.querySelector('cw-project-row')?.dispatchEvent(new CustomEvent('project-delete', { bubbles: true }));
    await until(() => hasTestId('confirm-submit'));
    expect(app.calls).toEqual([]);
    byTestId('confirm-submit').click();
    await until(() => hasTestId('toast-action'));
    expect(app.calls).toEqual(['deleteProject p1']);
    expect(hasTestId('no-projects')).toBe(true);
    expect(shell.querySelector('img[src="x"]')).toBeNull();
    byTestId('toast-action').click();
    await until(() => app.calls.includes('restoreProject p1'));
  });

  it('opens the demo by joining it', async () => {
    const app = new FakeApp();
    app.account.set({ kind: 'signed-in', user: ana });
    app.demo = { project: 'project1', name: 'Demo', token: 'demo-token' };
    const { router } = await open({ page: 'home' }, app);
    await until(() => hasTestId('open-demo'));
    byTestId('open-demo').click();
    await until(() => router.route.value.page === 'project');
    expect(app.calls[0]).toBe('join demo-token');
  });
});
