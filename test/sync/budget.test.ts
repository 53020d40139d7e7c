import { beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../../src/core/failures.ts';
import { decodePresence, encodeAwareness, encodePresence } from '../../src/core/presence.ts';
import { MemoryServer } from '../helpers/memory-server.ts';
import { Replica, rowOf } from '../helpers/replica.ts';
import { settle, VirtualClock } from '../helpers/virtual-clock.ts';
import * as Y from 'yjs';
import type { EndpointProfile } from '../../src/sync/governor.ts';

let clock: VirtualClock;
let server: MemoryServer;

beforeEach(() => {
  clock = new VirtualClock();
  server = new MemoryServer(clock);
});

async function present(user: string, profile: EndpointProfile = 'embedded'): Promise<Replica> {
  const replica = new Replica(server, clock, { user, profile });
  replica.project.presence.update({ user: { id: user, name: user.toUpperCase(), color: '#112233' }, file: 'a' });
  replica.feed.connect();
  await settle();
  return replica;
}

function stateOf(viewer: Replica, other: Replica): Record<string, unknown> | undefined {
  return viewer.project.presence.awareness.getStates().get(other.project.presence.awareness.clientID);
}

describe('the budget of a user on Cloud', () => {
  it.each([60, 120, 300, 1_200])(
    '[LOG-6] at %i keystrokes a minute: at most 110 rows in any minute, text is seen within a second (p95)',
    async (perMinute) => {
      const ana = await present('ana', 'cloud');
      const bob = await present('bob', 'cloud');
      const typed: number[] = [];
      const delays: number[] = [];
      bob.text.observe(() => {
        while (delays.length < bob.text.length) delays.push(clock.now() - (typed[delays.length] ?? 0));
      });
      for (let i = 0; i < perMinute * 2; i++) {
        typed.push(clock.now());
        ana.text.insert(ana.text.length, 'x');
        ana.project.presence.update({ selection: i });
        await clock.advance(60_000 / perMinute);
      }
      await clock.advance(2_000);
      expect(delays).toHaveLength(perMinute * 2);
      delays.sort((a, b) => a - b);
      expect(delays[Math.floor(delays.length * 0.95)]).toBeLessThan(1_000);
      const times = server.rows.map((row) => Date.parse(row.createdAt));
      const busiest = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length));
      expect(busiest).toBeLessThanOrEqual(110);
      expect(ana.project.report.budget.updates.limit).toBe(110);
      expect(ana.status).toBe('saved');
    },
  );

  it('[LOG-6] after a refusal nothing is sent until the window is over, then everything together', async () => {
    const ana = await present('ana');
    await present('bob');
    server.appendFaults.push(failure('rate-limited', 'too many', clock.now() + 20_000));
    for (let i = 0; i < 20; i++) {
      ana.text.insert(i, 'x');
      await clock.advance(500);
    }
    expect(server.attempts).toHaveLength(1);
    expect(ana.file.status.sentence).toContain('safe on this device');
    await clock.advance(12_000);
    expect(server.rows).toHaveLength(2);
    expect(ana.status).toBe('saved');
    expect(ana.project.report.budget.updates.learned).toBe(true);
  });

  it('[LOG-6] turning to something else sends at once what waits', async () => {
    const ana = await present('ana', 'cloud');
    await present('bob', 'cloud');
    for (let i = 0; i < 300; i++) {
      ana.text.insert(0, 'x');
      await clock.advance(100);
    }
    ana.text.insert(0, 'y');
    const rows = server.rows.length;
    expect(ana.status).toBe('saving');
    ana.project.sendNow();
    await settle();
    expect(server.rows.length).toBeGreaterThan(rows);
    expect(ana.status).toBe('saved');
  });

  it('[P21] a reconnect sends at once what waits', async () => {
    const ana = await present('ana', 'cloud');
    ana.feed.disconnect();
    server.appendFaults.push(failure('offline', 'no network'));
    ana.text.insert(0, 'x');
    await settle();
    expect(server.rows).toHaveLength(0);
    ana.feed.connect();
    await settle();
    expect(server.rows).toHaveLength(1);
  });
});

