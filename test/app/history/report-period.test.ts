import { afterEach, expect, it, vi } from 'vitest';
import { HistoryMenu } from '../../../src/app/history/history-menu.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { mount, unmountAll } from '../ui/support.ts';

const HOUR = 60 * 60_000;
const NOW = Date.now();

afterEach(() => {
  unmountAll();
  vi.restoreAllMocks();
});

it('a report is about the period of the filters, an archive about now', async () => {
  const project = new FakeProject();
  const node = project.createFile('main.ts', null);
  project.people.set(new Map([['ana', { name: 'Ana', color: '#c2410c' }]]));
  const fields = { name: 'main.ts', parent: null, kind: 'file', createdAt: 1 };
  project.history.write('tproject1', 'ana', NOW - 9 * HOUR, (doc) => {
    const nodes = doc.getMap('nodes');
    const map = new (nodes.constructor as typeof import('yjs').Map)<unknown>();
    nodes.set(node, map);
    for (const [key, value] of Object.entries(fields)) map.set(key, value);
  });
  const texts = ['too early', 'in the period', 'too late'];
  for (const [at, text] of texts.entries()) {
    project.history.write(node, 'ana', NOW - (8 - 3 * at) * HOUR, (doc) => doc.getText('text').insert(0, `${text}\n`));
  }
  const made: Blob[] = [];
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    made.push(blob as Blob);
    return 'blob:nothing';
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  const menu = new HistoryMenu();
  Object.assign(menu, { session: project, role: 'editor', file: node, since: NOW - 6 * HOUR, until: NOW - 3 * HOUR });
  await mount(menu);
  await menu.export('markdown');
  const report = await made[0]?.text();
  expect(texts.filter((text) => report?.includes(`+${text}`))).toEqual(['in the period']);
  await menu.export('zip');
  expect(made).toHaveLength(2);
  project.history.close();
});
