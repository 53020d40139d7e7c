import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, ID, TablesDB, Users } from 'node-appwrite';
import { expect, it } from 'vitest';
import { Visitor } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();

/** TablesDB in the name of somebody who is in no project. */
async function outsider(): Promise<TablesDB> {
  const endpoint = `${stage.product.url}/v1`;
  const key = readFileSync(join(stage.product.dataDir, 'api-key'), 'utf8').trim();
  const users = new Users(new Client().setEndpoint(endpoint).setProject('cowrite').setKey(key));
  const { $id } = await users.create({ userId: ID.unique(), email: 'mallory@example.com', password: 'password1' });
  const { secret } = await users.createSession({ userId: $id });
  return new TablesDB(new Client().setEndpoint(endpoint).setProject('cowrite').setSession(secret));
}

it('[P14] [STAMP-2] rows of an outsider, random bytes and 10 MB of garbage have no effect but a counter', async () => {
  const ana = await Visitor.arrive(stage.browser);
  const tab = await ana.open(stage.product.url);
  await tab.continueAsGuest('Ana');
  await tab.createProject('Target');
  await tab.createFile('main.ts');
  await tab.focusEditor();
  await tab.type('mine');
  await tab.waitForStatus('saved');

  const [, project, file] = /\/p\/([^/]+)\/f\/([^/]+)/.exec(tab.page.url()) ?? [];
  const rows = await outsider();
  const write = (data: string, permissions: string[]) =>
    rows.createRow({
      databaseId: 'cowrite',
      tableId: 'updates',
      rowId: ID.unique(),
      data: { project, doc: `f${file}`, data },
      permissions,
    });
  await write('AQEHAAQBBHRleHQFaGVsbG8A', ['read("any")']);
  await write(randomBytes(400).toString('base64'), ['read("any")']);
  await write('A'.repeat(10 * 1024 * 1024), ['read("any")']);
  await expect(write('AAAA', [`read("team:${project}")`, `read("team:${project}/editor")`])).rejects.toMatchObject({
    code: 401,
  });

  await tab.byId('status').click();
  await expect.poll(() => tab.byId('status-quarantined').textContent(), { timeout: 15_000 }).toContain('3');
  await tab.press('Escape');
  expect(await tab.text()).toBe('mine');
  await tab.focusEditor();
  await tab.press('End');
  await tab.type(' still');
  await tab.waitForStatus('saved');
  await tab.page.reload();
  await tab.waitForEditor();
  await tab.waitForText('mine still');
  await tab.waitForStatus('saved');
  expect(tab.errors).toEqual([]);
  await ana.leave();
});
