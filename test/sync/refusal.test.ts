import { beforeEach, describe, expect, it } from 'vitest';
import { failure, type FailureKind } from '../../src/core/failures.ts';
import { MemoryServer } from '../helpers/memory-server.ts';
import { Replica } from '../helpers/replica.ts';
import { settle, VirtualClock } from '../helpers/virtual-clock.ts';

let clock: VirtualClock;
let server: MemoryServer;

beforeEach(() => {
  clock = new VirtualClock();
  server = new MemoryServer(clock);
});

/** Somebody types while the server answers the next row with this. */
async function typeInto(kind: FailureKind): Promise<Replica> {
  const ana = new Replica(server, clock);
  ana.feed.connect();
  await settle();
  server.appendFaults.push(failure(kind, 'Invalid data.'));
  ana.text.insert(0, 'hello');
  await settle();
  return ana;
}

describe('what the server says of a row', () => {
  it.each(['rejected', 'too-large', 'not-found'] as const)(
    '[LOCAL-4] is told when it refuses one for good (%s), and when it takes it after all',
    async (kind) => {
      const ana = await typeInto(kind);
      expect(ana.verdicts).toHaveLength(1);
      expect(ana.verdicts[0]).toMatch(/server|edit/);
      expect(ana.status).toBe('failed');
      ana.project.nudge();
      await settle();
      expect(ana.verdicts.at(-1)).toBeNull();
      expect(ana.status).toBe('saved');
    },
  );

  it.each(['unauthenticated', 'forbidden', 'offline', 'server'] as const)(
    '[LOCAL-4] says nothing about the row for want of a session, a right or an answer (%s)',
    async (kind) => {
      const ana = await typeInto(kind);
      expect(ana.verdicts).toEqual([]);
      expect(ana.file.status.pending).toBe(1);
    },
  );
});
