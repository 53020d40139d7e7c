import { beforeAll, describe, expect, it } from 'vitest';
import { settled, type Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();

/** Ana and Bob may edit, Rita reviews. Ana works offline while Bob changes the same file; then Rita comes back as well. */
let ana: Tab;
let bob: Tab;
let rita: Tab;

const CODE = [
  'export const total = (list: number[]) => list.length;',
  '// An old remark.',
  'const limit = 10;',
  'export const first = total([limit]);',
  '',
].join('\n');

async function arrive(name: string, link: string): Promise<Tab> {
  const tab = await stage.arrive(name, link);
  await tab.openFile('main.ts');
  await tab.waitForText(CODE);
  return tab;
}

/** Puts the cursor into the text. Lines and columns count from 1. */
async function goTo(tab: Tab, line: number, column: number): Promise<void> {
  await tab.focusEditor();
  await tab.press('Control+Home');
  for (let at = 1; at < line; at++) await tab.press('ArrowDown');
  for (let at = 1; at < column; at++) await tab.press('ArrowRight');
}

/** Takes so many characters out behind the cursor, and puts text there. */
async function replace(tab: Tab, length: number, text: string): Promise<void> {
  for (let at = 0; at < length; at++) await tab.press('Delete');
  if (text !== '') await tab.page.keyboard.insertText(text);
}

/** Leaves the file, as if that had been an hour ago. */
async function goAway(tab: Tab): Promise<void> {
  // What was on the screen is kept as soon as the server has told how far that is.
  await tab.page.waitForFunction(() =>
    Object.keys(localStorage).some((name) => {
      return name.startsWith('cowrite:seen:') && name.endsWith(location.pathname.split('/').at(-1) ?? '-');
    }),
  );
  await tab.openFile('other.md');
  await tab.page.evaluate(() => {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith('cowrite:seen:'))) {
      const seen = JSON.parse(localStorage.getItem(key) ?? '{}') as { leftAt?: number };
      if (typeof seen.leftAt !== 'number') continue;
      localStorage.setItem(key, JSON.stringify({ ...seen, leftAt: Date.now() - 3_600_000 }));
    }
  });
}

const hunk = (tab: Tab, text: string) => tab.byId('hunk').filter({ hasText: text });

/** What the list says is wrong only since the merge. */
async function problems(tab: Tab): Promise<string[]> {
  const box = tab.byId('merge-problems');
  await box.waitFor();
  return tab.byId('merge-problem').allInnerTexts();
}

/** How many services of languages are on the device. */
function keptLanguages(tab: Tab): Promise<number> {
  return tab.page.evaluate(async () => (await (await caches.open('cowrite-languages')).keys()).length);
}

beforeAll(async () => {
  ana = await stage.arrive('Ana');
  await ana.createProject('Away');
  await ana.createFile('other.md');
  await ana.createFile('main.ts');
  await ana.focusEditor();
  await ana.page.keyboard.insertText(CODE);
  await ana.waitForText(CODE);
  const [editing, reviewing] = [await ana.invite(), await ana.invite('reviewer')];
  [bob, rita] = await Promise.all([arrive('Bob', editing), arrive('Rita', reviewing)]);
  await settled(ana, bob);
});

