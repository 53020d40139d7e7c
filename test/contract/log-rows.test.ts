import { afterAll, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { logRows } from '../../src/backend/log-rows.ts';
import type { Tables } from '../../src/backend/tables.ts';
import { encodeUpdateRow } from '../../src/core/codec.ts';
import { openTestServer, sdk, type AppwriteServer } from '../helpers/emulator.ts';
import { AppwriteWorlds, SCHEMA } from '../helpers/provider/appwrite-world.ts';
import type { World } from '../helpers/provider/world.ts';

let server: AppwriteServer;
let worlds: AppwriteWorlds;

beforeAll(async () => {
  server = await openTestServer(SCHEMA);
  worlds = await AppwriteWorlds.open(server);
});
afterAll(async () => {
  await worlds.close();
  await server.close();
});

async function write(world: World, doc: string, count: number): Promise<void> {
  const { project, ana } = world;
  const stamp = { project, role: ana.role, author: ana.id };
  for (let index = 0; index < count; index++) {
    const content = new Y.Doc();
    content.getText('text').insert(0, 'x');
    const row = encodeUpdateRow(`${project}${doc}${index}`, doc, Y.encodeStateAsUpdate(content), stamp);
    const written = await world.portsOf(ana).log.append(row);
    if (!written.ok) throw new Error(written.message);
  }
}

it('the rows of the log are counted for each document of a project, and what was cut off is said', async () => {
  const world = await worlds.world();
  const other = await worlds.world();
  await write(world, 'fone', 3);
  await write(world, 'ftwo', 1);
  await write(other, 'felsewhere', 1);
  const { rows: tables } = sdk(server, { key: server.apiKey });
  const listRows: Tables['listRows'] = async (query) => {
    const { rows } = await tables.listRows({ ...query, databaseId: server.id(query.databaseId) });
    return { rows };
  };
  const counts = new Map([
    ['fone', 3],
    ['ftwo', 1],
  ]);
  expect(await logRows({ listRows }, world.project)).toEqual({ ok: true, value: { counts, isComplete: true } });
  const cut = await logRows({ listRows }, world.project, 2);
  expect(cut).toMatchObject({ ok: true, value: { isComplete: false } });
  expect(cut.ok && [...cut.value.counts.values()].reduce((sum, each) => sum + each, 0)).toBe(2);
});
