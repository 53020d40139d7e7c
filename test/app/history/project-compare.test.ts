import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { HistoryView } from '../../../src/app/history/events.ts';
import { ProjectChanges } from '../../../src/app/history/project-changes.ts';
import { createNode } from '../../../src/core/tree.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { byTestId, mount, record, unmountAll, until } from '../ui/support.ts';

const HOUR = 60 * 60_000;
const NOW = Date.now();

let project: FakeProject;
const places: HTMLElement[] = [];

beforeEach(() => {
  project = new FakeProject();
  const { history } = project;
  history.follow(new Y.Doc());
  history.write('tproject1', 'ana', NOW - 9 * HOUR, (doc) => {
    for (const id of ['a', 'b', 'c']) {
      createNode(doc, { id, name: `${id}.ts`, kind: 'file', parent: null, createdAt: 0 });
    }
  });
  history.write('a', 'ana', NOW - 8 * HOUR, (doc) => doc.getText('text').insert(0, 'a'));
  history.nameVersion('First', '', { node: null, row: null, time: NOW - 7 * HOUR });
  history.write('b', 'bob', NOW - 6 * HOUR, (doc) => doc.getText('text').insert(0, 'b'));
  history.nameVersion('Second', '', { node: null, row: null, time: NOW - 5 * HOUR });
  history.nameVersion('Only of a file', '', { node: 'a', row: null, time: NOW - 5 * HOUR });
  history.write('c', 'ana', NOW - 4 * HOUR, (doc) => doc.getText('text').insert(0, 'c'));
});

afterEach(() => {
  unmountAll();
  for (const place of places.splice(0)) place.remove();
  project.history.close();
});

async function show(view: HistoryView): Promise<ProjectChanges> {
  const place = document.createElement('div');
  place.style.cssText = 'width: 1000px; height: 500px';
  document.body.append(place);
  places.push(place);
  const shown = Object.assign(new ProjectChanges(), { session: project, role: 'editor', view, theme: 'light' });
  return mount(shown, place);
}

const files = (): string[] =>
  [...document.querySelectorAll('[data-testid="changed-file"] .hist-path')].map(({ textContent }) => textContent);
const heading = (): string => byTestId('project-changes').querySelector('h2')?.textContent ?? '';
const choices = (): string[] => [...base().options].map(({ textContent }) => textContent.trim());
const base = (): HTMLSelectElement => byTestId('project-base') as HTMLSelectElement;

function compareWith(label: string): void {
  base().selectedIndex = choices().indexOf(label);
  base().dispatchEvent(new Event('change', { bubbles: true }));
}

describe('the changes of the project', () => {
  it('since a version are compared with another version, older or newer, and with now', async () => {
    const first: HistoryView = {
      kind: 'project',
      before: NOW - 7 * HOUR,
      after: Infinity,
      title: 'Since First',
      since: 'First',
    };
    const shown = await show(first);
    await until(() => files().length === 2);
    expect([choices(), files()]).toEqual([
      ['now', 'Second'],
      ['b.ts', 'c.ts'],
    ]);
    compareWith('Second');
    await until(() => files().length === 1);
    expect([heading(), files()]).toEqual(['First → Second', ['b.ts']]);
    const asked = record<HistoryView>(shown, 'history-show');
    await until(() => document.querySelectorAll('[data-testid="restore-either"]').length === 2);
    const [, toSecond] = document.querySelectorAll('[data-testid="restore-either"]');
    byTestId('project-restore-to')
      .closest('wa-dropdown')
      ?.dispatchEvent(new CustomEvent('wa-select', { detail: { item: toSecond } }));
    expect(asked).toEqual([{ kind: 'project-restore', time: NOW - 5 * HOUR, name: 'Second' }]);
    compareWith('now');
    await until(() => files().length === 2 && heading() === 'Since First');

    shown.view = { kind: 'project', before: NOW - 5 * HOUR, after: Infinity, title: 'Since Second', since: 'Second' };
    await until(() => heading() === 'Since Second' && files().length === 1);
    compareWith('First');
    await until(() => heading() === 'First → Second' && files()[0] === 'b.ts');
  });

  it('of a session are compared with now and with versions', async () => {
    await show({ kind: 'project', before: NOW - 6 * HOUR - 1, after: NOW - 6 * HOUR, title: 'At six' });
    await until(() => files().length === 1);
    expect(choices()).toEqual(['before this session', 'now', 'Second', 'First']);
    compareWith('now');
    await until(() => heading() === 'At six → now' && files()[0] === 'c.ts');
    compareWith('First');
    await until(() => heading() === 'First → At six' && files()[0] === 'b.ts');
    compareWith('before this session');
    await until(() => heading() === 'At six' && files()[0] === 'b.ts');
  });
});
