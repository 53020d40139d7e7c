import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UpdateRow } from '../../src/core/codec.ts';
import { startTestServer, type AppwriteServer } from '../helpers/emulator.ts';
import { AppwriteWorlds, SCHEMA } from '../helpers/provider/appwrite-world.ts';
import { ProviderReplica } from '../helpers/provider/replica.ts';
import { readTrace, type ConcurrentTrace, type Patch } from '../helpers/trace.ts';

let server: AppwriteServer;
let worlds: AppwriteWorlds;

beforeAll(async () => {
  server = await startTestServer({ schema: SCHEMA });
  worlds = await AppwriteWorlds.open(server);
});
afterAll(async () => {
  await worlds.close();
  await server.close();
});

/** One of the people of a trace: a replica that is shown exactly the rows that it is time to see. */
class Writer {
  readonly replica: ProviderReplica;
  /** What the other has sent, by row id, as it came from the server. */
  private readonly arrived = new Map<string, UpdateRow>();
  private wake: () => void = () => undefined;
  private shown = 0;

  constructor(replica: ProviderReplica) {
    this.replica = replica;
    const { line } = replica;
    line.hold = (row) => {
      if (line.attempts.at(-1)?.id === row.id) line.deliver(row);
      else this.arrived.set(row.id, row);
      this.wake();
    };
    replica.onChange = () => this.wake();
  }

  apply(patches: readonly Patch[]): void {
    const { text, file } = this.replica;
    file.doc.transact(() => {
      for (const [position, deleted, inserted] of patches) {
        if (position + deleted > text.length) throw new Error(`nothing stands at ${position}`);
        text.delete(position, deleted);
        text.insert(position, inserted);
      }
    });
  }

  /** Resolves when all that was written is on the server: to how many rows that took so far. */
  async sent(): Promise<number> {
    await this.until(() => this.replica.file.status.pending === 0);
    return this.replica.line.attempts.length;
  }

  /** Shows it the first `count` rows of the other, once they are here. */
  async show(other: Writer, count: number): Promise<void> {
    for (; this.shown < count; this.shown++) {
      const id = other.replica.line.attempts[this.shown]?.id ?? '';
      await this.until(() => this.arrived.has(id));
      const row = this.arrived.get(id);
      if (row) this.replica.line.deliver(row);
    }
    // A row that comes while rows are being read waits until they have been.
    await this.until(() => this.replica.file.inbox.count >= count);
  }

  private async until(check: () => boolean): Promise<void> {
    while (!check()) await new Promise<void>((resolve) => (this.wake = resolve));
  }
}

/**
 * Each transaction is done on a replica that holds its parents and what they build upon, and nothing else of the other:
 * whatever somebody saw of the other was cut into rows there, went to the server, and came from it.
 */
async function replay({ txns }: ConcurrentTrace, writers: readonly [Writer, Writer]): Promise<number> {
  const isOfOther = (index: number, agent: number): boolean => txns[index]?.agent !== agent;
  const seenByOther = new Set(txns.flatMap(({ parents, agent }) => parents.filter((each) => isOfOther(each, agent))));
  /** By transaction: how many rows hold it and all before it of the same writer. */
  const rows = new Map<number, number>();
  for (const [index, { agent, parents, patches }] of txns.entries()) {
    const [me, other] = agent === 0 ? writers : [writers[1], writers[0]];
    for (const parent of parents.filter((each) => isOfOther(each, agent))) {
      await me.show(other, rows.get(parent) ?? 0);
    }
    me.apply(patches);
    if (seenByOther.has(index)) rows.set(index, await me.sent());
  }
  return seenByOther.size;
}

it(
  '[LOG-2] [LOG-4] two people who wrote one text at once, as recorded, end with the recorded text',
  { timeout: 300_000 },
  async () => {
    const trace = readTrace('friendsforever');
    expect(trace.numAgents).toBe(2);
    const world = await worlds.world();
    const replicas = [new ProviderReplica(world, world.ana), new ProviderReplica(world, world.bob)];
    // Of two letters at one place, the recording shows that of the first writer first, Yjs that of the smaller client id.
    const [first, second] = replicas.sort((a, b) => a.file.doc.clientID - b.file.doc.clientID);
    if (!first || !second) throw new Error('there are two replicas');
    await world.time.until(() => expect([first.status, second.status]).toEqual(['saved', 'saved']));
    const exchanges = await replay(trace, [new Writer(first), new Writer(second)]);
    expect(exchanges).toBeGreaterThan(trace.txns.length / 20);

    for (const { line, sync } of replicas) {
      line.hold = null;
      sync.nudge();
    }
    await world.time.until(() => expect(first.content === trace.endContent).toBe(true));
    await world.time.until(() => expect(second.content === trace.endContent).toBe(true));
    const fresh = new ProviderReplica(world, world.bob);
    await world.time.until(() => expect(fresh.status).toBe('saved'));
    expect(fresh.content).toBe(trace.endContent);
    const all = [...replicas, fresh];
    expect(all.flatMap(({ reports }) => reports)).toEqual([]);
    expect(all.map(({ file }) => file.inbox.quarantined.size)).toEqual([0, 0, 0]);
    await Promise.all(all.map(({ sync }) => sync.close()));
  },
);
