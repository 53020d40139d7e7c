import WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import '../../../src/app/shell/app-shell.ts';
import type { AppShell } from '../../../src/app/shell/app-shell.ts';
import type { User } from '../../../src/app/session/api.ts';
import type { Route } from '../../../src/app/shell/route.ts';
import { ThemeSetting } from '../../../src/app/ui/theme.ts';
import { failure } from '../../../src/core/failures.ts';
import { ana, FakeApp } from './fake-app.ts';
import { RESCUED, UNSENT } from './fake-rescue.ts';
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

async function type(id: string, value: string): Promise<void> {
  const input = as(WaInput, byTestId(id));
  await input.updateComplete;
  input.value = value;
  await input.updateComplete;
}

async function enterAs(name: string): Promise<void> {
  await until(() => hasTestId('guest-form'));
  await type('guest-name', name);
  byTestId('guest-submit').click();
}

describe('the way in', () => {
  it('leads a guest to the projects', async () => {
    const { app } = await open({ page: 'home' });
    await enterAs('Ana');
    await until(() => hasTestId('dashboard'));
    expect(app.calls).toEqual(['guest Ana']);
  });

  it('[P41] takes no name that would turn around the sentences it stands in', async () => {
    const { app } = await open({ page: 'home' });
    await enterAs('Ana\u202eevil');
    await until(() => hasTestId('sign-in-problem'));
    expect(byTestId('sign-in-problem').textContent).toContain('invisible characters that change how they are read');
    expect(app.calls).toEqual([]);
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

  it.each([
    ['sign-in', failure('forbidden', 'Invalid credentials.'), 'The e-mail or the password is wrong.'],
    ['sign-in', failure('rejected', 'Invalid `password` param: x'), 'The e-mail or the password is wrong.'],
    ['sign-up', failure('conflict', 'A user with the same id exists'), 'There is already an account with this e-mail.'],
    ['sign-up', failure('rate-limited', 'Rate limit'), 'Too many attempts.'],
  ] as const)('says in its own words why %s failed', async (entry, problem, sentence) => {
    const app = new FakeApp();
    app.problem = problem;
    await open({ page: 'home' }, app);
    await until(() => hasTestId('guest-form'));
    byTestId(`to-${entry}`).click();
    await until(() => hasTestId('account-form'));
    if (entry === 'sign-up') await type('account-name', 'Ana');
    await type('account-email', 'ana@example.com');
    await type('account-password', 'long enough');
    byTestId('account-submit').click();
    await until(() => hasTestId('sign-in-problem'));
    expect(byTestId('sign-in-problem').textContent).toContain(sentence);
  });

  it('sends nothing that cannot be right', async () => {
    const { app } = await open({ page: 'home' });
    await until(() => hasTestId('guest-form'));
    byTestId('to-sign-up').click();
    await until(() => hasTestId('account-form'));
    const submit = async (): Promise<string | null> => {
      byTestId('account-submit').click();
      await until(() => hasTestId('sign-in-problem'));
      await document.querySelector('cw-sign-in')?.updateComplete;
      return byTestId('sign-in-problem').textContent.trim();
    };
    expect(await submit()).toBe('Type your name.');
    await type('account-name', 'Ana');
    await type('account-email', 'ana@');
    expect(await submit()).toBe('Type an e-mail address, like ana@example.com.');
    await type('account-email', 'ana@example.com');
    expect(await submit()).toBe('Type your password.');
    await type('account-password', 'short');
    expect(await submit()).toBe('Passwords have at least 8 characters.');
    expect(app.calls).toEqual([]);
  });

  it('signs in again without leaving the project when the session has ended', async () => {
    const app = new FakeApp();
    const user = { ...ana, guest: false, email: 'ana@example.com' };
    app.account.set({ kind: 'signed-in', user });
    await open({ page: 'project', project: 'project1', file: null }, app);
    await until(() => hasTestId('project'));
    const project = byTestId('project');
    app.account.set({ kind: 'session-ended', user });
    await until(() => hasTestId('session-ended'));
    expect(byTestId('session-ended').textContent).toContain('Your edits stay on this device');
    await type('session-password', 'long enough');
    byTestId('session-sign-in').click();
    await until(() => !hasTestId('session-ended'));
    expect(app.calls).toEqual(['openProject project1', 'signIn ana@example.com']);
    expect(byTestId('project')).toBe(project);
    expect(app.project.closed).toBe(false);
  });

  it('leads a guest whose session has ended out', async () => {
    const app = new FakeApp();
    app.account.set({ kind: 'session-ended', user: ana });
    await open({ page: 'project', project: 'project1', file: null }, app);
    await until(() => hasTestId('session-leave'));
    byTestId('session-leave').click();
    await until(() => hasTestId('sign-in'));
    expect(app.calls).toContain('signOut');
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

  it('lets owners restore what they deleted long ago, and others see no menu of what they do not own', async () => {
    const app = new FakeApp();
    app.account.set({ kind: 'signed-in', user: ana });
    const updatedAt = '2026-01-02T03:04:05Z';
    app.projects.set([{ id: 'joined', name: 'Joined', updatedAt }]);
    app.deletedProjects.set([
      { id: 'mine', name: 'Mine', updatedAt },
      { id: 'theirs', name: 'Theirs', updatedAt },
    ]);
    app.roles.set('joined', 'editor').set('mine', 'owner').set('theirs', 'editor');
    await open({ page: 'home' }, app);
    await until(() => hasTestId('restore-project'));
    expect(hasTestId('project-menu')).toBe(false);
    expect(byTestId('deleted-projects').textContent).not.toContain('Theirs');
    byTestId('restore-project').click();
    expect(app.calls).toEqual(['restoreProject mine']);
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

describe('signing out', () => {
  async function askToLeave(user: User, unsent: number): Promise<FakeApp> {
    const app = new FakeApp();
    app.account.set({ kind: 'signed-in', user });
    app.unsent = unsent;
    await open({ page: 'project', project: 'project1', file: null }, app);
    await until(() => hasTestId('user-menu') && byTestId('user-menu').hasAttribute('aria-expanded'));
    const shown = new Promise((resolve) => document.addEventListener('wa-after-show', resolve, { once: true }));
    byTestId('user-menu').click();
    await shown;
    byTestId('sign-out').click();
    return app;
  }

  const dialogText = (): string => byTestId('sign-out-dialog').textContent;

  it('[P48] warns guests that what is not sent is lost', async () => {
    const app = await askToLeave(ana, 2);
    await until(() => hasTestId('sign-out-anyway'));
    expect(dialogText()).toContain('guests cannot sign in again');
    expect(dialogText()).toContain('2 edits have not been sent');
    expect(app.calls).toEqual(['openProject project1']);
    byTestId('sign-out-anyway').click();
    await until(() => hasTestId('sign-in'));
  });

  it('[P48] warns of edits that have not been sent, and lets one stay', async () => {
    const app = await askToLeave({ ...ana, guest: false, email: 'ana@example.com' }, 1);
    await until(() => hasTestId('sign-out-stay'));
    expect(dialogText()).toContain('1 edit has not been sent');
    expect(dialogText()).toContain('sent when you sign in here again');
    byTestId('sign-out-stay').click();
    await until(() => document.querySelector('cw-sign-out-dialog wa-dialog[open]') === null);
    expect(app.calls).not.toContain('signOut');
  });

  it('[P48] offers edits as a download and for review before they are left behind', async () => {
    const app = await askToLeave({ ...ana, guest: false, email: 'ana@example.com' }, 3);
    app.rescue.projects = [UNSENT];
    app.rescue.files.set('fa', RESCUED);
    await until(() => hasTestId('sign-out-download'));
    expect(byTestId('sign-out-review').getAttribute('href')).toBe('/rescue');
    const downloads: string[] = [];
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      downloads.push(this.download);
    });
    byTestId('sign-out-download').click();
    await until(() => hasTestId('sign-out-note'));
    click.mockRestore();
    expect(downloads).toEqual(['Unsent edits.zip']);
    expect(byTestId('sign-out-note').textContent).toContain('1 file downloaded');
    expect(app.calls).not.toContain('signOut');
  });

  it('asks nothing where nothing would be missed', async () => {
    const app = await askToLeave({ ...ana, guest: false, email: 'ana@example.com' }, 0);
    await until(() => hasTestId('sign-in'));
    expect(app.calls).toContain('signOut');
  });
});
