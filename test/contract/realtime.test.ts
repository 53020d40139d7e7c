import { Query } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Live, live } from '../helpers/emulator-socket.ts';
import { openTestServer, PASSWORD, person, sdk } from '../helpers/emulator.ts';
import type { AppwriteServer, Person, Sdk } from '../helpers/emulator.ts';

let server: AppwriteServer;
let NOTES: { databaseId: string; tableId: string };
let CHANNEL: string;
let team: string;
let key: Sdk;
let ann: Person;
let bob: Person;
let membershipId: string;
const sockets: Live[] = [];

beforeAll(async () => {
  server = await openTestServer();
  NOTES = { databaseId: server.id('db'), tableId: 'notes' };
  CHANNEL = `tablesdb.${NOTES.databaseId}.tables.notes.rows`;
  team = server.id('p');
  key = sdk(server, { key: server.apiKey });
  [ann, bob] = await Promise.all([person(server, 'ann'), person(server, 'bob')]);
  await ann.teams.create({ teamId: team, name: 'P' });
  membershipId = (await key.teams.createMembership({ teamId: team, roles: ['editor'], userId: bob.id })).$id;
});
afterAll(async () => {
  for (const socket of sockets) socket.close();
  await server.close();
});

async function open(who?: Person): Promise<Live> {
  const socket = await live(server, who ? { session: who.session } : {});
  sockets.push(socket);
  return socket;
}

const create = (rowId: string, permissions: string[], doc = 'd1') =>
  ann.rows.createRow({ ...NOTES, rowId, data: { doc }, permissions });
const rowId = async (socket: Live): Promise<unknown> => (await socket.next()).data.payload?.['$id'];

