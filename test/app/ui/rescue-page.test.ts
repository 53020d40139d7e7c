import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import '../../../src/app/rescue/diff-view.ts';
import '../../../src/app/shell/app-shell.ts';
import type { Toast } from '../../../src/app/ui/events.ts';
import { ThemeSetting, type ThemeChoice } from '../../../src/app/ui/theme.ts';
import { failure } from '../../../src/core/failures.ts';
import { unsentSentence } from '../../../src/core/rescue.ts';
import { ana, FakeApp } from './fake-app.ts';
import { RESCUED, UNSENT } from './fake-rescue.ts';
import { byTestId, FakeNavigation, hasTestId, mount, record, unmountAll, until } from './support.ts';

const theme = new ThemeSetting();
let stop: () => void;
let app: FakeApp;
let router: FakeNavigation;
let toasts: Toast[];

beforeEach(() => {
  stop = theme.start();
  app = new FakeApp();
  app.account.set({ kind: 'signed-in', user: { ...ana, guest: false, email: 'ana@example.com' } });
  app.rescue.projects = [UNSENT];
  app.rescue.files.set('fa', RESCUED);
});

afterEach(() => {
  unmountAll();
  vi.restoreAllMocks();
  theme.choose('system');
  stop();
});

async function open(choice: ThemeChoice = 'light'): Promise<void> {
  theme.choose(choice);
  router = new FakeNavigation({ page: 'rescue' });
  const shell = document.createElement('cw-app');
  Object.assign(shell, { app, router, theme });
  toasts = record<Toast>(shell, 'toast');
  await mount(shell);
  await until(() => hasTestId('rescue-project') || hasTestId('rescue-empty') || hasTestId('rescue-problem'));
}

/** Opens the first file; resolves when the comparison stands. */
async function compare(): Promise<void> {
  byTestId('rescue-toggle').click();
  await until(() => document.querySelector('cw-diff .modified .view-line'), 20_000);
}

describe('the page of unsent edits', () => {
  it('says what cannot be sent, how much and why; and nothing where there is nothing', async () => {
    await open();
    const { textContent } = byTestId('rescue-project');
    expect(textContent).toContain('5 edits that cannot be sent');
    expect(textContent).toContain('src/main.ts');
    expect(textContent).toMatch(/3 edits, since 2 Jan, \d\d:\d\d/);
    expect(document.querySelectorAll('[data-testid="rescue-reason"]')).toHaveLength(1);
    expect(byTestId('rescue-reason').textContent).toContain(unsentSentence('role-lost'));
    expect(document.title).toBe('Unsent edits – Cowrite');
    unmountAll();
    app.rescue.projects = [];
    await open();
    expect(byTestId('rescue-empty').textContent).toContain('Everything is on the server');
  });

  it('shows apart what goes by itself, without offering to discard it', async () => {
    const [file] = UNSENT.documents;
    if (!file) throw new Error('there is a file');
    const waiting = { ...file, reason: 'waiting' as const, sentence: unsentSentence('waiting') };
    app.rescue.projects = [{ id: 'train', name: 'Train', documents: [waiting] }];
    theme.choose('light');
    router = new FakeNavigation({ page: 'rescue' });
    const shell = document.createElement('cw-app');
    Object.assign(shell, { app, router, theme });
    await mount(shell);
    await until(() => hasTestId('rescue-waiting'));
    expect(byTestId('rescue-waiting').textContent).toContain('as soon as the project is open');
    for (const id of ['rescue-discard', 'rescue-discard-all', 'rescue-copy']) expect(hasTestId(id)).toBe(false);
    expect(hasTestId('rescue-download')).toBe(true);
  });

  it('compares a file with the server’s text, and tells assistive technology that it is open', async () => {
    await open();
    expect(byTestId('rescue-toggle').getAttribute('aria-expanded')).toBe('false');
    await compare();
    expect(byTestId('rescue-toggle').getAttribute('aria-expanded')).toBe('true');
    const texts = [...document.querySelectorAll('cw-diff .view-lines')].map(({ textContent }) => textContent);
    expect(texts[0]?.replaceAll('\u00a0', ' ')).toContain('const theirs = 1;');
    expect(texts[1]?.replaceAll('\u00a0', ' ')).toContain('const mine = 1;');
    byTestId('rescue-toggle').click();
    await until(() => document.querySelector('cw-diff') === null);
  });

  it('is opened and left by keyboard: the comparison does not keep the Tab key', async () => {
    await open();
    byTestId('rescue-toggle').focus();
    await userEvent.keyboard('{Enter}');
    await until(() => document.querySelector('cw-diff .modified .view-line'), 20_000);
    const toggles = document.querySelectorAll('[data-testid="rescue-toggle"]');
    let inside = false;
    for (let tab = 0; tab < 12 && document.activeElement !== toggles[1]; tab++) {
      await userEvent.keyboard('{Tab}');
      inside ||= document.activeElement?.closest('cw-diff') !== null;
    }
    expect(document.activeElement).toBe(toggles[1]);
    expect(inside).toBe(true);
  });

  it('lists what happened to files and folders', async () => {
    await open();
    [...document.querySelectorAll<HTMLElement>('[data-testid="rescue-toggle"]')].at(-1)?.click();
    await until(() => hasTestId('rescue-tree'));
    expect(byTestId('rescue-tree').textContent.replace(/\s+/g, ' ')).toContain('New src/new.ts');
  });

  it('says why a file cannot be read, and tries again', async () => {
    await open();
    app.rescue.problem = failure('rejected', 'This device cannot be read.');
    byTestId('rescue-toggle').click();
    await until(() => hasTestId('rescue-file-problem'));
    expect(byTestId('rescue-file-problem').textContent).toContain('This device cannot be read.');
    app.rescue.problem = null;
    byTestId('rescue-file-problem').querySelector('button')?.click();
    await until(() => document.querySelector('cw-diff'), 20_000);
  });

  it('downloads one file by its name and all as an archive', async () => {
    await open();
    const downloads: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      downloads.push(this.download);
    });
    byTestId('rescue-download').click();
    await until(() => downloads.length === 1);
    byTestId('rescue-download-all').click();
    await until(() => downloads.length === 2);
    expect(downloads).toEqual(['main.ts', 'Weather station.zip']);
  });
});

