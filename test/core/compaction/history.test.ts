import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { readHistory, type History } from '../../../src/core/compaction/history.ts';
import { purgeHistory } from '../../../src/core/compaction/purge.ts';
import { snapshotId } from '../../../src/core/compaction/snapshot.ts';
import type { Outcome } from '../../../src/core/failures.ts';
import { Desk, DOC, PROJECT, START } from './desk.ts';

/** One row in each of six generations, and one in the log. States are kept of generations 4 to 6. */
async function prepared(): Promise<Desk> {
  const desk = new Desk();
  for (const letter of 'abcdef') {
    desk.type(letter);
    await desk.compact();
  }
  desk.type('g');
  return desk;
}

function damage(desk: Desk, generation: number, what: 'state' | 'segment'): void {
  const bytes = desk.store.snapshots.get(snapshotId(PROJECT, DOC, generation))?.[what];
  if (!bytes) throw new Error(`there is no ${what} ${generation}`);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
}

const read = (desk: Desk): Promise<Outcome<History>> => readHistory(desk.store, PROJECT, DOC, desk.live);

async function shown(desk: Desk): Promise<Pick<History, 'isDamaged' | 'baseTime'> & Record<string, unknown>> {
  const history = await read(desk);
  if (!history.ok) throw new Error(history.message);
  const { base, baseTime, entries, unplaced, isDamaged } = history.value;
  const doc = new Y.Doc();
  if (base) Y.applyUpdateV2(doc, base);
  const start = doc.getText('text').toString();
  for (const { update } of entries) Y.applyUpdate(doc, update);
  const ids = (list: typeof entries): string => list.map(({ id }) => id.slice('row'.length)).join('');
  const end = doc.getText('text').toString();
  return { isDamaged, baseTime, start, end, entries: ids(entries), unplaced: ids(unplaced) };
}

describe('a history of which a part is damaged', () => {
  it('[SNAP-3] is whole while all can be read', async () => {
    const desk = await prepared();
    const whole = { isDamaged: false, start: '', end: 'abcdefg', entries: '0123456', unplaced: '' };
    expect(await shown(desk)).toMatchObject(whole);
    // A damaged state is no damage to the history.
    damage(desk, 6, 'state');
    expect(await shown(desk)).toMatchObject(whole);
  });

  it('[SNAP-3] begins with the oldest state after the damage, and says up to when it is missing', async () => {
    const desk = await prepared();
    damage(desk, 2, 'segment');
    const shortened = { isDamaged: true, baseTime: START + 4000, start: 'abcd', end: 'abcdefg', entries: '456' };
    expect(await shown(desk)).toEqual({ ...shortened, unplaced: '023' });
    // The state of the damaged generation itself holds all that the segment did.
    damage(desk, 4, 'segment');
    expect(await shown(desk)).toEqual({ ...shortened, unplaced: '02' });
    damage(desk, 4, 'state');
    expect(await shown(desk)).toMatchObject({ start: 'abcde', end: 'abcdefg', entries: '56', unplaced: '024' });
    damage(desk, 6, 'segment');
    expect(await shown(desk)).toMatchObject({ start: 'abcdef', end: 'abcdefg', entries: '6', unplaced: '024' });
  });

  it('[SNAP-3] a row of the log that the base stands for already is not shown after it', async () => {
    const desk = await prepared();
    const whole = await read(desk);
    damage(desk, 2, 'segment');
    const again = await readHistory(desk.store, PROJECT, DOC, whole.ok ? whole.value.entries.slice(2) : []);
    expect(again.ok && again.value.entries.map(({ id }) => id)).toEqual(['row4', 'row5', 'row6']);
  });

  it('[SNAP-3] is whole again when an owner removes the damaged part', async () => {
    const desk = await prepared();
    damage(desk, 2, 'segment');
    const purge = (row: number) =>
      purgeHistory(desk.store, PROJECT, DOC, new Date(START + row * 1000 + 500).toISOString());
    // There is no state of this moment, and none can be made: nothing is removed. The log is folded, so one state is dropped.
    expect(await purge(3)).toMatchObject({ ok: false, kind: 'rejected' });
    expect(await shown(desk)).toMatchObject({ isDamaged: true, end: 'abcdefg', entries: '56', unplaced: '0234' });
    expect(await purge(5)).toMatchObject({ ok: true });
    expect(await shown(desk)).toMatchObject({ isDamaged: false, start: 'abcde', end: 'abcdefg', entries: '56' });
  });

  it('[SNAP-3] fails where no state after the damage can be read', async () => {
    const desk = await prepared();
    damage(desk, 6, 'segment');
    damage(desk, 6, 'state');
    expect(await read(desk)).toMatchObject({ ok: false, message: 'segment 6: the checksum does not fit' });
  });
});