describe('while Ana was away', () => {
  it('she wrote offline, Bob online: the review names who changed what, the same lines, and what is wrong only since the merge', async () => {
    await Promise.all([goAway(ana), goAway(rita)]);
    await ana.setOffline(true);
    await ana.waitForStatus('offline');
    await ana.openFile('main.ts');
    await ana.waitForText(CODE);
    await goTo(ana, 3, 15);
    await replace(ana, 2, '100');
    await ana.press('Control+End');
    await ana.page.keyboard.insertText('export const second = total([1, 2]);\n');

    await goTo(bob, 1, 14);
    await replace(bob, 5, 'sum');
    await goTo(bob, 2, 1);
    await replace(bob, '// An old remark.\n'.length, '');
    await goTo(bob, 2, 18);
    await replace(bob, 0, ' // at most');
    await goTo(bob, 3, 22);
    await replace(bob, 5, 'sum');
    await bob.waitForStatus('saved');
    await ana.setOffline(false);

    await ana.byId('away-banner').waitFor();
    const merged = await settled(ana, bob);
    expect(merged).toBe(
      [
        'export const sum = (list: number[]) => list.length;',
        'const limit = 100; // at most',
        'export const first = sum([limit]);',
        'export const second = total([1, 2]);',
        '',
      ].join('\n'),
    );
    expect(await ana.byId('away-banner').innerText()).toMatch(/^Bob changed \d+ lines while you were away, in 1 place/);
    await ana.byId('away-review').click();
    await ana.byId('hunk').first().waitFor();
    expect(await ana.byId('hunk').count()).toBe(4);
    for (const text of await ana.byId('hunk').allInnerTexts()) expect(text).toMatch(/^Bob/);

    expect(await ana.byId('shared-lines').allInnerTexts()).toEqual([
      expect.stringMatching(/^Line 2\s+Ana \(you\) and Bob$/),
      expect.stringMatching(/^Lines 3–4\s+Ana \(you\) and Bob, line beside line$/),
    ]);
    await ana.byId('away-shared').click();
    expect(await ana.byId('hunk').count()).toBe(1);
    expect(await ana.byId('hunk').innerText()).toMatch(/at most[^]*Same lines: Ana \(you\) and Bob/);
    await ana.byId('away-open').click();

    expect(await problems(ana)).toEqual([expect.stringMatching(/^Line 4\s+Cannot find name 'total'\.$/)]);
    await ana.byId('merge-problem').click();
    await expect.poll(() => ana.page.locator('.moment-text-problem').allInnerTexts()).toContain('total');
    // What both sides had, each alone, is in no list: nobody declared what the compiler does not know of them.
    expect(await ana.byId('merge-problems').getAttribute('data-count')).toBe('1');
  });

  it('a change is accepted for good on this device, the others wait, and are reviewed without network too', async () => {
    await hunk(ana, 'An old remark').getByTestId('hunk-accept').click();
    await expect.poll(() => ana.byId('hunk').count()).toBe(3);
    await ana.byId('moment-close').click();
    await ana.byId('moment').waitFor({ state: 'detached' });
    // What knows the languages has been fetched in the background meanwhile.
    await expect.poll(() => keptLanguages(ana), { timeout: 40_000 }).toBe(3);
    await ana.page.reload();
    await ana.waitForEditor();
    await ana.byId('away-review').waitFor();
    await ana.setOffline(true);
    await ana.byId('away-review').click();
    await hunk(ana, 'at most').waitFor();
    expect(await ana.byId('hunk').count()).toBe(3);
    await ana.byId('away-answered').click();
    expect(await ana.byId('hunk').allInnerTexts()).toEqual([expect.stringMatching(/An old remark[^]*Accepted/)]);
    await ana.byId('away-open').click();
    expect(await problems(ana)).toEqual([expect.stringMatching(/^Line 4/)]);
    await ana.setOffline(false);
  });

  it('[EDIT-2] [P42] a change is taken back by key, with what was wrong through it; Ctrl+Z brings it back', async () => {
    expect(await problems(ana)).toHaveLength(1);
    const renamed = ana.byId('hunk').filter({ hasText: 'Line 1' });
    await renamed.locator('.hunk-body').focus();
    await ana.press('u');
    await ana.waitForText(/^export const total = /);
    // Now the call that Bob renamed is the wrong one, which he alone had put right: Ana's is fine again.
    await expect.poll(() => problems(ana), { timeout: 20_000 }).toEqual([expect.stringMatching(/name 'sum'/)]);
    await hunk(ana, 'Line 3').locator('.hunk-body').focus();
    await ana.press('u');
    await ana.waitForText(/first = total\(/);
    await expect.poll(() => ana.byId('merge-problems').getAttribute('data-count'), { timeout: 20_000 }).toBe('0');
    expect(await ana.byId('hunk').count()).toBe(1);
    await settled(ana, bob);
  });

  it('an author is asked about what he wrote', async () => {
    await hunk(ana, 'at most').locator('.hunk-body').focus();
    await ana.press('k');
    const area = ana.byId('composer').locator('textarea');
    await area.waitFor();
    expect(await area.inputValue()).toBe('@Bob ');
    expect(await ana.byId('composer').locator('pre').innerText()).toBe('// at most');
    await ana.press('Escape');
    await ana.byId('composer').waitFor({ state: 'hidden' });
    // The reader is where the question came from.
    expect(await ana.page.evaluate(() => document.activeElement?.textContent)).toContain('at most');
    await ana.press('k');
    await area.waitFor();
    await ana.type('really?');
    await ana.press('Control+Enter');
    await bob.byId('badge-comments').waitFor();
    await bob.byId('toggle-comments').click();
    expect(await bob.byId('thread').locator('.mention.me').innerText()).toBe('@Bob');
    await hunk(ana, 'at most').getByTestId('hunk-accept').click();
    await ana.byId('moment').waitFor({ state: 'detached' });
    await ana.byId('away-banner').waitFor({ state: 'detached' });
    await ana.focusEditor();
    await ana.press('Control+z');
    await ana.waitForText(/first = sum\(/);
    await settled(ana, bob);
  });
});

describe('a reviewer who comes back', () => {
  it('sees what both did and what is wrong since, may ask about deleted text, and takes nothing back', async () => {
    await rita.openFile('main.ts');
    await rita.byId('away-review').click();
    await rita.byId('hunk').first().waitFor();
    expect(await rita.byId('hunk-undo').count()).toBe(0);
    await expect
      .poll(() => rita.byId('shared-lines').allInnerTexts())
      .toContainEqual(expect.stringMatching(/Ana and Bob/));
    expect((await problems(rita)).join('\n')).toMatch(/Cannot find name '(?:sum|total)'/);
    await hunk(rita, 'An old remark').getByTestId('hunk-ask').click();
    const area = rita.byId('composer').locator('textarea');
    await area.waitFor();
    expect(await area.inputValue()).toBe('> // An old remark.\n\n@Bob ');
    await rita.type('what was wrong with it?');
    await rita.press('Control+Enter');
    await ana.byId('badge-comments').waitFor();
    await rita.byId('accept-all').click();
    await rita.byId('away-banner').waitFor({ state: 'detached' });
    expect([...ana.errors, ...bob.errors, ...rita.errors]).toEqual([]);
  });
});
