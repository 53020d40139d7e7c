import { beforeAll, describe, expect, it } from 'vitest';
import type { Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();

/** Ana and Bob may edit, Rita reviews; all have the same file open. */
let ana: Tab;
let bob: Tab;
let rita: Tab;

async function arrive(name: string, link: string): Promise<Tab> {
  const tab = await stage.arrive(name, link);
  await tab.openFile('notes.md');
  return tab;
}

/** What the gutter says, line by line. */
function labels(tab: Tab): Promise<string[]> {
  return tab.page
    .locator('.cw-blame')
    .evaluateAll((marks) => marks.map((mark) => getComputedStyle(mark, '::after').content));
}

async function showBlame(tab: Tab): Promise<void> {
  if ((await tab.byId('panel-history').count()) === 0) await tab.byId('toggle-history').click();
  await tab.byId('timeline').waitFor();
  await tab.byId('blame-toggle').click();
}

beforeAll(async () => {
  ana = await stage.arrive('Ana');
  await ana.createProject('Suggested');
  await ana.createFile('notes.md');
  await ana.focusEditor();
  await ana.page.keyboard.insertText('alpha\nbeta\n');
  const [editing, reviewing] = [await ana.invite(), await ana.invite('reviewer')];
  [bob, rita] = await Promise.all([arrive('Bob', editing), arrive('Rita', reviewing)]);
  await rita.waitForText('alpha\nbeta\n');
});

describe('a suggestion that an editor accepted', () => {
  it('[STAMP-3] is shown with both names beside the line and in its hover, to the others and after a reload', async () => {
    await rita.focusEditor();
    await rita.press('Control+Home');
    await rita.press('ArrowDown');
    await rita.press('Shift+End');
    await rita.press('Control+Shift+Alt+M');
    await rita.byId('suggest-text').fill('beta, said Rita');
    await rita.byId('suggest-send').click();
    await bob.byId('inline-accept').click();
    await ana.waitForText('alpha\nbeta, said Rita\n');
    await showBlame(ana);
    await expect.poll(async () => (await labels(ana))[1], { timeout: 15_000 }).toContain('Bob, Rita');
    expect((await labels(ana))[0]).not.toContain('Rita');
    await ana.page.locator('.view-line', { hasText: 'said' }).hover({ position: { x: 80, y: 8 } });
    await ana.page.locator('.monaco-hover', { hasText: 'Bob accepted, suggested by Rita' }).waitFor();
    await rita.page.reload();
    await rita.waitForText('alpha\nbeta, said Rita\n');
    await showBlame(rita);
    await expect.poll(async () => (await labels(rita))[1], { timeout: 15_000 }).toContain('Bob, Rita');
    expect([...ana.errors, ...bob.errors, ...rita.errors]).toEqual([]);
  });
});
