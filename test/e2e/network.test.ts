import { afterEach, describe, expect, it, vi } from 'vitest';
import { settled, Visitor, type Tab } from '../helpers/browser.ts';
import { HalfOpenProxy } from '../helpers/half-open-proxy.ts';
import { useStage } from '../helpers/stage.ts';
import { storedText } from '../helpers/stored-text.ts';

const stage = useStage();
const PATIENCE = { timeout: 20_000, interval: 50 };
const DAY_MS = 24 * 60 * 60 * 1_000;

let visitors: Visitor[] = [];

afterEach(async () => {
  await Promise.all(visitors.map((visitor) => visitor.leave()));
  visitors = [];
});

async function arrive(): Promise<Visitor> {
  const visitor = await Visitor.arrive(stage.browser);
  visitors.push(visitor);
  return visitor;
}

/** Ana and Bob in one file. @param url what Ana types into the address bar */
async function pair(ana: Visitor, bob: Visitor, url = stage.product.url): Promise<[Tab, Tab]> {
  const anaTab = await ana.open(url);
  await anaTab.continueAsGuest('Ana');
  await anaTab.createProject('Network');
  await anaTab.createFile('main.ts');
  const link = new URL(await anaTab.invite());
  const bobTab = await bob.open(new URL(link.pathname, stage.product.url).href);
  await bobTab.continueAsGuest('Bob');
  await bobTab.openFile('main.ts');
  await settled(anaTab, bobTab);
  return [anaTab, bobTab];
}

async function typeAtEnd(tab: Tab, text: string): Promise<void> {
  await tab.focusEditor();
  await tab.press('Control+End');
  await tab.type(text);
}

const report = (error: unknown): void => console.error(error);

/** Every status that a tab shows from now on, in order. */
async function watchStatus(tab: Tab): Promise<() => Promise<string[]>> {
  await tab.page.evaluate(() => {
    const seen: string[] = [];
    (globalThis as unknown as { seen: string[] }).seen = seen;
    const chip = document.querySelector('[data-testid=status]');
    if (!chip) throw new Error('there is no status');
    const look = (): number => seen.push(chip.getAttribute('data-status') ?? '');
    new MutationObserver(look).observe(chip, { attributes: true, attributeFilter: ['data-status'] });
    look();
  });
  return () => tab.page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
}

