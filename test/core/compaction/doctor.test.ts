import { beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { applyCure } from '../../../src/core/compaction/cure.ts';
import { examineDocument, type Examination } from '../../../src/core/compaction/doctor.ts';
import { encodeState } from '../../../src/core/compaction/load.ts';
import { purgeHistory } from '../../../src/core/compaction/purge.ts';
import { decodeSegment, encodeSegment } from '../../../src/core/compaction/segment.ts';
import { snapshotId } from '../../../src/core/compaction/snapshot.ts';
import { Desk, DOC, PROJECT } from './desk.ts';

let desk: Desk;

/** Four generations and two rows in the log. */
beforeEach(async () => {
  desk = new Desk();
  for (let generation = 1; generation <= 4; generation++) {
    for (let i = 0; i < 10; i++) desk.type(`${generation}${i} `);
    desk.delete(3, 2);
    await desk.compact();
  }
  desk.type('at ');
  desk.type('last');
});

async function examine(): Promise<Examination> {
  const examined = await examineDocument(desk.store, PROJECT, DOC);
  if (!examined.ok) throw new Error(examined.message);
  return examined.value;
}

async function findings(): Promise<string[]> {
  return (await examine()).findings.map(({ what }) => what);
}

/** Applies each cure once; what is found after that. */
async function cured(): Promise<string[]> {
  for (const { cure } of (await examine()).findings) {
    const done = cure === null ? null : await applyCure(desk.store, cure);
    if (done?.ok === false) throw new Error(done.message);
  }
  return findings();
}

function stored(generation: number) {
  const found = desk.store.snapshots.get(snapshotId(PROJECT, DOC, generation));
  if (!found) throw new Error(`there is no generation ${generation}`);
  return found;
}

function entriesOf(generation: number) {
  const segment = decodeSegment(stored(generation).segment ?? new Uint8Array());
  if ('damage' in segment) throw new Error(segment.damage);
  return segment.entries;
}

describe('the doctor', () => {
  it('finds nothing wrong where nothing is, and says what is stored', async () => {
    const { bill, findings: found, waiting } = await examine();
    expect(found).toEqual([]);
    expect(waiting).toBe(0);
    const records = [1, 2, 3, 4].map((generation) => stored(generation).record);
    expect(bill).toEqual({
      rows: 2,
      logBytes: desk.log.reduce((sum, { data }) => sum + data.length, 0),
      stateBytes: records.reduce((sum, { stateBytes }) => sum + stateBytes, 0),
      segmentBytes: records.reduce((sum, { segmentBytes }) => sum + segmentBytes, 0),
      generations: 4,
    });
    expect(records[0]?.stateBytes).toBe(0);
  });

  it('does not mind rows that wait for others', async () => {
    desk.type('lost', true);
    desk.type('waits');
    expect(await examine()).toMatchObject({ findings: [], waiting: 1 });
  });

  it('[SNAP-3] writes a damaged head anew from the generation before and the segments', async () => {
    const text = await desk.opened();
    const { state } = stored(4);
    state?.set([1, 2, 3], 20);
    expect(await findings()).toEqual(['state 4: the checksum does not fit']);
    expect(await cured()).toEqual([]);
    expect(await desk.opened()).toBe(text);
  });

  it('writes a state that has been lost anew, also an older one', async () => {
    stored(3).state = null;
    expect(await findings()).toEqual(['state 3: missing']);
    expect(await cured()).toEqual([]);
  });

  it('[SNAP-3] notices a state that is not the replay of its segments', async () => {
    const other = new Y.Doc();
    other.getText('text').insert(0, 'something else');
    stored(4).state = encodeState(Y.encodeStateAsUpdateV2(other));
    const { findings: found } = await examine();
    expect(found.map(({ what }) => what)).toContain('state 4 is not the replay of its segments');
    // It holds what no segment does: it may be the only copy.
    expect(found[0]?.cure).toBeNull();
  });

  it('writes a state anew that lacks some of its segments', async () => {
    const text = await desk.opened();
    stored(4).state = stored(3).state;
    expect(await findings()).toEqual(['state 4 is not the replay of its segments']);
    expect(await cured()).toEqual([]);
    expect(await desk.opened()).toBe(text);
  });

  it('removes rows from the log that are in the history, and only these', async () => {
    const [row] = entriesOf(2);
    const before = [...desk.log];
    desk.row(row?.update ?? new Uint8Array());
    const again = desk.log.pop();
    if (again) desk.log.push({ ...again, id: row?.id ?? '' });
    expect(await findings()).toEqual(['1 rows of the log are in the history already']);
    expect(await cured()).toEqual([]);
    expect(desk.log).toEqual(before);
  });

  it('[STAMP-4] moves rows that do not count to the quarantine', async () => {
    const row = desk.type('x');
    desk.log.splice(-1, 1, { ...row, data: 'not base64 at all' });
    expect(await findings()).toEqual([`row ${row.id} does not count: not base64`]);
    expect(await cured()).toEqual([]);
    expect([...desk.store.quarantined.keys()]).toEqual([row.id]);
  });

  it('[SNAP-3] says whose words nobody can attribute when a segment is damaged', async () => {
    stored(2).segment?.set([1, 2, 3], 20);
    expect(await findings()).toEqual([
      'segment 2: the checksum does not fit',
      'nobody can say who wrote 30 of its characters',
    ]);
    expect(await cured()).toHaveLength(2);
  });

  it('[SNAP-3] notices an update that is missing in a segment', async () => {
    const { record } = stored(4);
    const entries = entriesOf(4).slice(0, -2);
    stored(4).segment = encodeSegment({ project: PROJECT, doc: DOC, generation: 4, entries });
    expect(await findings()).toEqual([
      'generation 4: its row says something else of its segment',
      'state 4 is not the replay of its segments',
      'nobody can say who wrote 3 of its characters',
    ]);
    expect(record.updateCount).toBe(11);
  });

  it.each([{ authors: [] }, { updateCount: 1 }, { firstTime: null }, { byteCount: 7, holds: Uint8Array.from([0, 0]) }])(
    'corrects what a row says of a segment that is sound (%o)',
    async (wrong) => {
      const { record } = stored(4);
      stored(4).record = { ...record, ...wrong };
      expect(await findings()).toContain('generation 4: its row says something else of its segment');
      expect(await cured()).toEqual([]);
      expect(stored(4).record).toEqual(record);
    },
  );

  it('notices a generation that is missing', async () => {
    desk.store.snapshots.delete(snapshotId(PROJECT, DOC, 2));
    expect(await findings()).toEqual(['generation 2 is missing', 'nobody can say who wrote 30 of its characters']);
  });

  it('notices an update that is in two segments', async () => {
    const entries = [...entriesOf(3), ...entriesOf(4)];
    stored(4).segment = encodeSegment({ project: PROJECT, doc: DOC, generation: 4, entries });
    expect(await findings()).toContain('segment 4: 11 updates are in an earlier one as well');
  });

  it('takes the base of a purged history for what it is, and removes what a crash left behind it', async () => {
    const left = { ...stored(1) };
    const before = stored(3).record.firstTime ?? '';
    expect(await purgeHistory(desk.store, PROJECT, DOC, before)).toMatchObject({ ok: true });
    expect(await findings()).toEqual([]);
    desk.store.snapshots.set(left.record.id, left);
    expect(await findings()).toEqual(['generation 1 is left of a history that was purged']);
    expect(await cured()).toEqual([]);
  });

  it('[SNAP-3] removes nothing on the word of a base that cannot be read', async () => {
    const { record } = stored(4);
    const base = { ...record, isBase: true, segmentBytes: 0 };
    desk.store.snapshots.set(record.id, { record: base, state: new Uint8Array(3), segment: null });
    const { findings: found } = await examine();
    expect(found[0]).toEqual({
      what: 'generations 1 to 3 are left before the beginning of a purged history: kept, since state 4 cannot be read',
      cure: null,
    });
    await cured();
    expect(desk.store.snapshots.size).toBe(4);
  });

  it('[SNAP-3] removes nothing on the word of a base that lacks some of it', async () => {
    const { record } = stored(4);
    const base = { ...record, isBase: true, segmentBytes: 0 };
    const other = new Y.Doc();
    other.getText('text').insert(0, 'something else');
    const state = encodeState(Y.encodeStateAsUpdateV2(other));
    desk.store.snapshots.set(record.id, { record: base, state, segment: null });
    expect(await findings()).toContain(
      'generations 1 to 3 are left before the beginning of a purged history: kept, since state 4 lacks something of generation 1',
    );
    await cured();
    expect(desk.store.snapshots.size).toBe(4);
  });

  it.each([1, 2, 4])('[SNAP-3] takes the mark of a base from generation %i, which is none', async (generation) => {
    const { ids, text } = await desk.history();
    stored(generation).record = { ...stored(generation).record, isBase: true };
    expect(await findings()).toEqual([
      `generation ${generation} has a segment, but is marked as the beginning of a purged history`,
    ]);
    expect(await cured()).toEqual([]);
    expect(await desk.history()).toEqual({ ids, text });
  });

  it('[SNAP-3] leaves the mark of a base, and what is older, where the generations before are not all there', async () => {
    stored(3).record = { ...stored(3).record, isBase: true };
    desk.store.snapshots.delete(snapshotId(PROJECT, DOC, 2));
    expect(await findings()).toEqual([
      'generation 3 has a segment, but is marked as the beginning of a purged history',
      'generation 1 is left before the beginning of a purged history: kept, since generation 3 has a segment',
    ]);
    await cured();
    expect(desk.store.snapshots.size).toBe(3);
  });

  it('finds nothing wrong with a document that is compacted while it is examined', async () => {
    let compacted = false;
    const store = desk.store.through(async (name) => {
      if (name !== 'rows' || compacted) return;
      compacted = true;
      await desk.compact();
    });
    const examined = await examineDocument(store, PROJECT, DOC);
    expect(compacted).toBe(true);
    expect(examined).toMatchObject({ ok: true, value: { findings: [], bill: { rows: 0, generations: 5 } } });
  });
});
