import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { settled, Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();

/** Ana and Bob may edit, Rita reviews; each has a browser of their own and the same file open. */
let ana: Tab;
let bob: Tab;
let rita: Tab;

const START = 'alpha\nbeta\ngamma\n';

async function arrive(name: string, link: string): Promise<Tab> {
  const tab = await stage.arrive(name, link);
  await tab.openFile('notes.md');
  return tab;
}

function session(tab: Tab, name: string) {
  return tab.byId('timeline-session').filter({ hasText: name });
}

async function closeMoment(tab: Tab): Promise<void> {
  await tab.byId('moment-close').click();
  await tab.byId('moment').waitFor({ state: 'detached' });
}

/** What is downloaded when an item of the panel's menu is chosen. */
async function exported(tab: Tab, item: string): Promise<Buffer> {
  const downloading = tab.page.waitForEvent('download');
  await tab.byId('history-export').click();
  await tab.byId(item).click();
  return readFileSync(await (await downloading).path());
}

beforeAll(async () => {
  ana = await stage.arrive('Ana');
  await ana.createProject('Flows');
  await ana.createFile('notes.md');
  await ana.addLine('alpha');
  await ana.addLine('beta');
  const [editing, reviewing] = [await ana.invite(), await ana.invite('reviewer')];
  [bob, rita] = await Promise.all([arrive('Bob', editing), arrive('Rita', reviewing)]);
  await bob.addLine('gamma');
  await settled(ana, bob);
  await rita.waitForText(START);
});

describe('a reviewer', () => {
  it('steps through the history by keyboard, by edit and by author, and plays it', async () => {
    await rita.showHistory();
    await session(rita, 'Bob').click();
    const range = rita.byId('scrub-range');
    await range.waitFor();
    const last = (await range.getAttribute('max')) ?? '';
    expect(Number(last)).toBeGreaterThanOrEqual(3);
    await expect.poll(() => range.inputValue()).toBe(last);
    await rita.byId('moment').focus();
    await rita.press('Alt+ArrowLeft');
    await expect.poll(() => rita.byId('scrub-said').textContent()).toContain('Ana');
    const byAna = Number(await range.inputValue());
    await rita.press('ArrowLeft');
    await expect.poll(() => range.inputValue()).toBe(String(byAna - 1));
    await rita.press('Alt+ArrowLeft');
    await expect.poll(() => rita.byId('scrub-said').textContent()).toContain('The beginning');
    await rita.byId('layout-text').click();
    await rita.byId('scrub-speed').selectOption('60');
    await rita.byId('play').click();
    await expect.poll(() => range.inputValue(), { timeout: 20_000 }).toBe(last);
    await expect.poll(() => rita.byId('moment-code').textContent()).toMatch(/alpha[^]*beta[^]*gamma/);
    await expect.poll(() => rita.byId('play').getAttribute('aria-label')).toBe('Play');
    await rita.byId('moment').focus();
    await rita.press('Escape');
    await rita.byId('moment').waitFor({ state: 'detached' });
    expect(rita.errors).toEqual([]);
  });

  it('asks who wrote a selection', async () => {
    await rita.selectLine(3);
    await rita.press('F1');
    await rita.type('Who wrote this');
    await rita.press('Enter');
    await rita.byId('selection-authors').waitFor();
    expect(await rita.byId('selection-authors').textContent()).toMatch(/Bob: 5 characters/);
    await rita.press('Escape');
    await rita.byId('selection-authors').waitFor({ state: 'detached' });
  });

  it('finds when a line vanished, and with whom', async () => {
    await bob.selectLine(2);
    await bob.press('Delete');
    await bob.press('Delete');
    await settled(ana, bob);
    await rita.showHistory();
    await rita.byId('history-search').fill('beta');
    await rita.byId('search-vanished').first().waitFor();
    expect(await rita.byId('search-vanished').first().textContent()).toContain('with Bob');
    expect(await rita.byId('search-came').first().textContent()).toContain('came with Ana');
    await rita.byId('search-vanished').first().click();
    await rita.byId('hunk').first().waitFor();
    expect(await rita.byId('hunk').first().textContent()).toMatch(/Bob[^]*beta/);
    await closeMoment(rita);
    await rita.byId('history-search').fill('never there');
    await rita.byId('search-nothing').waitFor();
    await rita.byId('history-search').fill('');
    await rita.byId('timeline').waitFor();
  });
});

describe('an editor', () => {
  it('restores only the changes that were chosen', async () => {
    await ana.addLine('omega');
    await settled(ana, bob);
    await ana.showHistory();
    await session(ana, 'Bob').last().click();
    await ana.byId('scrub-range').waitFor();
    await ana.byId('scrub-range').fill('3');
    await ana.byId('restore').click();
    await ana.byId('hunk-choose').first().waitFor();
    expect(await ana.byId('hunk-choose').count()).toBe(2);
    const omega = ana.byId('hunk').filter({ hasText: 'omega' });
    await omega.getByTestId('hunk-choose').uncheck();
    await ana.byId('apply').click();
    await ana.waitForText('alpha\nbeta\ngamma\nomega\n');
    expect(await settled(ana, bob)).toBe('alpha\nbeta\ngamma\nomega\n');
  });

  it('brings back a file that somebody else deleted, with its text', async () => {
    await bob.createFile('gone.md');
    await bob.addLine('kept in the past');
    await ana.page.locator('[data-testid=tree-item][data-path="gone.md"]').waitFor();
    await bob.page.locator('[data-testid=tree-item][data-path="gone.md"]').click({ button: 'right' });
    await bob.byId('menu-delete').click();
    const row = ana.page.locator('[data-testid=tree-item][data-path="gone.md"]');
    await row.waitFor({ state: 'detached' });
    await ana.byId('scope-project').click();
    await ana.byId('restore-deleted').first().click();
    await row.waitFor();
    await ana.openFile('gone.md');
    await ana.waitForText('kept in the past\n');
    await ana.openFile('notes.md');
    await bob.openFile('notes.md');
    expect([...ana.errors, ...bob.errors]).toEqual([]);
  });

  it('takes away a version as a zip archive, and a report that names people, changes and comments', async () => {
    await ana.selectLine(1);
    await ana.press('Control+Alt+m');
    await ana.byId('composer').locator('textarea').fill('Is alpha enough? <script>alert(1)</script>');
    await ana.press('Control+Enter');
    await ana.byId('composer').waitFor({ state: 'hidden' });
    await ana.waitForStatus('saved');
    await ana.showHistory();
    await ana.byId('scope-project').click();
    await ana.byId('tab-versions').click();
    await ana.byId('name-version').click();
    await ana.byId('version-name').locator('input').fill('Handed in');
    await ana.byId('version-submit').click();
    await ana.byId('version-zip').waitFor();
    await bob.addLine('after it');
    await settled(ana, bob);
    const downloading = ana.page.waitForEvent('download');
    await ana.byId('version-zip').click();
    const files = unzipSync(new Uint8Array(readFileSync(await (await downloading).path())));
    const notes = Object.entries(files).find(([path]) => path.endsWith('notes.md'));
    expect(new TextDecoder().decode(notes?.[1])).toBe('alpha\nbeta\ngamma\nomega\n');

    const markdown = (await exported(ana, 'export-markdown')).toString();
    expect(markdown).toMatch(/Ana[^]*Bob/);
    expect(markdown).toContain('after it');
    expect(markdown).toContain('Is alpha enough?');
    const page = (await exported(ana, 'export-html')).toString();
    expect(page).toContain('Is alpha enough?');
    expect(page).not.toMatch(/<script/i);
  });
});

describe('without network', () => {
  it('an editor takes back, a reviewer suggests, another one types; all of it meets', async () => {
    const before = await settled(ana, bob);
    await ana.showHistory();
    await ana.byId('tab-timeline').click();
    await ana.byId('scope-file').click();
    await session(ana, 'Bob').first().waitFor();
    await Promise.all([ana.setOffline(true), rita.setOffline(true)]);
    await Promise.all([ana.waitForStatus('offline'), rita.waitForStatus('offline')]);

    await session(ana, 'Bob').first().hover();
    await ana.byId('take-back').first().click();
    await ana.byId('hunk').first().waitFor();
    await ana.byId('apply').click();
    await ana.byId('moment').waitFor({ state: 'detached' });
    await expect.poll(() => ana.text()).not.toContain('after it');

    await rita.selectLine(1);
    await rita.press('Control+Shift+Alt+M');
    await rita.byId('suggest-text').fill('alpha, first of all');
    await rita.press('Control+Enter');
    await rita.byId('suggestion-inline').waitFor();
    expect(await rita.text()).toBe(before);

    await bob.addLine('typed meanwhile');
    await Promise.all([ana.setOffline(false), rita.setOffline(false)]);
    const together = await settled(ana, bob);
    await rita.waitForText(together);
    expect(together).toContain('typed meanwhile');
    expect(together).not.toContain('after it');
    await bob.byId('inline-accept').click();
    await expect.poll(() => settled(ana, bob)).toContain('alpha, first of all');
    expect([...ana.errors, ...bob.errors, ...rita.errors]).toEqual([]);
  });
});

describe('somebody who comes back to the project', () => {
  it('is told what others changed in files that are not on the screen, and shown it', async () => {
    await ana.waitForStatus('saved');
    const address = ana.page.url();
    const context = ana.page.context();
    await ana.close();
    await bob.createFile('plan.md');
    await bob.addLine('while Ana is away');
    const page = await context.newPage();
    await page.goto(stage.product.url);
    // As if Ana had been away for an hour.
    await page.evaluate(() => {
      for (const key of Object.keys(localStorage).filter((name) => /^cowrite:seen:.*:\*$/.test(name))) {
        const seen = JSON.parse(localStorage.getItem(key) ?? '{}') as object;
        localStorage.setItem(key, JSON.stringify({ ...seen, leftAt: Date.now() - 3_600_000 }));
      }
    });
    ana = new Tab(page);
    await page.goto(address);
    await ana.byId('project-news').waitFor();
    expect(await ana.byId('project-news').textContent()).toMatch(/Bob\s+changed\s+1 file/);
    await ana.byId('project-news-show').click();
    await ana.byId('changed-file').filter({ hasText: 'plan.md' }).waitFor();
    expect(await ana.byId('changed-file').count()).toBe(1);
    await ana.byId('moment-close').click();
    await ana.byId('project-news').waitFor({ state: 'detached' });
    expect(ana.errors).toEqual([]);
  });
});
