import { beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { success } from '../../src/core/failures.ts';
import type { Snapshot, SnapshotStore } from '../../src/core/ports.ts';
import type { StoredReport } from '../../src/sync/storage-bill.ts';
import { MemoryServer } from '../helpers/memory-server.ts';
import { FILE, Replica } from '../helpers/replica.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

let clock: VirtualClock;
let server: MemoryServer;

beforeEach(() => {
  clock = new VirtualClock();
  server = new MemoryServer(clock);
});

function billOf(replica: Replica): StoredReport | undefined {
  return replica.project.report.documents[0]?.stored;
}

async function type(replica: Replica, letters: string): Promise<void> {
  replica.text.insert(replica.text.length, letters);
  await clock.advance(2_000);
}

/** As the server's, but it says how large its snapshots are. */
function telling(snapshots: SnapshotStore, newest: Snapshot): SnapshotStore {
  return {
    folded: (...given) => snapshots.folded(...given),
    compact: (...given) => snapshots.compact(...given),
    newest: () => Promise.resolve(success(newest)),
    head: (_project, _doc, known) => Promise.resolve(success(newest.generation > known ? newest : null)),
  };
}

describe('the storage bill of a document', () => {
  it('is not known before anything was read', () => {
    const replica = new Replica(server, clock);
    const unknown = { rows: null, logBytes: null, generation: null, stateBytes: null, segmentBytes: null };
    expect(billOf(replica)).toEqual(unknown);
  });

  it('counts the rows of others and of its own, each once, and reads nothing for it', async () => {
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await clock.advance(1_000);
    expect(billOf(ana)).toEqual({ rows: 0, logBytes: 0, generation: 0, stateBytes: 0, segmentBytes: 0 });
    const bob = new Replica(server, clock, { user: 'bob' });
    bob.feed.connect();
    await clock.advance(1_000);
    await type(ana, 'hello');
    await type(bob, ' world');
    await clock.advance(60_000);
    const logBytes = server.rows.reduce((sum, { data }) => sum + data.length, 0);
    for (const replica of [ana, bob]) expect(billOf(replica)).toMatchObject({ rows: 2, logBytes });
  });

  it('takes the sizes of state and segment from the snapshot that is read anyway', async () => {
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await clock.advance(1_000);
    await type(ana, 'hello');
    const sizes = { generation: 7, stateBytes: 70, segmentBytes: 700 };
    const state = Y.encodeStateAsUpdateV2(new Y.Doc());
    const empty = { holds: Y.encodeSnapshotV2(Y.emptySnapshot), state, repaired: [] };
    const snapshots = telling(server.snapshotStore(), { ...empty, ...sizes });
    const bob = new Replica(server, clock, { user: 'bob', snapshots });
    bob.feed.connect();
    await clock.advance(1_000);
    expect(billOf(bob)).toMatchObject({ rows: 1, ...sizes });
  });

  it('forgets rows that were compacted away, with the next complete list', async () => {
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await clock.advance(1_000);
    await type(ana, 'hello');
    server.snapshots.set(FILE, { generation: 1, state: Y.encodeStateAsUpdateV2(ana.file.doc) });
    server.rows.splice(0);
    ana.file.heal();
    await clock.advance(1_000);
    expect(billOf(ana)).toMatchObject({ rows: 0, logBytes: 0 });
  });

  it('is counted again when that is asked for, and own rows that come with it are no rows of others', async () => {
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await clock.advance(1_000);
    await type(ana, 'one');
    await type(ana, 'two');
    expect(ana.project.report.documents[0]).toMatchObject({ rowsIn: 0, rowsOut: 2, stored: { rows: 2 } });
    // Somebody has purged what was in the log.
    server.rows.splice(0);
    ana.project.recount();
    await clock.advance(1_000);
    expect(billOf(ana)).toMatchObject({ rows: 0, logBytes: 0 });
    await type(ana, 'three');
    ana.project.recount();
    await clock.advance(1_000);
    expect(ana.project.report.documents[0]).toMatchObject({ rowsIn: 0, rowsOut: 3, stored: { rows: 1 } });
  });
});
