import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type * as Y from 'yjs';
import type { HistoryView } from '../../../src/app/history/events.ts';
import { HistoryPanel } from '../../../src/app/history/history-panel.ts';
import { HistoryTools } from '../../../src/app/history/history-tools.ts';
import { ProjectRestoreView } from '../../../src/app/history/project-restore.ts';
import type { ProjectRestoring, RestoreResult, RestoreWish } from '../../../src/app/session/restore-api.ts';
import { LeaveGuard } from '../../../src/app/status/leave-guard.ts';
import type { TreeAction } from '../../../src/app/tree/events.ts';
import type { Role } from '../../../src/core/roles.ts';
import { createNode, deleteNode, renameNode } from '../../../src/core/tree.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { byTestId, fill, hasTestId, mount, press, record, unmountAll, until } from '../ui/support.ts';

const HOUR = 60 * 60_000;
const NOW = Date.now();
const THEN = NOW - 4 * HOUR;

let project: FakeProject;
const places: HTMLElement[] = [];

/** What Ana did to files and folders. */
function changeTree(time: number, change: (doc: Y.Doc) => void): void {
  project.history.write('tproject1', 'ana', time, change);
}

function write(name: string, author: string, time: number, change: (text: Y.Text) => void): void {
  project.history.write(name, author, time, (doc) => change(doc.getText('text')));
}

beforeEach(() => {
  project = new FakeProject();
  project.people.set(
    new Map([
      ['ana', { name: 'Ana', color: '#c2410c' }],
      ['robo', { name: 'Robo', color: '#0f766e', agent: true }],
    ]),
  );
  // The tree of now, and the history of it: `node0` is edited, `node1` renamed, `node2` deleted, `node3` added.
  for (const name of ['edited.ts', 'new name.ts', 'gone.ts', 'added.ts']) project.createFile(name, null);
  project.delete('node2');
  const file = { kind: 'file', parent: null, createdAt: 0 } as const;
  changeTree(NOW - 5 * HOUR, (doc) => {
    createNode(doc, { ...file, id: 'node0', name: 'edited.ts' });
    createNode(doc, { ...file, id: 'node1', name: 'old name.ts' });
    createNode(doc, { ...file, id: 'node2', name: 'gone.ts' });
  });
  write('node0', 'ana', NOW - 5 * HOUR, (text) => text.insert(0, 'one\n'));
  write('node2', 'ana', NOW - 5 * HOUR, (text) => text.insert(0, 'the lost line\n'));
  write('node0', 'robo', NOW - 2 * HOUR, (text) => text.insert(4, 'by robo\n'));
  changeTree(NOW - HOUR, (doc) => {
    renameNode(doc, 'node1', 'new name.ts');
    deleteNode(doc, 'node2', 1);
    createNode(doc, { ...file, id: 'node3', name: 'added.ts' });
  });
});

afterEach(() => {
  unmountAll();
  for (const place of places.splice(0)) place.remove();
  project.history.close();
  document.documentElement.className = 'wa-light';
});

async function showPreview(role: Role = 'editor', nodes?: readonly string[]): Promise<ProjectRestoreView> {
  const place = document.createElement('div');
  place.style.cssText = 'width: 1000px; height: 600px';
  document.body.append(place);
  places.push(place);
  const view: HistoryView = { kind: 'project-restore', time: THEN, name: 'Draft', ...(nodes && { nodes }) };
  const shown = Object.assign(new ProjectRestoreView(), { session: project, role, view, theme: 'light' });
  await mount(shown, place);
  await until(() => hasTestId('restore-item'), 15_000);
  return shown;
}

/** Carries wishes out as the test says. */
function restoringBy(run: ProjectRestoring['run']): void {
  Object.assign(project, { restoring: { ...project.restoring, run } });
}

const items = (): string[] =>
  [...document.querySelectorAll<HTMLElement>('[data-testid="restore-item"]')].map(
    ({ dataset }) => `${dataset['kind']} ${dataset['path']}`,
  );

function tick(path: string): void {
  document.querySelector<HTMLElement>(`[data-path="${path}"] [data-testid="restore-choose"]`)?.click();
}

