import { describe, expect, it } from 'vitest';
import { settled, Visitor, type Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();

/** Ana and Bob in one file, and the service worker in charge of Ana's next start. */
async function pair(): Promise<{ ana: Visitor; bob: Visitor; anaTab: Tab; bobTab: Tab }> {
  const ana = await Visitor.arrive(stage.browser);
  const bob = await Visitor.arrive(stage.browser);
  const anaTab = await ana.open(stage.product.url);
  await anaTab.continueAsGuest('Ana');
  await anaTab.createProject('Train');
  await anaTab.createFile('notes.md');
  const bobTab = await bob.open(await anaTab.invite());
  await bobTab.continueAsGuest('Bob');
  await bobTab.openFile('notes.md');
  await anaTab.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  return { ana, bob, anaTab, bobTab };
}

async function typeLines(tab: Tab, mark: string, from: number, to: number): Promise<void> {
  await tab.focusEditor();
  await tab.press('Control+End');
  for (let i = from; i < to; i++) await tab.type(mark);
}

const countOf = (text: string, letter: string): number => text.split(letter).length - 1;

describe('offline', () => {
  it('[LOCAL-1] network down: 200 edits, a reload, more edits; back online everything merges with what the other typed', async () => {
    const { ana, bob, anaTab, bobTab } = await pair();
    await anaTab.focusEditor();
    await anaTab.type('a');
    await settled(anaTab, bobTab);
    await ana.context.setOffline(true);
    await typeLines(anaTab, 'a', 0, 200);
    await anaTab.waitForStatus('offline');
    await expect.poll(() => anaTab.byId('status').getAttribute('data-pending'), { timeout: 10_000 }).not.toBe('0');
    await typeLines(bobTab, 'B', 0, 100);

    await anaTab.page.reload();
    await anaTab.waitForEditor();
    await anaTab.waitForText(/a{201}/);
    await anaTab.waitForStatus('offline');
    await typeLines(anaTab, 'a', 0, 20);
    expect(await anaTab.text()).not.toContain('B');

    await ana.context.setOffline(false);
    const text = await settled(anaTab, bobTab);
    expect([countOf(text, 'a'), countOf(text, 'B')]).toEqual([221, 100]);
    expect([...anaTab.errors, ...bobTab.errors]).toEqual([]);
    await Promise.all([ana.leave(), bob.leave()]);
  });

  it('[LOCAL-1] server down: the same, and what was typed is on the server after a restart', async () => {
    const { ana, bob, anaTab, bobTab } = await pair();
    await anaTab.focusEditor();
    await anaTab.type('a');
    await settled(anaTab, bobTab);
    await stage.product.kill();
    await anaTab.waitForStatus('offline');
    await typeLines(anaTab, 'a', 0, 200);
    await typeLines(bobTab, 'B', 0, 100);

    await anaTab.page.reload();
    await anaTab.waitForEditor();
    await anaTab.waitForText(/a{201}/);
    await typeLines(anaTab, 'a', 0, 20);

    await stage.product.run();
    const text = await settled(anaTab, bobTab);
    expect([countOf(text, 'a'), countOf(text, 'B')]).toEqual([221, 100]);
    const fresh = await bob.open(bobTab.page.url());
    await fresh.waitForEditor();
    await fresh.waitForText(text);
    expect([...anaTab.errors, ...bobTab.errors]).toEqual([]);
    await Promise.all([ana.leave(), bob.leave()]);
  });

  it('[LOCAL-1] a file that is made offline can be written in at once, after a reload too, and reaches the other', async () => {
    const { ana, bob, anaTab, bobTab } = await pair();
    await settled(anaTab, bobTab);
    await ana.context.setOffline(true);
    await anaTab.createFile('born-offline.md');
    await anaTab.page.reload();
    await anaTab.waitForEditor();
    await anaTab.focusEditor();
    await anaTab.type('written on a train');
    await anaTab.page.reload();
    await anaTab.waitForText('written on a train');
    await ana.context.setOffline(false);
    await bobTab.openFile('born-offline.md');
    expect(await settled(anaTab, bobTab)).toBe('written on a train');
    await Promise.all([ana.leave(), bob.leave()]);
  });

  it('edits of a file that is not opened again go out when the project is', async () => {
    const { ana, bob, anaTab, bobTab } = await pair();
    await settled(anaTab, bobTab);
    const dashboard = new URL('/', anaTab.page.url()).href;
    const project = anaTab.page.url().replace(/\/f\/.*$/, '');
    await ana.context.setOffline(true);
    await typeLines(anaTab, 'a', 0, 10);
    await expect.poll(() => anaTab.byId('status').getAttribute('data-pending'), { timeout: 10_000 }).not.toBe('0');
    await anaTab.page.goto(dashboard);
    await anaTab.byId('dashboard').waitFor();
    await ana.context.setOffline(false);
    await anaTab.page.goto(project);
    await bobTab.waitForText('a'.repeat(10));
    await Promise.all([ana.leave(), bob.leave()]);
  });
});
