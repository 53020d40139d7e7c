import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settled, type Tab, Visitor } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();
/** The machine may have much else to do. */
const PATIENCE = { timeout: 30_000 };
let ana: Visitor;
let bob: Visitor;
let anaTab: Tab;
let bobTab: Tab;

/** Ana's project, in which Bob is an editor and has the file open that both have typed in. */
beforeEach(async () => {
  ana = await Visitor.arrive(stage.browser);
  bob = await Visitor.arrive(stage.browser);
  anaTab = await ana.open(stage.product.url);
  await anaTab.continueAsGuest('Ana');
  await anaTab.createProject('Shared');
  await anaTab.createFile('main.ts');
  await anaTab.focusEditor();
  await anaTab.type('// by Ana ');
  bobTab = await bob.open(await anaTab.invite());
  await bobTab.continueAsGuest('Bob');
  await bobTab.openFile('main.ts');
  await settled(anaTab, bobTab);
});

afterEach(async () => {
  expect([anaTab.errors, bobTab.errors]).toEqual([[], []]);
  await ana.leave();
  await bob.leave();
});

/** What Ana sees of somebody in the share dialog, which she opens. */
async function memberRow(name: string) {
  await anaTab.byId('share').click();
  const row = anaTab.page.locator('[data-testid=member]', { hasText: name });
  await row.waitFor();
  return row;
}

async function changeRole(name: string, role: string): Promise<void> {
  const row = await memberRow(name);
  await row.getByTestId('member-role').click();
  await row.locator(`wa-option[value=${role}]`).click();
  await expect.poll(() => row.getAttribute('data-role'), PATIENCE).toBe(role);
  await anaTab.press('Escape');
  await row.waitFor({ state: 'hidden' });
}

async function remove(name: string): Promise<void> {
  const row = await memberRow(name);
  await row.getByTestId('member-menu').click();
  await row.getByTestId('member-remove').click();
  await anaTab.byId('confirm-submit').click();
  await row.waitFor({ state: 'detached' });
  await anaTab.press('Escape');
  await anaTab.byId('share-dialog').locator('.share').waitFor({ state: 'hidden' });
}

async function noticeOf(tab: Tab): Promise<string> {
  await tab.byId('access-notice').waitFor();
  return (await tab.byId('access-notice').textContent())?.replaceAll(/\s+/g, ' ') ?? '';
}

/** Types at the end without network, until it is safe on the device. */
async function typeOffline(text: string): Promise<void> {
  await bob.context.setOffline(true);
  await bobTab.focusEditor();
  await bobTab.press('Control+End');
  await bobTab.type(text);
  await bobTab.waitForStatus('offline');
  await expect.poll(() => bobTab.byId('status-sentence').textContent(), PATIENCE).toContain('safe on this device');
}

async function tryToType(tab: Tab): Promise<string> {
  const before = await tab.text();
  await tab.focusEditor();
  await tab.press('Control+End');
  await tab.type('must not be there');
  await tab.press('Backspace');
  return before;
}

describe('a changed role', () => {
  it('[P15] acts on the open editor at once, both ways, and says so', async () => {
    await changeRole('Bob', 'viewer');
    expect(await noticeOf(bobTab)).toContain('You are a viewer of this project now');
    await bobTab.waitForStatus('read-only');
    const before = await tryToType(bobTab);
    expect(await bobTab.text()).toBe(before);
    await bobTab.byId('share').click();
    await bobTab.byId('link-reason').waitFor();
    await bobTab.press('Escape');

    await changeRole('Bob', 'editor');
    await expect.poll(() => noticeOf(bobTab), PATIENCE).toContain('You can edit now');
    await bobTab.waitForStatus('saved');
    await bobTab.focusEditor();
    await bobTab.press('Control+End');
    await bobTab.type('and Bob');
    expect(await settled(anaTab, bobTab)).toBe('// by Ana and Bob');
  });

  it('[P16] [LOCAL-4] while somebody is offline keeps the edits as a rescue copy, sends nothing, and says what happened', async () => {
    await typeOffline('offline work');
    await changeRole('Bob', 'viewer');
    await bob.context.setOffline(false);
    await expect.poll(() => noticeOf(bobTab), PATIENCE).toContain('kept on this device');
    await bobTab.waitForStatus('failed');
    expect(await anaTab.text()).toBe('// by Ana ');
    await bobTab.byId('access-rescue').click();
    await bobTab.byId('rescue-project').waitFor();
    expect(await bobTab.byId('rescue-project').textContent()).toContain('Your role in this project does not let you');
    expect(await bobTab.byId('rescue-project').textContent()).toContain('main.ts');
  });
});

