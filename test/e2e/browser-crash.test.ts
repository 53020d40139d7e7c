import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Tab } from '../helpers/browser.ts';
import { Product } from '../helpers/product.ts';
import { Profile } from '../helpers/profile.ts';
import { storedText } from '../helpers/stored-text.ts';

let product: Product;
let profile: Profile;

beforeAll(async () => {
  product = await Product.start();
  profile = new Profile();
});
afterAll(async () => {
  await profile.remove();
  await product.close();
});

/** Waits until something waits to be sent, and all of it is on the device: what the status calls safe. */
async function safeOnDevice(tab: Tab): Promise<void> {
  await vi.waitFor(
    async () => {
      const report = await tab.page.evaluate(
        () =>
          (document.querySelector('cw-status') as unknown as { report: { pending: number; unsafe: number } }).report,
      );
      expect([report.pending > 0, report.unsafe]).toEqual([true, 0]);
    },
    { timeout: 10_000, interval: 20 },
  );
}

async function typeAtEnd(tab: Tab, text: string): Promise<void> {
  await tab.focusEditor();
  await tab.press('Control+End');
  await tab.type(text);
}

describe('kill -9 of the browser', () => {
  it('[P3] [P47] [LOCAL-1] edits that were not sent, offline and online, are there when it is opened again, and go', async () => {
    const first = await profile.start(product.url);
    await first.tab.continueAsGuest('Ana');
    await first.tab.createProject('Crash');
    await first.tab.createFile('main.ts');
    await typeAtEnd(first.tab, 'start.');
    await first.tab.waitForStatus('saved');
    const address = first.tab.page.url();
    // A browser writes cookies to disk when it likes, but at the latest when it ends.
    await profile.quit();

    const second = await profile.start(address);
    await second.tab.waitForText('start.');
    await second.tab.waitForStatus('saved');
    await second.context.setOffline(true);
    await typeAtEnd(second.tab, 'o'.repeat(60));
    await safeOnDevice(second.tab);
    await profile.kill();
    expect(await storedText(product, address)).toBe('start.');

    const third = await profile.start(address);
    await third.tab.waitForText(`start.${'o'.repeat(60)}`);
    await third.tab.waitForStatus('saved');
    expect(await storedText(product, address)).toBe(`start.${'o'.repeat(60)}`);
    // Online, but the server takes nothing.
    await third.context.route('**/tables/updates/rows', (route) => route.abort());
    await typeAtEnd(third.tab, 'n'.repeat(60));
    await safeOnDevice(third.tab);
    expect(await third.tab.status()).toBe('saving');
    await profile.kill();
    expect(await storedText(product, address)).toBe(`start.${'o'.repeat(60)}`);

    const fourth = await profile.start(address);
    const all = `start.${'o'.repeat(60)}${'n'.repeat(60)}`;
    await fourth.tab.waitForText(all);
    await fourth.tab.waitForStatus('saved');
    expect(await storedText(product, address)).toBe(all);
    expect(fourth.tab.errors).toEqual([]);
  });
});
