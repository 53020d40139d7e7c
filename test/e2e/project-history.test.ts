import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Users } from 'node-appwrite';
import { beforeAll, describe, expect, it } from 'vitest';
import { settled, type Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();

/** Ana and Bob may edit, Robo too, which is a program; Rita reviews. */
let ana: Tab;
let bob: Tab;
let robo: Tab;
let rita: Tab;

async function arrive(name: string, link: string): Promise<Tab> {
  const tab = await stage.arrive(name, link);
  await tab.byId('file-tree').waitFor();
  return tab;
}

async function createFile(tab: Tab, name: string, line: string): Promise<void> {
  await tab.createFile(name);
  await tab.addLine(line);
}

function inTree(tab: Tab, path: string) {
  return tab.page.locator(`[data-testid=tree-item][data-path="${path}"]`);
}

async function paths(tab: Tab): Promise<string[]> {
  const all = await tab.byId('tree-item').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-path') ?? ''));
  return all.sort();
}

async function rename(tab: Tab, path: string, name: string): Promise<void> {
  await inTree(tab, path).focus();
  await tab.press('F2');
  await tab.byId('tree-name-input').fill(name);
  await tab.byId('tree-name-input').press('Enter');
  await inTree(tab, name).waitFor();
}

async function remove(tab: Tab, path: string): Promise<void> {
  await inTree(tab, path).focus();
  await tab.press('Delete');
  await inTree(tab, path).waitFor({ state: 'detached' });
}

async function showProject(tab: Tab, which: 'timeline' | 'versions'): Promise<void> {
  if ((await tab.byId('panel-history').count()) === 0) await tab.byId('toggle-history').click();
  await tab.byId('scope-project').click();
  await tab.byId(`tab-${which}`).click();
}

/** What the preview of a restore lists, by path. */
async function preview(tab: Tab): Promise<string[]> {
  await tab.byId('restore-item').first().waitFor();
  const items = await tab
    .byId('restore-item')
    .evaluateAll((all) => all.map((item) => `${item.getAttribute('data-kind')} ${item.getAttribute('data-path')}`));
  return items.sort();
}

/** What is shown of the past; Monaco shows blanks that do not break. */
async function pastText(tab: Tab): Promise<string> {
  return ((await tab.byId('moment-code').textContent()) ?? '').replaceAll('\u00a0', ' ');
}

async function markAsAgent(tab: Tab): Promise<void> {
  const key = readFileSync(join(stage.product.dataDir, 'api-key'), 'utf8').trim();
  const client = new Client().setEndpoint(`${stage.product.url}/v1`).setProject('cowrite').setKey(key);
  const userId = await tab.page.evaluate(async () => {
    const response = await fetch('/v1/account', { headers: { 'x-appwrite-project': 'cowrite' } });
    return ((await response.json()) as { $id: string }).$id;
  });
  await new Users(client).updateLabels({ userId, labels: ['agent'] });
  await tab.page.reload();
  await tab.byId('file-tree').waitFor();
}

beforeAll(async () => {
  ana = await stage.arrive('Ana');
  await ana.createProject('Whole');
  await createFile(ana, 'old.md', 'farewell');
  await createFile(ana, 'code.ts', 'const one = 1;');
  await createFile(ana, 'plan.md', 'alpha');
  const [editing, reviewing] = [await ana.invite(), await ana.invite('reviewer')];
  [bob, robo, rita] = await Promise.all([arrive('Bob', editing), arrive('Robo', editing), arrive('Rita', reviewing)]);
  await markAsAgent(robo);
  await showProject(ana, 'versions');
  await ana.byId('name-version').click();
  await ana.byId('version-name').locator('input').fill('Draft');
  await ana.byId('version-submit').click();
  await ana.byId('version').waitFor();
  await ana.waitForStatus('saved');

  await bob.openFile('plan.md');
  await bob.addLine('by bob');
  await rename(bob, 'code.ts', 'main.ts');
  await remove(ana, 'old.md');
  await createFile(robo, 'extra.md', 'the robot was here');
  await Promise.all([ana, bob, robo].map((tab) => tab.waitForStatus('saved')));
  await inTree(ana, 'extra.md').waitFor();
});

describe('the history of a project', () => {
  it('agents are marked, and filters by person, file and time hold at once', async () => {
    await rita.openFile('plan.md');
    await showProject(rita, 'timeline');
    await rita.byId('project-work').first().waitFor();
    await expect.poll(() => rita.page.locator('.agent-badge').count()).toBeGreaterThan(0);
    const work = async (): Promise<string[]> =>
      (await rita.byId('project-work').allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim());
    await rita.byId('filter-person').selectOption(':agents');
    await expect.poll(work).toHaveLength(1);
    expect((await work())[0]).toMatch(/extra\.md Robo\s?agent/);
    await rita.byId('filter-person').selectOption(':people');
    await expect.poll(async () => (await work()).join(' ')).toMatch(/plan\.md Bob/);
    expect((await work()).join(' ')).not.toContain('Robo');
    await rita.byId('filter-file').selectOption({ label: 'plan.md' });
    await expect.poll(async () => (await work()).every((text) => text.startsWith('plan.md'))).toBe(true);
    await rita.byId('filter-person').selectOption(':agents');
    await rita.byId('filter-nothing').waitFor();
    await rita.byId('scope-file').click();
    await rita.byId('scope-project').click();
    await rita.byId('filter-nothing').waitFor();
    await rita.byId('filter-clear').click();
    await expect.poll(async () => (await work()).length).toBeGreaterThan(3);
    const avatar = rita.page.locator('[data-testid=avatar][data-agent]');
    expect(await avatar.getAttribute('aria-label')).toContain('Robo (agent)');
    expect(rita.errors).toEqual([]);
  });

  it('a text of the past is found in all files, deleted ones too, and shown where it stood', async () => {
    await rita.byId('history-search').fill('farewell');
    const found = rita.byId('search-file');
    await found.waitFor();
    expect(await found.getAttribute('data-path')).toBe('old.md');
    expect(await found.textContent()).toContain('(deleted)');
    await expect.poll(() => rita.byId('search-progress').textContent()).toContain('Found in 1 file');
    await found.getByTestId('search-came').click();
    await expect.poll(() => pastText(rita), { timeout: 30_000 }).toContain('farewell');
    await rita.byId('moment-close').click();
    await rita.byId('history-search').fill('never written');
    await expect.poll(() => rita.byId('search-progress').textContent()).toContain('never in any');
    expect(await rita.byId('search-file').count()).toBe(0);
  });

  it('who may not write is not offered to restore', async () => {
    await rita.byId('tab-versions').click();
    await rita.byId('version').waitFor();
    expect(await rita.byId('version-restore').count()).toBe(0);
  });

  it('[P42] [TREE-2] a version is restored but for what is unticked, open or not, and the restore is undone', async () => {
    await ana.openFile('main.ts');
    await ana.byId('version').filter({ hasText: 'Draft' }).hover();
    await ana.byId('version-restore').click();
    const all = ['back old.md', 'changed plan.md', 'moved code.ts', 'removed extra.md'];
    await expect.poll(() => preview(ana)).toEqual(all);
    await expect.poll(() => pastText(ana), { timeout: 30_000 }).toContain('by bob');
    await ana.page.locator('[data-path="extra.md"] [data-testid=restore-choose]').uncheck();
    expect(await ana.byId('project-restore-apply').textContent()).toContain('Restore 3 of 4');
    await ana.byId('project-restore-apply').click();
    await ana.byId('project-restore').waitFor({ state: 'detached' });
    await expect.poll(() => paths(bob)).toEqual(['code.ts', 'extra.md', 'old.md', 'plan.md']);
    await bob.waitForText('alpha\n');
    await rita.openFile('old.md');
    await rita.waitForText('farewell\n');
    await ana.waitForStatus('saved');

    // What others do meanwhile is kept.
    await bob.addLine('after');
    await ana.byId('undo-restore').click();
    await expect.poll(() => paths(bob)).toEqual(['extra.md', 'main.ts', 'plan.md']);
    await bob.waitForText('alpha\nby bob\nafter\n');
    await ana.byId('restored').waitFor({ state: 'detached' });
    await rita.byId('version').filter({ hasText: 'Before restoring Draft' }).waitFor();
    await ana.waitForStatus('saved');
    expect([...ana.errors, ...bob.errors, ...rita.errors]).toEqual([]);
  });

  it('the preview follows what others do until it is carried out', async () => {
    await ana.byId('version').filter({ hasText: 'Draft' }).last().hover();
    await ana.byId('version-restore').last().click();
    await preview(ana);
    await createFile(bob, 'later.md', 'later');
    await expect.poll(() => preview(ana)).toContain('removed later.md');
    await ana.byId('moment-close').click();
    await remove(bob, 'later.md');
  });

  it('without network what is on the device is restored and undone, and sent later', async () => {
    await ana.openFile('plan.md');
    await ana.waitForText('alpha\nby bob\nafter\n');
    await showProject(ana, 'timeline');
    await ana.byId('project-session').first().waitFor();
    await ana.setOffline(true);
    await ana.waitForStatus('offline');
    await ana.byId('tab-versions').click();
    await ana.byId('version').filter({ hasText: 'Draft' }).last().hover();
    await ana.byId('version-restore').last().click();
    await preview(ana);
    await ana.byId('project-restore-apply').click();
    await ana.waitForText('alpha\n');
    await expect.poll(() => paths(ana)).toEqual(['code.ts', 'old.md', 'plan.md']);
    await ana.byId('undo-restore').click();
    await ana.waitForText('alpha\nby bob\nafter\n');
    await ana.byId('version').filter({ hasText: 'Draft' }).last().hover();
    await ana.byId('version-restore').last().click();
    await preview(ana);
    await ana.byId('project-restore-apply').click();
    await ana.waitForText('alpha\n');
    await ana.setOffline(false);
    await settled(ana);
    await bob.openFile('plan.md');
    await bob.waitForText('alpha\n');
    await expect.poll(() => paths(bob)).toEqual(['code.ts', 'old.md', 'plan.md']);
    expect([...ana.errors, ...bob.errors]).toEqual([]);
  });
});