describe('a removed member', () => {
  it('[P16] receives nothing more in the open tab, types nothing more, and is told why', async () => {
    await remove('Bob');
    expect(await noticeOf(bobTab)).toContain('You have been removed from this project');
    await bobTab.waitForStatus('failed');
    await anaTab.focusEditor();
    await anaTab.press('Control+End');
    await anaTab.type('secret');
    await anaTab.waitForStatus('saved');
    const before = await tryToType(bobTab);
    expect(before).toBe('// by Ana ');
    expect(await bobTab.text()).toBe(before);
    await expect.poll(() => anaTab.byId('avatar').count(), PATIENCE).toBe(1);
    await bobTab.page.reload();
    await bobTab.byId('project-problem').waitFor();
    await bobTab.page.goto(stage.product.url);
    await bobTab.byId('no-projects').waitFor();
  });

  it('[LOCAL-4] keeps what was not sent as a rescue copy', async () => {
    await typeOffline('last words');
    await remove('Bob');
    await bob.context.setOffline(false);
    await expect.poll(() => noticeOf(bobTab), PATIENCE).toContain('kept on this device');
    await bobTab.byId('access-rescue').click();
    await bobTab.byId('rescue-project').waitFor();
    expect(await bobTab.byId('rescue-project').textContent()).toContain('You are no member of this project any more');
  });
});

describe('links', () => {
  it('let in as many as they say, and nobody once they are revoked or over', async () => {
    await anaTab.byId('share').click();
    await anaTab.choose('link-uses', '1');
    await anaTab.byId('link-create').click();
    const address = anaTab.byId('share-link').locator('input');
    await address.waitFor();
    const once = await address.inputValue();
    const eve = await Visitor.arrive(stage.browser);
    const eveTab = await eve.open(once);
    await eveTab.continueAsGuest('Eve');
    await eveTab.byId('file-tree').waitFor();
    const outsider = await Visitor.arrive(stage.browser);
    const outsiderTab = await outsider.open(once);
    await outsiderTab.continueAsGuest('Max');
    await outsiderTab.byId('join-problem').waitFor();
    expect(await outsiderTab.byId('join-problem').textContent()).toContain('no longer valid');

    await anaTab.byId('link-create').click();
    await expect.poll(() => address.inputValue(), PATIENCE).not.toBe(once);
    const revoked = await address.inputValue();
    const links = anaTab.page.locator('[data-testid=link]');
    const count = await links.count();
    await links.first().getByTestId('link-revoke').click();
    await expect.poll(() => links.count(), PATIENCE).toBe(count - 1);
    await outsiderTab.page.goto(revoked);
    await outsiderTab.byId('join-problem').waitFor();

    const project = /\/p\/([^/]+)/.exec(anaTab.page.url())?.[1];
    const token = await anaTab.page.evaluate(async (id) => {
      const body = JSON.stringify({ action: 'createLink', project: id, expiresInDays: 0.000_001 });
      const response = await fetch('/v1/functions/share/executions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-appwrite-project': 'cowrite' },
        body: JSON.stringify({ body }),
      });
      const { responseBody } = (await response.json()) as { responseBody: string };
      return (JSON.parse(responseBody) as { token: string }).token;
    }, project);
    await outsiderTab.page.goto(`${stage.product.url}/join/${token}`);
    await outsiderTab.byId('join-problem').waitFor();
    expect(await outsiderTab.byId('join-problem').textContent()).toContain('no longer valid');
    await eve.leave();
    await outsider.leave();
  });

  it('for everybody let a guest read with one click', async () => {
    await anaTab.byId('share').click();
    await anaTab.byId('public-switch').waitFor();
    await anaTab.byId('public-switch').click({ position: { x: 12, y: 8 } });
    const address = anaTab.byId('public-address').locator('input');
    await address.waitFor();
    const reader = await Visitor.arrive(stage.browser);
    const readerTab = await reader.open(await address.inputValue());
    await readerTab.byId('guest-submit').click();
    await readerTab.openFile('main.ts');
    await readerTab.waitForStatus('read-only');
    await readerTab.waitForText('// by Ana ');
    await tryToType(readerTab);
    expect(await readerTab.text()).toBe('// by Ana ');
    await reader.leave();
  });
});

describe('leaving and handing over', () => {
  it('the new owner decides, and the old one can leave', async () => {
    const row = await memberRow('Bob');
    await row.getByTestId('member-menu').click();
    await row.getByTestId('member-hand-over').click();
    await anaTab.byId('confirm-submit').click();
    await expect.poll(() => row.getAttribute('data-role'), PATIENCE).toBe('owner');
    await anaTab.byId('member-leave').click();
    await anaTab.byId('confirm-submit').click();
    await anaTab.byId('no-projects').waitFor();
    await bobTab.byId('share').click();
    await expect.poll(() => bobTab.page.locator('[data-testid=member]').count(), PATIENCE).toBe(1);
  });
});
