import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { settled, Visitor, type Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();

interface Cast {
  readonly ana: Visitor;
  readonly bob: Visitor;
  readonly anaTab: Tab;
  readonly bobTab: Tab;
  readonly address: string;
}

/** Ana's project, in which both have one of two files open. */
async function cast(name: string): Promise<Cast> {
  const ana = await Visitor.arrive(stage.browser);
  const bob = await Visitor.arrive(stage.browser);
  const anaTab = await ana.open(stage.product.url);
  await anaTab.continueAsGuest('Ana');
  await anaTab.createProject(name);
  await anaTab.createFile('notes.md');
  await anaTab.type('Nobody opens this here.');
  await anaTab.createFile('main.ts');
  await anaTab.focusEditor();
  await anaTab.type('// by Ana');
  const bobTab = await bob.open(await anaTab.invite());
  await bobTab.continueAsGuest('Bob');
  await bobTab.openFile('main.ts');
  await settled(anaTab, bobTab);
  return { ana, bob, anaTab, bobTab, address: anaTab.page.url() };
}

/** In another tab of the owner's, from the list of projects. */
async function deleteProject(owner: Visitor, name: string): Promise<Tab> {
  const tab = await owner.open(stage.product.url);
  await tab.page.locator('.project-row', { hasText: name }).getByTestId('project-menu').click();
  await tab.byId('project-delete').click();
  await tab.byId('confirm-submit').click();
  await tab.byId('deleted-projects').waitFor();
  return tab;
}

/** Types and waits a moment; resolves to what the editor shows then. */
async function tryToType(tab: Tab): Promise<string> {
  await tab.focusEditor();
  await tab.type('x');
  await tab.page.waitForTimeout(300);
  return tab.text();
}

async function leave(...visitors: Visitor[]): Promise<void> {
  await Promise.all(visitors.map((visitor) => visitor.leave()));
}

describe('a project that is deleted while people have it open', () => {
  it('[P16] [LOCAL-4] says so and by whom, cannot be changed, keeps what was not sent; restored, all goes on without a reload', async () => {
    const { ana, bob, anaTab, bobTab } = await cast('Thesis');
    const before = await anaTab.text();

    // What Bob types does not get through; when it would again, the project is gone.
    await bob.context.route('**/tables/updates/rows', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    );
    await bobTab.focusEditor();
    await bobTab.press('Control+End');
    await bobTab.type(' and Bob');
    await deleteProject(ana, 'Thesis');
    await bobTab.byId('deleted-notice').waitFor();
    await bob.context.unroute('**/tables/updates/rows');

    await anaTab.byId('deleted-notice').waitFor();
    expect(await anaTab.byId('deleted-title').textContent()).toMatch(/^You deleted this project on .+ at \d\d:\d\d\.$/);
    expect(await anaTab.byId('deleted-restore').count()).toBe(1);
    await bobTab.byId('deleted-notice').waitFor();
    await expect
      .poll(() => bobTab.byId('deleted-title').textContent())
      .toMatch(/^This project was deleted by Ana on .+ at \d\d:\d\d\.$/);
    expect(await bobTab.byId('deleted-restore').count(), 'only owners can').toBe(0);
    await expect.poll(() => bobTab.byId('deleted-unsent').textContent()).toContain('not sent');

    expect(await tryToType(anaTab)).toBe(before);
    const bobs = await bobTab.text();
    expect(bobs).toBe(`${before} and Bob`);
    expect(await tryToType(bobTab)).toBe(bobs);
    expect(await bobTab.byId('new-file').count()).toBe(0);

    // What wakes a tab up does not send it.
    await bobTab.press('Control+s');
    await bobTab.page.waitForTimeout(1_000);
    expect(await anaTab.text()).toBe(before);

    // The copy has what was not sent, and files that were never opened here.
    const downloading = bobTab.page.waitForEvent('download');
    await bobTab.byId('deleted-copy').click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('Thesis.zip');
    const files = unzipSync(readFileSync(await download.path()));
    expect(strFromU8(files['Thesis/main.ts'] ?? new Uint8Array())).toBe(bobs);
    expect(strFromU8(files['Thesis/notes.md'] ?? new Uint8Array())).toBe('Nobody opens this here.');

    await anaTab.byId('deleted-restore').click();
    await anaTab.byId('deleted-notice').waitFor({ state: 'hidden' });
    await bobTab.byId('deleted-notice').waitFor({ state: 'hidden' });
    expect(await settled(anaTab, bobTab)).toBe(bobs);
    await bobTab.focusEditor();
    await bobTab.press('Control+End');
    await bobTab.type('!');
    expect(await settled(anaTab, bobTab)).toBe(`${bobs}!`);
    expect([...anaTab.errors, ...bobTab.errors]).toEqual([]);
    await leave(ana, bob);
  }, 90_000);

  it('[LOCAL-1] is not writable for a moment when its address is opened later; another device of the owner can restore it', async () => {
    const { ana, bob, anaTab, bobTab, address } = await cast('Later');
    await anaTab.close();
    await deleteProject(ana, 'Later');
    await bobTab.byId('deleted-notice').waitFor();
    const watch = (): void => {
      const seen = window as unknown as { writable: boolean };
      seen.writable = false;
      const look = (): void => {
        const pane = document.querySelector('cw-editor-pane');
        if (pane !== null && !pane.readOnly) seen.writable = true;
        requestAnimationFrame(look);
      };
      look();
    };
    const wasWritable = (tab: Tab): Promise<boolean> =>
      tab.page.evaluate(() => (window as unknown as { writable: boolean }).writable);
    for (const visitor of [ana, bob]) await visitor.context.addInitScript(watch);
    const again = await ana.open(address);
    await again.byId('deleted-notice').waitFor();
    await again.waitForText('// by Ana');
    expect(await wasWritable(again)).toBe(false);
    await bobTab.page.reload();
    await bobTab.byId('deleted-notice').waitFor();
    await bobTab.waitForText('// by Ana');
    expect(await wasWritable(bobTab)).toBe(false);

    // As on a device that never had it open.
    await again.page.evaluate(() => {
      for (const key of Object.keys(localStorage))
        if (/^cowrite:(role|deleted):/.test(key)) localStorage.removeItem(key);
    });
    await again.page.reload();
    await again.byId('project-deleted').waitFor();
    expect(await again.byId('project-deleted').textContent()).toContain('“Later” is deleted');
    await again.byId('deleted-restore').click();
    await again.waitForText('// by Ana');
    await bobTab.byId('deleted-notice').waitFor({ state: 'hidden' });
    await again.focusEditor();
    await again.press('Control+End');
    await again.type(' again');
    expect(await settled(again, bobTab)).toBe('// by Ana again');
    await leave(ana, bob);
  }, 90_000);
});
