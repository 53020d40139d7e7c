import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { Visitor, type Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const stage = useStage();

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: readonly unknown[] }[];
}

/** What axe finds serious or worse on the page as it is. */
async function seriousProblems(tab: Tab): Promise<string[]> {
  await tab.page.evaluate(AXE);
  const violations = await tab.page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await axe.run()).violations;
  });
  return violations
    .filter((each) => each.impact === 'serious' || each.impact === 'critical')
    .map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it('axe finds nothing serious on sign-in, dashboard, editor, sharing and account', async () => {
    const ana = await Visitor.arrive(stage.browser);
    const tab = await ana.open(stage.product.url);
    await tab.page.emulateMedia({ colorScheme });
    await tab.byId('sign-in').waitFor();
    expect(await seriousProblems(tab)).toEqual([]);
    await tab.continueAsGuest('Ana');
    await tab.byId('dashboard').waitFor();
    expect(await seriousProblems(tab)).toEqual([]);
    await tab.createProject('Access');
    expect(await seriousProblems(tab)).toEqual([]);
    await tab.createFile('main.ts');
    await tab.focusEditor();
    for (let line = 0; line < 20; line++) {
      await tab.type(`const answer${line} = '${line}'; // ${line}`);
      await tab.press('End');
      await tab.press('Enter');
    }
    await tab.waitForStatus('saved');
    expect(await seriousProblems(tab)).toEqual([]);
    await tab.byId('share').click();
    await tab.byId('link-create').click();
    await tab.byId('share-link').waitFor();
    await tab.byId('link').waitFor();
    expect(await seriousProblems(tab)).toEqual([]);
    await tab.page.goto(`${stage.product.url}/account`);
    await tab.byId('devices').waitFor();
    expect(await seriousProblems(tab)).toEqual([]);
    await ana.leave();
  });
});

it('from sign-in to typing, sharing and signing out by keyboard alone', async () => {
  const ana = await Visitor.arrive(stage.browser);
  const tab = await ana.open(stage.product.url);
  /** Tabs on until the element with this id, or one inside it, has the focus. */
  const tabTo = async (id: string): Promise<void> => {
    for (let i = 0; i < 60; i++) {
      const reached = await tab.page.evaluate((each) => {
        const active = document.activeElement;
        return active?.closest(`[data-testid="${each}"]`) !== null && active !== document.body;
      }, id);
      if (reached) return;
      await tab.press('Tab');
    }
    throw new Error(`${id} cannot be reached with the Tab key`);
  };
  await tab.byId('guest-name').waitFor();
  await tabTo('guest-submit');
  await tab.press('Enter');
  await tab.byId('dashboard').waitFor();
  await tabTo('new-project');
  await tab.press('Enter');
  await tab.byId('name-input').waitFor();
  await tab.type('By keyboard');
  await tab.press('Enter');
  await tab.byId('file-tree').waitFor();
  // The dialog that was answered is gone, and with it what had the focus.
  await expect.poll(() => tab.page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');
  await tabTo('new-file');
  await tab.press('Enter');
  await tab.byId('tree-name-input').waitFor();
  await tab.type('main.ts');
  await tab.press('Enter');
  await tab.waitForEditor();
  await tabTo('editor');
  await tab.type('hello');
  await tab.waitForText('hello');
  // Monaco keeps the Tab key for itself until this.
  await tab.press('Control+m');
  await tab.press('Tab');
  await tabTo('share');
  await tab.press('Enter');
  await tab.byId('link-create').waitFor();
  await tabTo('link-create');
  await tab.press('Enter');
  await tab.byId('share-link').waitFor();
  await tabTo('link-revoke');
  await tab.press('Enter');
  await tab.byId('no-links').waitFor();
  await tab.press('Escape');
  await tab.byId('share-link').waitFor({ state: 'hidden' });
  await tabTo('to-projects');
  await tab.press('Enter');
  await tab.byId('dashboard').waitFor();
  await tabTo('user-menu');
  await tab.press('Enter');
  await tab.byId('sign-out').waitFor();
  expect(tab.errors).toEqual([]);
  await ana.leave();
});
