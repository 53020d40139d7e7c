import { beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../../src/core/failures.ts';
import { encodeAwareness, encodePresence } from '../../src/core/presence.ts';
import { presencePermissions } from '../../src/core/stamps.ts';
import { MemoryServer } from '../helpers/memory-server.ts';
import { PROJECT, Replica } from '../helpers/replica.ts';
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

function names(replica: Replica): string[] {
  const states = [...replica.project.presence.awareness.getStates().values()];
  return states.map((state) => String(state['user']?.id)).sort();
}

function forge(id: string, client: number, author: string, permissions = presencePermissions(PROJECT, author)) {
  const state = encodePresence(
    encodeAwareness({ client, clock: 9, state: { user: { id: 'ana', name: 'Ana', color: '#000000' } } }),
  );
  server.putPresence({
    id,
    project: PROJECT,
    state: state ?? '',
    permissions,
    updatedAt: new Date(clock.now()).toISOString(),
  });
}

describe('presence', () => {
  it('people see each other, whoever came first, and the one who leaves is gone', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    expect(names(ana)).toEqual(['ana', 'bob']);
    expect(names(bob)).toEqual(['ana', 'bob']);
    await bob.project.close();
    expect(names(ana)).toEqual(['ana']);
  });

  it('[P28] many cursor moves become few rows, and the last one arrives', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    let rows = 0;
    const put = server.putPresence.bind(server);
    server.putPresence = (row) => {
      rows++;
      put(row);
    };
    for (let i = 0; i < 100; i++) {
      ana.project.presence.update({ selection: i });
      await clock.advance(5);
    }
    await clock.advance(100);
    expect(rows).toBeLessThan(15);
    const seen = bob.project.presence.awareness.getStates().get(ana.project.presence.awareness.clientID);
    expect(seen?.['selection']).toBe(99);
  });

  it('a row that the server fails to take is written again, with what is the newest then', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    await clock.advance(10_000);
    server.presenceFault = failure('server', 'down');
    ana.project.presence.update({ selection: 1 });
    await clock.advance(100);
    ana.project.presence.update({ selection: 2 });
    await clock.advance(3_000);
    server.presenceFault = null;
    await clock.advance(5_000);
    const seen = bob.project.presence.awareness.getStates().get(ana.project.presence.awareness.clientID);
    expect(seen?.['selection']).toBe(2);
    expect(ana.status).toBe('saved');
  });

  it('[P27] a row shows its author, never the one that it claims', async () => {
    const ana = await present('ana');
    forge('row-of-mallory', 4242, 'mallory');
    expect(names(ana)).toEqual(['ana', 'mallory']);
  });

  it('[P25] nobody can speak for the client of another', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    forge('row-of-mallory', bob.project.presence.awareness.clientID, 'mallory');
    forge('row-of-mallory', ana.project.presence.awareness.clientID, 'mallory');
    expect(names(ana)).toEqual(['ana', 'bob']);
    expect(names(bob)).toEqual(['ana', 'bob']);
  });

  it('[STAMP-2] rows without a proper stamp do not count', async () => {
    const ana = await present('ana');
    forge('x1', 1, 'mallory', ['read("any")', 'read("user:mallory")']);
    forge('x2', 2, 'mallory', ['read("team:other")', 'read("user:mallory")']);
    forge('x3', 3, 'mallory', [`read("team:${PROJECT}")`]);
    expect(names(ana)).toEqual(['ana']);
  });

  it('[P26] rows that a crashed tab left behind long ago are no ghosts for those who come', async () => {
    forge('ghost', 77, 'gone');
    await clock.advance(120_000);
    const ana = await present('ana');
    expect(names(ana)).toEqual(['ana']);
  });

  it('nobody is shown as present for long after the connection is gone, and all are seen at once when it is back', async () => {
    const ana = await present('ana');
    await present('bob');
    ana.feed.disconnect();
    await clock.advance(5_000);
    expect(names(ana)).toEqual(['ana']);
    ana.feed.connect();
    await clock.advance(100);
    expect(names(ana)).toEqual(['ana', 'bob']);
  });

  it.each([
    ['unauthenticated', 'session has ended'],
    ['forbidden', 'no member'],
  ] as const)(
    '[P16] %s: the status says so although nothing is typed, nothing more is taken, edits are kept',
    async (kind, text) => {
      const ana = await present('ana');
      expect(ana.status).toBe('saved');
      server.presenceFault = failure(kind, 'no');
      ana.project.presence.update({ selection: 1 });
      await clock.advance(300);
      expect(ana.status).toBe('failed');
      expect(ana.file.status.sentence).toContain(text);
      expect(server.connections).toBe(0);
      ana.text.insert(0, 'kept');
      await settle();
      expect(server.attempts).toHaveLength(0);
      expect(ana.file.status.sentence).toContain('1 edit kept on this device');

      server.presenceFault = null;
      ana.project.nudge();
      expect(server.connections).toBe(1);
      ana.feed.connect();
      await settle();
      expect(ana.status).toBe('saved');
      expect(server.rows).toHaveLength(1);
    },
  );

  it('[P16] [P23] deleted by its owner: what is typed is kept here and not stored, as the status says', async () => {
    const ana = await present('ana');
    ana.project.deny('This project has been deleted by its owner.');
    ana.text.insert(0, 'late');
    await clock.advance(60_000);
    ana.project.leave();
    expect(server.rows).toHaveLength(0);
    expect(ana.file.status).toMatchObject({ status: 'failed', pending: 1, unsafe: 0 });
    expect(ana.file.status.sentence).toBe('This project has been deleted by its owner. 1 edit kept on this device.');
    ana.project.nudge();
    ana.feed.connect();
    await clock.advance(1_000);
    expect(server.rows).toHaveLength(1);
    expect(ana.status).toBe('saved');
  });

  it('[P16] [LOCAL-4] a deleted project sends nothing and goes on being read; its restoration sends what waits', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    bob.project.setDeleted(true);
    expect(bob.project.status).toMatchObject({ status: 'deleted', pending: 0 });
    bob.text.insert(0, 'late');
    ana.text.insert(0, 'early ');
    await clock.advance(60_000);
    expect(server.rows).toHaveLength(1);
    expect(bob.text.toJSON()).toContain('early ');
    expect(bob.file.status).toMatchObject({ status: 'failed', pending: 1, unsafe: 0 });
    expect(bob.file.status.sentence).toBe('This project has been deleted. 1 edit kept on this device.');
    expect(bob.project.status.status).toBe('failed');

    // A wake-up, Ctrl+S or a reconnect is no restoration.
    bob.project.nudge();
    bob.feed.disconnect();
    bob.feed.connect();
    await clock.advance(5_000);
    expect(server.rows).toHaveLength(1);
    expect(bob.file.status.status).toBe('failed');

    bob.project.setDeleted(false);
    await clock.advance(5_000);
    expect(server.rows).toHaveLength(2);
    expect(bob.status).toBe('saved');
    expect(ana.text.toJSON()).toBe(bob.text.toJSON());
  });

  it('[P16] a session that ends while the project is deleted does not bring it back', async () => {
    const ana = await present('ana');
    ana.project.setDeleted(true);
    ana.project.deny('Your session has ended.');
    ana.text.insert(0, 'late');
    ana.project.nudge();
    ana.feed.connect();
    await clock.advance(5_000);
    expect(server.rows).toHaveLength(0);
    expect(ana.file.status.sentence).toContain('has been deleted');
    ana.project.setDeleted(false);
    await clock.advance(5_000);
    expect(server.rows).toHaveLength(1);
  });

  it('[P24] after a reconnect everybody is visible again', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    ana.feed.disconnect();
    bob.feed.disconnect();
    await clock.advance(1_000);
    ana.feed.connect();
    bob.feed.connect();
    await clock.advance(1_000);
    expect(names(ana)).toEqual(['ana', 'bob']);
    expect(names(bob)).toEqual(['ana', 'bob']);
  });
});
