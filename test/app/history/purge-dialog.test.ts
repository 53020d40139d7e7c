import { afterEach, beforeEach, expect, it } from 'vitest';
import WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { createAnchor } from '../../../src/core/review/anchors.ts';
import { startThread } from '../../../src/core/review/actions.ts';
import '../../../src/app/history/purge-dialog.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { as, byTestId, hasTestId, mount, unmountAll, until } from '../ui/support.ts';

const HOUR = 60 * 60_000;

let project: FakeProject;

beforeEach(() => {
  project = new FakeProject();
});

afterEach(() => {
  unmountAll();
  project.history.close();
});

/** A file that had this text, in the dialog. */
async function open(name: string, text: string): Promise<string> {
  const file = project.createFile(name, null);
  project.history.write(file, 'ana', Date.now() - HOUR, (doc) => doc.getText('text').insert(0, text));
  project.textOf(file).getText('text').insert(0, text);
  return file;
}

async function ask(file: string): Promise<void> {
  const dialog = document.createElement('cw-purge-dialog');
  await mount(dialog);
  dialog.ask(project, file);
  const all = await until(() => document.querySelector<HTMLElement>('[data-testid=purge-all]:not([disabled])'), 15_000);
  all.click();
}

async function typeName(name: string): Promise<void> {
  const input = as(WaInput, byTestId('purge-name'));
  input.value = name;
  input.dispatchEvent(new InputEvent('input', { bubbles: true }));
  await input.updateComplete;
}

it('takes the name as people type it: in whatever Unicode form, with one space for many', async () => {
  const file = await open('ro\u0301le  plan.md', 'secret');
  await ask(file);
  await typeName('Róle plan.md');
  expect(byTestId('purge-submit').hasAttribute('disabled')).toBe(true);
  await typeName('r\u00f3le plan.md');
  await until(() => !byTestId('purge-submit').hasAttribute('disabled'));
  byTestId('purge-submit').click();
  await until(() => project.purges.length === 1);
});

it('says how many comments quote text that is not in the file any more', async () => {
  const file = await open('a.txt', 'password one two');
  const text = project.textOf(file).getText('text');
  const comment = (id: string, start: number, end: number): void => {
    const by = { id, by: 'bob', at: Date.now() - HOUR };
    const anchor = createAnchor(text, start, end);
    if (!startThread(project.textOf(`review ${file}`), by, anchor, { text: 'Oh', people: [] }).ok) throw new Error(id);
  };
  comment('c1', 0, 8);
  comment('c2', 0, 12);
  comment('c3', 13, 16);
  await ask(file);
  await until(() => hasTestId('purge-size'));
  expect(hasTestId('purge-quotes')).toBe(false);
  const { openReviews } = project;
  text.delete(0, 9);
  unmountAll();
  expect(project.openReviews).toBe(openReviews - 1);
  await ask(file);
  const said = await until(() => document.querySelector('[data-testid=purge-quotes]'));
  expect(said.textContent?.trim().replaceAll(/\s+/g, ' ')).toBe(
    '2 comments quote text that is not in the file any more. They are not changed: delete them, too, if nobody is to read it.',
  );
});