describe('the network', () => {
  it('[P17] [P22] a socket that is open but dead is found out when the tab is shown again, and replaced', async () => {
    const proxy = await HalfOpenProxy.start(stage.product.port);
    try {
      const [anaTab, bobTab] = await pair(await arrive(), await arrive(), `http://localhost:${proxy.port}`);
      expect(proxy.freeze()).toBe(1);
      await typeAtEnd(bobTab, 'unheard');
      const statuses = await watchStatus(anaTab);
      // She comes back to the tab.
      await anaTab.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      await vi.waitFor(async () => expect(await statuses()).toContain('offline'), PATIENCE);
      expect(await settled(anaTab, bobTab)).toBe('unheard');
      await typeAtEnd(bobTab, ' heard');
      await anaTab.waitForText('unheard heard');
      expect(anaTab.errors).toEqual([]);
    } finally {
      await proxy.close();
    }
  });

  it('[P23] where no socket can be opened, edits are stored, and those of others are polled', async () => {
    const ana = await arrive();
    let blocked = false;
    await ana.context.routeWebSocket(/realtime/, (socket) => {
      if (blocked) socket.close().catch(report);
      else socket.connectToServer();
    });
    const [anaTab, bobTab] = await pair(ana, await arrive());
    blocked = true;
    await anaTab.page.reload();
    await anaTab.waitForEditor();
    await typeAtEnd(anaTab, 'over REST');
    await bobTab.waitForText('over REST');
    await typeAtEnd(bobTab, ' both ways');
    await anaTab.waitForText('over REST both ways');
    await anaTab.waitForStatus('saved');
    await anaTab.byId('status').click();
    expect(await anaTab.byId('status-sentence').textContent()).toContain('no live connection');
    expect(await storedText(stage.product, anaTab.page.url())).toBe('over REST both ways');
    expect(anaTab.errors).toEqual([]);
  });

  it('[P4] [P21] a network that is slow, comes and goes while both type loses nothing and doubles nothing', async () => {
    const ana = await arrive();
    const [anaTab, bobTab] = await pair(ana, await arrive());
    const devtools = await ana.context.newCDPSession(anaTab.page);
    const network = (offline: boolean): Promise<unknown> =>
      devtools.send('Network.emulateNetworkConditions', {
        offline,
        latency: 200,
        downloadThroughput: 50_000,
        uploadThroughput: 50_000,
      });
    await Promise.all([anaTab.focusEditor(), bobTab.focusEditor()]);
    const typing = bobTab.type('B'.repeat(60), 25);
    for (let round = 0; round < 3; round++) {
      await network(true);
      await anaTab.type('a'.repeat(10), 20);
      await network(false);
      await anaTab.type('a'.repeat(10), 20);
    }
    await typing;
    const text = await settled(anaTab, bobTab);
    expect([text.split('a').length - 1, text.split('B').length - 1, text.length]).toEqual([60, 60, 120]);
    expect(await storedText(stage.product, bobTab.page.url())).toBe(text);
    expect([...anaTab.errors, ...bobTab.errors]).toEqual([]);
  });

  it('[P22] a tab that was frozen while the server restarted is up to date as soon as it is woken', async () => {
    const ana = await arrive();
    const [anaTab, bobTab] = await pair(ana, await arrive());
    const devtools = await ana.context.newCDPSession(anaTab.page);
    await typeAtEnd(anaTab, 'before');
    await settled(anaTab, bobTab);
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    await stage.product.kill();
    await stage.product.run();
    await typeAtEnd(bobTab, ' while it was frozen');
    await bobTab.waitForStatus('saved');
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    await anaTab.waitForText('before while it was frozen');
    await typeAtEnd(anaTab, ' after');
    expect(await settled(anaTab, bobTab)).toBe('before while it was frozen after');
  });

  it('[P6] clocks that are days apart lose nothing, and people still see each other', async () => {
    const [ana, bob] = [await arrive(), await arrive()];
    const skew = (by: number): void => {
      const now = Date.now;
      const Real = Date;
      globalThis.Date = class extends Real {
        constructor(...args: [] | [number | string]) {
          if (args.length === 0) super(now() + by);
          else super(args[0]);
        }
        static override now(): number {
          return now() + by;
        }
      } as DateConstructor;
    };
    await ana.context.addInitScript(skew, 3 * DAY_MS);
    await bob.context.addInitScript(skew, -3 * DAY_MS);
    const [anaTab, bobTab] = await pair(ana, bob);
    expect(await anaTab.page.evaluate(() => Date.now())).toBeGreaterThan(Date.now() + 2 * DAY_MS);
    expect(await bobTab.page.evaluate(() => new Date().getTime())).toBeLessThan(Date.now() - 2 * DAY_MS);
    await Promise.all([typeAtEnd(anaTab, 'a'.repeat(50)), typeAtEnd(bobTab, 'B'.repeat(50))]);
    const text = await settled(anaTab, bobTab);
    expect([text.split('a').length - 1, text.split('B').length - 1]).toEqual([50, 50]);
    // What she missed has to be read, from a moment of the server's clock on.
    await ana.context.setOffline(true);
    await anaTab.waitForStatus('offline');
    await typeAtEnd(bobTab, 'C'.repeat(10));
    await bobTab.waitForStatus('saved');
    await ana.context.setOffline(false);
    const all = await settled(anaTab, bobTab);
    expect(all).toBe(`${text}${'C'.repeat(10)}`);
    expect(await storedText(stage.product, bobTab.page.url())).toBe(all);
    for (const tab of [anaTab, bobTab]) {
      await vi.waitFor(async () => expect(await tab.byId('avatar').count()).toBe(2), PATIENCE);
    }
    expect([...anaTab.errors, ...bobTab.errors]).toEqual([]);
  });
});
