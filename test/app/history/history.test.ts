import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HistoryPanel } from '../../../src/app/history/history-panel.ts';
import { fieldOf } from '../../../src/app/history/purge-moment.ts';
import type { HistoryView } from '../../../src/app/history/events.ts';
import type { Role } from '../../../src/core/roles.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { byTestId, fill, hasTestId, mount, press, record, unmountAll, until } from '../ui/support.ts';

const HOUR = 60 * 60_000;
const NOW = Date.now();

let project: FakeProject;
let node: string;

beforeEach(() => {
  project = new FakeProject();
  node = project.createFile('main.ts', null);
  project.people.set(
    new Map([
      ['ana', { name: 'Ana Silva', color: '#c2410c' }],
      ['bob', { name: '<img src=x onerror=alert(1)>', color: '#0f766e' }],
    ]),
  );
});

afterEach(() => {
  unmountAll();
  project.history.close();
});

/** Ana writes a line, Bob one, and Ana takes Bob's away again. */
function writeStory(): void {
  const { history } = project;
  history.write(node, 'ana', NOW - 5 * HOUR, (doc) => doc.getText('text').insert(0, 'first line\n'));
  history.write(node, 'bob', NOW - 3 * HOUR, (doc) => doc.getText('text').insert(11, 'from bob\n'));
  history.write(node, 'ana', NOW - HOUR, (doc) => doc.getText('text').delete(11, 9));
}

async function showPanel(role: Role = 'editor', file: string | null = node): Promise<HistoryPanel> {
  const panel = new HistoryPanel();
  Object.assign(panel, { session: project, role, file });
  return mount(panel);
}

const sessions = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-testid="timeline-session"]')];

describe('removing old history', () => {
  it('is offered to owners alone, says what goes, and wants the name of the file', async () => {
    writeStory();
    await showPanel('editor');
    expect(hasTestId('history-purge')).toBe(false);
    unmountAll();
    await showPanel('owner');
    byTestId('history-export').click();
    byTestId('history-purge').click();
    await until(() => hasTestId('purge-moment') && !byTestId('purge-size').textContent.includes('Reading'));
    const write = async (testId: string, value: string): Promise<void> => {
      const input = byTestId(testId) as HTMLElement & { value: string };
      input.value = value;
      input.dispatchEvent(new Event('input', { bubbles: true }));
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const isOff = (): boolean => byTestId('purge-submit').hasAttribute('disabled');
    await write('purge-moment', '2001-01-01T00:00');
    expect(byTestId('purge-size').textContent).toContain('Nothing is older');
    await write('purge-name', 'main.ts');
    expect(isOff()).toBe(true);
    const moment = fieldOf(Date.now());
    await write('purge-moment', moment);
    expect(byTestId('purge-size').textContent).toMatch(/3 edits go, no edit stays in the\s+history/);
    await write('purge-name', 'note');
    expect(isOff()).toBe(true);
    byTestId('purge-submit').closest('form')?.requestSubmit();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(project.purges).toEqual([]);
    await write('purge-name', 'main.ts');
    expect(isOff()).toBe(false);
    expect(byTestId('purge-submit').getAttribute('variant')).toBe('danger');
    byTestId('purge-submit').click();
    await until(() => project.purges.length === 1);
    expect(project.purges[0]).toBe(`${node} before ${new Date(moment).toISOString()}`);
  });
});

describe('the timeline of a file', () => {
  it('shows who worked when, the newest first, with counts and what changed; names stay text', async () => {
    writeStory();
    await showPanel();
    await until(() => sessions().length === 3);
    expect(sessions().map(({ dataset }) => dataset['author'])).toEqual(['ana', 'bob', 'ana']);
    expect(sessions()[1]?.textContent).toContain('<img src=x onerror=alert(1)>');
    expect(document.querySelector('img')).toBeNull();
    expect(sessions()[0]?.textContent).toMatch(/\+0\s+−9/);
    await until(() => sessions()[1]?.textContent.includes('+ from bob'));
    await until(() => sessions()[0]?.textContent.includes('− from bob'));
  });

  it('[STAMP-3] marks what came under the client number of somebody else, and shows the stamp', async () => {
    const { history } = project;
    history.write(node, 'ana', NOW - HOUR, (doc) => {
      doc.clientID = 7;
      doc.getText('text').insert(0, 'mine');
    });
    history.write(node, 'bob', NOW - HOUR + 1, (doc) => {
      doc.clientID = 7;
      doc.getText('text').insert(4, 'forged');
    });
    await showPanel();
    const [forged] = await until(() => (sessions().length === 2 ? sessions() : null));
    expect(forged?.dataset['author']).toBe('bob');
    expect(forged?.querySelector('.hist-mark')).not.toBeNull();
  });

  it('is led through by keys: by session, and with Shift by those of one author', async () => {
    writeStory();
    const panel = await showPanel();
    await until(() => sessions().length === 3);
    sessions()[0]?.focus();
    press('ArrowDown');
    await until(() => document.activeElement === sessions()[1]);
    press('ArrowUp');
    await until(() => document.activeElement === sessions()[0]);
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ArrowDown', shiftKey: true, bubbles: true, cancelable: true }),
    );
    await until(() => document.activeElement === sessions()[2]);
    const shown = record<HistoryView>(panel, 'history-show');
    sessions()[2]?.click();
    expect(shown).toEqual([{ kind: 'moment', node, position: 1, base: 0 }]);
  });

  it('is filtered by person and by time', async () => {
    writeStory();
    await showPanel();
    await until(() => sessions().length === 3);
    const person = byTestId('filter-person') as HTMLSelectElement;
    person.value = 'bob';
    person.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => sessions().length === 1);
    expect(sessions()[0]?.dataset['author']).toBe('bob');
  });

  it('takes in what is saved while it is open', async () => {
    writeStory();
    await showPanel();
    await until(() => sessions().length === 3);
    project.history.write(node, 'bob', NOW, (doc) => doc.getText('text').insert(0, 'later\n'));
    await until(() => sessions().length === 4);
    expect(sessions()[0]?.dataset['author']).toBe('bob');
  });

  it('finds when a text vanished, and with whom', async () => {
    writeStory();
    const panel = await showPanel();
    await until(() => hasTestId('history-search'));
    fill(byTestId('history-search') as HTMLInputElement, 'FROM bob');
    const vanished = await until(() => document.querySelector<HTMLElement>('[data-testid="search-vanished"]'));
    expect(vanished.textContent).toContain('Ana Silva (you)');
    expect(byTestId('search-came').textContent).toContain('onerror');
    const shown = record<HistoryView>(panel, 'history-show');
    vanished.click();
    expect(shown).toEqual([{ kind: 'moment', node, position: 3, base: 2, find: 'FROM bob' }]);
    // Several lines, as they are pasted.
    const field = byTestId('history-search') as HTMLTextAreaElement;
    fill(field as unknown as HTMLInputElement, 'never there');
    await until(() => hasTestId('search-nothing'));
    fill(field as unknown as HTMLInputElement, 'first line\nfrom bob');
    expect([field.value, field.rows]).toEqual(['first line\nfrom bob', 2]);
    await until(() => hasTestId('search-vanished'));
    expect(press('Enter', field)).toBe(true);
    fill(byTestId('history-search') as HTMLInputElement, 'never there');
    await until(() => hasTestId('search-nothing'));
  });

  it('offers to take back only to those who may write', async () => {
    writeStory();
    await showPanel('reviewer');
    await until(() => sessions().length === 3);
    expect(hasTestId('take-back')).toBe(false);
    byTestId('tab-versions').click();
    await until(() => hasTestId('no-versions'));
    expect(hasTestId('name-version')).toBe(false);
  });
});

