import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Functions } from 'node-appwrite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setup } from '../../src/cli/setup.ts';
import { parseProjectFile } from '../../src/cli/setup/config.ts';
import { person, PROJECT, sdk, startTestServer, type TestServer } from '../helpers/emulator.ts';

const file = parseProjectFile(readFileSync(join(import.meta.dirname, '../../appwrite.json'), 'utf8'));
let root: string;
let server: TestServer;

/** A server that has nothing yet, and functions that answer with their name. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'cowrite-setup-'));
  writeFileSync(join(root, 'appwrite.json'), JSON.stringify(file));
  for (const { $id, path, entrypoint } of file.functions) {
    mkdirSync(join(root, path), { recursive: true });
    writeFileSync(join(root, path, entrypoint), `export default ({ res }) => res.text('I am ${$id}');`);
    writeFileSync(join(root, path, 'package.json'), '{ "type": "module" }');
  }
  server = await startTestServer({ schema: {} });
});

afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

async function run(): Promise<string[]> {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  await setup({ endpoint: server.endpoint, project: PROJECT, key: server.apiKey, dryRun: false, root, say });
  return lines;
}

it('makes a project in which clients can work, and finds nothing to do the second time', async () => {
  expect((await run()).at(-1)).toMatch(/^Done: /);
  expect(await run()).toEqual([
    `Reading project ${PROJECT} at ${server.endpoint}…`,
    'Nothing to do: the project has everything that Cowrite needs.',
  ]);

  const { rows } = await person(server, 'ann');
  const data = { project: 'p', doc: 'fp', data: 'AAA=' };
  const row = await rows.createRow({ databaseId: 'cowrite', tableId: 'updates', rowId: 'r1', data, permissions: [] });
  expect(row).toMatchObject(data);
  const link = { project: 'p', role: 'editor', tokenHash: 'h', createdBy: 'ann' };
  await expect(
    rows.createRow({ databaseId: 'cowrite', tableId: 'links', rowId: 'l1', data: link }),
  ).rejects.toMatchObject({ code: 401 });
});

it('deploys functions that run, and deploys them again when their code has changed', async () => {
  const { client } = await person(server, 'bea');
  const functions = new Functions(client);
  const [share] = file.functions;
  if (!share) throw new Error('appwrite.json has no function');
  const { $id: functionId, path, entrypoint } = share;
  expect((await functions.createExecution({ functionId })).responseBody).toBe(`I am ${functionId}`);

  writeFileSync(join(root, path, entrypoint), `export default ({ res }) => res.text('I am new');`);
  expect((await run()).at(-1)).toMatch(/ 1 deployed\.$/);
  expect((await functions.createExecution({ functionId })).responseBody).toBe('I am new');
});

it('puts back what was changed by hand', async () => {
  const tables = sdk(server, { key: server.apiKey }).rows;
  await tables.updateTable({
    databaseId: 'cowrite',
    tableId: 'updates',
    name: 'updates',
    permissions: ['read("any")'],
  });
  expect(await run()).toContain('[1/1] update table updates: rowSecurity, permissions');
  expect(await tables.getTable({ databaseId: 'cowrite', tableId: 'updates' })).toMatchObject({
    rowSecurity: true,
    $permissions: ['create("users")'],
  });
});
