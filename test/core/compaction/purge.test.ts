import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { readHistory } from '../../../src/core/compaction/history.ts';
import { encodeState } from '../../../src/core/compaction/load.ts';
import { purgeHistory } from '../../../src/core/compaction/purge.ts';
import { snapshotId } from '../../../src/core/compaction/snapshot.ts';
import type { MemoryCompaction } from '../../helpers/compaction-store.ts';
import { Desk, DOC, PROJECT, START } from './desk.ts';

const moment = (row: number): string => new Date(START + row * 1000 + 500).toISOString();

/** Rows 1 to 20 in generations of five, 21 to 23 in the log; row 24 is old and became visible late. */
async function prepared(): Promise<Desk> {
  const desk = new Desk();
  for (let generation = 0; generation < 4; generation++) {
    for (let i = 0; i < 5; i++) desk.type(String.fromCharCode(97 + generation * 5 + i));
    await desk.compact();
  }
  desk.delete(0, 1);
  desk.type('X');
  desk.type('Y');
  const late = new Y.Doc();
  late.clientID = 77;
  late.getText('text').insert(0, 'late');
  const update = Y.encodeStateAsUpdate(late);
  Y.applyUpdate(desk.doc, update);
  desk.log.push({ ...desk.row(update, { author: 'bob', late: true }), createdAt: moment(1) });
  return desk;
}

async function purge(desk: Desk, before: string, store: MemoryCompaction = desk.store): Promise<number> {
  const outcome = await purgeHistory(store, PROJECT, DOC, before);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value.purged;
}

/** The ids of the rows that the history still shows; the text at its end has to be that of the document. */
async function shown(desk: Desk): Promise<string[]> {
  expect(await desk.opened()).toBe(desk.text);
  const { ids, text } = await desk.history();
  expect(text).toBe(desk.text);
  return ids;
}

describe('purging history', () => {
  it('[SNAP-3] removes what is older than a moment, wherever it is, and leaves the text', async () => {
    const desk = await prepared();
    expect(await purge(desk, moment(7))).toBe(8);
    expect(await shown(desk)).toEqual(Array.from({ length: 16 }, (_, i) => `row${i + 7}`));
    expect(desk.log).toEqual([]);
    const history = await readHistory(desk.store, PROJECT, DOC, []);
    const base = new Y.Doc();
    if (history.ok && history.value.base) Y.applyUpdateV2(base, history.value.base);
    expect(base.getText('text').toString()).toContain('abcdefg');
    // Which is the text of the newest of what was purged: earlier ones are gone.
    expect(history.ok && history.value.baseTime).toBe(START + 7000);
    // Nothing of what was purged is stored any more, and nobody is named for it.
    expect(desk.store.snapshots.has(snapshotId(PROJECT, DOC, 1))).toBe(true);
    expect(desk.store.snapshots.get(snapshotId(PROJECT, DOC, 1))).toMatchObject({
      segment: null,
      record: { isBase: true, authors: [], firstTime: null },
    });
    expect(await purge(desk, moment(7))).toBe(0);
  });

  it('everything, then what came after it', async () => {
    const desk = await prepared();
    expect(await purge(desk, moment(99))).toBe(24);
    expect(await shown(desk)).toEqual([]);
    expect(desk.store.snapshots.size).toBe(1);
    desk.type('new');
    for (let i = 0; i < 5; i++) {
      desk.type('er');
      await desk.compact();
    }
    expect(await shown(desk)).toHaveLength(6);
    expect(await purge(desk, moment(28))).toBe(4);
    expect(await shown(desk)).toHaveLength(2);
  });

  it('a second time and not as far leaves the beginning as it is, and takes what became visible late', async () => {
    const desk = await prepared();
    await purge(desk, moment(12));
    const late = new Y.Doc();
    late.clientID = 78;
    late.getText('text').insert(0, 'later');
    const update = Y.encodeStateAsUpdate(late);
    Y.applyUpdate(desk.doc, update);
    desk.log.push({ ...desk.row(update, { author: 'bob', late: true }), createdAt: moment(3) });
    const ids = await shown(desk);
    expect(await purge(desk, moment(8))).toBe(1);
    expect(await shown(desk)).toEqual(ids.slice(1));
    const history = await readHistory(desk.store, PROJECT, DOC, []);
    expect(history.ok && history.value.baseTime).toBe(START + 12_000);
  });

  it('before the first generation ends', async () => {
    const desk = await prepared();
    expect(await purge(desk, moment(2))).toBe(3);
    expect(await shown(desk)).toHaveLength(21);
    expect(desk.store.snapshots.has(snapshotId(PROJECT, DOC, 0))).toBe(true);
  });

  it('nothing where nothing is that old', async () => {
    const desk = await prepared();
    expect(await purge(desk, moment(-5))).toBe(0);
    expect(await shown(desk)).toHaveLength(24);
  });

  it('[SNAP-3] keeps what is newer, also if it is marked as the beginning of a history by mistake', async () => {
    const desk = await prepared();
    const marked = desk.store.snapshots.get(snapshotId(PROJECT, DOC, 2));
    if (marked) marked.record = { ...marked.record, isBase: true };
    expect(await purge(desk, moment(5))).toBe(6);
    expect(desk.store.snapshots.get(snapshotId(PROJECT, DOC, 2))?.segment).not.toBeNull();
  });

  it('[SNAP-3] removes nothing on the word of a state that lacks some of it', async () => {
    const desk = await prepared();
    await desk.compact();
    const head = desk.store.snapshots.get(snapshotId(PROJECT, DOC, 5));
    if (head) head.state = encodeState(Y.encodeStateAsUpdateV2(new Y.Doc()));
    const before = desk.store.snapshots.size;
    const outcome = await purgeHistory(desk.store, PROJECT, DOC, moment(99));
    expect(outcome).toMatchObject({ ok: false, message: 'state 5 lacks something of generation 1' });
    expect(desk.store.snapshots.size).toBe(before);
  });

  it('[LOG-1] a row that is sent again after its history was purged does not come back', async () => {
    const desk = new Desk();
    const row = desk.type('a');
    desk.type('b');
    await purge(desk, moment(99));
    desk.log.push(row);
    expect(await desk.compact()).toMatchObject({ folded: 0, duplicates: 1 });
    expect(await shown(desk)).toEqual([]);
  });

  it('[P7] survives a crash at each step, and the next run finishes', { timeout: 60_000 }, async () => {
    class Crash extends Error {}
    for (let crashAt = 0, crashed = true; crashed; crashAt++) {
      const desk = await prepared();
      let step = 0;
      crashed = false;
      const crashing = desk.store.through(async () => {
        await Promise.resolve();
        if (step++ !== crashAt) return;
        crashed = true;
        throw new Crash();
      });
      try {
        await purge(desk, moment(7), crashing);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
      await shown(desk);
      await purge(desk, moment(7));
      expect(await shown(desk)).toEqual(Array.from({ length: 16 }, (_, i) => `row${i + 7}`));
      expect(crashAt).toBeLessThan(100);
    }
  });
});