describe('states of the panel', () => {
  it('says so when nothing was saved yet', async () => {
    await showPanel();
    const empty = await until(() => document.querySelector('[data-testid="history-empty"]'));
    expect(empty.textContent).toContain('Nothing has been saved yet');
  });

  it('says so when it is not on this device and there is no network, and tries again', async () => {
    writeStory();
    project.history.offline = true;
    await showPanel();
    const place = await until(() => document.querySelector<HTMLElement>('[data-testid="history-offline"]'));
    project.history.offline = false;
    place.querySelector<HTMLElement>('wa-button')?.click();
    await until(() => sessions().length === 3);
    expect(hasTestId('history-offline')).toBe(false);
  });

  it('says that edits are not saved yet', async () => {
    writeStory();
    project.status.set({ status: 'saving', sentence: '', pending: 2, unsafe: 0 });
    await showPanel();
    await until(() => hasTestId('history-notes'));
    expect(byTestId('history-notes').textContent).toContain('not saved yet');
  });
});

describe('the history of the project', () => {
  it('shows sessions with their files, and opens a file at its session', async () => {
    writeStory();
    project.history.write('tproject1', 'ana', NOW - 5 * HOUR, (doc) => {
      const nodes = doc.getMap('nodes');
      const fields = new (nodes.constructor as typeof import('yjs').Map)<unknown>();
      nodes.set(node, fields);
      for (const [key, value] of Object.entries({ name: 'main.ts', parent: null, kind: 'file', createdAt: 1 })) {
        fields.set(key, value);
      }
    });
    const panel = await showPanel('editor', null);
    await until(() => document.querySelectorAll('[data-testid="project-session"]').length === 3);
    const shown = record<HistoryView>(panel, 'history-show');
    document.querySelector<HTMLElement>('[data-testid="project-work"]')?.click();
    expect(shown).toEqual([{ kind: 'moment', node, position: 3, base: 2 }]);
  });
});

describe('versions', () => {
  it('are named, listed, compared and forgotten', async () => {
    const { Doc } = await import('yjs');
    project.history.follow(new Doc());
    writeStory();
    const panel = await showPanel();
    await until(() => sessions().length === 3);
    byTestId('tab-versions').click();
    (await until(() => document.querySelector<HTMLElement>('[data-testid="name-version"]'))).click();
    const input = await until(() => document.querySelector('wa-input'));
    input.value = 'Handed in';
    const form = input.closest('form');
    form?.requestSubmit();
    const version = await until(() => document.querySelector<HTMLElement>('[data-testid="version"]'));
    expect(version.textContent).toContain('Handed in');
    const [stored] = project.history.versions.value;
    expect(stored).toMatchObject({ name: 'Handed in', doc: `f${node}`, row: project.history.rows.at(-1)?.id });

    project.history.write(node, 'bob', NOW, (doc) => doc.getText('text').insert(0, 'later\n'));
    const shown = record<HistoryView>(panel, 'history-show');
    byTestId('version-show').click();
    await until(() => shown.length === 1);
    expect(shown).toEqual([{ kind: 'moment', node, position: 3, base: 'now' }]);
    byTestId('version-remove').click();
    await until(() => hasTestId('no-versions'));
  });
});
