import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { decodeUpdateRow } from '../../../src/core/codec.ts';
import { compactDocument } from '../../../src/core/compaction/compact.ts';
import { readHistory } from '../../../src/core/compaction/history.ts';
import { purgeHistory } from '../../../src/core/compaction/purge.ts';
import { loadState } from '../../../src/core/compaction/load.ts';
import { INLINE_BYTES, KEPT_STATES, snapshotId } from '../../../src/core/compaction/snapshot.ts';
import { Desk, DOC, PROJECT, START } from './desk.ts';

describe('compaction', () => {
  it('[SNAP-1] [SNAP-3] folds the log into a snapshot that keeps every update', async () => {
    const desk = new Desk();
    const written = [
      desk.type('hello'),
      desk.delete(0, 1),
      desk.row(Y.encodeStateAsUpdate(desk.doc), { author: 'bob' }),
    ];
    expect(await desk.compact()).toEqual({
      end: 'done',
      generation: 1,
      folded: 3,
      duplicates: 0,
      quarantined: 0,
      waiting: 0,
      repaired: [],
    });
    expect(desk.log).toEqual([]);
    const [stored] = desk.store.snapshots.values();
    expect(stored?.record).toMatchObject({
      id: snapshotId(PROJECT, DOC, 1),
      generation: 1,
      authors: ['ana', 'bob'],
      updateCount: 3,
      firstTime: written[0]?.createdAt,
      lastTime: written[2]?.createdAt,
    });
    await desk.check(3);
    const history = await readHistory(desk.store, PROJECT, DOC, []);
    expect(history.ok && history.value.entries).toEqual(written.map((row) => decodeUpdateRow(row, PROJECT, DOC)));
    expect(await desk.compact()).toMatchObject({ end: 'done', generation: 1, folded: 0 });
  });

  it('[SNAP-1] takes a log of any length in several generations', async () => {
    const desk = new Desk();
    for (let i = 0; i < 250; i++) desk.type('x');
    desk.store.pageRows = 10;
    expect(await desk.compact({ foldRows: 40 })).toMatchObject({ end: 'done', folded: 250, generation: 7 });
    const counts = [...desk.store.snapshots.values()].map(({ record }) => record.updateCount);
    expect(Math.max(...counts)).toBeLessThanOrEqual(40);
    await desk.check(250);
  });

  it('takes rows of one millisecond that no page can tell apart', async () => {
    const desk = new Desk();
    for (let i = 0; i < 90; i++) desk.type('x');
    desk.log.forEach((row, at) => desk.log.splice(at, 1, { ...row, createdAt: new Date(START).toISOString() }));
    desk.store.pageRows = 10;
    expect(await desk.compact({ foldRows: 25 })).toMatchObject({ end: 'done', folded: 90 });
    await desk.check(90);
  });

  it('stops when time is up, and another run goes on', async () => {
    const desk = new Desk();
    for (let i = 0; i < 100; i++) desk.type('x');
    desk.store.pageRows = 10;
    let rounds = 0;
    const first = await desk.compact({ foldRows: 20, isOver: () => rounds++ === 2 });
    expect(first).toMatchObject({ end: 'more', generation: 2 });
    await desk.check(100);
    expect(await desk.compact({ foldRows: 20 })).toMatchObject({ end: 'done', folded: 100 - first.folded });
    await desk.check(100);
  });

  it('leaves short logs and what is quite new alone', async () => {
    const desk = new Desk();
    const rows = Array.from({ length: 5 }, () => desk.type('x'));
    expect(await desk.compact({ leastRows: 6 })).toMatchObject({ folded: 0, generation: 0 });
    expect(await desk.compact({ leastRows: 5, until: rows[2]?.createdAt ?? '' })).toMatchObject({ folded: 3 });
    expect(desk.log.map((row) => row.id)).toEqual(['row3', 'row4']);
    await desk.check(5);
  });

  it('[P6] [SNAP-2] a row that becomes visible after later rows were folded is not lost', async () => {
    const desk = new Desk();
    desk.type('a');
    const late = desk.type('b', true);
    desk.type('c');
    expect(await desk.compact()).toMatchObject({ folded: 1, waiting: 1 });
    desk.log.push(late);
    const independent = new Y.Doc();
    independent.clientID = 9;
    independent.getText('text').insert(0, 'z');
    desk.log.push({ ...desk.row(Y.encodeStateAsUpdate(independent), { late: true }), createdAt: late.createdAt });
    Y.applyUpdate(desk.doc, Y.encodeStateAsUpdate(independent));
    await desk.check(4);
    expect(await desk.compact()).toMatchObject({ folded: 3, waiting: 0, generation: 2 });
    await desk.check(4);
  });

  it('[SNAP-1] rows that wait for one another over batches are folded when the last is there', async () => {
    const desk = new Desk();
    const first = desk.type('a', true);
    for (let i = 0; i < 60; i++) desk.type('x');
    desk.log.push({ ...first, createdAt: new Date(START + 1e6).toISOString() });
    desk.store.pageRows = 10;
    expect(await desk.compact({ foldRows: 20 })).toMatchObject({ end: 'done', folded: 61, waiting: 0 });
    await desk.check(61);
  });

  it('[STAMP-2] [STAMP-4] [P14] keeps apart what does not count, with the reason, and goes on', async () => {
    const desk = new Desk();
    desk.type('ok');
    const noise = desk.row(Uint8Array.from([1, 2, 3, 250]));
    const viewer = desk.row(Y.encodeStateAsUpdate(desk.doc), { role: 'viewer' });
    const open = { ...desk.row(Y.encodeStateAsUpdate(desk.doc)), permissions: ['read("any")'] };
    desk.log.splice(3, 1, open);
    const huge = { ...desk.row(new Uint8Array()), data: 'A'.repeat(12 * 1024 * 1024) };
    desk.log.splice(4, 1, huge);
    // Databases that ignore case list this with the others; its owner has another document.
    const other = { ...desk.row(new Uint8Array()), doc: 'fb' };
    desk.log.splice(5, 1, other);
    const list = desk.store.rows.bind(desk.store);
    desk.store.rows = async (...given) => {
      const page = await list(...given);
      return page.ok ? { ok: true, value: { ...page.value, rows: [...page.value.rows, other] } } : page;
    };
    expect(await desk.compact()).toMatchObject({ end: 'done', folded: 1, quarantined: 4 });
    expect(desk.log).toEqual([other]);
    expect([...desk.store.quarantined.values()].map(({ row, reason }) => [row.id, reason])).toEqual([
      [noise.id, 'not a Yjs update'],
      [viewer.id, 'a viewer may not write a file document'],
      [open.id, 'unexpected permission read("any")'],
      [huge.id, 'larger than a row may be'],
    ]);
    expect(desk.store.quarantined.get(noise.id)?.row).toEqual(noise);
  });

  it('[LOG-1] [P4] a row that was folded and is sent again is taken from the log, and not into the history', async () => {
    const desk = new Desk();
    const row = desk.type('a');
    desk.type('b');
    await desk.compact();
    for (let i = 0; i < 30; i++) {
      desk.type('x');
      await desk.compact();
    }
    desk.log.push({ ...row, createdAt: new Date(START + 1e7).toISOString() });
    expect(await desk.compact()).toMatchObject({ folded: 0, duplicates: 1, generation: 31 });
    expect(desk.log).toEqual([]);
    await desk.check(32);
    // Says nothing new either, but nobody has stored it before: two people deleted the same letter.
    const bob = new Y.Doc();
    Y.applyUpdate(bob, Y.encodeStateAsUpdate(desk.doc));
    desk.delete(0, 1);
    await desk.compact();
    let update = new Uint8Array();
    bob.on('update', (made: Uint8Array) => (update = made.slice()));
    bob.getText('text').delete(0, 1);
    desk.row(update, { author: 'bob' });
    expect(await desk.compact()).toMatchObject({ folded: 1, duplicates: 0 });
    await desk.check(34);
  });

  it('[P9] what somebody wrote offline for a week merges with a log that was compacted many times since', async () => {
    const desk = new Desk();
    desk.type('the quick brown fox');
    const away = new Y.Doc();
    away.clientID = 2;
    Y.applyUpdate(away, Y.encodeStateAsUpdate(desk.doc));
    const before = Y.encodeStateVector(away);
    away.getText('text').delete(4, 6);
    away.getText('text').insert(4, 'slow ');
    for (let i = 0; i < 10; i++) {
      desk.delete(0, 1);
      desk.type(`${i}`);
      await desk.compact();
    }
    const update = Y.encodeStateAsUpdate(away, before);
    Y.applyUpdate(desk.doc, update);
    desk.row(update, { author: 'bob' });
    // Nothing is lost of either, although what both built upon is deleted and collected by now.
    expect(desk.text).toContain('slow');
    expect(desk.text).toContain('0123456789');
    expect(desk.text).not.toContain('quick');
    await desk.check(22);
    expect(await desk.compact()).toMatchObject({ folded: 1, waiting: 0 });
    await desk.check(22);
  });

  it('[P10] compaction never makes a document anew: who slept through it, and through a purge, merges without a copy', async () => {
    const desk = new Desk();
    desk.type('abc');
    const asleep = new Y.Doc();
    asleep.clientID = 2;
    Y.applyUpdate(asleep, Y.encodeStateAsUpdate(desk.doc));
    await desk.compact();
    desk.type('def');
    await desk.compact();
    const purged = await purgeHistory(desk.store, PROJECT, DOC, new Date(START + 1e9).toISOString());
    expect(purged).toEqual({ ok: true, value: { purged: 2 } });
    asleep.getText('text').insert(3, '-');
    const loaded = await loadState(desk.store, PROJECT, DOC);
    if (loaded.ok && loaded.value.state) Y.applyUpdateV2(asleep, loaded.value.state);
    Y.applyUpdate(desk.doc, Y.encodeStateAsUpdate(asleep));
    expect(asleep.getText('text').toString()).toBe(desk.text);
    expect(desk.text).toHaveLength(7);
    expect(desk.text.replaceAll(/[^a-f]/g, '')).toBe('abcdef');
  });

  it('[SNAP-3] drops old states, never segments; large ones are files', async () => {
    const desk = new Desk();
    const noise = (): string =>
      Array.from({ length: INLINE_BYTES / 2 }, (_, i) => String.fromCharCode(0x4e00 + ((i * 7919) % 20_000))).join('');
    for (let i = 0; i < 6; i++) {
      desk.type(i === 0 ? noise() : 'x');
      await desk.compact();
    }
    const records = [...desk.store.snapshots.values()].map(({ record }) => record);
    expect(records.filter((record) => record.stateBytes > 0)).toHaveLength(KEPT_STATES);
    expect(records.every((record) => record.segmentBytes > 0)).toBe(true);
    // One for each state that is kept, and the first segment.
    expect(desk.store.blobs.size).toBe(KEPT_STATES + 1);
    await desk.check(6);
  });

  it.each([
    ['deletes its files if another one was faster', false],
    ['keeps its files if it was itself, and never heard the answer', true],
  ])('[SNAP-2] a compactor that lost %s', async (_what, itself) => {
    const desk = new Desk();
    const letters = Array.from({ length: INLINE_BYTES }, (_, i) => String.fromCharCode(0x4e00 + ((i * 7919) % 20_000)));
    desk.type(letters.join(''));
    const store = desk.store.through(() => Promise.resolve());
    store.commit = async (...commit) => {
      if (itself) await desk.store.commit(...commit);
      else await desk.compact();
      return { ok: true, value: 'lost' };
    };
    expect(await desk.compact({}, store)).toMatchObject({ end: 'lost' });
    const [stored] = desk.store.snapshots.values();
    const named = [stored?.record.stateBlob, stored?.record.segmentBlob];
    expect(new Set(desk.store.blobs.keys())).toEqual(new Set(named));
    expect(named).not.toContain(null);
    await desk.check(1);
  });

  it('[SNAP-3] a damaged state is made good from the one before and its segments, and it is said', async () => {
    const desk = new Desk();
    for (const letter of 'abcdef') {
      desk.type(letter);
      await desk.compact();
    }
    const damage = (generation: number, what: 'state' | 'segment'): void => {
      const stored = desk.store.snapshots.get(snapshotId(PROJECT, DOC, generation));
      const bytes = stored?.[what];
      if (bytes) bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    };
    damage(6, 'state');
    expect(await desk.opened()).toBe('abcdef');
    const loaded = await loadState(desk.store, PROJECT, DOC);
    expect(loaded).toMatchObject({ ok: true, value: { repaired: ['state 6: the checksum does not fit'] } });
    damage(5, 'state');
    damage(4, 'state');
    // From the first segment on.
    expect(await desk.opened()).toBe('abcdef');
    desk.type('g');
    expect((await desk.compact()).repaired).toHaveLength(3);
    await desk.check(7);
    damage(7, 'state');
    damage(2, 'segment');
    expect(await loadState(desk.store, PROJECT, DOC)).toMatchObject({ ok: false, kind: 'rejected' });
    desk.type('h');
    const refused = await compactDocument(desk.store, PROJECT, DOC);
    expect(refused).toMatchObject({ ok: false });
    expect(desk.log).toHaveLength(1);
  });

  it('[SNAP-3] a row that does not say what its state holds is told, and the next generation goes on from it', async () => {
    const desk = new Desk();
    for (const letter of 'abc') {
      desk.type(letter);
      await desk.compact();
    }
    const stored = desk.store.snapshots.get(snapshotId(PROJECT, DOC, 3));
    if (!stored) throw new Error('it was compacted three times');
    stored.record = { ...stored.record, holds: new Uint8Array() };
    desk.type('d');
    expect(await desk.compact()).toMatchObject({
      generation: 4,
      repaired: ['row 3: what its state holds cannot be read'],
    });
    await desk.check(4);
    expect((await desk.compact()).repaired).toEqual([]);
  });
});