describe('cursors', () => {
  it('[P28] ride along with the row of the update that moved them, and need no row of their own', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    await clock.advance(10_000);
    let put = 0;
    const putPresence = server.putPresence.bind(server);
    server.putPresence = (row) => {
      put++;
      putPresence(row);
    };
    // A presence row may go first; then the next moves wait for its interval and ride along.
    ana.project.presence.update({ selection: 0 });
    await settle();
    ana.project.presence.update({ selection: { anchor: 'here' } });
    ana.text.insert(0, 'x');
    await settle();
    expect(stateOf(bob, ana)).toMatchObject({ selection: { anchor: 'here' }, user: { id: 'ana', name: 'ANA' } });
    expect(put).toBe(1);
    const riding = decodePresence(server.rows[0]?.presence ?? '');
    expect(riding?.state).toEqual({ file: 'a', selection: { anchor: 'here' } });
    await clock.advance(500);
    expect(put).toBe(1);
  });

  it('[P27] a cursor that rides along counts only for its author, and only if a presence row has introduced it', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    const doc = new Y.Doc();
    doc.getText('text').insert(0, 'x');
    const update = Y.encodeStateAsUpdate(doc);
    const forge = (client: number): string =>
      encodePresence(
        encodeAwareness({
          client,
          clock: 99,
          state: { selection: 'forged', user: { id: 'ana', name: 'Ana', color: '#000000' } },
        }),
      ) ?? '';
    server.store({ ...rowOf('r1', update, 'mallory'), presence: forge(bob.project.presence.awareness.clientID) });
    server.store({ ...rowOf('r2', update, 'mallory'), presence: forge(4_242) });
    server.store({ ...rowOf('r3', update, 'mallory'), presence: forge(ana.project.presence.awareness.clientID) });
    server.store({ ...rowOf('r4', update, 'mallory'), presence: '%%%' });
    await settle();
    expect(ana.text.toJSON()).toBe('x');
    expect(JSON.stringify([...ana.project.presence.awareness.getStates()])).not.toContain('forged');
    expect(ana.project.presence.awareness.getStates().size).toBe(2);
  });

  it('of a row that was not stored are told all the same', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    await clock.advance(10_000);
    server.appendFaults.push(failure('server', 'down'), failure('server', 'down'), failure('server', 'down'));
    ana.project.presence.update({ selection: 1 });
    ana.project.presence.update({ selection: 2 });
    ana.text.insert(0, 'x');
    await clock.advance(300);
    expect(stateOf(bob, ana)?.['selection']).toBe(2);
  });

  it('[P28] fifty people in a file: nobody has to take more than about forty rows a second, and the last move arrives', async () => {
    const people: Replica[] = [];
    for (let i = 0; i < 50; i++) people.push(await present(`user${i}`));
    await clock.advance(15_000);
    let rows = 0;
    const putPresence = server.putPresence.bind(server);
    server.putPresence = (row) => {
      rows++;
      putPresence(row);
    };
    for (let i = 0; i < 50; i++) {
      for (const person of people) person.project.presence.update({ selection: i });
      await clock.advance(100);
    }
    expect(rows / 5).toBeLessThan(60);
    await clock.advance(2_000);
    const [first, ...others] = people;
    const seen = others.map((person) => first && stateOf(first, person)?.['selection']);
    expect(seen).toEqual(others.map(() => 49));
  });

  it('[P28] a tab that stays hidden says goodbye, and is there again when it is shown', async () => {
    const ana = await present('ana');
    const bob = await present('bob');
    bob.project.setHidden(true);
    await clock.advance(60_000);
    expect(stateOf(ana, bob)).toBeDefined();
    await clock.advance(200_000);
    expect(stateOf(ana, bob)).toBeUndefined();
    bob.project.setHidden(false);
    await clock.advance(100);
    expect(stateOf(ana, bob)).toMatchObject({ user: { id: 'bob' } });
  });
});
