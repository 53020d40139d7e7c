import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SyncReport } from '../../src/sync/report.ts';
import { settled, Visitor, type Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();
let ana: Tab;
let bob: Tab;

beforeEach(async () => {
  const visitors = [await Visitor.arrive(stage.browser), await Visitor.arrive(stage.browser)] as const;
  ana = await visitors[0].open(stage.product.url);
  await ana.continueAsGuest('Ana');
  await ana.createProject('Details');
  await ana.createFile('main.ts');
  bob = await visitors[1].open(await ana.invite());
  await bob.continueAsGuest('Bob');
  await bob.openFile('main.ts');
  await bob.focusEditor();
  await bob.type('hello');
  await settled(ana, bob);
  return () => Promise.all(visitors.map((visitor) => visitor.leave()));
});

/** The steps of the ladder as they are shown. */
async function ladder(tab: Tab): Promise<string[]> {
  const steps = await tab.byId('ladder-step').allTextContents();
  return steps.map((step) => step.trim().replaceAll(/\s+/g, ' '));
}

describe('the details of the status', () => {
  it('[LOG-5] [P3] show how far the edits have come, and who holds the same', async () => {
    await ana.byId('status').click();
    await expect
      .poll(() => ladder(ana), { timeout: 30_000 })
      .toEqual([
        'On this device every edit',
        'Sent every edit',
        'Stored every edit is on the server',
        expect.stringMatching(/^Seen identical with Bob, \d+ s ago$/),
      ]);
    await ana.press('Escape');

    // Offline: on the device, and no further.
    await ana.page.context().setOffline(true);
    await ana.focusEditor();
    await ana.type('xyz');
    await ana.waitForStatus('offline');
    await ana.byId('status').click();
    await expect
      .poll(async () => (await ladder(ana)).slice(0, 3))
      .toEqual([
        'On this device every edit',
        expect.stringMatching(/^Sent \d edits? waiting$/),
        expect.stringMatching(/^Stored \d edits? not stored yet$/),
      ]);
    await ana.page.context().setOffline(false);
    await settled(ana, bob);
  });

  it('the inspector shows rows, budget and journal, and exports them without any content', async () => {
    await ana.byId('status').click();
    await ana.byId('status-inspect').click();
    // The tree, the file and what belongs to it.
    await expect.poll(() => ana.byId('inspector-document').count()).toBeGreaterThan(1);
    expect(await ana.byId('inspector-budget').textContent()).toContain('no limit');
    await expect.poll(() => ana.byId('inspector-stored').count()).toBeGreaterThan(1);
    await expect.poll(() => ana.byId('inspector-together').textContent()).toMatch(/\d+\s+[\d.]+ K?B\s+0 B\s+0 B\s+0\s/);
    expect(await ana.byId('inspector-journal').textContent()).toContain('connected');
    const [download] = await Promise.all([ana.page.waitForEvent('download'), ana.byId('inspector-export').click()]);
    expect(download.suggestedFilename()).toMatch(/^cowrite-sync-.*\.json$/);
    const text = readFileSync(await download.path(), 'utf8');
    const report = JSON.parse(text) as SyncReport & { exportedAt: string };
    expect(report.connection).toMatchObject({ live: true, denied: null });
    expect(new Set(report.documents.map(({ status }) => status.status))).toEqual(new Set(['saved']));
    expect(report.documents.find(({ id }) => id.startsWith('f'))?.rowsIn).toBeGreaterThan(0);
    expect(Date.parse(report.exportedAt)).toBeGreaterThan(0);
    expect(text).not.toContain('hello');
    expect(text).not.toContain('main.ts');
    await ana.press('Escape');
    await expect.poll(() => ana.byId('inspector-document').count()).toBe(0);
    await expect.poll(() => ana.byId('status').evaluate((chip) => chip === document.activeElement)).toBe(true);
    expect([...ana.errors, ...bob.errors]).toEqual([]);
  });
});
