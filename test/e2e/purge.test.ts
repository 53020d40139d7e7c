import { describe, expect, it, vi } from 'vitest';
import { settled, Visitor, type Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();
const PATIENCE = { timeout: 30_000, interval: 200 };

async function showHistory(tab: Tab): Promise<void> {
  await tab.byId('toggle-history').click();
  await tab.byId('timeline-session').first().waitFor();
}

async function logOf(tab: Tab, document: string): Promise<string> {
  const row = tab.page.locator('[data-testid=inspector-stored]', { hasText: new RegExp(`^\\s*${document}`) });
  return ((await row.textContent()) ?? '').replaceAll(/\s+/g, ' ').trim();
}

describe('an owner removes the old history of a file', () => {
  it('[SNAP-3] after typing its name; the panel, blame and the inspector say so at once, and to others soon after', async () => {
    const ana = await Visitor.arrive(stage.browser);
    const bob = await Visitor.arrive(stage.browser);
    const anaTab = await ana.open(stage.product.url);
    await anaTab.continueAsGuest('Ana');
    await anaTab.createProject('Thesis');
    await anaTab.createFile('secret.txt');
    await anaTab.focusEditor();
    await anaTab.type('the password is swordfish');
    const bobTab = await bob.open(await anaTab.invite());
    await bobTab.continueAsGuest('Bob');
    await bobTab.openFile('secret.txt');
    await settled(anaTab, bobTab);
    await anaTab.focusEditor();
    await anaTab.press('Control+a');
    await anaTab.type('nothing here');
    const text = await settled(anaTab, bobTab);
    await showHistory(anaTab);
    await showHistory(bobTab);
    expect(await bobTab.byId('timeline-session').count()).toBeGreaterThan(0);

    await anaTab.byId('history-export').click();
    await anaTab.byId('history-purge').click();
    await anaTab.byId('purge-moment').locator('input').fill('2001-01-01T00:00');
    await expect.poll(() => anaTab.byId('purge-size').textContent()).toContain('Nothing is older');
    await anaTab.byId('purge-all').click();
    await expect.poll(() => anaTab.byId('purge-size').textContent()).toMatch(/\d+ edits? go(es)?, no edit stays/);
    expect(await anaTab.byId('purge-submit').getAttribute('disabled')).not.toBeNull();
    await anaTab.byId('purge-name').locator('input').fill('secret.txt');
    await vi.waitFor(
      async () => expect(await anaTab.byId('purge-submit').getAttribute('disabled')).toBeNull(),
      PATIENCE,
    );
    await anaTab.byId('purge-submit').click();
    await anaTab.byId('purge-dialog').locator('form').waitFor({ state: 'hidden' });

    // For Ana at once, without a reload.
    await vi.waitFor(async () => expect(await anaTab.byId('timeline-session').count()).toBe(0), { timeout: 5_000 });
    await anaTab.byId('status').click();
    await anaTab.byId('status-inspect').click();
    await anaTab.byId('inspector').locator('table').first().waitFor();
    await vi.waitFor(async () => expect(await logOf(anaTab, 'secret.txt')).toMatch(/secret\.txt 0 0 B/), PATIENCE);
    await anaTab.byId('inspector-close').click();
    expect(await anaTab.text()).toBe(text);

    // For Bob, who looks at it, soon; nobody wrote it any more.
    await vi.waitFor(async () => expect(await bobTab.byId('timeline-session').count()).toBe(0), {
      timeout: 40_000,
      interval: 500,
    });
    await expect.poll(() => bobTab.byId('history-notes').textContent()).toContain('Older history was deleted');
    await bobTab.focusEditor();
    await bobTab.press('Control+End');
    await bobTab.type('!');
    expect(await settled(anaTab, bobTab)).toBe(`${text}!`);
    await vi.waitFor(async () => expect(await anaTab.byId('timeline-session').count()).toBe(1), PATIENCE);
    expect([...anaTab.errors, ...bobTab.errors]).toEqual([]);
    await ana.leave();
    await bob.leave();
  }, 90_000);
});