describe('the preview of restoring a project', () => {
  it('lists what would happen to each file, and does what is left ticked', async () => {
    const shown = await showPreview();
    await until(() => items().length === 4);
    expect(items()).toEqual(['changed edited.ts', 'moved old name.ts', 'back gone.ts', 'removed added.ts']);
    expect(document.querySelector('[data-path="edited.ts"]')?.textContent).toMatch(/−8/);
    expect(document.querySelector('[data-path="old name.ts"]')?.textContent).toContain('now new name.ts');
    expect(byTestId('restore-list').textContent).toContain('Nothing is lost');
    tick('gone.ts');
    await until(() => byTestId('project-restore-apply').textContent.includes('Restore 3 of 4'));
    byTestId('restore-all-removed').click();
    await until(() => byTestId('project-restore-apply').textContent.includes('Restore 2 of 4'));
    const closed = record<HistoryView | null>(shown, 'history-show');
    byTestId('project-restore-apply').click();
    await until(() => closed.length === 1);
    expect(project.restores.map(({ time, name, items: all }) => [time, name, all.map(({ node }) => node)])).toEqual([
      [THEN, 'Draft', ['node0', 'node1']],
    ]);
  });

  it('is led through by keys, and shows the texts of a file', async () => {
    await showPreview();
    await until(() => items().length === 4);
    document.querySelector<HTMLElement>('.change-body')?.focus();
    press('ArrowDown');
    press('ArrowDown');
    expect(document.activeElement?.textContent).toContain('gone.ts');
    (document.activeElement as HTMLElement).click();
    await until(() => byTestId('moment-code').textContent.replaceAll('\u00a0', ' ').includes('the lost line'), 15_000);
  });

  it('follows what others do, and keeps what was unticked', async () => {
    await showPreview();
    await until(() => items().length === 4);
    tick('edited.ts');
    changeTree(NOW - 1000, (doc) => renameNode(doc, 'node3', 'other.ts'));
    await until(() => items().includes('removed other.ts'));
    expect(byTestId('project-restore-apply').textContent).toContain('Restore 3 of 4');
  });

  it('shows how far it is, can be stopped, and says what could not be brought back', async () => {
    const { promise, resolve } = Promise.withResolvers<RestoreResult>();
    const wishes: RestoreWish[] = [];
    restoringBy((wish, progress, stop) => {
      wishes.push(wish);
      progress(1, 3);
      stop.addEventListener('abort', () =>
        resolve({ restored: 3, failed: [{ path: 'edited.ts', why: 'It was stopped before.' }] }),
      );
      return promise;
    });
    await showPreview();
    await until(() => items().length === 4);
    byTestId('project-restore-apply').click();
    await until(() => hasTestId('restore-stop'));
    expect(byTestId('restore-progress').textContent).toContain('Restoring text 2 of 3');
    press('Escape', byTestId('project-restore'));
    expect(hasTestId('project-restore')).toBe(true);
    byTestId('restore-stop').click();
    await until(() => hasTestId('restore-failed'));
    expect(byTestId('restore-failed').textContent).toMatch(/edited\.ts\s+It was stopped before/);
    expect(wishes).toHaveLength(1);
  });

  it('says why it cannot be done', async () => {
    restoringBy(() => Promise.reject(new Error('You are no member any more.')));
    await showPreview();
    await until(() => items().length === 4);
    byTestId('project-restore-apply').click();
    const said = await until(() => document.querySelector('.hist-empty[role=alert]'));
    expect(said.textContent).toContain('You are no member any more.');
  });

  it('offers nothing to those who may not write', async () => {
    await showPreview('reviewer');
    await until(() => items().length === 4);
    expect(hasTestId('project-restore-apply')).toBe(false);
    expect(document.querySelectorAll('[data-testid="restore-choose"]:not(:disabled)')).toHaveLength(0);
  });

  it.each(['wa-light', 'wa-dark'])('has nothing serious for axe, %s', async (theme) => {
    document.documentElement.className = theme;
    await showPreview();
    await until(() => items().length === 4 && hasTestId('moment-code'));
    const rules = { region: { enabled: false } };
    const { violations } = await axe.run(document.body, { resultTypes: ['violations'], rules });
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(grave.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))).toEqual([]);
  });
});

describe('the way back', () => {
  it('stands in the panel as long as there is one', async () => {
    await mount(Object.assign(new HistoryPanel(), { session: project, role: 'editor', file: null }));
    expect(hasTestId('restored')).toBe(false);
    let undone = 0;
    const done = { name: 'Draft', at: NOW, before: THEN, restored: 4, failed: [] };
    project.restored.set({ ...done, undo: () => undone++ });
    await until(() => hasTestId('undo-restore'));
    byTestId('undo-restore').click();
    expect(undone).toBe(1);
    project.restored.set({ ...done, failed: [{ path: 'b.ts', why: 'It is not on this device.' }], undo: null });
    await until(() => hasTestId('restored-failed'));
    expect(byTestId('restored-failed').textContent).toMatch(/1 could not be restored[^]*b\.ts/);
    await until(() => byTestId('undo-restore').textContent.includes('…'));
    const shown = record<HistoryView>(document.body, 'history-show');
    byTestId('undo-restore').click();
    expect(shown).toEqual([{ kind: 'project-restore', time: THEN, name: 'before restoring Draft' }]);
  });
});