describe('copying', () => {
  async function copy(): Promise<void> {
    byTestId('rescue-copy').click();
    await until(() => hasTestId('name-submit'));
    byTestId('name-submit').click();
  }

  it('shows how far it is, locks what would get in its way, and opens the copy', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    app.rescue.copying = promise;
    await open();
    await copy();
    await until(() => hasTestId('rescue-progress'));
    expect(byTestId('rescue-progress').textContent).toContain('Copying main.ts');
    for (const id of ['rescue-copy', 'rescue-discard-all', 'rescue-discard']) {
      expect(byTestId(id).hasAttribute('disabled')).toBe(true);
    }
    resolve();
    await until(() => router.route.value.page === 'project');
    expect(app.rescue.calls).toEqual(['copy old fa+told Weather station (rescued)']);
    expect(toasts[0]?.message).toContain('Weather station (rescued)');
  });

  it('says why it failed, and everything is still there', async () => {
    await open();
    app.rescue.problem = failure('offline', 'The server does not answer. The edits are still here.');
    await copy();
    await until(() => toasts.length === 1);
    expect(toasts[0]).toMatchObject({ message: expect.stringContaining('still here'), tone: 'danger', duration: 0 });
    expect(router.route.value).toEqual({ page: 'rescue' });
    expect(hasTestId('rescue-progress')).toBe(false);
    expect(byTestId('rescue-copy').hasAttribute('disabled')).toBe(false);
  });

  it('is not offered to a guest whose session has ended', async () => {
    app.account.set({ kind: 'session-ended', user: ana });
    await open();
    expect(byTestId('rescue-copy').hasAttribute('disabled')).toBe(true);
    expect(byTestId('rescue-download-all').hasAttribute('disabled')).toBe(false);
  });
});

describe('discarding', () => {
  it('asks first and names what is lost', async () => {
    await open();
    byTestId('rescue-discard').click();
    await until(() => hasTestId('confirm-submit'));
    expect(byTestId('confirm-dialog').textContent).toContain('Your 3 edits of “src/main.ts” in “Weather station”');
    expect(app.rescue.calls).toEqual([]);
    byTestId('confirm-submit').click();
    await until(() => app.rescue.calls.length === 1);
    expect(app.rescue.calls).toEqual(['discard old fa']);
    await until(() => document.querySelectorAll('[data-testid="rescue-file"]').length === 1);
  });

  it('says why it could not', async () => {
    await open();
    app.rescue.problem = failure('conflict', 'This project is open in another tab.');
    byTestId('rescue-discard-all').click();
    await until(() => hasTestId('confirm-submit'));
    byTestId('confirm-submit').click();
    await until(() => toasts.length === 1);
    expect(toasts[0]?.message).toContain('open in another tab');
    expect(hasTestId('rescue-project')).toBe(true);
  });
});

describe('the ways there', () => {
  it('lead from the dashboard and from a project that is closed to the user', async () => {
    const shell = document.createElement('cw-app');
    Object.assign(shell, { app, router: new FakeNavigation({ page: 'home' }), theme });
    await mount(shell);
    await until(() => hasTestId('rescue-notice'));
    expect(byTestId('rescue-notice').textContent).toContain('5 edits of yours cannot be sent.');
    expect(byTestId('rescue-notice').querySelector('a')?.getAttribute('href')).toBe('/rescue');
    unmountAll();
    const other = document.createElement('cw-app');
    Object.assign(other, { app, router: new FakeNavigation({ page: 'project', project: 'old', file: null }), theme });
    await mount(other);
    await until(() => hasTestId('project-problem') && hasTestId('rescue-notice'));
    expect(byTestId('rescue-notice').textContent).toContain('5 edits of yours are kept on this device.');
  });

  it('lead from the status when it has failed, and not while edits are on their way', async () => {
    const shell = document.createElement('cw-app');
    Object.assign(shell, {
      app,
      router: new FakeNavigation({ page: 'project', project: 'project1', file: null }),
      theme,
    });
    await mount(shell);
    await until(() => hasTestId('status'));
    const report = { sentence: 'As a viewer you cannot change this.', pending: 2, unsafe: 0 };
    app.project.status.set({ ...report, status: 'saving' });
    await until(() => byTestId('status').dataset['status'] === 'saving');
    expect(hasTestId('status-rescue')).toBe(false);
    app.project.status.set({ ...report, status: 'failed' });
    await until(() => hasTestId('status-rescue'));
    expect(byTestId('status-rescue').getAttribute('href')).toBe('/rescue');
  });
});

describe.each(['light', 'dark'] as const)('axe finds nothing serious, %s', (choice) => {
  it('on the page with a comparison, and on the empty one', async () => {
    await open(choice);
    await compare();
    expect(await seriousFindings()).toEqual([]);
    unmountAll();
    app.rescue.projects = [];
    await open(choice);
    expect(await seriousFindings()).toEqual([]);
  });
});

/** Findings of axe that keep somebody out. */
async function seriousFindings(): Promise<string[]> {
  await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null)));
  const shell = document.querySelector('cw-app');
  if (!shell) throw new Error('There is no app to look at.');
  const { violations } = await axe.run(shell, { resultTypes: ['violations'] });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`));
}
