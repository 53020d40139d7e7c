import { beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { decodeUpdateRow, isQuarantined } from '../../src/core/codec.ts';
import { baseOf, fold } from '../../src/core/compaction/fold.ts';
import { failure } from '../../src/core/failures.ts';
import { contentOf } from '../../src/core/id-ranges.ts';
import { COMPACTION_EVERY_MS, COMPACTION_SPREAD_MS, LONG_TAIL_ROWS } from '../../src/core/limits.ts';
import { MemoryDevice } from '../helpers/memory-device.ts';
import { MemoryServer } from '../helpers/memory-server.ts';
import { FILE, PROJECT, Replica, rowOf, type ReplicaOptions } from '../helpers/replica.ts';
import { settle, VirtualClock } from '../helpers/virtual-clock.ts';

let clock: VirtualClock;
let server: MemoryServer;

beforeEach(() => {
  clock = new VirtualClock();
  server = new MemoryServer(clock);
});

async function open(options: ReplicaOptions = {}): Promise<Replica> {
  const replica = new Replica(server, clock, options);
  replica.feed.connect();
  await clock.advance(1_000);
  return replica;
}

/** Takes the rows of the file into a snapshot, as the Function does. */
function compact(): void {
  const before = server.snapshots.get(FILE);
  const rows = server.rows.splice(0);
  const entries = rows.map((row) => decodeUpdateRow(row, PROJECT, FILE));
  const { base, waiting } = fold(
    baseOf(before?.state ?? null),
    entries.flatMap((entry) => (isQuarantined(entry) ? [] : [entry])),
  );
  server.rows.push(...rows.filter((row) => waiting.some(({ id }) => id === row.id)));
  if (base.state === null) throw new Error('there is something to fold');
  server.snapshots.set(FILE, { generation: (before?.generation ?? 0) + 1, state: base.state });
}

async function type(replica: Replica, letters: string): Promise<void> {
  replica.text.insert(replica.text.length, letters);
  await clock.advance(2_000);
}

describe('a replica and snapshots', () => {
  it('reads a state when it lacks something of it, and only then', async () => {
    const ana = await open();
    await type(ana, 'hello');
    compact();
    await clock.advance(60_000);
    // She has everything that the snapshot holds.
    expect(server.stateReads).toBe(1); // when her page opened, empty
    const bob = await open({ user: 'bob' });
    expect(bob.text.toString()).toBe('hello');
    expect(server.stateReads).toBe(2);
    bob.feed.disconnect();
    await type(ana, ' world');
    ana.text.delete(0, 1);
    await clock.advance(2_000);
    compact();
    bob.feed.connect();
    await clock.advance(1_000);
    expect(bob.text.toString()).toBe('ello world');
    expect(server.stateReads).toBe(3);
    await clock.advance(120_000);
    expect(server.stateReads).toBe(3);
    expect(ana.status).toBe('saved');
    expect(bob.status).toBe('saved');
  });

  it('[LOCAL-1] opened again with what is on the device it needs no state', async () => {
    const device = new MemoryDevice();
    const ana = await open({ device });
    await type(ana, 'kept here');
    compact();
    await ana.project.close();
    const reads = server.stateReads;
    const again = await open({ device });
    expect(again.text.toString()).toBe('kept here');
    expect(again.status).toBe('saved');
    expect(server.stateReads).toBe(reads);
  });

  it('[LOG-2] [P2] finds what a crash kept out of the outbox, deletes too, from the head of the snapshot', async () => {
    const device = new MemoryDevice();
    const ana = await open({ device });
    await type(ana, 'abc');
    compact();
    await ana.project.close();
    const beside = new Y.Doc();
    const kept = device.documents.get(`${PROJECT}:${FILE}`);
    if (!kept) throw new Error('the device keeps the file');
    Y.applyUpdate(beside, kept);
    beside.getText('text').delete(1, 1);
    device.documents.set(`${PROJECT}:${FILE}`, Y.encodeStateAsUpdate(beside));
    const again = await open({ device });
    await clock.advance(5_000);
    expect(again.text.toString()).toBe('ac');
    expect(server.rows).toHaveLength(1);
    const bob = await open({ user: 'bob' });
    expect(bob.text.toString()).toBe('ac');
  });

  it('[LOG-2] [STAMP-3] a repair that has to be tried again sends nothing of others', async () => {
    const device = new MemoryDevice();
    const ana = await open({ device });
    await type(ana, 'abc');
    compact();
    const bob = await open({ user: 'bob' });
    await type(bob, 'of bob');
    await clock.advance(1_000);
    await ana.project.close();
    const beside = new Y.Doc();
    const kept = device.documents.get(`${PROJECT}:${FILE}`);
    if (!kept) throw new Error('the device keeps the file');
    Y.applyUpdate(beside, kept);
    beside.getText('text').delete(0, 1);
    device.documents.set(`${PROJECT}:${FILE}`, Y.encodeStateAsUpdate(beside));
    const store = server.snapshotStore();
    let failing = true;
    const again = new Replica(server, clock, {
      device,
      snapshots: {
        ...store,
        newest: (project, doc) => (failing ? Promise.resolve(failure('server', 'busy')) : store.newest(project, doc)),
      },
    });
    again.feed.connect();
    await clock.advance(5_000);
    expect(server.rows).toHaveLength(1);
    failing = false;
    await clock.advance(30_000);
    const [, repaired] = server.rows.map((row) => decodeUpdateRow(row, PROJECT, FILE));
    if (!repaired || isQuarantined(repaired)) throw new Error('the lost edit is sent');
    expect(contentOf(repaired.update)).toMatchObject({ structs: [], deletes: [{ length: 1 }] });
    expect(bob.text.toString()).toBe('bcof bob');
  });

  it('[LOG-2] sends nothing that the server only says in another way', async () => {
    const ana = await open();
    const bob = await open({ user: 'bob' });
    ana.feed.disconnect();
    bob.feed.disconnect();
    // Two values of one key: Yjs deletes the one that loses, and no row says so.
    ana.file.doc.getMap('m').set('key', 'ana');
    bob.file.doc.getMap('m').set('key', 'bob');
    await clock.advance(5_000);
    ana.feed.connect();
    bob.feed.connect();
    await clock.advance(60_000);
    const { length } = server.rows;
    const device = new MemoryDevice();
    const eve = await open({ user: 'eve', device });
    await eve.project.close();
    const again = await open({ user: 'eve', device });
    await clock.advance(60_000);
    expect(again.file.doc.getMap('m').get('key')).toBe(ana.file.doc.getMap('m').get('key'));
    expect(server.rows).toHaveLength(length);
  });

  it('[P6] [LOG-4] rows that were folded before it saw them, and one that came after with an older time', async () => {
    const ana = await open();
    await type(ana, 'a');
    const update = (text: string): Uint8Array => {
      const doc = new Y.Doc();
      doc.getText('text').insert(0, text);
      return Y.encodeStateAsUpdate(doc);
    };
    server.dropEvent = () => true;
    server.store(rowOf('folded', update('one')), clock.now());
    compact();
    server.store(rowOf('late', update('two')), clock.now() - 5_000);
    await clock.advance(60_000);
    expect(ana.text.toString()).toContain('one');
    expect(ana.text.toString()).toContain('two');
    expect(ana.status).toBe('saved');
  });

  it('a state that cannot be read keeps it from saying saved, and is tried again', async () => {
    const ana = await open();
    await type(ana, 'x');
    compact();
    const store = server.snapshotStore();
    let broken = true;
    const replica = new Replica(server, clock, {
      user: 'bob',
      snapshots: {
        ...store,
        newest: (project, doc) =>
          broken ? Promise.resolve(failure('rejected', 'damaged')) : store.newest(project, doc),
      },
    });
    replica.feed.connect();
    await clock.advance(10_000);
    expect(replica.status).not.toBe('saved');
    broken = false;
    await clock.advance(60_000);
    expect(replica.status).toBe('saved');
    expect(replica.text.toString()).toBe('x');
  });

  it('[LOG-1] a row that was compacted away before the conflict was looked at keeps its id', async () => {
    const ana = await open();
    server.appendFaults.push('reply-lost');
    server.dropEvent = () => true;
    ana.text.insert(0, 'once');
    let folded = '';
    // Between the answer that the id is taken and the look at the row, it is folded.
    const { rows } = server;
    const find = rows.find.bind(rows);
    rows.find = ((...given: Parameters<typeof rows.find>) => {
      if (folded === '' && server.attempts.length > 1) {
        folded = rows[0]?.id ?? '';
        compact();
      }
      return find(...given);
    }) as typeof rows.find;
    await clock.advance(60_000);
    expect(folded).not.toBe('');
    expect(new Set(server.attempts.map((row) => row.id))).toEqual(new Set([folded]));
    expect(ana.status).toBe('saved');
  });
});

describe('a long log', () => {
  function longLog(rows: number): void {
    const doc = new Y.Doc();
    doc.on('update', (update: Uint8Array) => server.store(rowOf(`long${server.rows.length}`, update)));
    for (let i = 0; i < rows; i++) doc.getText('text').insert(i, 'x');
  }

  it('[SNAP-5] of 50 that open it together few ask for its compaction', { timeout: 60_000 }, async () => {
    longLog(LONG_TAIL_ROWS + 1);
    let ask = 0;
    const replicas = Array.from(
      { length: 50 },
      (_, i) => new Replica(server, clock, { user: `user${i}`, chance: () => ((ask++ * 7919) % 50) / 50 }),
    );
    for (const replica of replicas) replica.feed.connect();
    const end = clock.now() + COMPACTION_SPREAD_MS;
    while (clock.now() < end) {
      await clock.advance(1_000);
      // It takes the Function three seconds.
      if (server.compactions.length > 0 && server.snapshots.size === 0) {
        await clock.advance(3_000);
        compact();
      }
    }
    expect(server.compactions.length).toBeGreaterThan(0);
    expect(server.compactions.length).toBeLessThanOrEqual(5);
    expect(replicas.every((replica) => replica.text.length === LONG_TAIL_ROWS + 1)).toBe(true);
    await Promise.all(replicas.map((replica) => replica.project.close()));
  });

  it('[SNAP-5] whoever asked in vain does not ask again for a while', async () => {
    longLog(LONG_TAIL_ROWS + 1);
    const ana = await open();
    for (let i = 0; i < 5; i++) {
      await clock.advance(COMPACTION_SPREAD_MS);
      ana.file.heal();
      await settle();
    }
    expect(server.compactions).toEqual([FILE]);
    await clock.advance(COMPACTION_EVERY_MS);
    ana.file.heal();
    await clock.advance(COMPACTION_SPREAD_MS);
    expect(server.compactions).toEqual([FILE, FILE]);
  });

  it('a short one is left alone', async () => {
    longLog(LONG_TAIL_ROWS);
    await open();
    await clock.advance(COMPACTION_SPREAD_MS * 2);
    expect(server.compactions).toEqual([]);
  });
});
