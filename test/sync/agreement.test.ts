import { beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { documentDigest } from '../../src/core/digest.ts';
import { MemoryServer } from '../helpers/memory-server.ts';
import { FILE, PROJECT, Replica } from '../helpers/replica.ts';
import { settle, VirtualClock } from '../helpers/virtual-clock.ts';

let clock: VirtualClock;
let server: MemoryServer;

beforeEach(() => {
  clock = new VirtualClock();
  server = new MemoryServer(clock);
});

async function present(user: string): Promise<Replica> {
  const replica = new Replica(server, clock, { user });
  replica.project.presence.update({ user: { id: user, name: user.toUpperCase(), color: '#112233' }, file: 'a' });
  replica.feed.connect();
  await settle();
  return replica;
}

function agreementsOf(replica: Replica): string[] {
  return replica.project.ladderOf(FILE).agreements.map(({ name, same }) => `${name}: ${same ? 'same' : 'different'}`);
}

describe('digests', () => {
  it('are equal for the same content whatever order it came in, and differ for deletes alone [P2]', () => {
    const updates: Uint8Array[] = [];
    const origin = new Y.Doc();
    const other = new Y.Doc();
    for (const doc of [origin, other]) doc.on('update', (update: Uint8Array) => updates.push(update));
    for (let i = 0; i < 50; i++) {
      const doc = i % 2 ? origin : other;
      const text = doc.getText('text');
      text.insert(text.length, 'abc');
      if (i % 3 === 0) text.delete(0, 1);
    }
    const forwards = new Y.Doc();
    const backwards = new Y.Doc();
    for (const update of updates) Y.applyUpdate(forwards, update);
    for (const update of [...updates].reverse()) Y.applyUpdate(backwards, update);
    expect(documentDigest(forwards)).toBe(documentDigest(backwards));
    expect(documentDigest(forwards)).toHaveLength(16);

    const before = documentDigest(forwards);
    const vector = Y.encodeStateVector(forwards);
    forwards.getText('text').delete(0, 1);
    expect(Y.encodeStateVector(forwards)).toEqual(vector);
    expect(documentDigest(forwards)).not.toBe(before);
  });
});

describe('replicas at rest', () => {
  it('[LOG-5] tell each other that they hold the same, and since when', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    ana.text.insert(0, 'hello');
    await clock.advance(5_000);
    expect(agreementsOf(ana)).toEqual(['BOB: same']);
    expect(agreementsOf(bob)).toEqual(['ANA: same']);
    expect(clock.now() - (ana.project.ladderOf(FILE).agreements[0]?.at ?? 0)).toBeLessThan(4_000);
    await bob.project.close();
    expect(agreementsOf(ana)).toEqual([]);
  });

  it('[LOG-5] a lost event of the very last edit is found and healed within 5 s, long before the periodic re-read', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    ana.text.insert(0, 'hello');
    await clock.advance(3_000);
    const reads = bob.file.reads;
    server.dropEvent = () => true;
    ana.text.insert(5, ' world');
    await clock.advance(1_000);
    server.dropEvent = () => false;
    expect(bob.text.toJSON()).toBe('hello');
    await clock.advance(4_000);
    expect(bob.text.toJSON()).toBe('hello world');
    expect(bob.file.reads).toBe(reads + 1);
    expect(bob.project.report.documents[0]).toMatchObject({ id: FILE, heals: 1 });
    expect(bob.project.report.journal.some(({ what }) => what.startsWith('differs from ANA'))).toBe(true);
    await clock.advance(3_000);
    expect(agreementsOf(ana)).toEqual(['BOB: same']);
    expect(agreementsOf(bob)).toEqual(['ANA: same']);
  });

  it('[LOG-5] [P2] a lost deletion, which moves no state vector, is found as well', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    ana.text.insert(0, 'hello');
    await clock.advance(3_000);
    server.dropEvent = () => true;
    ana.text.delete(0, 1);
    await clock.advance(1_000);
    server.dropEvent = () => false;
    await clock.advance(4_000);
    expect(bob.text.toJSON()).toBe('ello');
  });

  it('[LOG-5] content that was lost although its row counts as applied comes back', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    ana.text.insert(0, 'hello');
    await clock.advance(3_000);
    // As a fault of this program would: the row is known, and not in the document.
    const row = server.rows.length;
    server.dropEvent = () => true;
    ana.text.insert(5, '!');
    await settle();
    server.dropEvent = () => false;
    const lost = server.rows[row];
    if (!lost) throw new Error('the row is stored');
    const stamp = { project: PROJECT, role: 'editor', author: 'ana' } as const;
    const nothing = Uint8Array.from([0, 0]);
    bob.file.inbox.apply([{ id: lost.id, doc: FILE, update: nothing, stamp, createdAt: lost.createdAt }]);
    expect(bob.text.toJSON()).toBe('hello');
    await clock.advance(5_000);
    expect(bob.text.toJSON()).toBe('hello!');
  });

  it('typing goes on: nobody takes an older state for a difference', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    for (let i = 0; i < 200; i++) {
      const replica = i % 3 ? ana : bob;
      replica.text.insert(0, String(i % 10));
      replica.project.presence.update({ selection: i });
      await clock.advance(i % 40 === 0 ? 2_300 : 150);
    }
    await clock.advance(20_000);
    expect(ana.project.report.documents.map(({ heals }) => heals)).toEqual([0]);
    expect(bob.project.report.documents.map(({ heals }) => heals)).toEqual([0]);
    expect(agreementsOf(ana)).toEqual(['BOB: same']);
  });

  it('[LOG-5] what the server has lost comes back to it from a replica that holds it, once', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    ana.text.insert(0, 'hello');
    await clock.advance(3_000);
    ana.text.insert(5, ' world');
    await clock.advance(3_000);
    // An older copy of the server's data was restored.
    const lost = server.rows.pop();
    expect(lost).toBeDefined();
    const chen = await present('chen');
    await clock.advance(1_000);
    expect(chen.text.toJSON()).toBe('hello');
    await clock.advance(60_000);
    for (const each of [ana, bob, chen]) expect(each.text.toJSON()).toBe('hello world');
    expect(agreementsOf(chen).toSorted()).toEqual(['ANA: same', 'BOB: same']);
    const replay = new Y.Doc();
    for (const { data } of server.rows) Y.applyUpdate(replay, Buffer.from(data, 'base64'));
    expect(replay.getText('text').toJSON()).toBe('hello world');
    expect(server.rows.length).toBeLessThan(5);
  });

  it('what another has told before the last change is no difference', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    for (let i = 0; i < 10; i++) {
      const replica = i % 2 ? ana : bob;
      replica.text.insert(0, String(i));
      await clock.advance(4_000);
    }
    expect(ana.project.report.documents.map(({ heals }) => heals)).toEqual([0]);
    expect(bob.project.report.documents.map(({ heals }) => heals)).toEqual([0]);
    expect([...agreementsOf(ana), ...agreementsOf(bob)]).toEqual(['BOB: same', 'ANA: same']);
  });

  it('an edit that comes between the rest of another and its digest is no difference', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    ana.text.insert(0, 'hello');
    await clock.advance(5_000);
    // Bob's edit is on its way when Ana tells once more what she held before.
    server.dropEvent = () => true;
    bob.text.insert(0, 'x');
    await clock.advance(100);
    server.dropEvent = () => false;
    ana.project.presence.renew();
    await clock.advance(100);
    ana.file.read();
    await clock.advance(8_000);
    expect(bob.project.report.documents.map(({ heals }) => heals)).toEqual([0]);
    expect(agreementsOf(bob)).toEqual(['ANA: same']);
  });

  it('what it said before the last edit is not said of now', async () => {
    const ana = await present('ana');
    await present('bob');
    ana.text.insert(0, 'hello');
    await clock.advance(5_000);
    expect(ana.project.ladderOf(FILE).agreements).toMatchObject([{ name: 'BOB', same: true, current: true }]);
    ana.text.insert(0, 'x');
    expect(ana.project.ladderOf(FILE).agreements).toMatchObject([{ name: 'BOB', same: true, current: false }]);
    await clock.advance(5_000);
    expect(ana.project.ladderOf(FILE).agreements).toMatchObject([{ name: 'BOB', same: true, current: true }]);
  });

  it('a digest that is no digest does no harm', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    for (const digests of ['x', 7, null, { [FILE]: 5 }, { [FILE]: 'x'.repeat(5_000) }, ['a']]) {
      bob.project.presence.awareness.setLocalStateField('digests', digests);
      await clock.advance(500);
    }
    await clock.advance(30_000);
    expect(ana.text.toJSON()).toBe('');
    expect(ana.status).toBe('saved');
  });

  it('in a large group few speak, and everybody knows that all is the same', async () => {
    const people: Replica[] = [];
    for (let i = 0; i < 20; i++) people.push(await present(`user${i}`));
    await clock.advance(10_000);
    const put = server.putPresence.bind(server);
    let rows = 0;
    server.putPresence = (row) => {
      rows++;
      put(row);
    };
    people[0]?.text.insert(0, 'x');
    await clock.advance(8_000);
    // y-protocols renews states by the real clock, so these are the digests alone.
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThan(20);
    for (const person of people) expect(agreementsOf(person).some((each) => each.endsWith('same'))).toBe(true);
  });
});
