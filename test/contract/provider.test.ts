import { afterAll, beforeAll, describe } from 'vitest';
import { openTestServer, type AppwriteServer } from '../helpers/emulator.ts';
import { AppwriteWorlds, SCHEMA } from '../helpers/provider/appwrite-world.ts';
import type { World } from '../helpers/provider/world.ts';
import { providerContract } from '../helpers/provider-contract.ts';
import { updateLogContract } from '../helpers/update-log-contract.ts';

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

describe('replicas on an Appwrite server', () => {
  providerContract(() => worlds.world());
});

describe('the log of an Appwrite server', () => {
  let world: World | undefined;
  updateLogContract(async () => {
    world ??= await worlds.world();
    const { project, bob } = world;
    return { log: world.portsOf(bob).log, project, author: bob.id, role: bob.role };
  });
});