describe.each([
  { how: 'in one transaction', atomic: true },
  { how: 'in two steps', atomic: false },
])('a commit $how', ({ atomic }) => {
  class Crash extends Error {}

  /** A log in which a run has several generations to write, something to quarantine and something to drop. */
  async function prepared(): Promise<{ desk: Desk; rows: number }> {
    const desk = new Desk();
    for (let i = 0; i < 3; i++) {
      desk.type('s');
      await desk.compact();
    }
    for (let i = 0; i < 25; i++) desk.type(String.fromCharCode(97 + i));
    desk.row(Uint8Array.from([9, 9, 9]));
    desk.store.pageRows = 5;
    return { desk, rows: 28 };
  }

  it('[P7] [SNAP-2] survives a crash at each step, and the next run finishes', { timeout: 60_000 }, async () => {
    let steps = 0;
    for (let crashAt = 0; crashAt === 0 || crashAt < steps; crashAt++) {
      const { desk, rows } = await prepared();
      let step = 0;
      const crashing = desk.store.through(async () => {
        await Promise.resolve();
        if (step++ === crashAt) throw new Crash();
      }, atomic);
      await expect(desk.compact({ foldRows: 10 }, crashing)).rejects.toBeInstanceOf(Crash);
      await desk.check(rows);
      const { end } = await desk.compact({ foldRows: 10 });
      expect(end).toBe('done');
      expect(desk.log).toEqual([]);
      expect(desk.store.quarantined.size).toBe(1);
      await desk.check(rows);
      if (crashAt > 0) continue;
      const counting = await prepared();
      const counted = counting.desk.store.through(() => {
        steps++;
        return Promise.resolve();
      }, atomic);
      await counting.desk.compact({ foldRows: 10 }, counted);
      expect(steps).toBeGreaterThan(20);
    }
  });

  it('[P7] [SNAP-2] a second compactor loses cleanly wherever it was', { timeout: 60_000 }, async () => {
    let lost = 0;
    let paused = true;
    for (let pauseAt = 0; paused; pauseAt++) {
      paused = false;
      const { desk, rows } = await prepared();
      let step = 0;
      const slow = desk.store.through(async () => {
        if (step++ !== pauseAt) return;
        paused = true;
        desk.type('!');
        await desk.compact({ foldRows: 7 });
        desk.type('?');
      }, atomic);
      const { end } = await desk.compact({ foldRows: 10 }, slow);
      if (end === 'lost') lost++;
      await desk.check(paused ? rows + 2 : rows);
      await desk.compact();
      expect(desk.log).toEqual([]);
      await desk.check(paused ? rows + 2 : rows);
    }
    expect(lost).toBeGreaterThan(5);
  });
});