describe('a restore that was interrupted', () => {
  const LEFT = { name: 'Draft', time: THEN, before: NOW - HOUR, nodes: ['node0', 'node2'] };

  async function showTools(role: Role): Promise<HistoryTools> {
    return mount(Object.assign(new HistoryTools(), { session: project, role, file: null, theme: 'light' }));
  }

  it('is told over the editor, with the ways on and back, until it is dismissed', async () => {
    const tools = await showTools('editor');
    expect(hasTestId('restore-interrupted')).toBe(false);
    project.interrupted.set(LEFT);
    await until(() => hasTestId('restore-interrupted'));
    expect(byTestId('restore-interrupted').textContent).toContain('Restoring the project to Draft was interrupted');
    const shown = record<HistoryView>(tools, 'history-show');
    byTestId('interrupted-go-on').click();
    byTestId('interrupted-undo').click();
    const { nodes } = LEFT;
    expect(shown).toEqual([
      { kind: 'project-restore', time: THEN, name: 'Draft', nodes },
      { kind: 'project-restore', time: NOW - HOUR, name: 'before restoring Draft', nodes },
    ]);
    byTestId('interrupted-dismiss').click();
    await until(() => !hasTestId('restore-interrupted'));
  });

  it('is not told to those who may not write', async () => {
    project.interrupted.set(LEFT);
    await showTools('reviewer');
    expect(hasTestId('restore-interrupted')).toBe(false);
  });

  it('goes on with what was chosen for it', async () => {
    await showPreview('editor', LEFT.nodes);
    await until(() => hasTestId('project-restore-apply'));
    await until(() => byTestId('project-restore-apply').textContent.includes('Restore 2 of 4'));
    byTestId('project-restore-apply').click();
    await until(() => project.restores.length === 1);
    expect(project.restores[0]?.items.map(({ node }) => node)).toEqual(LEFT.nodes);
  });

  it('would not happen by closing the tab unasked: the page asks while one runs', () => {
    const guard = new LeaveGuard(
      () => null,
      () => project.restoring.running.value,
    );
    const asks = (): boolean => !dispatchEvent(new Event('beforeunload', { cancelable: true }));
    guard.hostConnected();
    expect(asks()).toBe(false);
    project.restoreRuns.set(true);
    expect(asks()).toBe(true);
    project.restoreRuns.set(false);
    expect(asks()).toBe(false);
    guard.hostDisconnected();
  });
});

describe('finding a text of the past in all files', () => {
  const found = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-testid="search-file"]')];

  async function seek(needle: string): Promise<HistoryPanel> {
    const panel = await mount(Object.assign(new HistoryPanel(), { session: project, role: 'editor', file: null }));
    await until(() => hasTestId('project-timeline'));
    fill(byTestId('history-search') as HTMLInputElement, needle);
    await until(() => hasTestId('search-progress'));
    return panel;
  }

  it('shows it by file, deleted ones too, and leads to the moment', async () => {
    const panel = await seek('THE LOST');
    await until(() => found().length === 1);
    expect(found()[0]?.textContent).toContain('gone.ts (deleted)');
    // It is still in the file, but the file is gone.
    const deleted = byTestId('search-deleted').textContent.replace(/\s+/g, ' ').trim();
    expect(deleted).toMatch(/^Vanished when Ana.* deleted the file, /);
    expect(found()[0]?.textContent).not.toContain('there now');
    const shown = record<HistoryView>(panel, 'history-show');
    const opened = record<TreeAction>(panel, 'tree-action');
    byTestId('search-came').click();
    expect(shown).toEqual([{ kind: 'moment', node: 'node2', position: 1, base: 0, find: 'THE LOST' }]);
    expect(opened).toEqual([]);
    await until(() => byTestId('search-progress').textContent.includes('Found in 1 file'));
  });

  it('says in the history of a deleted file that it went with the file', async () => {
    await mount(Object.assign(new HistoryPanel(), { session: project, role: 'editor', file: 'node2' }));
    await until(() => hasTestId('history-search'));
    fill(byTestId('history-search') as HTMLInputElement, 'the lost');
    await until(() => hasTestId('search-deleted') && byTestId('search-deleted').textContent.includes('Ana'));
    expect(byTestId('search-results').textContent).not.toContain('there now');
  });

  it('holds together with the filters', async () => {
    await seek('o');
    await until(() => found().length === 2);
    const person = byTestId('filter-person') as HTMLSelectElement;
    person.value = ':agents';
    person.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => found().length === 0);
    fill(byTestId('history-search') as HTMLInputElement, 'robo');
    await until(() => found().length === 1);
    expect(found()[0]?.dataset['path']).toBe('edited.ts');
  });

  it('can be stopped between two files', async () => {
    const panel = await mount(Object.assign(new HistoryPanel(), { session: project, role: 'editor', file: null }));
    await until(() => hasTestId('project-timeline'));
    const { whole } = (panel as unknown as { history: { whole: { ask: (method: string) => Promise<unknown> } } })
      .history;
    const { ask } = whole;
    let asked = 0;
    const next = Promise.withResolvers<void>();
    whole.ask = async (method, ...rest: unknown[]) => {
      if (method === 'search' && ++asked === 2) await next.promise;
      return ask.call(whole, method, ...(rest as []));
    };
    fill(byTestId('history-search') as HTMLInputElement, 'o');
    await until(() => asked === 2);
    expect(byTestId('search-progress').textContent).toContain('file 2 of 4');
    byTestId('search-stop').click();
    next.resolve();
    await until(() => byTestId('search-progress').textContent.includes('Stopped after 1 of 4 files'));
    expect(asked).toBe(2);
    expect(hasTestId('search-stop')).toBe(false);
  });
});
