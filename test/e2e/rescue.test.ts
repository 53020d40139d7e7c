import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { Client, TablesDB, Teams, Users } from 'node-appwrite';
import { describe, expect, it } from 'vitest';
import { settled, Visitor, type Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();

/** Text that is easily damaged on its way. */
const TRICKY = 'const smile = "😀";\n\tif (a < b) {}\n\u00e9 e\u0301 “quoted”';

function client(): Client {
  const key = readFileSync(join(stage.product.dataDir, 'api-key'), 'utf8').trim();
  return new Client().setEndpoint(`${stage.product.url}/v1`).setProject('cowrite').setKey(key);
}

interface Cast {
  readonly ana: Visitor;
  readonly bob: Visitor;
  readonly anaTab: Tab;
  readonly bobTab: Tab;
  readonly project: string;
}

/** Ana's project, in which Bob has a file open that both have typed in. */
async function cast(name: string): Promise<Cast> {
  const ana = await Visitor.arrive(stage.browser);
  const bob = await Visitor.arrive(stage.browser);
  const anaTab = await ana.open(stage.product.url);
  await anaTab.continueAsGuest('Ana');
  await anaTab.createProject(name);
  await anaTab.createFile('src/main.ts');
  await anaTab.focusEditor();
  await anaTab.type('// by Ana');
  await anaTab.press('Enter');
  const bobTab = await bob.open(await anaTab.invite());
  await bobTab.continueAsGuest('Bob');
  await bobTab.page.locator('[data-testid=tree-item][data-path="src"]').click();
  await bobTab.openFile('src/main.ts');
  await settled(anaTab, bobTab);
  const project = /\/p\/([^/]+)/.exec(anaTab.page.url())?.[1] ?? '';
  await bobTab.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  return { ana, bob, anaTab, bobTab, project };
}

async function membershipOf(project: string, userName: string): Promise<{ teamId: string; membershipId: string }> {
  const { memberships } = await new Teams(client()).listMemberships({ teamId: project });
  const found = memberships.find((each) => each.userName === userName);
  if (!found) throw new Error(`${userName} is not in the project`);
  return { teamId: project, membershipId: found.$id };
}

/** Types at the end of the open file without network, and waits until it is safe on the device. */
async function typeOffline({ bob, bobTab }: Cast, text: string): Promise<void> {
  await bob.context.setOffline(true);
  await bobTab.focusEditor();
  await bobTab.press('Control+End');
  await bobTab.page.keyboard.insertText(text);
  await bobTab.waitForStatus('offline');
  await expect.poll(() => bobTab.byId('status-sentence').textContent()).toContain('safe on this device');
}

/** To the dashboard, without the page being loaded anew: one that ends hands what waits to the browser. */
async function leaveProject(tab: Tab): Promise<void> {
  await tab.byId('to-projects').click();
  await tab.byId('dashboard').waitFor();
}

/** From the popover of the status to the page of unsent edits. */
async function openRescue(tab: Tab): Promise<void> {
  await tab.waitForStatus('failed');
  await tab.byId('status').click();
  await tab.byId('status-rescue').click();
  await tab.byId('rescue-project').waitFor();
}

async function openDiff(tab: Tab): Promise<{ before: string; mine: string }> {
  await tab.page.locator('[data-testid=rescue-file][data-path="src/main.ts"] [data-testid=rescue-toggle]').click();
  await tab.byId('rescue-diff').locator('.modified .view-line').first().waitFor();
  return tab.page.evaluate(() => {
    const { base, mine } = document.querySelector('cw-diff') as unknown as { base: string; mine: string };
    return { before: base, mine };
  });
}

async function leave(...visitors: Visitor[]): Promise<void> {
  await Promise.all(visitors.map((visitor) => visitor.leave()));
}

describe('edits of somebody who may not write any more', () => {
  it('[LOCAL-4] [P16] demoted while offline: they are shown beside the server’s text; discarding gives that back', async () => {
    const all = await cast('Demoted');
    const { ana, bob, anaTab, bobTab, project } = all;
    await typeOffline(all, 'by Bob');
    await new Teams(client()).updateMembership({ ...(await membershipOf(project, 'Bob')), roles: ['viewer'] });
    await anaTab.focusEditor();
    await anaTab.press('Control+End');
    await anaTab.type('// more');
    await anaTab.waitForStatus('saved');
    await bob.context.setOffline(false);

    await openRescue(bobTab);
    expect(await bobTab.byId('rescue-reason').textContent()).toContain('Your role in this project');
    const { before, mine } = await openDiff(bobTab);
    expect(before).toBe('// by Ana\n// more');
    expect(mine.replace('by Bob', '')).toBe(before);
    expect(mine).toContain('by Bob');

    const downloading = bobTab.page.waitForEvent('download');
    await bobTab.byId('rescue-download').click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('main.ts');
    expect(readFileSync(await download.path(), 'utf8')).toBe(mine);

    await bobTab.byId('rescue-discard').click();
    expect(await bobTab.byId('confirm-dialog').textContent()).toContain('src/main.ts');
    await bobTab.byId('confirm-submit').click();
    await bobTab.byId('rescue-empty').waitFor();
    await bobTab.page.goto(anaTab.page.url());
    await bobTab.waitForText('// by Ana\n// more');
    await bobTab.waitForStatus('read-only');
    expect(await anaTab.text()).not.toContain('by Bob');
    expect([...anaTab.errors, ...bobTab.errors]).toEqual([]);
    await leave(ana, bob);
  });

  it('[LOCAL-4] a role that comes back sends them, and there is nothing to rescue', async () => {
    const all = await cast('Forgiven');
    const { ana, bob, anaTab, bobTab, project } = all;
    await typeOffline(all, 'by Bob');
    const membership = await membershipOf(project, 'Bob');
    await new Teams(client()).updateMembership({ ...membership, roles: ['viewer'] });
    await bob.context.setOffline(false);
    await openRescue(bobTab);
    await new Teams(client()).updateMembership({ ...membership, roles: ['editor'] });
    await bobTab.page.goto(anaTab.page.url());
    expect(await settled(anaTab, bobTab)).toContain('by Bob');
    await bobTab.page.goto(`${stage.product.url}/rescue`);
    await bobTab.byId('rescue-empty').waitFor();
    await leave(ana, bob);
  });

  it('[LOCAL-4] removed: the whole is copied into a new project, letter by letter, and then leaves the list', async () => {
    const all = await cast('Removed');
    const { ana, bob, anaTab, bobTab, project } = all;
    await typeOffline(all, TRICKY);
    const mine = await bobTab.text();
    await bobTab.createFile('/notes/empty.md');
    await new Teams(client()).deleteMembership(await membershipOf(project, 'Bob'));
    await bob.context.setOffline(false);

    await openRescue(bobTab);
    expect(await bobTab.byId('rescue-reason').first().textContent()).toContain('no member');
    const diff = await openDiff(bobTab);
    expect(diff).toEqual({ before: '// by Ana\n', mine });
    await bobTab.byId('rescue-copy').click();
    await bobTab.byId('name-submit').click();
    await bobTab.byId('file-tree').waitFor();
    expect(bobTab.page.url()).not.toContain(project);
    expect(await bobTab.byId('project-name').textContent()).toBe('Removed (rescued)');
    await bobTab.page.locator('[data-testid=tree-item][data-path="notes"]').click();
    await bobTab.page.locator('[data-testid=tree-item][data-path="notes/empty.md"]').waitFor();
    await bobTab.page.locator('[data-testid=tree-item][data-path="src"]').click();
    await bobTab.openFile('src/main.ts');
    await bobTab.waitForText(mine);
    await bobTab.waitForStatus('saved');
    const copy = bobTab.page.url();
    await bobTab.page.goto(`${stage.product.url}/rescue`);
    await bobTab.byId('rescue-empty').waitFor();
    // What counts is what the server has: Ana, whom Bob lets in, gets it from there.
    await bobTab.page.goto(copy);
    await anaTab.page.goto(await bobTab.invite());
    await anaTab.byId('file-tree').waitFor();
    await anaTab.page.goto(copy);
    await anaTab.waitForText(mine);
    expect([...anaTab.errors, ...bobTab.errors]).toEqual([]);
    await leave(ana, bob);
  });

  it('[P47] [LOCAL-4] a tab that ends in the middle of a copy loses nothing', async () => {
    const all = await cast('Halfway');
    const { ana, bob, bobTab, project } = all;
    await typeOffline(all, 'by Bob');
    const mine = await bobTab.text();
    await new Teams(client()).updateMembership({ ...(await membershipOf(project, 'Bob')), roles: ['viewer'] });
    await bob.context.setOffline(false);
    await openRescue(bobTab);
    await bob.context.route('**/tables/updates/rows', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    );
    await bobTab.byId('rescue-copy').click();
    await bobTab.byId('name-submit').click();
    await expect.poll(() => bobTab.byId('rescue-progress').textContent()).toContain('Waiting for the server');
    await bobTab.page.reload();
    await bobTab.byId('rescue-project').waitFor();
    expect(await bobTab.byId('rescue-project').textContent()).toContain('Halfway');
    expect((await openDiff(bobTab)).mine).toBe(mine);
    await leave(ana, bob);
  });

  it('[LOCAL-4] a project that its owner has deleted: the dashboard tells of them, and restoring it sends them', async () => {
    const all = await cast('Deleted');
    const { ana, bob, anaTab, bobTab, project } = all;
    await typeOffline(all, 'by Bob');
    const address = bobTab.page.url();
    await leaveProject(bobTab);
    const row = { databaseId: 'cowrite', tableId: 'projects', rowId: project };
    await new TablesDB(client()).updateRow({ ...row, data: { archived: true } });
    await bob.context.setOffline(false);
    await bobTab.page.reload();
    await bobTab.byId('rescue-notice').waitFor();
    await bobTab.byId('rescue-notice').locator('a').click();
    await bobTab.byId('rescue-project').waitFor();
    expect(await bobTab.byId('rescue-reason').textContent()).toContain('deleted by its owner');
    expect(await bobTab.byId('rescue-project').textContent()).toContain('Deleted');
    await new TablesDB(client()).updateRow({ ...row, data: { archived: false } });
    await bobTab.page.goto(address);
    await bobTab.waitForText('// by Ana\nby Bob');
    await bobTab.waitForStatus('saved');
    await anaTab.page.reload();
    await anaTab.waitForText('// by Ana\nby Bob');
    await leave(ana, bob);
  });

  it('[LOCAL-4] [P10] a project that is gone altogether: the edits are still here, and can be downloaded', async () => {
    const all = await cast('Gone');
    const { ana, bob, bobTab, project } = all;
    await typeOffline(all, 'by Bob');
    const mine = await bobTab.text();
    await leaveProject(bobTab);
    await new TablesDB(client()).deleteRow({ databaseId: 'cowrite', tableId: 'projects', rowId: project });
    await new Teams(client()).delete({ teamId: project });
    await bob.context.setOffline(false);
    await bobTab.page.goto(`${stage.product.url}/rescue`);
    await bobTab.byId('rescue-project').waitFor();
    expect(await bobTab.byId('rescue-reason').textContent()).toContain('does not exist any more');
    expect(await bobTab.byId('rescue-project').textContent()).toContain('Gone');
    const downloading = bobTab.page.waitForEvent('download');
    await bobTab.byId('rescue-download-all').click();
    const archive = unzipSync(readFileSync(await (await downloading).path()));
    expect(Object.keys(archive)).toEqual(['src/main.ts']);
    expect(strFromU8(archive['src/main.ts'] ?? new Uint8Array())).toBe(mine);
    await leave(ana, bob);
  });
});

describe('a row that the server refuses', () => {
  it('[LOCAL-4] is listed with what the server says, also after a reload, and goes when it is taken after all', async () => {
    const all = await cast('Refused');
    const { ana, bob, anaTab, bobTab } = all;
    const address = bobTab.page.url();
    await bob.context.route('**/tables/updates/rows', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status: 413,
            json: { code: 413, type: 'general_body_too_large', message: 'Too large.', version: '1.9.5' },
          })
        : route.continue(),
    );
    await bobTab.focusEditor();
    await bobTab.press('Control+End');
    await bobTab.type('by Bob');
    await openRescue(bobTab);
    expect(await bobTab.byId('rescue-reason').textContent()).toContain('larger than the server takes');
    await bobTab.page.reload();
    await bobTab.byId('rescue-project').waitFor();
    expect(await bobTab.byId('rescue-reason').textContent()).toContain('larger than the server takes');
    await bob.context.unroute('**/tables/updates/rows');
    await bobTab.page.goto(address);
    expect(await settled(anaTab, bobTab)).toBe('// by Ana\nby Bob');
    await bobTab.page.goto(`${stage.product.url}/rescue`);
    await bobTab.byId('rescue-empty').waitFor();
    await leave(ana, bob);
  });
});