describe('realtime', () => {
  it('acknowledges a subscription, then delivers the row with its names and channels', async () => {
    const socket = await open(bob);
    const answer = await socket.subscribe([CHANNEL], [Query.equal('doc', 'd1')]);
    expect(answer).toEqual({
      type: 'response',
      data: {
        to: 'subscribe',
        success: true,
        subscriptions: [
          {
            subscriptionId: 'one',
            channels: [CHANNEL],
            queries: ['{"method":"equal","attribute":"doc","values":["d1"]}'],
          },
        ],
      },
    });
    const row = await create('r1', [`read("team:${team}")`]);
    const { type, data } = await socket.next();
    expect(type).toBe('event');
    expect(data.payload).toEqual(row);
    expect(data.events?.[0]).toBe(`${CHANNEL}.r1.create`);
    expect(data.events).toHaveLength(64);
    expect(data.channels).toHaveLength(16);
    expect(data.subscriptions).toEqual(['one']);
  });

  it('delivers only what the queries ask for', async () => {
    const socket = await open(bob);
    await socket.subscribe([CHANNEL], [Query.equal('doc', 'wanted')]);
    await create('f1', [`read("team:${team}")`], 'other');
    await create('f2', [`read("team:${team}")`], 'wanted');
    expect(await rowId(socket)).toBe('f2');
  });

  it('delivers only what the roles of the user may read', async () => {
    const [socket, guest] = [await open(bob), await open()];
    await Promise.all([socket.subscribe([CHANNEL]), guest.subscribe([CHANNEL])]);
    await create('p1', [`read("user:${ann.id}")`]);
    await create('p2', [`read("team:${team}/owner")`]);
    await create('p3', [`read("team:${team}/editor")`, `read("team:${team}")`].slice(1));
    await create('p4', ['read("any")']);
    expect(await rowId(socket)).toBe('p3');
    expect(await rowId(socket)).toBe('p4');
    expect(await rowId(guest)).toBe('p4');
  });

  it('a member that is removed stops receiving at once, and receives again when added', async () => {
    const socket = await open(bob);
    await socket.subscribe([CHANNEL]);
    await key.teams.deleteMembership({ teamId: team, membershipId });
    await create('m1', [`read("team:${team}")`]);
    membershipId = (await key.teams.createMembership({ teamId: team, roles: ['editor'], userId: bob.id })).$id;
    await create('m2', [`read("team:${team}")`]);
    expect(await rowId(socket)).toBe('m2');
  });

  it('applies a change of roles at once', async () => {
    const socket = await open(bob);
    await socket.subscribe([CHANNEL]);
    const stamp = [`read("team:${team}/owner")`];
    await create('c1', stamp);
    await key.teams.updateMembership({ teamId: team, membershipId, roles: ['owner'] });
    await create('c2', stamp);
    expect(await rowId(socket)).toBe('c2');
    await key.teams.updateMembership({ teamId: team, membershipId, roles: ['editor'] });
  });

  it('answers pings, unsubscribes, and keeps the socket after a bad frame', async () => {
    const socket = await open(bob);
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
    socket.send({ type: 'nonsense' });
    expect(await socket.next()).toEqual({ type: 'error', data: { code: 1003, message: 'Error: Server Error' } });
    await socket.subscribe([CHANNEL]);
    socket.send({ type: 'unsubscribe', data: [{ subscriptionId: 'one' }] });
    expect((await socket.next()).data.subscriptions).toEqual([{ subscriptionId: 'one', removed: true }]);
    await create('u1', [`read("team:${team}")`]);
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
  });

  it('takes a token in the URL and a session in a frame', async () => {
    const { jwt } = await bob.account.createJWT();
    const byToken = new Live(server, { jwt });
    sockets.push(byToken);
    expect((await byToken.next()).data['user']).toMatchObject({ $id: bob.id });
    const late = await open();
    await late.subscribe([CHANNEL]);
    late.send({ type: 'authentication', data: { session: bob.session } });
    expect((await late.next()).data).toMatchObject({ to: 'authentication', success: true, user: { $id: bob.id } });
    await create('t1', [`read("team:${team}")`]);
    expect(await rowId(late)).toBe('t1');
  });

  it('ends the sockets of a user that is deleted or blocked', async () => {
    const [eve, fay] = [await person(server, 'eve'), await person(server, 'fay')];
    const ends = [(await open(eve)).closed(), (await open(fay)).closed()];
    await key.users.updateStatus({ userId: eve.id, status: false });
    await key.users.delete({ userId: fay.id });
    expect(await Promise.all(ends)).toEqual([1006, 1006]);
    const late = await open();
    late.send({ type: 'authentication', data: { session: eve.session } });
    expect(await late.next()).toMatchObject({ type: 'error', data: { code: 1003 } });
  });

  it('ends the sockets of sessions that are ended elsewhere, and keeps those of the caller', async () => {
    const gus = await person(server, 'gus');
    const again = async (): Promise<Person> => {
      const { secret } = await key.users.createSession({ userId: gus.id });
      return { ...sdk(server, { session: secret }), id: gus.id, session: secret };
    };
    const own = await open(gus);
    const second = (await open(await again())).closed();
    await gus.account.updatePassword({ password: 'another horse', oldPassword: PASSWORD });
    expect(await second).toBe(1006);
    const third = await again();
    const thirdEnds = (await open(third)).closed();
    const { $id } = await third.account.getSession({ sessionId: 'current' });
    await gus.account.deleteSession({ sessionId: $id });
    expect(await thirdEnds).toBe(1006);
    own.send({ type: 'ping' });
    expect(await own.next()).toEqual({ type: 'pong' });
    const ended = own.closed();
    await key.users.deleteSessions({ userId: gus.id });
    expect(await ended).toBe(1006);
  });

  it('applies a change of labels at once', async () => {
    const hal = await person(server, 'hal');
    const socket = await open(hal);
    await socket.subscribe([CHANNEL]);
    const insert = (id: string, role: string) =>
      key.rows.createRow({ ...NOTES, rowId: id, data: { doc: 'd1' }, permissions: [`read("${role}")`] });
    await key.users.updateLabels({ userId: hal.id, labels: ['staff'] });
    await insert('l1', 'label:staff');
    await key.users.updateLabels({ userId: hal.id, labels: [] });
    await insert('l2', 'label:staff');
    await insert('l3', `user:${hal.id}`);
    expect([await rowId(socket), await rowId(socket)]).toEqual(['l1', 'l3']);
  });

  it('former members do not receive when a team is created again under the same id', async () => {
    const teamId = server.id('again');
    await ann.teams.create({ teamId, name: 'Again' });
    await key.teams.createMembership({ teamId, roles: ['editor'], userId: bob.id });
    const socket = await open(bob);
    await socket.subscribe([CHANNEL]);
    await ann.teams.delete({ teamId });
    await ann.teams.create({ teamId, name: 'Again' });
    await create('a1', [`read("team:${teamId}")`]);
    await ann.rows.createRow({ ...NOTES, rowId: 'a2', data: { doc: 'd1' }, permissions: ['read("any")'] });
    expect(await rowId(socket)).toBe('a2');
    await ann.teams.delete({ teamId });
  });

  it('refuses foreign origins and bad tokens with an error frame and an abrupt end', async () => {
    for (const [options, code] of [
      [{ headers: { origin: 'https://evil.example' } }, 1008],
      [{ jwt: 'nonsense' }, 401],
    ] as const) {
      const socket = new Live(server, options);
      const closed = socket.closed();
      expect(await socket.next()).toMatchObject({ type: 'error', data: { code } });
      expect(await closed).toBe(1006);
    }
  });
});
