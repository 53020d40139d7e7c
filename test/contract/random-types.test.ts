import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { ANTI_ENTROPY_MS } from '../../src/core/limits.ts';
import { openTestServer, type AppwriteServer } from '../helpers/emulator.ts';
import { AppwriteWorlds, SCHEMA } from '../helpers/provider/appwrite-world.ts';
import { contentOf, editAtRandom } from '../helpers/provider/random-edits.ts';
import { ProviderReplica } from '../helpers/provider/replica.ts';
import type { World } from '../helpers/provider/world.ts';
import { Random } from '../helpers/random.ts';

const REPLICAS = 5;
const OPERATIONS = 400;

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

/** Everything that two documents can differ in: state vector, delete set, content, and what still waits. */
function stateOf({ file: { doc } }: ProviderReplica): unknown {
  const { sv, ds } = Y.snapshot(doc);
  const waiting = [doc.store.pendingStructs, doc.store.pendingDs];
  return { sv, deleted: [...ds.clients].sort(([a], [b]) => a - b), content: contentOf(doc), waiting };
}

async function equal(world: World, replicas: readonly ProviderReplica[]): Promise<void> {
  await world.time.until(() => {
    expect(replicas.map(({ status }) => status)).toEqual(replicas.map(() => 'saved'));
    const [first, ...others] = replicas.map(({ file }) => Y.snapshot(file.doc));
    for (const other of others) expect(Y.equalSnapshots(first ?? Y.emptySnapshot, other)).toBe(true);
  });
  const [first, ...others] = replicas.map(stateOf);
  for (const other of others) expect(other).toEqual(first);
}

/** Edits at random while cables are pulled, events dropped and answers lost. */
async function edit(replicas: readonly ProviderReplica[], random: Random): Promise<void> {
  for (const { line } of replicas) line.dropEvent = () => random.below(12) === 0;
  for (let i = 0; i < OPERATIONS; i++) {
    const replica = replicas[random.below(replicas.length)];
    if (!replica) continue;
    replica.file.doc.transact(() => editAtRandom(replica.file.doc, random));
    if (random.below(25) === 0) replica.line.unplug();
    if (random.below(10) === 0) replicas[random.below(replicas.length)]?.line.plug();
    if (random.below(30) === 0) replica.line.lostReplies++;
    if (random.below(3) === 0) await sleep(random.below(6));
  }
}

describe('random operations on texts, maps and arrays from five replicas', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    '[P1] [P2] [P4] [LOG-4] end equal in content, state vector and delete set, also freshly read: seed %i',
    { timeout: 90_000 },
    async (seed) => {
      const random = new Random(seed);
      const world = await worlds.world();
      const who = [world.ana, world.bob];
      const replicas = Array.from(
        { length: REPLICAS },
        (_, index) => new ProviderReplica(world, who[index % 2] ?? world.ana),
      );
      try {
        await edit(replicas, random);
        for (const { line } of replicas) {
          line.dropEvent = () => false;
          line.lostReplies = 0;
          line.plug();
        }
        await world.time.pass(ANTI_ENTROPY_MS * 1.3);
        await equal(world, replicas);
        const fresh = new ProviderReplica(world, world.bob);
        replicas.push(fresh);
        await equal(world, replicas);
        expect(JSON.stringify(contentOf(fresh.file.doc)).length).toBeGreaterThan(200);
        expect(replicas.flatMap(({ reports }) => reports)).toEqual([]);
      } finally {
        await Promise.all(replicas.map(({ sync }) => sync.close()));
      }
    },
  );
});
