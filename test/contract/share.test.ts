import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Functions } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppwriteSharing } from '../../src/backend/sharing.ts';
import { buildFunctions } from '../../src/cli/build/node.mjs';
import { parseProjectFile } from '../../src/cli/setup/config.ts';
import type { NewLink } from '../../src/core/members.ts';
import { person, sdk, startTestServer, type Person, type TestServer } from '../helpers/emulator.ts';

const top = join(import.meta.dirname, '../..');
const TEAM = 'p1';
const ANY: NewLink = { role: 'viewer', expiresInDays: null, maxUses: null, isPublic: false };
const LINKS = { databaseId: 'cowrite', tableId: 'links' };

let root: string;
let server: TestServer;
let olga: Person;
let ed: Person;

/** The Function `share` as it is bundled for Appwrite, executed by the server and called with the official SDK. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'cowrite-share-'));
  await buildFunctions(top, join(root, 'dist/functions'));
  const schema = parseProjectFile(readFileSync(join(top, 'appwrite.json'), 'utf8'));
  server = await startTestServer({ schema, functionsRoot: root });
  olga = await person(server, 'olga');
  ed = await person(server, 'ed');
  await olga.teams.create({ teamId: TEAM, name: 'Project' });
  await key().teams.createMembership({ teamId: TEAM, userId: ed.id, roles: ['editor'] });
});

afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

function key() {
  return sdk(server, { key: server.apiKey });
}

function sharing(who: Person): AppwriteSharing {
  return new AppwriteSharing(new Functions(who.client));
}

async function execute(who: Person, body: string): Promise<{ status: number; body: unknown }> {
  const execution = await new Functions(who.client).createExecution({ functionId: 'share', body });
  return { status: execution.responseStatusCode, body: JSON.parse(execution.responseBody) };
}

async function tokenOf(who: Person, limits: Record<string, unknown> = {}): Promise<string> {
  const { status, body } = await execute(who, JSON.stringify({ action: 'createLink', project: TEAM, ...limits }));
  expect(status).toBe(201);
  return (body as { token: string }).token;
}

describe('the Function share', () => {
  it('lets somebody in by a link that an editor made', async () => {
    const nina = await person(server, 'nina');
    expect(await sharing(nina).role(TEAM)).toMatchObject({ ok: false, kind: 'forbidden' });
    const link = await sharing(ed).createLink(TEAM, { ...ANY, role: 'reviewer' });
    if (!link.ok) throw new Error(link.message);
    const { token } = link.value;
    expect(await sharing(nina).join(token)).toEqual({ ok: true, value: { project: TEAM, role: 'reviewer' } });
    expect(await sharing(nina).role(TEAM)).toEqual({ ok: true, value: 'reviewer' });
    expect(await sharing(nina).createLink(TEAM, ANY)).toMatchObject({ ok: false, kind: 'forbidden' });
    expect(await sharing(olga).join(token)).toEqual({ ok: true, value: { project: TEAM, role: 'owner' } });
  });

  it('counts uses up to the limit, also when many come at once', async () => {
    const token = await tokenOf(olga, { role: 'viewer', maxUses: 2 });
    const people = await Promise.all(['a', 'b', 'c', 'd'].map((name) => person(server, `crowd-${name}`)));
    const outcomes = await Promise.all(people.map((who) => execute(who, JSON.stringify({ action: 'join', token }))));
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(outcomes.find(({ status }) => status === 410)?.body).toMatchObject({ error: { kind: 'link-used-up' } });
  });

  it('answers clearly to an unknown and to an expired token', async () => {
    const paul = await person(server, 'paul');
    const join = (token: string) => execute(paul, JSON.stringify({ action: 'join', token }));
    expect(await join('nonsense')).toMatchObject({ status: 404, body: { error: { kind: 'link-unknown' } } });
    const token = await tokenOf(olga, { expiresInDays: 0.000_001 });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await join(token)).toMatchObject({ status: 410, body: { error: { kind: 'link-expired' } } });
  });

  it('says what is wrong with a request', async () => {
    expect(await execute(olga, 'nonsense')).toMatchObject({ status: 400, body: { error: { kind: 'malformed' } } });
  });

  it('keeps the links from clients', async () => {
    await tokenOf(olga);
    expect((await key().rows.listRows(LINKS)).total).toBeGreaterThan(0);
    const seen = await olga.rows.listRows(LINKS).then(
      ({ rows }) => rows.length,
      () => 0,
    );
    expect(seen).toBe(0);
  });

  it('shows members to each other, and an owner changes roles and removes people', async () => {
    const amy = await person(server, 'amy');
    const vic = await person(server, 'vic');
    const token = await tokenOf(olga, { role: 'viewer' });
    expect(await sharing(vic).join(token)).toMatchObject({ ok: true });
    expect(await sharing(amy).members(TEAM)).toMatchObject({ ok: false, kind: 'forbidden' });

    const seen = await sharing(vic).members(TEAM);
    if (!seen.ok) throw new Error(seen.message);
    expect(seen.value.role).toBe('viewer');
    expect(seen.value.members).toContainEqual(
      expect.objectContaining({ id: olga.id, name: 'olga', role: 'owner', isPending: false, email: '' }),
    );
    expect(await sharing(ed).changeRole(TEAM, vic.id, 'reviewer')).toMatchObject({ ok: false, kind: 'forbidden' });
    expect(await sharing(olga).changeRole(TEAM, vic.id, 'reviewer')).toMatchObject({ ok: true });
    expect(await sharing(vic).role(TEAM)).toEqual({ ok: true, value: 'reviewer' });
    expect(await sharing(ed).removeMember(TEAM, vic.id)).toMatchObject({ ok: false, kind: 'forbidden' });
    expect(await sharing(olga).removeMember(TEAM, vic.id)).toMatchObject({ ok: true });
    expect(await sharing(vic).role(TEAM)).toMatchObject({ ok: false, kind: 'forbidden' });
  });

  it('hands a project over; its last owner stays', async () => {
    const team = 'p2';
    const [one, two] = [await person(server, 'one'), await person(server, 'two')];
    await one.teams.create({ teamId: team, name: 'Other' });
    await key().teams.createMembership({ teamId: team, userId: two.id, roles: ['viewer'] });
    expect(await sharing(one).leave(team)).toMatchObject({ ok: false, message: expect.stringContaining('owner') });
    expect(await sharing(two).handOver(team, two.id)).toMatchObject({ ok: false, kind: 'forbidden' });
    expect(await sharing(one).handOver(team, two.id)).toEqual({ ok: true, value: 'editor' });
    expect(await sharing(two).role(team)).toEqual({ ok: true, value: 'owner' });
    expect(await sharing(one).leave(team)).toMatchObject({ ok: true });
    expect(await sharing(two).members(team)).toMatchObject({ ok: true, value: { members: [{ id: two.id }] } });
  });

  it('lists links and revokes them', async () => {
    const zoe = await person(server, 'zoe');
    const made = await sharing(ed).createLink(TEAM, { ...ANY, role: 'reviewer', expiresInDays: 7, maxUses: 3 });
    if (!made.ok) throw new Error(made.message);
    const listed = await sharing(olga).links(TEAM);
    if (!listed.ok) throw new Error(listed.message);
    expect(listed.value.find(({ id }) => id === made.value.id)).toMatchObject({
      role: 'reviewer',
      state: 'active',
      uses: 0,
      maxUses: 3,
      isPublic: false,
      createdBy: ed.id,
      createdByName: 'ed',
    });
    expect(await sharing(zoe).links(TEAM)).toMatchObject({ ok: false, kind: 'forbidden' });
    expect(await sharing(olga).revokeLink(TEAM, made.value.id)).toMatchObject({ ok: true });
    expect(await sharing(zoe).join(made.value.token)).toMatchObject({ ok: false, kind: 'not-found' });
  });

  it('slows down who guesses', async () => {
    const eve = await person(server, 'eve');
    const guess = (n: number) => execute(eve, JSON.stringify({ action: 'join', token: `guess-${n}` }));
    for (let n = 0; n < 10; n++) expect(await guess(n)).toMatchObject({ status: 404 });
    expect(await guess(10)).toMatchObject({ status: 429, body: { error: { kind: 'too-many-tries' } } });
    expect(await sharing(eve).join(await tokenOf(olga))).toMatchObject({ ok: false, kind: 'rate-limited' });
    const other = await person(server, 'other');
    expect(await sharing(other).join(await tokenOf(olga))).toMatchObject({ ok: true });
  });

  it('clears away what was deleted 30 days ago, and nothing else', async () => {
    const day = 86_400_000;
    const tables = key().rows;
    const at = (tableId: string, rowId: string) => ({ databaseId: 'cowrite', tableId, rowId });
    const deletedSince = async (id: string, days: number, forged = false): Promise<void> => {
      await olga.teams.create({ teamId: id, name: id });
      const permissions = forged ? [`read("user:${ed.id}")`] : [`read("team:${id}")`, `update("team:${id}/owner")`];
      const $updatedAt = new Date(Date.now() - days * day).toISOString();
      await tables.createRow({ ...at('projects', id), data: { name: id, archived: true, $updatedAt }, permissions });
      await tables.createRow({ ...at('updates', `u${id}`), data: { project: id, doc: `t${id}`, data: 'AA==' } });
      await olga.rows.createRow({ ...at('presence', `r${id}`), data: { project: id, state: 'AA==', $updatedAt } });
      await tables.updateRow({ ...at('presence', `r${id}`), data: { $updatedAt } });
    };
    await deletedSince('old', 31);
    await deletedSince('fresh', 29);
    await deletedSince('forged', 31, true);

    await new Functions(key().client).createExecution({ functionId: 'share', body: '' });

    const ids = async (tableId: string) =>
      (await tables.listRows({ databaseId: 'cowrite', tableId })).rows.map(({ $id }) => $id).sort();
    expect(await ids('projects')).toEqual(['fresh']);
    expect(await ids('updates')).toEqual(['uforged', 'ufresh']);
    expect(await ids('presence')).toEqual([]);
    const { teams } = await key().teams.list();
    expect(
      teams
        .map(({ $id }) => $id)
        .filter((id) => ['old', 'fresh', 'forged'].includes(id))
        .sort(),
    ).toEqual(['forged', 'fresh']);
  });
});
