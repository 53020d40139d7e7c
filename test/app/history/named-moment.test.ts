import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import type { HistoryView } from '../../../src/app/history/events.ts';
import { HistoryPanel } from '../../../src/app/history/history-panel.ts';
import { MomentView } from '../../../src/app/history/moment-view.ts';
import type { Role } from '../../../src/core/roles.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { byTestId, hasTestId, mount, press, record, unmountAll, until } from '../ui/support.ts';

const HOUR = 60 * 60_000;
const NOW = Date.now();

let project: FakeProject;
let node: string;
const cleanups: (() => void)[] = [];

beforeEach(() => {
  project = new FakeProject();
  project.history.follow(new Y.Doc());
  node = project.createFile('main.ts', null);
  project.history.write(node, 'ana', NOW - 5 * HOUR, (doc) => doc.getText('text').insert(0, 'first\n'));
  project.history.write(node, 'bob', NOW - 3 * HOUR, (doc) => doc.getText('text').insert(6, 'from bob\n'));
});

afterEach(() => {
  unmountAll();
  for (const cleanup of cleanups.splice(0)) cleanup();
  project.history.close();
  vi.restoreAllMocks();
});

async function showMoment(position: number, role: Role = 'editor'): Promise<MomentView> {
  const place = document.createElement('div');
  place.style.height = '500px';
  document.body.append(place);
  cleanups.push(() => place.remove());
  const view: HistoryView = { kind: 'moment', node, position, base: 'now' };
  const shown = await mount(Object.assign(new MomentView(), { session: project, role, view, theme: 'light' }), place);
  await until(() => hasTestId('scrub-range'), 15_000);
  return shown;
}

describe('a moment of the past', () => {
  it('gets a name: its row and its time are kept, not those of now', async () => {
    const moment = await showMoment(1);
    byTestId('name-moment').click();
    const input = await until(() => document.querySelector('wa-input'));
    const shown = record<HistoryView | null>(moment, 'history-show');
    // Keys in the dialog are not those of the view behind it.
    press('ArrowRight', input);
    input.value = 'Before Bob';
    input.closest('form')?.requestSubmit();
    await until(() => project.history.versions.value.length === 1);
    const [row] = project.history.rows;
    expect(project.history.versions.value[0]).toMatchObject({
      name: 'Before Bob',
      doc: `f${node}`,
      row: row?.id,
      time: NOW - 5 * HOUR,
    });
    press('Escape', input);
    expect(shown).toEqual([]);
  });

  it('is named only by those who may write, and not where there is nothing yet', async () => {
    await showMoment(1, 'reviewer');
    expect(hasTestId('name-moment')).toBe(false);
    unmountAll();
    await showMoment(0);
    expect((byTestId('name-moment') as HTMLButtonElement).disabled).toBe(true);
  });
});

describe('a version of a file', () => {
  it('is downloaded as the file was then, with its name and line ending', async () => {
    const { history } = project;
    history.nameVersion('Draft 1/2', '', { node, row: history.rows[0]?.id ?? '', time: NOW - 5 * HOUR });
    const downloads: { readonly name: string; readonly text: Promise<string> }[] = [];
    let text: Promise<string> = Promise.resolve('');
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      text = (blob as Blob).text();
      return 'blob:x';
    });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      downloads.push({ name: this.download, text });
    });
    await mount(Object.assign(new HistoryPanel(), { session: project, role: 'viewer', file: node }));
    byTestId('tab-versions').click();
    (await until(() => document.querySelector<HTMLElement>('[data-testid="version-download"]'))).click();
    await until(() => downloads.length === 1);
    expect([downloads[0]?.name, await downloads[0]?.text]).toEqual(['main – Draft 1-2.ts', 'first\n']);
  });
});
