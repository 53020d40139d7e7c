import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryView } from '../../../src/app/history/events.ts';
import { HistoryPanel } from '../../../src/app/history/history-panel.ts';
import { intervalOf } from '../../../src/app/history/take-back.ts';
import type { Role } from '../../../src/core/roles.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { byTestId, hasTestId, mount, record, unmountAll, until } from '../ui/support.ts';

/** In the zone of the browser, as the fields are. */
const at = (minute: number, second: number): number => new Date(2026, 2, 31, 14, minute, second).getTime();
const field = (minute: number): string => `2026-03-31T14:${String(minute).padStart(2, '0')}`;

let project: FakeProject;
let node: string;

beforeEach(() => {
  project = new FakeProject();
  node = project.createFile('main.ts', null);
  project.people.set(
    new Map([
      ['ana', { name: 'Ana', color: '#c2410c' }],
      ['bob', { name: 'Bob', color: '#0f766e' }],
    ]),
  );
  const write = (author: string, time: number, text: string): void =>
    project.history.write(node, author, time, (doc) => doc.getText('text').insert(0, text));
  write('bob', at(0, 0) - 1, 'bob before\n');
  write('bob', at(0, 0), 'bob first\n');
  write('ana', at(5, 0), 'ana\n');
  write('bob', at(10, 59), 'bob last\n');
  write('bob', at(11, 0), 'bob after\n');
});

afterEach(() => {
  unmountAll();
  project.history.close();
});

async function showPanel(role: Role = 'editor'): Promise<HistoryPanel> {
  const panel = await mount(Object.assign(new HistoryPanel(), { session: project, role, file: node }));
  await until(() => hasTestId('timeline'));
  return panel;
}

function set(testId: string, value: string): void {
  const input = byTestId(testId) as HTMLInputElement;
  input.value = value;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

describe('taking back what somebody did in a time', () => {
  it('leads to what it would change: only theirs, only of that time', async () => {
    const panel = await showPanel();
    byTestId('take-back-interval').setAttribute('open', '');
    expect((byTestId('take-back-person') as HTMLSelectElement).value).toBe('bob');
    set('take-back-from', field(0));
    set('take-back-to', field(10));
    const shown = record<HistoryView>(panel, 'history-show');
    byTestId('take-back-preview').click();
    await until(() => shown.length === 1);
    const [view] = shown;
    if (view?.kind !== 'rollback') throw new Error('Nothing is to be taken back.');
    expect(view.choice).toEqual({ author: 'bob', start: at(0, 0), end: at(11, 0) - 1 });
    expect(view.title).toMatch(/^Without what Bob did \(/);
    const history = project.history.file(node);
    const { after } = await history.ask('rollback', view.choice);
    history.close();
    expect(after).toBe('bob after\nana\nbob before\n');
  });

  it('says so where they did nothing, and where the times are none', async () => {
    const panel = await showPanel();
    byTestId('take-back-interval').setAttribute('open', '');
    const shown = record<HistoryView>(panel, 'history-show');
    set('take-back-person', 'ana');
    set('take-back-from', field(6));
    set('take-back-to', field(30));
    byTestId('take-back-preview').click();
    await until(() => hasTestId('take-back-problem'));
    expect(byTestId('take-back-problem').textContent).toContain('Ana did nothing in this file in that time.');
    set('take-back-to', field(1));
    byTestId('take-back-preview').click();
    await until(() => byTestId('take-back-problem').textContent.includes('The end is before the beginning.'));
    expect(shown).toEqual([]);
  });

  it('is offered only to those who may write', async () => {
    await showPanel('reviewer');
    expect(hasTestId('take-back-interval')).toBe(false);
  });

  it('has nothing serious for axe', async () => {
    await showPanel();
    byTestId('take-back-interval').setAttribute('open', '');
    const { violations } = await axe.run(byTestId('take-back-interval'), { resultTypes: ['violations'] });
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(grave.map(({ id }) => id)).toEqual([]);
  });
});

describe('the fields of a time', () => {
  it('name whole minutes', () => {
    expect(intervalOf(field(10), field(10))).toEqual({ start: at(10, 0), end: at(11, 0) - 1 });
    expect(intervalOf('', field(10))).toEqual({ problem: 'Choose a day and a time.' });
  });
});
