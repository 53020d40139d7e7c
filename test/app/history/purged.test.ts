import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { strFromU8, unzipSync } from 'fflate';
import type { HistoryView } from '../../../src/app/history/events.ts';
import { HistoryMenu } from '../../../src/app/history/history-menu.ts';
import { HistoryPanel } from '../../../src/app/history/history-panel.ts';
import { MomentView } from '../../../src/app/history/moment-view.ts';
import { ProjectChanges } from '../../../src/app/history/project-changes.ts';
import { ProjectRestoreView } from '../../../src/app/history/project-restore.ts';
import type { Version } from '../../../src/core/history/versions.ts';
import { createNode } from '../../../src/core/tree.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { byTestId, mount, unmountAll, until } from '../ui/support.ts';

const HOUR = 60 * 60_000;
const NOW = Date.now();
const THEN = NOW - 4 * HOUR;

let project: FakeProject;
let version: Version;

beforeEach(() => {
  project = new FakeProject();
  project.people.set(new Map([['ana', { name: 'Ana', color: '#c2410c' }]]));
  const [p, q] = [project.createFile('p.txt', null), project.createFile('q.txt', null)];
  project.history.write('tproject1', 'ana', NOW - 5 * HOUR, (doc) => {
    createNode(doc, { id: p, name: 'p.txt', kind: 'file', parent: null, createdAt: 1 });
    createNode(doc, { id: q, name: 'q.txt', kind: 'file', parent: null, createdAt: 1 });
  });
  project.history.write(q, 'ana', NOW - 5 * HOUR, (doc) => doc.getText('text').insert(0, 'other\n'));
  project.history.purge(p, NOW - HOUR, (doc) => doc.getText('text').insert(0, 'new text\n'));
  const moment = { doc: null, row: null, time: THEN, author: 'ana', createdAt: 0 };
  version = { ...moment, id: 'v1', name: 'Draft', description: '' };
  project.history.versions.set([version]);
});

afterEach(() => {
  unmountAll();
  vi.restoreAllMocks();
  project.history.close();
});

describe('[SNAP-3] after a purge', () => {
  it('versions from before it say that their text is gone, of the project and of the file', async () => {
    const panel = Object.assign(new HistoryPanel(), { session: project, role: 'editor', file: 'node0' });
    await mount(panel);
    byTestId('tab-versions', panel).click();
    await until(() => panel.querySelector('[data-testid="version-lost"]') !== null);
    expect(byTestId('version-lost', panel).textContent).toContain('The text of then was removed');
    const told: string[] = [];
    panel.addEventListener('toast', ({ detail: { message } }) => told.push(message));
    let shown = 0;
    panel.addEventListener('history-show', () => shown++);
    byTestId('version-show', panel).click();
    await until(() => told.length > 0);
    expect([told[0], shown]).toEqual([expect.stringContaining('removed from the history'), 0]);
    byTestId('scope-project', panel).click();
    await until(() => panel.querySelector('[data-testid="version-lost"]')?.textContent.includes('p.txt') === true);
  });

  it('a moment is not compared with a version whose text is gone', async () => {
    project.history.write('node0', 'ana', NOW, (doc) => doc.getText('text').insert(0, 'newer\n'));
    project.history.versions.set([{ ...version, id: 'v2', name: 'Kept', time: NOW }, version]);
    const view: HistoryView = { kind: 'moment', node: 'node0', position: 1, base: 0 };
    const moment = Object.assign(new MomentView(), { session: project, role: 'editor', view, theme: 'light' });
    await mount(moment);
    const offered = (): string => moment.querySelector('.moment-base')?.textContent ?? '';
    await until(() => offered().includes('Kept'));
    await expect.poll(offered).not.toContain('Draft');
  });

  it('an archive of then is without the file, and says so', async () => {
    const made: Blob[] = [];
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      made.push(blob as Blob);
      return 'blob:nothing';
    });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
    const menu = Object.assign(new HistoryMenu(), { session: project, role: 'editor', file: null });
    const told: string[] = [];
    menu.addEventListener('toast', ({ detail: { message } }) => told.push(message));
    await mount(menu);
    await menu.export('zip', version.time, version.name);
    const files = unzipSync(new Uint8Array((await made[0]?.arrayBuffer()) ?? new ArrayBuffer()));
    expect(Object.values(files).map((bytes) => strFromU8(bytes))).toEqual(['other\n']);
    expect(told).toEqual([expect.stringMatching(/^Not in the archive.*p\.txt$/)]);
    await menu.export('zip');
    expect(told).toHaveLength(1);
  });

  it('a comparison and a restore do not call the text of now that of then', async () => {
    const view: HistoryView = { kind: 'project', before: THEN, after: Infinity, title: 'Since Draft', since: 'Draft' };
    const changes = Object.assign(new ProjectChanges(), { session: project, role: 'editor', view, theme: 'light' });
    await mount(changes);
    await until(() => changes.querySelector('[data-testid="text-removed"]') !== null);
    expect(byTestId('changed-file', changes).textContent).toContain('p.txt');
    const wish: HistoryView = { kind: 'project-restore', time: THEN, name: 'Draft' };
    const preview = Object.assign(new ProjectRestoreView(), {
      session: project,
      role: 'editor',
      view: wish,
      theme: 'light',
    });
    await mount(preview);
    await until(() => preview.querySelector('[data-testid="restore-nothing"]') !== null);
    expect(byTestId('restore-nothing', preview).textContent).not.toContain('The project is as it was then');
    expect(byTestId('restore-notes', preview).textContent).toContain('The text of then of p.txt was removed');
  });
});
