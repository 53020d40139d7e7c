import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { createNodeBackend } from '../../src/backend/node.ts';
import { encodeUpdateRow } from '../../src/core/codec.ts';
import { randomId } from '../../src/core/ids.ts';
import type { ProjectInfo } from '../../src/core/ports.ts';
import type { Role } from '../../src/core/roles.ts';
import type { AppwriteConfig } from '../../src/emulator/server.ts';
import { ProjectSync } from '../../src/sync/project-sync.ts';
import { person, sdk, startTestServer, type Person, type TestServer } from '../helpers/emulator.ts';
import { MemoryDevice, MemoryTabs } from '../helpers/memory-device.ts';
import { updateLogContract } from '../helpers/update-log-contract.ts';

const SCHEMA = JSON.parse(readFileSync(new URL('../../appwrite.json', import.meta.url), 'utf8')) as AppwriteConfig;
const FILE = 'fmain';

const dataDir = mkdtempSync(join(tmpdir(), 'cowrite-sync-'));
let server: TestServer;
let ana: Person;
let bob: Person;
let mallory: Person;
const open: ProjectSync[] = [];

beforeAll(async () => {
  server = await startTestServer({ schema: SCHEMA, dataDir });
  ana = await person(server, 'ana');
  bob = await person(server, 'bob');
  mallory = await person(server, 'mallory');
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((project) => project.close()));
});

afterAll(async () => {
  await server.close();
  rmSync(dataDir, { recursive: true });
});

const bytes = (count: number): Uint8Array => randomBytes(count);
const backendOf = ({ session }: Person, endpoint = server.endpoint) =>
  createNodeBackend({ endpoint, project: 'cowrite', session });

/** A project owned by Ana, with Bob as editor. */
async function newProject(): Promise<string> {
  const project = randomId(bytes, 20);
  expect(await backendOf(ana).projects.create(project, 'Test')).toEqual({ ok: true, value: undefined });
  const { teams } = sdk(server, { key: server.apiKey });
  await teams.createMembership({ teamId: project, roles: ['editor'], userId: bob.id });
  return project;
}

function replica(
  project: string,
  who: Person,
  role: Role,
  device = new MemoryDevice(),
  projectChanged: (info: ProjectInfo) => void = () => undefined,
) {
  const backend = backendOf(who);
  const sync = new ProjectSync(
    {
      project,
      profile: 'embedded',
      identity: () => ({ author: who.id, role }),
      log: backend.log,
      snapshots: backend.snapshots,
      feed: backend.newFeed(() => 100),
      presence: backend.presenceOf(() => who.id),
      device,
      tabs: new MemoryTabs().tab(),
      clock: {
        now: () => Date.now(),
        after: (delay, run) => {
          const timer = setTimeout(run, delay);
          return () => clearTimeout(timer);
        },
      },
      randomBytes: bytes,
      random: Math.random,
      projectChanged,
      report: (error) => {
        throw error;
      },
    },
    () => undefined,
  );
  open.push(sync);
  const file = sync.openDocument(FILE);
  return { sync, file, device, text: file.doc.getText('text') };
}

type TestReplica = ReturnType<typeof replica>;

const saved = (...replicas: TestReplica[]): Promise<void> =>
  vi.waitFor(() => expect(replicas.map((each) => each.file.status.status)).toEqual(replicas.map(() => 'saved')), {
    timeout: 15_000,
    interval: 10,
  });

const equal = (a: TestReplica, b: TestReplica): Promise<void> =>
  vi.waitFor(() => expect(a.text.toString()).toBe(b.text.toString()), { timeout: 15_000, interval: 10 });

describe('the log in Appwrite', () => {
  let project: string;
  updateLogContract(async () => {
    project ??= await newProject();
    return { log: backendOf(ana).log, project, author: ana.id, role: 'owner' };
  });

  it('[P16] a session that has ended is told apart from a missing right', async () => {
    const backend = createNodeBackend({ endpoint: server.endpoint, project: 'cowrite', session: 'ended' });
    const row = encodeUpdateRow('r1', 'fa', Uint8Array.from([0, 0]), { project: 'p', author: 'a', role: 'editor' });
    expect(await backend.log.append(row)).toMatchObject({ ok: false, kind: 'unauthenticated' });
  });

  it('a server that is not there is offline', async () => {
    const backend = backendOf(ana, 'http://127.0.0.1:9/v1');
    const row = encodeUpdateRow('r1', 'fa', Uint8Array.from([0, 0]), { project: 'p', author: 'a', role: 'editor' });
    expect(await backend.log.append(row)).toMatchObject({ ok: false, kind: 'offline' });
  });
});

