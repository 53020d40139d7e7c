import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { settled, type Tab } from '../helpers/browser.ts';
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

function session(tab: Tab, name: string) {
  return tab.byId('timeline-session').filter({ hasText: name });
}

async function closeMoment(tab: Tab): Promise<void> {
  await tab.byId('moment-close').click();
  await tab.byId('moment').waitFor({ state: 'detached' });
}

beforeAll(async () => {
  ana = await stage.arrive('Ana');
  await ana.createProject('History');
  await ana.createFile('notes.md');
  await ana.addLine('alpha');
  await ana.addLine('beta');
  const [editing, reviewing] = [await ana.invite(), await ana.invite('reviewer')];
  [bob, rita] = await Promise.all([arrive('Bob', editing), arrive('Rita', reviewing)]);
  await bob.addLine('gamma');
  await settled(ana, bob);
  await rita.waitForText('alpha\nbeta\ngamma\n');
});

describe('history', () => {
  it('a reviewer sees who worked when, each change with its author, and cannot change anything', async () => {
    await rita.showHistory();
    await session(rita, 'Bob').waitFor();
    expect(await rita.byId('timeline-session').count()).toBe(2);
    expect(await rita.byId('take-back').count()).toBe(0);
    await session(rita, 'Bob').click();
    await rita.byId('hunk').first().waitFor();
    expect(await rita.byId('hunk').count()).toBe(1);
    expect(await rita.byId('hunk').textContent()).toMatch(/Bob[^]*gamma/);
    expect(await rita.byId('restore').count()).toBe(0);
    await closeMoment(rita);
    expect(rita.errors).toEqual([]);
  });

  it('the gutter tells who wrote each line, also of what is saved while it is shown', async () => {
    await ana.showHistory();
    await ana.byId('blame-toggle').click();
    const labels = () =>
      ana.page
        .locator('.cw-blame')
        .evaluateAll((marks) => marks.map((mark) => getComputedStyle(mark, '::after').content));
    await expect.poll(async () => (await labels()).join(' '), { timeout: 15_000 }).toMatch(/Ana[^]*Bob/);
    await bob.addLine('delta');
    await expect.poll(async () => (await labels()).length, { timeout: 15_000 }).toBe(4);
    await ana.byId('blame-toggle').click();
    await expect.poll(() => ana.page.locator('.cw-blame').count()).toBe(0);
    expect(ana.errors).toEqual([]);
  });

  it('[P42] [EDIT-2] taking Bob back leaves the rest and his cursor; undone with Ctrl+Z; restoring brings an older text', async () => {
    // Bob’s cursor stands before “beta”.
    await bob.focusEditor();
    await bob.press('Control+Home');
    await bob.press('ArrowDown');
    await session(ana, 'Bob').hover();
    await ana.byId('take-back').first().click();
    await ana.byId('hunk').first().waitFor();
    await ana.byId('apply').click();
    await ana.waitForText('alpha\nbeta\n');
    await ana.byId('moment').waitFor({ state: 'detached' });
    await settled(ana, bob);
    await bob.page.keyboard.insertText('>');
    await ana.waitForText('alpha\n>beta\n');
    await bob.press('Backspace');
    await settled(ana, bob);
    await ana.focusEditor();
    await ana.press('Control+z');
    await ana.waitForText('alpha\nbeta\ngamma\ndelta\n');
    await settled(ana, bob);

    await session(ana, 'Ana').first().click();
    await ana.byId('scrub-range').waitFor();
    await ana.byId('scrub-range').fill('1');
    await expect.poll(() => ana.byId('scrub-said').textContent()).toContain('Ana');
    await ana.byId('restore').click();
    await ana.byId('hunk-choose').first().waitFor();
    await ana.byId('apply').click();
    await ana.waitForText('alpha\n');
    await settled(ana, bob);
    await ana.focusEditor();
    await ana.press('Control+z');
    await ana.waitForText('alpha\nbeta\ngamma\ndelta\n');
    await settled(ana, bob);
    expect([...ana.errors, ...bob.errors]).toEqual([]);
  });

  it('a version is named, shared with others, compared with now', async () => {
    await ana.byId('tab-versions').click();
    await ana.byId('name-version').click();
    await ana.byId('version-name').locator('input').fill('Handed in');
    await ana.byId('version-submit').click();
    await ana.byId('version').waitFor();
    await bob.addLine('epsilon');
    await settled(ana, bob);
    await rita.byId('tab-versions').click();
    await rita.byId('version').getByText('Handed in').waitFor();
    await rita.byId('version-show').click();
    await rita.byId('hunk').first().waitFor();
    await expect.poll(() => rita.byId('hunk').first().textContent(), { timeout: 30_000 }).toMatch(/Bob[^]*epsilon/);
    await closeMoment(rita);
    await rita.byId('tab-timeline').click();
  });

  it('the project is exported as a history that git reads', async () => {
    const downloading = ana.page.waitForEvent('download');
    await ana.byId('history-export').click();
    await ana.byId('export-git').click();
    const download = await downloading;
    const folder = mkdtempSync(join(tmpdir(), 'cowrite-git-'));
    const stream = join(folder, 'history.fi');
    await download.saveAs(stream);
    const git = (args: readonly string[], input?: Buffer): string => {
      const ran = spawnSync('git', [...args], { cwd: folder, input });
      if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${String(ran.stderr ?? ran.error)}`);
      return ran.stdout.toString();
    };
    git(['init', '-q']);
    git(['fast-import', '--quiet'], readFileSync(stream));
    expect(git(['show', 'main:notes.md'])).toBe(await ana.text());
    expect(git(['log', '--format=%an %b', 'main'])).toMatch(/Ana/);
  });

  it('without network it shows what was read before, and says up to when', async () => {
    await rita.setOffline(true);
    await rita.page.reload();
    await rita.waitForEditor();
    await rita.showHistory();
    await rita.byId('history-notes').waitFor();
    expect(await rita.byId('history-notes').textContent()).toContain('offline');
    expect(await rita.byId('timeline-session').count()).toBeGreaterThan(1);
    await session(rita, 'Bob').first().click();
    await rita.byId('hunk').first().waitFor();
    await closeMoment(rita);
    await rita.setOffline(false);
    await rita.byId('history-notes').waitFor({ state: 'detached' });
  });

  it('who comes back is told what others did meanwhile, reviews it and takes a part of it back', async () => {
    await ana.createFile('other.md');
    // As if Ana had been away for an hour.
    await ana.page.evaluate(() => {
      for (const key of Object.keys(localStorage).filter((name) => name.startsWith('cowrite:seen:'))) {
        const seen = JSON.parse(localStorage.getItem(key) ?? '{}') as object;
        localStorage.setItem(key, JSON.stringify({ ...seen, leftAt: Date.now() - 3_600_000 }));
      }
    });
    await bob.addLine('zeta');
    await bob.addLine('eta');
    await bob.waitForStatus('saved');
    await ana.openFile('notes.md');
    await ana.byId('away-banner').waitFor();
    expect(await ana.byId('away-banner').textContent()).toMatch(/Bob\s+changed\s+2 lines/);
    await ana.byId('away-review').click();
    await ana.byId('hunk').first().waitFor();
    await ana.byId('hunk-undo').first().click();
    await ana.waitForText('alpha\nbeta\ngamma\ndelta\nepsilon\n');
    await closeMoment(ana);
    await ana.byId('away-banner').waitFor({ state: 'detached' });
    await settled(ana, bob);
    expect([...ana.errors, ...bob.errors]).toEqual([]);
  });
});
