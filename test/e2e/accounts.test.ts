import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Users } from 'node-appwrite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settled, type Tab, Visitor } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage([]);
let ana: Visitor;
let tab: Tab;

beforeEach(async () => {
  ana = await Visitor.arrive(stage.browser);
  tab = await ana.open(stage.product.url);
});

afterEach(async () => {
  await ana.leave();
});

async function fill(id: string, text: string): Promise<void> {
  await tab.byId(id).locator('input').fill(text);
}

describe('accounts', () => {
  it('sign up, sign out, sign in: the projects are there again; a wrong password is said clearly', async () => {
    await tab.byId('to-sign-up').click();
    await fill('account-name', 'Ana');
    await fill('account-email', 'ana@example.com');
    await fill('account-password', 'correct horse');
    await tab.byId('account-submit').click();
    await tab.createProject('Diary');
    await tab.page.goto(stage.product.url);
    await tab.byId('project-link').getByText('Diary').waitFor();
    await tab.byId('user-menu').click();
    await tab.byId('sign-out').click();
    await tab.byId('sign-in').waitFor();

    await tab.byId('to-sign-in').click();
    await fill('account-email', 'ana@example.com');
    await fill('account-password', 'wrong horse');
    await tab.byId('account-submit').click();
    await expect.poll(() => tab.byId('sign-in-problem').textContent()).toMatch(/password|credentials/i);
    await fill('account-password', 'correct horse');
    await tab.byId('account-submit').click();
    await tab.byId('project-link').getByText('Diary').waitFor();
  });

  it('a guest becomes an account, keeps everything, and signs in elsewhere; the other device is signed out', async () => {
    await tab.continueAsGuest('Ana');
    await tab.createProject('Kept');
    await tab.createFile('mine.ts');
    await tab.focusEditor();
    await tab.type('still here');
    await tab.waitForStatus('saved');
    await tab.byId('user-menu').click();
    await tab.byId('user-account').click();
    await fill('keep-email', 'guest@example.com');
    await fill('keep-password', 'correct horse');
    await tab.byId('keep-submit').click();
    await tab.byId('password-form').waitFor();

    const elsewhere = await Visitor.arrive(stage.browser);
    const other = await elsewhere.open(stage.product.url);
    await other.byId('to-sign-in').click();
    await other.byId('account-email').locator('input').fill('guest@example.com');
    await other.byId('account-password').locator('input').fill('correct horse');
    await other.byId('account-submit').click();
    await other.byId('project-link').getByText('Kept').click();
    await other.openFile('mine.ts');
    await other.waitForText('still here');
    await other.focusEditor();
    await other.press('Control+End');
    await other.type(', as owner');
    await other.waitForStatus('saved');

    await tab.page.reload();
    await expect.poll(() => tab.byId('device').count(), { timeout: 30_000 }).toBe(2);
    await tab.byId('device-end').click();
    await expect.poll(() => tab.byId('device').count(), { timeout: 30_000 }).toBe(1);
    await other.waitForStatus('failed');
    await other.byId('session-ended').waitFor();
    expect(tab.errors).toEqual([]);
    await elsewhere.leave();
  });

  it('a name and a colour are those that others see', async () => {
    await tab.continueAsGuest('Ana');
    await tab.createProject('Colours');
    const address = tab.page.url();
    const bob = await Visitor.arrive(stage.browser);
    const bobTab = await bob.open(await tab.invite());
    await bobTab.continueAsGuest('Bob');
    await bobTab.byId('file-tree').waitFor();
    await tab.page.goto(`${stage.product.url}/account`);
    await tab.page.locator('[data-testid=swatch][data-color="#1d4ed8"]').click();
    await tab.page.locator('[data-testid=swatch][data-color="#1d4ed8"][aria-pressed=true]').waitFor();
    await fill('own-name', 'Ana Silva');
    await tab.byId('own-name-submit').click();
    await tab.page.getByRole('heading', { name: 'Ana Silva' }).waitFor();
    await tab.page.goto(address);
    await bobTab.page.locator('[data-testid=avatar][aria-label^="Ana Silva"]').waitFor();
    const color = await bobTab.page
      .locator('[data-testid=avatar][aria-label^="Ana Silva"]')
      .evaluate((avatar) => getComputedStyle(avatar).getPropertyValue('--person'));
    expect(color).toBe('#1d4ed8');
    await bob.leave();
  });

  it('[P16] [P23] a session that ends elsewhere is noticed without a key, and nothing more is shown as saved', async () => {
    await tab.continueAsGuest('Ana');
    await tab.createProject('Ended');
    await tab.createFile('main.ts');
    await tab.waitForStatus('saved');
    const key = readFileSync(join(stage.product.dataDir, 'api-key'), 'utf8').trim();
    const client = new Client().setEndpoint(`${stage.product.url}/v1`).setProject('cowrite').setKey(key);
    const userId = await tab.page.evaluate(async () => {
      const response = await fetch('/v1/account', { headers: { 'x-appwrite-project': 'cowrite' } });
      return ((await response.json()) as { $id: string }).$id;
    });
    await new Users(client).deleteSessions({ userId });
    await tab.waitForStatus('failed');
    await tab.focusEditor();
    await tab.type('kept');
    await vi.waitFor(async () => expect(await tab.byId('status').getAttribute('data-pending')).not.toBe('0'));
    expect(await tab.status()).toBe('failed');
  });

  it('nobody sees the projects of another', async () => {
    await tab.continueAsGuest('Ana');
    await tab.createProject('Secret');
    const url = tab.page.url();
    const eve = await Visitor.arrive(stage.browser);
    const eveTab = await eve.open(url);
    await eveTab.continueAsGuest('Eve');
    await eveTab.byId('project-problem').waitFor();
    await eveTab.page.goto(stage.product.url);
    await eveTab.byId('dashboard').waitFor();
    await eveTab.byId('no-projects').waitFor();
    expect(await eveTab.byId('project-link').count()).toBe(0);
    await eve.leave();
  });
});

