import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Functions, Query, TablesDB } from 'node-appwrite';
import { expect, it } from 'vitest';
import { settled, Visitor, type Tab } from '../helpers/browser.ts';
import { useStage } from '../helpers/stage.ts';

const stage = useStage();

function client(): Client {
  const key = readFileSync(join(stage.product.dataDir, 'api-key'), 'utf8').trim();
  return new Client().setEndpoint(`${stage.product.url}/v1`).setProject('cowrite').setKey(key);
}

/** The project and the document of the file that a tab shows. */
function addressOf(tab: Tab): { project: string; doc: string } {
  const [, project = '', file = ''] = /\/p\/([^/]+)\/f\/([^/?#]+)/.exec(tab.page.url()) ?? [];
  return { project, doc: `f${file}` };
}

/** Has the Function fold a document, as its schedule would; resolves to how many rows that took from the log. */
async function compact(project: string, doc: string): Promise<number> {
  const body = JSON.stringify({ project, doc });
  const execution = await new Functions(client()).createExecution({ functionId: 'compact', body });
  expect(execution.responseStatusCode).toBe(200);
  return (JSON.parse(execution.responseBody) as { folded: number }).folded;
}

async function rowsOf(tableId: string, doc: string): Promise<{ [column: string]: unknown }[]> {
  const queries = [Query.equal('doc', doc), Query.limit(100)];
  return (await new TablesDB(client()).listRows({ databaseId: 'cowrite', tableId, queries })).rows;
}

it('[SNAP-1] [P9] a compacted project opens for somebody new, and for somebody who was away meanwhile', async () => {
  const ana = await Visitor.arrive(stage.browser);
  const bob = await Visitor.arrive(stage.browser);
  const eve = await Visitor.arrive(stage.browser);
  const anaTab = await ana.open(stage.product.url);
  await anaTab.continueAsGuest('Ana');
  await anaTab.createProject('Long');
  // What deflate cannot make small: the state has to go into a file of the server.
  const lines = Array.from({ length: 12_000 }, () => Math.random().toString(36).slice(2));
  await anaTab
    .byId('import-input')
    .setInputFiles({ name: 'long.txt', mimeType: 'text/plain', buffer: Buffer.from(lines.join('\n')) });
  await anaTab.openFile('long.txt');
  const { project, doc } = addressOf(anaTab);
  const link = await anaTab.invite();
  const bobTab = await bob.open(link);
  await bobTab.continueAsGuest('Bob');
  await bobTab.openFile('long.txt');
  await settled(anaTab, bobTab);

  expect(await compact(project, doc)).toBeGreaterThan(0);
  expect(await compact(project, `t${project}`)).toBeGreaterThan(0);
  expect(await rowsOf('updates', doc)).toEqual([]);
  const [snapshot] = await rowsOf('snapshots', doc);
  expect(snapshot).toMatchObject({ state: null, generation: 1 });
  expect(snapshot?.['stateBlob']).toBeTypeOf('string');

  await bob.context.setOffline(true);
  await bobTab.focusEditor();
  await bobTab.press('Control+Home');
  await bobTab.type('bob was away ');
  await anaTab.focusEditor();
  await anaTab.press('Control+Home');
  await anaTab.press('Delete');
  for (let generation = 2; generation < 7; generation++) {
    await anaTab.type(`ana ${generation} `);
    await anaTab.waitForStatus('saved');
    await expect.poll(() => compact(project, doc)).toBeGreaterThan(0);
  }

  const eveTab = await eve.open(link);
  await eveTab.continueAsGuest('Eve');
  await eveTab.openFile('long.txt');
  const seen = await settled(anaTab, eveTab);
  expect(seen).toHaveLength(lines.join('\n').length - 1 + 'ana 2 '.length * 5);

  await bob.context.setOffline(false);
  const merged = await settled(anaTab, bobTab, eveTab);
  expect(merged).toContain('bob was away ');
  expect(merged).toContain('ana 6 ');
  await eveTab.page.reload();
  await eveTab.waitForEditor();
  await eveTab.waitForText(merged);
  expect(await compact(project, doc)).toBeGreaterThan(0);
  await bobTab.type('!');
  expect(await settled(anaTab, bobTab, eveTab)).toHaveLength(merged.length + 1);
  expect([...anaTab.errors, ...bobTab.errors, ...eveTab.errors]).toEqual([]);
  await Promise.all([ana.leave(), bob.leave(), eve.leave()]);
});
