import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settled, type Tab, Visitor } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();

/** With COWRITE_SCREENSHOTS the pictures of docs/first-steps.md are taken anew. */
const IMAGES = process.env['COWRITE_SCREENSHOTS'] === undefined ? null : join(import.meta.dirname, '../../docs/images');

async function picture(tab: Tab, name: string): Promise<void> {
  if (IMAGES === null) return;
  mkdirSync(IMAGES, { recursive: true });
  await tab.page.waitForTimeout(400);
  await tab.page.screenshot({ path: join(IMAGES, `first-steps-${name}.png`) });
}

async function arrive(): Promise<Visitor> {
  const visitor = await Visitor.arrive(stage.browser);
  return visitor;
}

async function open(visitor: Visitor, url: string): Promise<Tab> {
  const tab = await visitor.open(url);
  await tab.page.setViewportSize({ width: 960, height: 600 });
  return tab;
}

describe('first steps', () => {
  it('two people who have never been here type into one file within 30 seconds', async () => {
    const [ana, bob] = [await arrive(), await arrive()];
    const started = performance.now();
    let pictures = 0;
    const show = async (tab: Tab, name: string): Promise<void> => {
      const before = performance.now();
      await picture(tab, name);
      pictures += performance.now() - before;
    };

    const anaTab = await open(ana, stage.product.url);
    await anaTab.byId('guest-name').locator('input').fill('Ana');
    await show(anaTab, '1-name');
    await anaTab.byId('guest-submit').click();
    await anaTab.byId('new-project').first().click();
    await anaTab.byId('name-input').locator('input').fill('Weather station');
    await show(anaTab, '2-project');
    await anaTab.byId('name-submit').click();
    await anaTab.byId('file-tree').waitFor();
    await anaTab.createFile('station.ts');
    await anaTab.focusEditor();
    await anaTab.type('// Ana is here');
    await anaTab.press('Enter');
    await anaTab.byId('share').click();
    await anaTab.byId('link-create').click();
    const input = anaTab.byId('share-link').locator('input');
    await input.waitFor();
    await show(anaTab, '3-share');
    const link = await input.inputValue();
    await anaTab.press('Escape');

    const bobTab = await open(bob, link);
    await bobTab.byId('guest-name').locator('input').fill('Bob');
    await show(bobTab, '4-join');
    await bobTab.byId('guest-submit').click();
    await bobTab.openFile('station.ts');
    await bobTab.waitForText('// Ana is here\n');
    await bobTab.focusEditor();
    await bobTab.press('Control+End');
    await bobTab.type('// Bob as well');
    await anaTab.waitForText('// Ana is here\n// Bob as well');
    const seconds = (performance.now() - started - pictures) / 1000;
    await settled(anaTab, bobTab);
    await show(anaTab, '5-together');

    expect(seconds).toBeLessThan(30);
    expect(await anaTab.byId('avatar').count()).toBe(2);
    expect([anaTab.errors, bobTab.errors]).toEqual([[], []]);
    await ana.leave();
    await bob.leave();
  });
});