describe('signing out', () => {
  it('[P48] with unsent edits says how many, offers them, and they go when their author is back', async () => {
    const ana = await Visitor.arrive(stage.browser);
    const tab = await ana.open(stage.product.url);
    const fill = (id: string, text: string): Promise<void> => tab.byId(id).locator('input').fill(text);
    await tab.byId('to-sign-up').click();
    await fill('account-name', 'Ana');
    await fill('account-email', 'leaving@example.com');
    await fill('account-password', 'correct horse');
    await tab.byId('account-submit').click();
    await tab.createProject('Diary');
    await tab.createFile('diary.md');
    await tab.waitForStatus('saved');
    const address = tab.page.url();
    await ana.context.route('**/tables/updates/rows', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    );
    await tab.focusEditor();
    await tab.type('dear');
    await expect.poll(() => tab.byId('status').getAttribute('data-pending')).not.toBe('0');
    const askToLeave = async (): Promise<void> => {
      await tab.byId('user-menu').click();
      await tab.byId('sign-out').click();
      await tab.byId('sign-out-anyway').waitFor();
    };
    await askToLeave();
    expect(await tab.byId('sign-out-dialog').textContent()).toMatch(/\d edits? ha(s|ve) not been sent/);
    const downloading = tab.page.waitForEvent('download');
    await tab.byId('sign-out-download').click();
    const archive = unzipSync(readFileSync(await (await downloading).path()));
    expect(Object.values(archive).map((bytes) => strFromU8(bytes))).toEqual(['dear']);
    await tab.byId('sign-out-review').click();
    await tab.byId('rescue-waiting').waitFor();
    await askToLeave();
    await tab.byId('sign-out-anyway').click();
    await tab.byId('sign-in').waitFor();

    await ana.context.unroute('**/tables/updates/rows');
    await tab.page.goto(address);
    await tab.byId('to-sign-in').click();
    await fill('account-email', 'leaving@example.com');
    await fill('account-password', 'correct horse');
    await tab.byId('account-submit').click();
    await tab.waitForText('dear');
    await tab.waitForStatus('saved');
    expect(tab.errors).toEqual([]);
    await leave(ana);
  });

  it('[P48] a guest whose session ends elsewhere keeps what is not sent until it is looked at', async () => {
    const all = await cast('Ended');
    const { ana, bob, bobTab, project } = all;
    await typeOffline(all, 'by Bob');
    const mine = await bobTab.text();
    await leaveProject(bobTab);
    const membership = await new Teams(client()).getMembership(await membershipOf(project, 'Bob'));
    await new Users(client()).deleteSessions({ userId: membership.userId });
    await bob.context.setOffline(false);
    await bobTab.page.goto(`${stage.product.url}/rescue`);
    await bobTab.byId('session-ended').waitFor();
    await bobTab.byId('rescue-project').waitFor();
    await expect.poll(() => bobTab.byId('rescue-reason').textContent()).toContain('guests cannot sign in again');
    await bobTab.byId('session-leave').click();
    const downloading = bobTab.page.waitForEvent('download');
    await bobTab.byId('sign-out-download').click();
    const archive = unzipSync(readFileSync(await (await downloading).path()));
    expect(Object.values(archive).map((bytes) => strFromU8(bytes))).toEqual([mine]);
    await bobTab.byId('sign-out-anyway').click();
    await bobTab.byId('sign-in').waitFor();
    await leave(ana, bob);
  });
});
