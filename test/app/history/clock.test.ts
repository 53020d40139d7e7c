import { unzipSync, strFromU8 } from 'fflate';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HistoryMenu } from '../../../src/app/history/history-menu.ts';
import { HistoryVersions } from '../../../src/app/history/history-versions.ts';
import type { HistoryView } from '../../../src/app/history/events.ts';
import { ProjectChanges } from '../../../src/app/history/project-changes.ts';
import type { VersionAction } from '../../../src/app/history/version-list.ts';
import { VersionActionEvent } from '../../../src/app/history/version-list.ts';
import type { Version } from '../../../src/core/history/versions.ts';
import { createNode } from '../../../src/core/tree.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { mount, unmountAll, until } from '../ui/support.ts';

const MINUTE = 60_000;
/** The clock of the server is ahead of this browser's: all that there is was written in what the browser calls the future. */
const SERVER_NOW = Date.now() + 3 * MINUTE;

let project: FakeProject;
let made: Blob[];

beforeEach(() => {
  project = new FakeProject();
  project.people.set(new Map([['ana', { name: 'Ana', color: '#c2410c' }]]));
  const node = project.createFile('main.ts', null);
  project.history.write('tproject1', 'ana', SERVER_NOW - MINUTE, (doc) =>
    createNode(doc, { id: node, name: 'main.ts', kind: 'file', parent: null, createdAt: 1 }),
  );
  project.history.write(node, 'ana', SERVER_NOW - MINUTE, (doc) => doc.getText('text').insert(0, 'first\n'));
  project.history.write(node, 'ana', SERVER_NOW, (doc) => doc.getText('text').insert(6, 'second\n'));
  made = [];
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    made.push(blob as Blob);
    return 'blob:nothing';
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
});

afterEach(() => {
  unmountAll();
  vi.restoreAllMocks();
  project.history.close();
});

describe('[P45] where the clock of this browser is behind that of the server', () => {
  it('an archive and a report of now hold all that is saved', async () => {
    const menu = Object.assign(new HistoryMenu(), { session: project, role: 'editor', file: null });
    await mount(menu);
    await menu.export('zip');
    const files = unzipSync(new Uint8Array((await made[0]?.arrayBuffer()) ?? new ArrayBuffer()));
    expect(Object.values(files).map((bytes) => strFromU8(bytes))).toEqual(['first\nsecond\n']);
    await menu.export('markdown');
    const report = await made[1]?.text();
    expect(report).toContain('+second');
    expect(report).toContain(new Date(SERVER_NOW).toISOString().slice(0, 16).replace('T', ' '));
  });

  it('what changed since a version is compared with the newest text', async () => {
    const version: Version = {
      id: 'v1',
      name: 'Draft',
      description: '',
      doc: null,
      row: null,
      time: SERVER_NOW - MINUTE,
      author: 'ana',
      createdAt: 0,
    };
    const versions = Object.assign(new HistoryVersions(), { session: project, history: { file: null, whole: null } });
    const views: (HistoryView | null)[] = [];
    versions.addEventListener('history-show', ({ detail }) => views.push(detail));
    await mount(versions);
    const action: VersionAction = 'show';
    versions.dispatchEvent(new VersionActionEvent(version, action));
    const [view] = views;
    expect(view).toMatchObject({ kind: 'project', before: version.time });
    const changes = Object.assign(new ProjectChanges(), { session: project, role: 'editor', view, theme: 'light' });
    await mount(changes);
    await until(() => changes.querySelector('[data-testid="changed-file"]') !== null);
    expect(changes.querySelector('[data-testid="changed-file"]')?.getAttribute('data-kind')).toBe('changed');
    await until(() => changes.querySelector('cw-moment-editor') !== null);
    const editor = changes.querySelector('cw-moment-editor');
    expect([editor?.earlier, editor?.later]).toEqual(['first\n', 'first\nsecond\n']);
    expect(editor?.labels[1]).toBe('Now');
  });
});