describe('replicas on the embedded server', () => {
  it('type into one file at once and end equal, everything stored', async () => {
    const project = await newProject();
    const [one, two] = [replica(project, ana, 'owner'), replica(project, bob, 'editor')];
    await saved(one, two);
    for (let i = 0; i < 100; i++) {
      one.text.insert(Math.floor(one.text.length / 2), 'a');
      two.text.insert(0, 'b');
      if (i % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await saved(one, two);
    await equal(one, two);
    expect([one.text.toString().match(/a/g)?.length, one.text.toString().match(/b/g)?.length]).toEqual([100, 100]);
    const fresh = replica(project, bob, 'editor');
    await saved(fresh);
    expect(fresh.text.toString()).toBe(one.text.toString());
  });

  it('[P26] see each other come and go', async () => {
    const project = await newProject();
    const [one, two] = [replica(project, ana, 'owner'), replica(project, bob, 'editor')];
    one.sync.presence.update({ user: { id: ana.id, name: 'Ana', color: '#112233' }, file: 'main' });
    two.sync.presence.update({ user: { id: bob.id, name: 'Bob', color: '#112233' }, file: 'main' });
    const seen = (each: TestReplica): string[] =>
      [...each.sync.presence.awareness.getStates().values()].map((state) => String(state['user']?.name)).sort();
    await vi.waitFor(
      () =>
        expect([seen(one), seen(two)]).toEqual([
          ['Ana', 'Bob'],
          ['Ana', 'Bob'],
        ]),
      { timeout: 5_000 },
    );
    await two.sync.close();
    await vi.waitFor(() => expect(seen(one)).toEqual(['Ana']), { timeout: 5_000 });
  });

  it('are told when the project is renamed or deleted, and take nothing more then', async () => {
    const project = await newProject();
    const told: ProjectInfo[] = [];
    const two = replica(project, bob, 'editor', new MemoryDevice(), (info) => told.push(info));
    await saved(two);
    const { projects } = backendOf(ana);
    await projects.rename(project, 'Renamed');
    await vi.waitFor(() => expect(told).toMatchObject([{ name: 'Renamed', deleted: false, by: null }]), {
      timeout: 5_000,
    });
    expect(two.file.status.status).toBe('saved');
    expect(await projects.archive(project, true, bob.id), 'in the name of somebody else').toMatchObject({
      ok: false,
      kind: 'forbidden',
    });
    expect(await projects.archive(project, true, ana.id)).toMatchObject({ ok: true });
    await vi.waitFor(() => expect(two.file.status).toMatchObject({ status: 'deleted' }), { timeout: 5_000 });
    expect(two.file.status.sentence).toContain('is deleted');
    expect(told.at(-1)).toMatchObject({ deleted: true, by: ana.id });
    const rows = await backendOf(bob).projects.list();
    const listed = rows.ok ? rows.value.find(({ id }) => id === project) : undefined;
    expect(listed).toMatchObject({ archived: true, archivedBy: ana.id });
    two.text.insert(0, 'typed after it ');
    await projects.archive(project, false);
    await saved(two);
    expect(told.at(-1)).toMatchObject({ deleted: false, by: null });
  });

  it('[P16] notice within one heartbeat that they are members no more, although nobody types', async () => {
    const project = await newProject();
    const two = replica(project, bob, 'editor');
    await saved(two);
    const { teams } = sdk(server, { key: server.apiKey });
    const { memberships } = await teams.listMemberships({ teamId: project });
    const membershipId = memberships.find(({ userId }) => userId === bob.id)?.$id ?? '';
    await teams.deleteMembership({ teamId: project, membershipId });
    two.sync.presence.update({ file: 'other' });
    await vi.waitFor(() => expect(two.file.status).toMatchObject({ status: 'failed' }), { timeout: 5_000 });
    expect(two.file.status.sentence).toContain('no member');
  });

  it('[P14] [STAMP-2] rows of an outsider, random bytes and 8 MB of garbage have no effect but a counter', async () => {
    const project = await newProject();
    const one = replica(project, ana, 'owner');
    await saved(one);
    one.text.insert(0, 'good');
    await saved(one);
    const evil = new Y.Doc();
    evil.getText('text').insert(0, 'evil');
    const data = Buffer.from(Y.encodeStateAsUpdate(evil)).toString('base64');
    const table = { databaseId: 'cowrite', tableId: 'updates' };
    const fields = { project, doc: FILE };
    await mallory.rows.createRow({ ...table, rowId: 'evil1', data: { ...fields, data }, permissions: ['read("any")'] });
    const garbage = randomBytes(300).toString('base64');
    const member = [`read("team:${project}")`, `read("team:${project}/editor")`, `read("user:${bob.id}")`];
    await bob.rows.createRow({ ...table, rowId: 'evil2', data: { ...fields, data: garbage }, permissions: member });
    const large = 'A'.repeat(8 * 1024 * 1024);
    await mallory.rows.createRow({
      ...table,
      rowId: 'evil3',
      data: { ...fields, data: large },
      permissions: ['read("any")'],
    });
    await vi.waitFor(() => expect(one.file.inbox.quarantined.size).toBe(3), { timeout: 10_000 });
    const fresh = replica(project, bob, 'editor');
    await saved(fresh);
    expect([one.text.toString(), fresh.text.toString()]).toEqual(['good', 'good']);
    expect([...fresh.file.inbox.quarantined.keys()].sort()).toEqual(['evil1', 'evil2', 'evil3']);
  });

  it('go on without a reload when the server is stopped and started again', async () => {
    const project = await newProject();
    const [one, two] = [replica(project, ana, 'owner'), replica(project, bob, 'editor')];
    await saved(one, two);
    const { port } = server;
    await server.close();
    one.text.insert(0, 'typed by ana while the server was gone. ');
    two.text.insert(0, 'typed by bob while the server was gone. ');
    await vi.waitFor(() => expect(one.file.status.status).toBe('offline'), { timeout: 5_000 });
    server = await startTestServer({ schema: SCHEMA, dataDir, port });
    await saved(one, two);
    await equal(one, two);
    expect(one.text.toString()).toContain('by ana');
    expect(one.text.toString()).toContain('by bob');
  });
});
