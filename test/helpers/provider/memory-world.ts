import { failure } from '../../../src/core/failures.ts';
import type { EndpointProfile } from '../../../src/sync/governor.ts';
import { MemoryServer } from '../memory-server.ts';
import { VirtualClock } from '../virtual-clock.ts';
import type { Member, TestTime, World } from './world.ts';

/** How much time the replicas are given for something that has to come, and in what steps it goes by. */
const PATIENCE_MS = 60_000;
const STEP_MS = 20;

/** A clock that stands still until the test waits for something. */
class MemoryTime extends VirtualClock implements TestTime {
  pass(milliseconds: number): Promise<void> {
    return this.advance(milliseconds);
  }

  async until(check: () => void | Promise<void>): Promise<void> {
    for (const end = this.now() + PATIENCE_MS; ;) {
      await this.advance(STEP_MS);
      try {
        return await check();
      } catch (error) {
        if (this.now() >= end) throw error;
      }
    }
  }
}

/** A new project on a server in memory, which takes a row only with a stamp that its sender holds, as Appwrite does. */
export function openMemoryWorld(profile: EndpointProfile): Promise<World> {
  const time = new MemoryTime();
  const server = new MemoryServer(time);
  const project = 'p1';
  const outsider: Member = { id: 'eve', role: 'editor' };
  const world: World = {
    project,
    profile,
    time,
    ana: { id: 'ana', role: 'owner' },
    bob: { id: 'bob', role: 'editor' },
    viewer: { id: 'vic', role: 'viewer' },
    outsider,
    portsOf: (member) => {
      const teams = member === outsider ? [] : [`read("team:${project}")`, `read("team:${project}/${member.role}")`];
      const granted = new Set(['read("any")', 'read("users")', `read("user:${member.id}")`, ...teams]);
      const log = server.log();
      return {
        log: {
          ...log,
          append: async (row) =>
            row.permissions.every((permission) => granted.has(permission))
              ? log.append(row)
              : failure('forbidden', 'Permissions must be one of those that you hold.'),
        },
        snapshots: server.snapshotStore(),
        presence: server.presenceTable(member.id),
        feed: {
          open: (id, listener) => {
            const feed = server.feed();
            const close = feed.open(id, listener);
            queueMicrotask(() => feed.connect());
            return close;
          },
          nudge: () => undefined,
        },
      };
    },
  };
  return Promise.resolve(world);
}
