import { beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { decodeUpdateRow } from '../../src/core/codec.ts';
import { failure } from '../../src/core/failures.ts';
import {
  ANTI_ENTROPY_MS,
  CATCH_UP_OVERLAP_MS,
  GAP_PATIENCE_MS,
  POLL_AFTER_MS,
  POLL_EVERY_MS,
} from '../../src/core/limits.ts';
import { MemoryServer } from '../helpers/memory-server.ts';
import { MemoryDevice, MemoryTabs } from '../helpers/memory-device.ts';
import { FILE, PROJECT, Replica, rowOf } from '../helpers/replica.ts';
import { settle, VirtualClock } from '../helpers/virtual-clock.ts';

let clock: VirtualClock;
let server: MemoryServer;

beforeEach(() => {
  clock = new VirtualClock();
  server = new MemoryServer(clock);
});

/** A writer that is not a replica of ours: gives the update of each edit. */
class Writer {
  readonly doc = new Y.Doc();
  private last: Uint8Array[] = [];

  constructor() {
    this.doc.on('update', (update: Uint8Array) => this.last.push(update));
  }

  edit(change: (text: Y.Text) => void): Uint8Array {
    this.last = [];
    change(this.doc.getText('text'));
    const [update] = this.last;
    if (!update) throw new Error('the edit changed nothing');
    return update;
  }
}

describe('writing', () => {
  it('[LOG-2] an edit is on the device before it is sent, and leaves it when it is stored', async () => {
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await settle();
    expect(ana.status).toBe('saved');
    ana.text.insert(0, 'a');
    expect(ana.status).toBe('saving');
    expect(server.attempts).toHaveLength(0);
    await Promise.resolve();
    await Promise.resolve();
    expect(ana.device.entries).toHaveLength(1);
    await settle();
    expect(server.rows).toHaveLength(1);
    expect(ana.device.entries).toHaveLength(0);
    expect(ana.status).toBe('saved');
  });

  it('[LOG-2] nothing is sent before the device has it', async () => {
    const device = new MemoryDevice();
    const ana = new Replica(server, clock, { device });
    ana.feed.connect();
    await settle();
    let done = (): void => undefined;
    device.busy = new Promise((resolve) => {
      done = resolve;
    });
    ana.text.insert(0, 'a');
    await clock.advance(60_000);
    expect(server.attempts).toHaveLength(0);
    expect(ana.file.facts).toMatchObject({ pending: 1, pendingOnDevice: 0 });
    done();
    await settle();
    expect(server.rows).toHaveLength(1);
  });

  it('[P47] [LOCAL-2] where the device keeps nothing, all that waits is handed over when the page ends', async () => {
    const device = new MemoryDevice();
    device.outboxProblem = 'blocked';
    const ana = new Replica(server, clock, { device });
    ana.feed.connect();
    await settle();
    server.appendFaults.push(failure('offline', 'no'));
    ana.text.insert(0, 't');
    await settle(); // sealed: it was tried once, and waits for its next try
    ana.text.insert(1, 'wo');
    await settle();
    ana.project.leave();
    const doc = new Y.Doc();
    for (const row of server.rows.filter((row) => row.doc === FILE))
      Y.applyUpdate(doc, Buffer.from(row.data, 'base64'));
    expect(doc.getText('text').toJSON()).toBe('two');
  });

  it('[LOG-2] thousands of updates while the device is busy are written about once each', async () => {
    const device = new MemoryDevice();
    const ana = new Replica(server, clock, { device });
    await settle();
    let written = 0;
    const put = device.outbox.put.bind(device.outbox);
    device.outbox.put = async (project, entries) => {
      written += entries.length;
      await new Promise((resolve) => setImmediate(resolve));
      return put(project, entries);
    };
    for (let i = 0; i < 2_000; i++) {
      ana.text.insert(i, 'x');
      await Promise.resolve();
    }
    await ana.project.flush();
    expect(written).toBeLessThan(6_000);
    await settle();
    expect(ana.file.facts).toMatchObject({ pending: 0, pendingOnDevice: 0 });
    const replay = new Y.Doc();
    for (const row of server.rows) {
      const entry = decodeUpdateRow(row, PROJECT, FILE);
      if ('update' in entry) Y.applyUpdate(replay, entry.update);
    }
    expect(replay.getText('text').length).toBe(2_000);
  });

  it('[LOG-6] one row is in flight; what is typed meanwhile travels in the next one', async () => {
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await settle();
    for (let i = 0; i < 10; i++) {
      ana.text.insert(i, String(i));
      await Promise.resolve();
    }
    await clock.advance(300);
    expect(server.rows.length).toBeGreaterThan(1);
    expect(server.rows.length).toBeLessThan(10);
    expect(ana.status).toBe('saved');
  });

  it.each(['an event tells of it', 'no event tells of it'])(
    '[P6] the server sets its clock back by an hour: rows are not overlooked, %s',
    async (how) => {
      const ana = new Replica(server, clock);
      ana.feed.connect();
      await settle();
      const bob = new Y.Doc();
      const updates: Uint8Array[] = [];
      bob.on('update', (update: Uint8Array) => updates.push(update));
      bob.getText('text').insert(0, 'one');
      bob.getText('text').insert(3, ' two');
      server.store(rowOf('r1', updates[0] ?? new Uint8Array()));
      await clock.advance(60_000);
      server.dropEvent = () => true;
      server.store(rowOf('r2', updates[1] ?? new Uint8Array()), clock.now() - 3_600_000);
      await clock.advance(60_000);
      expect(ana.text.toJSON()).toBe('one');
      if (how === 'an event tells of it') {
        server.dropEvent = () => false;
        const other = new Y.Doc();
        other.getText('other').insert(0, 'x');
        server.store(rowOf('r3', Y.encodeStateAsUpdate(other)), clock.now() - 3_600_000);
        await clock.advance(30_000);
      } else await clock.advance(420_000);
      expect(ana.text.toJSON()).toBe('one two');
    },
  );

  it('[P4] [LOG-1] a lost reply leads to a retry with the same id, not to a second row', async () => {
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await settle();
    server.dropEvent = () => true;
    server.appendFaults.push('reply-lost', 'reply-lost');
    ana.text.insert(0, 'a');
    await settle();
    expect(ana.status).toBe('saving');
    await clock.advance(5_000);
    expect(server.attempts.map((row) => row.id)).toEqual(Array(3).fill(server.rows[0]?.id));
    expect(server.rows).toHaveLength(1);
    expect(ana.status).toBe('saved');
  });

  it.each(['server', 'offline'] as const)(
    '[P3] after %s the row is sent until it is stored, and is not saved before',
    async (kind) => {
      const ana = new Replica(server, clock);
      ana.feed.connect();
      await settle();
      server.appendFaults.push(...Array.from({ length: 4 }, () => failure(kind, 'no')));
      ana.text.insert(0, 'a');
      await clock.advance(300);
      expect(ana.status).toBe('saving');
      expect(server.rows).toHaveLength(0);
      await clock.advance(30_000);
      expect(server.rows).toHaveLength(1);
      expect(ana.status).toBe('saved');
    },
  );

  it('[LOG-6] after 429 nothing is sent before the reset, then everything merged', async () => {
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await settle();
    server.appendFaults.push(failure('rate-limited', 'slow down', clock.now() + 20_000));
    for (let i = 0; i < 30; i++) {
      ana.text.insert(i, 'x');
      await clock.advance(100);
    }
    await clock.advance(16_000);
    expect(server.attempts).toHaveLength(1);
    await clock.advance(2_000);
    expect(server.attempts).toHaveLength(3);
    expect(ana.status).toBe('saved');
  });

  it.each(['unauthenticated', 'forbidden', 'too-large', 'rejected', 'not-found'] as const)(
    '[P16] [LOCAL-4] after %s nothing is lost: it stops, says so, and goes on when asked',
    async (kind) => {
      const ana = new Replica(server, clock);
      ana.feed.connect();
      await settle();
      server.appendFaults.push(failure(kind, 'no'));
      ana.text.insert(0, 'a');
      await clock.advance(60_000);
      expect(ana.status).toBe('failed');
      expect(ana.file.status.sentence).toContain('1 edit kept on this device');
      expect(server.attempts).toHaveLength(1);
      ana.project.nudge();
      await settle();
      expect(server.rows).toHaveLength(1);
      expect(ana.status).toBe('saved');
    },
  );

  it('[P15] the edit of a viewer is neither queued nor sent', async () => {
    const vic = new Replica(server, clock, { role: 'viewer' });
    vic.feed.connect();
    await settle();
    vic.text.insert(0, 'a');
    await clock.advance(60_000);
    expect(server.attempts).toHaveLength(0);
    expect(vic.device.entries).toHaveLength(0);
    expect(vic.status).toBe('read-only');
    expect(vic.reports).toHaveLength(1);
  });

  it('[P21] on reconnect what waits is sent at once, not with the next key', async () => {
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await settle();
    ana.feed.disconnect();
    server.appendFaults.push(...Array.from({ length: 8 }, () => failure('offline', 'no')));
    ana.text.insert(0, 'a');
    await clock.advance(20_000);
    expect(ana.status).toBe('saving');
    server.appendFaults.length = 0;
    ana.feed.connect();
    await settle();
    expect(ana.status).toBe('saved');
    expect(server.rows).toHaveLength(1);
  });

  it('[LOCAL-2] where the device keeps nothing, edits still go to the server', async () => {
    const device = new MemoryDevice();
    device.outboxProblem = 'full';
    const ana = new Replica(server, clock, { device });
    ana.feed.connect();
    await settle();
    ana.text.insert(0, 'a');
    await settle();
    expect(server.rows).toHaveLength(1);
  });

  it('[LOG-2] edits of an earlier page go out with their old ids, also of documents that nobody opens', async () => {
    const device = new MemoryDevice();
    const first = new Replica(server, clock, { device });
    server.appendFaults.push(...Array.from({ length: 2 }, () => failure('offline', 'no')));
    await settle();
    first.text.insert(0, 'offline');
    const other = first.project.openDocument('fb');
    await settle();
    other.doc.getText('text').insert(0, 'elsewhere');
    await settle();
    // The page is killed: nothing is closed, and what it tried to send did not arrive.
    const ids = device.entries.map((entry) => entry.row);
    expect(ids).toHaveLength(2);
    expect(server.rows).toHaveLength(0);
    device.die();
    const again = new Replica(server, clock, { device: new MemoryDevice(device) });
    again.feed.connect();
    await clock.advance(1_000);
    expect(again.text.toString()).toBe('offline');
    expect(new Set(server.rows.map((row) => row.id))).toEqual(new Set(ids));
    expect(new Set(server.rows.map((row) => row.doc))).toEqual(new Set([FILE, 'fb']));
  });

  it('[LOG-2] [P2] what a crash kept out of the outbox is found by the repair diff, deletes too', async () => {
    const device = new MemoryDevice();
    const first = new Replica(server, clock, { device });
    first.feed.connect();
    await settle();
    first.text.insert(0, 'hello world');
    await settle();
    await first.project.close();
    // The document reached the device, the outbox did not.
    const doc = new Y.Doc();
    Y.applyUpdate(doc, device.documents.get(`${PROJECT}:${FILE}`) ?? new Uint8Array());
    doc.getText('text').delete(0, 6);
    device.documents.set(`${PROJECT}:${FILE}`, Y.encodeStateAsUpdate(doc));

    device.die();
    const again = new Replica(server, clock, { device: new MemoryDevice(device) });
    again.feed.connect();
    await settle();
    expect(again.status).toBe('saved');
    const fresh = new Replica(server, clock, { user: 'bob' });
    fresh.feed.connect();
    await settle();
    expect(fresh.text.toString()).toBe('world');
    const rowsBefore = server.rows.length;
    const third = new Replica(server, clock, { device: new MemoryDevice(device) });
    third.feed.connect();
    await settle();
    expect(server.rows).toHaveLength(rowsBefore);
  });
});

describe('reading', () => {
  it('[P5] [LOG-3] a row written between subscription and list is not missed, nor one between list and snapshot', async () => {
    const bob = new Writer();
    const updates = ['a', 'b', 'c'].map((letter, i) => bob.edit((text) => text.insert(i, letter)));
    server.store(rowOf('r0', updates[0] ?? new Uint8Array()));
    server.beforeList = () => {
      server.beforeList = null;
      server.store(rowOf('r1', updates[1] ?? new Uint8Array()));
    };
    server.afterList = () => {
      server.afterList = null;
      server.store(rowOf('r2', updates[2] ?? new Uint8Array()));
    };
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await settle();
    expect(ana.text.toString()).toBe('abc');
    expect(server.lists).toHaveLength(1);
  });

  it('[LOG-3] nothing is listed before the feed is live', async () => {
    const ana = new Replica(server, clock);
    await clock.advance(POLL_AFTER_MS - 1);
    expect(server.lists).toHaveLength(0);
    expect(ana.status).toBe('connecting');
  });

  it('[LOG-4] where no WebSocket gets through, rows are read every ten seconds, and the status says so', async () => {
    const ana = new Replica(server, clock);
    const bob = new Replica(server, clock, { user: 'bob' });
    ana.feed.connect();
    bob.feed.disconnect();
    ana.text.insert(0, 'hello');
    await clock.advance(POLL_AFTER_MS + 1);
    expect(bob.text.toJSON()).toBe('hello');
    bob.text.insert(5, '!');
    await clock.advance(POLL_EVERY_MS + 1_000);
    expect(ana.text.toJSON()).toBe('hello!');
    expect(bob.file.status).toMatchObject({ status: 'saved', sentence: expect.stringContaining('no live connection') });
    expect(bob.project.status.status).toBe('saved');

    // And where nothing gets through any more, it is offline.
    server.listFaults.push(...Array.from({ length: 4 }, () => failure('offline', 'no network')));
    server.appendFaults.push(...Array.from({ length: 9 }, () => failure('offline', 'no network')));
    bob.text.insert(0, 'x');
    await clock.advance(POLL_EVERY_MS + 1_000);
    expect(bob.status).toBe('offline');
    server.listFaults.length = 0;
    server.appendFaults.length = 0;
    bob.feed.connect();
    await clock.advance(1_000);
    expect(bob.file.status.sentence).toBe('All edits are stored on the server.');
    const { length } = server.lists;
    await clock.advance(POLL_EVERY_MS + 1_000);
    expect(server.lists.length - length).toBeLessThan(3);
  });

  it('[LOG-3] a poll that was begun before the feed was live does not count as having read everything', async () => {
    const ana = new Replica(server, clock);
    server.afterList = () => {
      server.afterList = null;
      ana.feed.connect();
      expect(ana.status).toBe('catching-up');
      server.listFaults.push(failure('server', 'down'));
    };
    await clock.advance(POLL_AFTER_MS);
    expect(ana.status).toBe('catching-up');
    await clock.advance(5_000);
    expect(ana.status).toBe('saved');
  });

  it('[P7] [LOG-3] a row that is compacted away while the list is read is inside the snapshot read after it', async () => {
    const bob = new Writer();
    server.store(
      rowOf(
        'r0',
        bob.edit((text) => text.insert(0, 'kept')),
      ),
    );
    server.beforeList = () => {
      server.beforeList = null;
      server.rows.length = 0;
      server.snapshots.set(FILE, { generation: 1, state: Y.encodeStateAsUpdateV2(bob.doc) });
    };
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await settle();
    expect(ana.text.toString()).toBe('kept');
  });

  it.each([0, 1, 2, 3, 4, 5])(
    '[P1] a lost event (number %i of 6) is noticed and healed without a reload',
    async (lost) => {
      const bob = new Writer();
      const updates = 'abcdef'.split('').map((letter, i) => bob.edit((text) => text.insert(i, letter)));
      server.dropEvent = (row) => row.id === `r${lost}`;
      const ana = new Replica(server, clock);
      ana.feed.connect();
      await settle();
      updates.forEach((update, index) => server.store(rowOf(`r${index}`, update)));
      await settle();
      expect(ana.text.toString()).toBe('abcdef'.slice(0, lost));
      // A gap shows at once; the very last row has no successor that would show it, only the periodic re-read finds it.
      await clock.advance(lost === 5 ? ANTI_ENTROPY_MS * 1.3 : GAP_PATIENCE_MS + 100);
      expect(ana.text.toString()).toBe('abcdef');
      expect(ana.status).toBe('saved');
    },
  );

  it('[P1] a gap that the server cannot fill does not make the client read for ever, nor hide its status', async () => {
    const bob = new Writer();
    bob.edit((text) => text.insert(0, 'lost'));
    server.store(
      rowOf(
        'r1',
        bob.edit((text) => text.insert(4, 'x')),
      ),
    );
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await clock.advance(120_000);
    expect(server.lists.length).toBeLessThan(12);
    expect(ana.status).toBe('saved');
  });

  it('[P6] [LOG-4] a row that becomes visible late, with an earlier time, is read by the overlap', async () => {
    const bob = new Writer();
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await settle();
    server.dropEvent = () => true;
    const [first, second] = ['a', 'b'].map((letter) => bob.edit((text) => text.insert(0, letter)));
    server.store(rowOf('r2', second ?? new Uint8Array()), clock.now() + 1_000);
    await clock.advance(ANTI_ENTROPY_MS * 1.3);
    server.store(rowOf('r1', first ?? new Uint8Array()), clock.now() - CATCH_UP_OVERLAP_MS + 10_000);
    await clock.advance(ANTI_ENTROPY_MS * 1.3);
    expect(ana.text.toString()).toBe('ba');
  });

  it('[LOG-4] events do not move the position of the next list: a row lost long before is still read', async () => {
    const bob = new Writer();
    const ana = new Replica(server, clock);
    server.listFaults.push(failure('offline', 'no'));
    ana.feed.connect();
    await settle();
    const early = bob.edit((text) => text.insert(0, 'early '));
    const other = new Writer();
    server.dropEvent = (row) => row.id === 'early';
    server.store(rowOf('early', early), clock.now() - 10 * CATCH_UP_OVERLAP_MS);
    server.store(
      rowOf(
        'late',
        other.edit((text) => text.insert(0, 'late')),
      ),
    );
    await clock.advance(2_000);
    expect(ana.text.toString()).toContain('early');
    expect(ana.text.toString()).toContain('late');
  });

  it('a list that fails is tried again, and until then the status is not saved', async () => {
    server.listFaults.push(failure('server', 'no'), failure('offline', 'no'));
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await settle();
    expect(ana.status).toBe('catching-up');
    await clock.advance(10_000);
    expect(ana.status).toBe('saved');
  });

  it('[P14] [STAMP-2] [STAMP-4] rows of outsiders and garbage have no effect but a counter, and stop nothing', async () => {
    const bob = new Writer();
    const good = bob.edit((text) => text.insert(0, 'good'));
    const evil = new Writer().edit((text) => text.insert(0, 'evil'));
    const ana = new Replica(server, clock);
    server.store({ ...rowOf('x1', evil), permissions: ['read("any")'] });
    server.store({ ...rowOf('x2', evil), data: 'AQID' });
    server.store(rowOf('r1', good));
    ana.feed.connect();
    await settle();
    server.store(rowOf('x3', evil, 'rita', 'reviewer'));
    server.store({ ...rowOf('x4', evil), data: btoa('\u0001\u00ff\u00ff\u00ff') });
    server.store(
      rowOf(
        'r2',
        bob.edit((text) => text.insert(4, '!')),
      ),
    );
    await settle();
    expect(ana.text.toString()).toBe('good!');
    expect([...ana.file.inbox.quarantined.keys()].sort()).toEqual(['x1', 'x2', 'x3', 'x4']);
    expect(ana.status).toBe('saved');
  });

  it('[P13] changes from elsewhere carry an origin and are not local', async () => {
    const bob = new Writer();
    const ana = new Replica(server, clock);
    const origins: unknown[] = [];
    ana.file.doc.on('afterTransaction', (transaction) => {
      if (transaction.changed.size > 0) origins.push([transaction.origin, transaction.local]);
    });
    ana.feed.connect();
    await settle();
    server.store(
      rowOf(
        'r1',
        bob.edit((text) => text.insert(0, 'x')),
      ),
    );
    await settle();
    expect(origins).toEqual([[{ source: 'remote' }, false]]);
    expect(server.attempts).toHaveLength(0);
  });
});

describe('together', () => {
  it('[P6] two replicas that edit at random while events are lost and reordered end equal, nothing missing or doubled', async () => {
    const ana = new Replica(server, clock, { user: 'ana' });
    const bob = new Replica(server, clock, { user: 'bob' });
    let step = 0;
    server.dropEvent = () => step++ % 5 === 0;
    ana.feed.connect();
    bob.feed.connect();
    await settle();
    let seed = 4;
    const random = (below: number): number => (seed = (seed * 16807) % 2147483647) % below;
    for (let i = 0; i < 300; i++) {
      const replica = random(2) === 0 ? ana : bob;
      const { text } = replica;
      if (random(4) === 0 && text.length > 3) text.delete(random(text.length - 2), 1 + random(2));
      else text.insert(random(text.length + 1), String.fromCodePoint(97 + random(26)));
      if (random(10) === 0) replica.feed.disconnect();
      if (random(10) === 0) replica.feed.connect();
      await clock.advance(random(200));
    }
    ana.feed.connect();
    bob.feed.connect();
    await clock.advance(2 * ANTI_ENTROPY_MS);
    expect(ana.text.toString()).toBe(bob.text.toString());
    expect(Y.encodeStateAsUpdate(ana.file.doc)).toEqual(Y.encodeStateAsUpdate(bob.file.doc));
    expect([ana.status, bob.status]).toEqual(['saved', 'saved']);
    const fresh = new Replica(server, clock, { user: 'eve' });
    fresh.feed.connect();
    await clock.advance(1_000);
    expect(fresh.text.toString()).toBe(ana.text.toString());
    expect(new Set(server.rows.map((row) => row.id)).size).toBe(server.rows.length);
  });

  it('[LOCAL-3] tabs of one browser share edits without a network, and send each only once', async () => {
    const tabs = new MemoryTabs();
    const device = new MemoryDevice();
    server.appendFaults.push(...Array.from({ length: 4 }, () => failure('offline', 'no')));
    const one = new Replica(server, clock, { device, tabs: tabs.tab() });
    await settle();
    one.text.insert(0, 'typed before');
    const two = new Replica(server, clock, { device: new MemoryDevice(device), tabs: tabs.tab() });
    await settle();
    expect(two.text.toString()).toBe('typed before');
    two.text.insert(0, 'and ');
    await settle();
    expect(one.text.toString()).toBe('and typed before');
    expect([one.file.status.pending, two.file.status.pending]).toEqual([2, 2]);
    expect(one.file.doc.clientID).not.toBe(two.file.doc.clientID);
    one.feed.connect();
    two.feed.connect();
    await clock.advance(2_000);
    expect([one.status, two.status]).toEqual(['saved', 'saved']);
    expect(new Set(server.rows.map((row) => row.id)).size).toBe(2);
    expect(server.rows).toHaveLength(2);
  });

  it('[P12] [LOCAL-3] what a tab has not sent when it dies is sent by another, under the same row', async () => {
    const tabs = new MemoryTabs();
    const device = new MemoryDevice();
    const one = new Replica(server, clock, { device, tabs: tabs.tab() });
    const two = new Replica(server, clock, { device: new MemoryDevice(device), tabs: tabs.tab() });
    two.feed.connect();
    await settle();
    server.appendFaults.push(failure('rejected', 'no'));
    one.text.insert(0, 'orphan');
    await settle();
    const [entry] = device.entries;
    expect(two.status).toBe('saving');
    device.die();
    await clock.advance(2 * ANTI_ENTROPY_MS);
    expect(server.rows.map((row) => row.id)).toEqual([entry?.row]);
    expect(two.status).toBe('saved');
    expect(device.entries).toEqual([]);
  });

  it('[P4] a row id that turns out to be taken by other content gets a new one: nothing is lost', async () => {
    const ana = new Replica(server, clock);
    ana.feed.connect();
    await settle();
    server.dropEvent = () => true;
    server.appendFaults.push('reply-lost');
    ana.text.insert(0, 'mine');
    await settle();
    const [row] = server.rows;
    if (row) server.rows[0] = { ...row, data: 'AAA=' };
    await clock.advance(5_000);
    expect(ana.status).toBe('saved');
    expect(server.rows).toHaveLength(2);
    expect(server.rows[1]?.id).not.toBe(row?.id);
    expect(server.rows[1]?.data).toBe(row?.data);
  });

  it('opening and closing 50 times leaves no timer, listener or feed behind', async () => {
    for (let i = 0; i < 50; i++) {
      const ana = new Replica(server, clock);
      ana.feed.connect();
      ana.text.insert(0, 'x');
      await settle();
      await ana.project.close();
      await ana.project.close();
    }
    expect(clock.pending).toBe(0);
    expect(server.rows).toHaveLength(50);
  });
});
