import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settled, Visitor, type Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();
let ana: Visitor;
let bob: Visitor;
let anaTab: Tab;
let bobTab: Tab;

beforeEach(async () => {
  ana = await Visitor.arrive(stage.browser);
  bob = await Visitor.arrive(stage.browser);
  anaTab = await ana.open(stage.product.url);
  await anaTab.continueAsGuest('Ana');
  await anaTab.createProject('Pair');
  await anaTab.createFile('main.ts');
  const link = await anaTab.invite();
  bobTab = await bob.open(link);
  await bobTab.continueAsGuest('Bob');
  await bobTab.openFile('main.ts');
});

afterEach(async () => {
  const errors = [...anaTab.errors, ...bobTab.errors];
  await Promise.all([ana.leave(), bob.leave()]);
  expect(errors).toEqual([]);
});

/** Numbers that look random and are the same in each run. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 16807) % 2147483647;
    return state % below;
  };
}

/** Types `count` keys at random places. */
async function typeAround(tab: Tab, letters: string, count: number, random: (below: number) => number): Promise<void> {
  for (let i = 0; i < count; i++) {
    if (random(8) === 0) await tab.press(['Home', 'End', 'ArrowUp', 'ArrowDown', 'Control+Home'][random(5)] ?? 'End');
    await tab.type(letters.charAt(random(letters.length)));
    // Not the key Enter: on a slow machine it may accept a suggestion that has just appeared.
    if (random(40) === 0) await tab.page.keyboard.insertText('\n');
  }
}

const countOf = (text: string, letters: string): number =>
  text.split('').filter((each) => letters.includes(each)).length;

describe('two people in one file', () => {
  it('type 300 keys each at random places and end equal, nothing missing, saved, cursors with names visible', async () => {
    await Promise.all([anaTab.focusEditor(), bobTab.focusEditor()]);
    // Letters that never trigger a suggestion or a bracket, told apart by case.
    await Promise.all([
      typeAround(anaTab, 'abcdefgh', 300, sequence(1)),
      typeAround(bobTab, 'QRSTUVWX', 300, sequence(2)),
    ]);
    const text = await settled(anaTab, bobTab);
    expect([countOf(text, 'abcdefgh'), countOf(text, 'QRSTUVWX')]).toEqual([300, 300]);
    await bobTab.type('Q');
    await anaTab.page.locator('.yRemoteSelectionHead').first().waitFor({ state: 'attached' });
    await expect.poll(() => anaTab.byId('editor').textContent(), { timeout: 5_000 }).toContain('Bob');
    await anaTab.type('a');
    await bobTab.page.locator('.yRemoteSelectionHead').first().waitFor({ state: 'attached' });
    await expect.poll(() => bobTab.byId('editor').textContent(), { timeout: 5_000 }).toContain('Ana');
    await settled(anaTab, bobTab);
  });

  it('[EDIT-2] [P32] Ctrl+Z after edits of the other takes back only the own ones', async () => {
    await anaTab.focusEditor();
    // At one blow: keys that come slowly are taken back one by one.
    await anaTab.page.keyboard.insertText('hello');
    await settled(anaTab, bobTab);
    await bobTab.focusEditor();
    await bobTab.press('Control+Home');
    await bobTab.page.keyboard.insertText('XYZ');
    await anaTab.waitForText('XYZhello');
    await anaTab.press('Control+z');
    await bobTab.waitForText('XYZ');
    await anaTab.press('Control+y');
    await bobTab.waitForText('XYZhello');
    await bobTab.press('Control+z');
    expect(await settled(anaTab, bobTab)).toBe('hello');
  });

  it('[P3] go on when the server is killed while both type, and nothing acknowledged is missing', async () => {
    await Promise.all([anaTab.focusEditor(), bobTab.focusEditor()]);
    const typing = Promise.all([
      typeAround(anaTab, 'abcdefgh', 150, sequence(3)),
      typeAround(bobTab, 'QRSTUVWX', 150, sequence(4)),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await stage.product.kill();
    await anaTab.waitForStatus('offline');
    await stage.product.run();
    await typing;
    const text = await settled(anaTab, bobTab);
    expect([countOf(text, 'abcdefgh'), countOf(text, 'QRSTUVWX')]).toEqual([150, 150]);
    const fresh = await bob.open(bobTab.page.url());
    await fresh.waitForEditor();
    await fresh.waitForText(text);
  });
});