describe('projects', () => {
  beforeEach(async () => {
    await tab.continueAsGuest('Ana');
    await tab.byId('dashboard').waitFor();
  });

  it('are created, renamed, and deleted after a question, with a way back', async () => {
    await tab.createProject('One');
    await tab.page.goto(stage.product.url);
    await tab.byId('project-menu').click();
    await tab.byId('project-rename').click();
    await fill('name-input', 'Two');
    await tab.byId('name-submit').click();
    await tab.byId('project-link').getByText('Two').waitFor();
    await tab.byId('project-menu').click();
    await tab.byId('project-delete').click();
    await tab.byId('confirm-submit').click();
    await tab.byId('no-projects').waitFor();
    await tab.byId('toast-action').click();
    await tab.byId('project-link').getByText('Two').waitFor();
    expect(await tab.byId('project-link').count()).toBe(1);
    expect(tab.errors).toEqual([]);
  });

  it('the demo project opens with files, and everybody who opens it sees the same', async () => {
    await tab.byId('open-demo').click();
    await tab.openFile('README.md');
    const text = await settled(tab);
    expect(text.length).toBeGreaterThan(100);
    const bob = await Visitor.arrive(stage.browser);
    const bobTab = await bob.open(stage.product.url);
    await bobTab.continueAsGuest('Bob');
    await bobTab.byId('open-demo').click();
    await bobTab.openFile('README.md');
    expect(await settled(tab, bobTab)).toBe(text);
    expect(await tab.byId('avatar').count()).toBe(2);
    await bob.leave();
  });

  it('a file has an address that can be reloaded and opened elsewhere; back and forward work', async () => {
    await tab.createProject('Addresses');
    await tab.createFile('a.ts');
    await tab.focusEditor();
    await tab.type('in a');
    await tab.createFile('b.ts');
    await tab.focusEditor();
    await tab.type('in b');
    await tab.waitForStatus('saved');
    const address = tab.page.url();
    await tab.page.goBack();
    await tab.waitForText('in a');
    await tab.page.goForward();
    await tab.waitForText('in b');
    await tab.page.reload();
    await tab.waitForText('in b');
    const other = await ana.open(address);
    await other.waitForText('in b');
    expect(await other.page.title()).toContain('b.ts');
  });

  it('an invite that does not exist says so', async () => {
    await tab.page.goto(`${stage.product.url}/join/nonsense`);
    await tab.byId('join-problem').waitFor();
    expect(await tab.byId('join-problem').textContent()).toMatch(/link/i);
  });

  it('files are renamed and deleted while another types into them: nothing is lost [TREE-1] [TREE-2]', async () => {
    await tab.createProject('Tree');
    await tab.createFile('old.ts');
    const bob = await Visitor.arrive(stage.browser);
    const bobTab = await bob.open(await tab.invite());
    await bobTab.continueAsGuest('Bob');
    await bobTab.openFile('old.ts');
    await bobTab.focusEditor();
    await bobTab.type('before ');
    await tab.page.locator('[data-path="old.ts"]').focus();
    await tab.press('F2');
    await tab.byId('tree-name-input').fill('new.ts');
    await tab.press('Enter');
    await bobTab.page.locator('[data-path="new.ts"]').waitFor();
    await bobTab.focusEditor();
    await bobTab.press('End');
    await bobTab.type('after ');
    await tab.page.locator('[data-path="new.ts"]').focus();
    await tab.press('Delete');
    await bobTab.byId('deleted-banner').waitFor();
    await bobTab.focusEditor();
    await bobTab.press('End');
    await bobTab.type('deleted');
    await bobTab.byId('restore-open-file').click();
    await tab.openFile('new.ts');
    expect(await settled(tab, bobTab)).toBe('before after deleted');
    await bob.leave();
  });
});
