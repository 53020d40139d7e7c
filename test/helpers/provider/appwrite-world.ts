import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Storage } from 'node-appwrite';
import { WebSocket } from 'ws';
import { AppwritePresenceTable } from '../../../src/backend/presence-table.ts';
import { AppwriteProjects } from '../../../src/backend/projects.ts';
import { RealtimeFeed } from '../../../src/backend/realtime-feed.ts';
import type { WebSocketLike } from '../../../src/backend/realtime-socket.ts';
import { BLOBS_BUCKET } from '../../../src/backend/snapshot-rows.ts';
import { AppwriteSnapshotStore } from '../../../src/backend/snapshot-store.ts';
import { DATABASE_ID, type Tables } from '../../../src/backend/tables.ts';
import { AppwriteUpdateLog } from '../../../src/backend/update-log.ts';
import { NODE_ID_LENGTH, randomId } from '../../../src/core/ids.ts';
import type { AppwriteConfig } from '../../../src/emulator/server.ts';
import { person, sdk, type AppwriteServer, type Person } from '../emulator.ts';
import { RealTime } from './real-time.ts';
import type { Member, Ports, World } from './world.ts';

/** The schema of the product. */
export const SCHEMA = JSON.parse(
  readFileSync(new URL('../../../appwrite.json', import.meta.url), 'utf8'),
) as AppwriteConfig;

/** How long a feed waits before it connects again, in ms. */
const RECONNECT_MS = 100;

/** Projects on an Appwrite server, embedded or real, for the same four people. */
export class AppwriteWorlds {
  private readonly server: AppwriteServer;
  private readonly people: readonly Person[];
  private readonly teams: string[] = [];

  private constructor(server: AppwriteServer, people: readonly Person[]) {
    this.server = server;
    this.people = people;
  }

  /** @param server has the schema of the product; it is closed by the caller, after `close` */
  static async open(server: AppwriteServer): Promise<AppwriteWorlds> {
    const people: Person[] = [];
    for (const name of ['ana', 'bob', 'vic', 'eve']) people.push(await person(server, name));
    return new AppwriteWorlds(server, people);
  }

  /** A new project, with Ana as its owner. */
  async world(): Promise<World> {
    const [ana, bob, vic, eve] = this.people;
    if (!ana || !bob || !vic || !eve) throw new Error('there are four people');
    const project = randomId((count) => randomBytes(count), NODE_ID_LENGTH);
    this.teams.push(project);
    const created = await new AppwriteProjects(tablesOf(this.server, ana), ana.teams).create(project, 'Test');
    if (!created.ok) throw new Error(created.message);
    const { teams } = sdk(this.server, { key: this.server.apiKey });
    await teams.createMembership({ teamId: project, roles: ['editor'], userId: bob.id });
    await teams.createMembership({ teamId: project, roles: ['viewer'], userId: vic.id });
    const person = (member: Member): Person => {
      const found = this.people.find(({ id }) => id === member.id);
      if (!found) throw new Error(`${member.id} is nobody`);
      return found;
    };
    return {
      project,
      // A real server that tests may use has its limits switched off as well.
      profile: 'embedded',
      time: new RealTime(),
      ana: { id: ana.id, role: 'owner' },
      bob: { id: bob.id, role: 'editor' },
      viewer: { id: vic.id, role: 'viewer' },
      outsider: { id: eve.id, role: 'editor' },
      portsOf: (member) => portsOf(this.server, person(member)),
    };
  }

  /** Removes the projects. */
  async close(): Promise<void> {
    const { teams } = sdk(this.server, { key: this.server.apiKey });
    for (const teamId of this.teams.splice(0)) await teams.delete({ teamId });
  }
}

function portsOf(server: AppwriteServer, who: Person): Ports {
  const tables = tablesOf(server, who);
  const storage = new Storage(who.client);
  const whoAmI = () => who.account.get();
  return {
    log: new AppwriteUpdateLog(tables, whoAmI, () => undefined),
    snapshots: new AppwriteSnapshotStore(
      tables,
      (fileId) => storage.getFileDownload({ bucketId: server.id(BLOBS_BUCKET), fileId }),
      () => Promise.resolve(),
    ),
    presence: new AppwritePresenceTable(
      tables,
      () => who.id,
      whoAmI,
      (address) => tables.deleteRow(address),
    ),
    feed: new RealtimeFeed({
      endpoint: server.endpoint,
      project: server.projectId,
      connect: (url) => connect(server, url),
      jwt: async () => (await who.account.createJWT()).jwt,
      cookies: false,
      backoff: () => RECONNECT_MS,
    }),
  };
}

/** The tables of the product, under the id that its database has on this server. */
function tablesOf(server: AppwriteServer, { rows }: Person): Tables {
  const here = <T extends { databaseId: string }>(params: T): T => ({ ...params, databaseId: server.id(DATABASE_ID) });
  return {
    createRow: (write) => rows.createRow(here(write)),
    upsertRow: (write) => rows.upsertRow(here(write)),
    updateRow: (write) => rows.updateRow(here(write)),
    deleteRow: (address) => rows.deleteRow(here(address)),
    listRows: (query) => rows.listRows(here(query)),
  };
}

/** A socket of `ws` that subscribes to the channels of the database under the id that it has on this server. */
function connect(server: AppwriteServer, url: string): WebSocketLike {
  const socket = new WebSocket(url);
  const send = socket.send.bind(socket);
  const before = `tablesdb.${DATABASE_ID}.`;
  const after = `tablesdb.${server.id(DATABASE_ID)}.`;
  socket.send = (data: string) => send(data.replaceAll(before, after));
  return socket;
}
