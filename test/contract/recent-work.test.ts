import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { recentWork } from '../../src/backend/recent-work.ts';
import { encodeUpdateRow } from '../../src/core/codec.ts';
import { compactDocument } from '../../src/core/compaction/compact.ts';
import type { Outcome } from '../../src/core/failures.ts';
import { DATABASE_ID, type Tables } from '../../src/backend/tables.ts';
import { UPDATES_TABLE } from '../../src/backend/update-log.ts';
import type { RecentWork } from '../../src/core/ports.ts';
import { compactionStore } from '../helpers/compaction-server.ts';
import { openTestServer, sdk, type AppwriteServer } from '../helpers/emulator.ts';
import { AppwriteWorlds, SCHEMA } from '../helpers/provider/appwrite-world.ts';
import type { Member, World } from '../helpers/provider/world.ts';

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

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.kind}: ${outcome.message}`);
  return outcome.value;
}

let rows = 0;

async function write(world: World, doc: string, by: Member): Promise<void> {
  const { project } = world;
  const content = new Y.Doc();
  content.getText('text').insert(0, 'x');
  const stamp = { project, role: by.role, author: by.id };
  const row = encodeUpdateRow(`recent${rows++}`, doc, Y.encodeStateAsUpdate(content), stamp);
  valueOf(await world.portsOf(by).log.append(row));
}

async function recent(project: string, since: number | null): Promise<readonly RecentWork[]> {
  const { rows: tables } = sdk(server, { key: server.apiKey });
  const listRows: Tables['listRows'] = async (query) => {
    const databaseId = server.id(query.databaseId);
    const found = await tables.listRows({ ...query, databaseId, queries: [...(query.queries ?? [])] });
    return { rows: found.rows };
  };
  return valueOf(await recentWork({ listRows }, project, since));
}

describe('who worked in a project since a moment', () => {
  it('is told by the log, the newest first, and of other projects nothing', async () => {
    const world = await worlds.world();
    const other = await worlds.world();
    await write(other, 'felsewhere', other.ana);
    expect(await recent(world.project, null)).toEqual([]);
    await write(world, 'fone', world.ana);
    const [first] = await recent(world.project, null);
    expect(first).toMatchObject({ doc: 'fone', author: world.ana.id });
    await write(world, 'ftwo', world.bob);
    await write(world, 'ftwo', world.bob);
    const since = await recent(world.project, first?.time ?? null);
    expect(since.map(({ doc, author }) => [doc, author])).toEqual([
      ['ftwo', world.bob.id],
      ['ftwo', world.bob.id],
    ]);
    expect(since[0]?.time).toBeGreaterThanOrEqual(since[1]?.time ?? Infinity);
    expect(await recent(world.project, since[0]?.time ?? null)).toEqual([]);
  });

  it('[SNAP-3] is still told when it was compacted since', async () => {
    const world = await worlds.world();
    await write(world, 'fone', world.ana);
    const [first] = await recent(world.project, null);
    await write(world, 'fone', world.bob);
    valueOf(await compactDocument(compactionStore(server), world.project, 'fone'));
    const since = await recent(world.project, first?.time ?? null);
    expect(since).toContainEqual({ doc: 'fone', author: world.bob.id, time: expect.any(Number) as number });
    for (const { time } of since) expect(time).toBeGreaterThan(first?.time ?? Infinity);
  });

  it('[STAMP-2] a row that nobody can have written tells nothing', async () => {
    const world = await worlds.world();
    const key = sdk(server, { key: server.apiKey });
    const permissions = [`read("team:${world.project}")`, `read("user:${world.ana.id}")`, 'read("users")'];
    const data = { project: world.project, doc: 'fone', data: 'AAA=' };
    const place = { databaseId: server.id(DATABASE_ID), tableId: UPDATES_TABLE };
    await key.rows.createRow({ ...place, rowId: 'nobody', data, permissions });
    expect(await recent(world.project, 0)).toEqual([]);
  });
});
