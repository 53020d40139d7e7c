import { beforeEach, describe, expect, it } from 'vitest';
import { settled, Visitor, type Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();
let ana: Visitor;
let tab: Tab;

beforeEach(async () => {
  ana = await Visitor.arrive(stage.browser);
  tab = await ana.open(stage.product.url);
  await tab.continueAsGuest('Ana');
  await tab.createProject('Tabs');
  await tab.createFile('main.ts');
  return () => ana.leave();
});

describe('tabs of one person', () => {
  it('[LOCAL-3] [P12] two tabs of one file type at once, online and offline, and end equal', async () => {
    const other = await ana.open(tab.page.url());
    await other.waitForEditor();
    await Promise.all([tab.focusEditor(), other.focusEditor()]);
    await Promise.all([tab.type('a'.repeat(100)), other.type('B'.repeat(100))]);
    const text = await settled(tab, other);
    expect([text.split('a').length - 1, text.split('B').length - 1]).toEqual([100, 100]);

    await ana.context.setOffline(true);
    await tab.type('c');
    await expect.poll(() => other.text()).toContain('c');
    await ana.context.setOffline(false);
    await settled(tab, other);
  });

  it('[P12] a duplicated tab has a client id of its own', async () => {
    // As a browser's «duplicate» does: the same session storage in a second tab.
    const [other] = await Promise.all([
      ana.context.waitForEvent('page'),
      tab.page.evaluate(() => window.open(location.href)),
    ]);
    await other.getByTestId('editor').locator('.view-lines').first().waitFor();
    await tab.focusEditor();
    await tab.type('one');
    await other.getByTestId('editor').locator('.view-lines').first().click();
    await other.keyboard.type('two');
    await expect.poll(() => tab.text()).toMatch(/two/);
    expect((await tab.text()).length).toBe(6);
  });

  it('[P47] closing the tab within 100 ms of the last key loses nothing, online', async () => {
    for (let round = 0; round < 5; round++) {
      const writer = await ana.open(tab.page.url());
      await writer.waitForEditor();
      await writer.focusEditor();
      await writer.type('xxxxxxxxxx');
      await writer.close();
    }
    await tab.waitForText('x'.repeat(50));
    expect(tab.errors).toEqual([]);
  });

  it('[P47] closing the tab within 100 ms of the last key loses nothing, offline', async () => {
    const writer = await ana.open(tab.page.url());
    await writer.waitForEditor();
    const url = tab.page.url();
    await tab.close();
    await writer.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await ana.context.setOffline(true);
    await writer.focusEditor();
    await writer.type('yyyyyyyyyy');
    await writer.close();
    const again = await ana.open(url);
    await again.waitForEditor();
    await again.waitForText('y'.repeat(10));
    await ana.context.setOffline(false);
    await again.waitForStatus('saved');
    expect(again.errors).toEqual([]);
  });
});
