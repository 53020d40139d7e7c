import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { encodeUpdateRow, type UpdateRow } from '../../../src/core/codec.ts';
import { compactDocument } from '../../../src/core/compaction/compact.ts';
import { readHistory } from '../../../src/core/compaction/history.ts';
import { loadState } from '../../../src/core/compaction/load.ts';
import { success } from '../../../src/core/failures.ts';
import { MemoryCompaction } from '../../helpers/compaction-store.ts';
import { readTrace } from '../../helpers/trace.ts';
import { Random } from '../../simulation/random.ts';

const PROJECT = 'p1';
const DOC = 'fa';
const MOMENTS = 100;
const PAGE = 500;

/** A log of rows that are a millisecond apart, so that a position in time is a place in it. */
class LongLog extends MemoryCompaction {
  private readonly all: readonly UpdateRow[];

  constructor(all: readonly UpdateRow[]) {
    super([]);
    this.all = all;
  }

  override rows(...[, , from]: Parameters<MemoryCompaction['rows']>): ReturnType<MemoryCompaction['rows']> {
    const start = from === null ? 0 : Date.parse(from.since);
    const rows = this.all.slice(start, start + PAGE);
    const last = rows.at(-1);
    const next = last === undefined || rows.length < PAGE ? null : { since: last.createdAt, skip: 0 };
    return Promise.resolve(success({ rows: rows.filter((row) => !this.retired.has(row.id)), next }));
  }

  protected override leave(ids: readonly string[]): void {
    for (const id of ids) this.retired.add(id);
  }
}

it(
  '[SNAP-1] [SNAP-3] [P8] a paper typed with 259,778 keystrokes: state, text at 100 moments, bytes a keystroke',
  { timeout: 300_000 },
  async () => {
    const random = new Random(1);
    const moments = new Set(Array.from({ length: MOMENTS }, () => random.below(259_778)));
    const texts = new Map<number, string>();
    const rows: UpdateRow[] = [];
    const doc = new Y.Doc();
    doc.clientID = 1_234_567_890;
    const text = doc.getText('text');
    doc.on('update', (update: Uint8Array) => {
      const id = random.bytes(25).reduce((letters, byte) => letters + (byte % 36).toString(36), '');
      const row = encodeUpdateRow(id, DOC, update, { project: PROJECT, role: 'editor', author: 'martin' });
      if (moments.has(rows.length)) texts.set(rows.length, text.toJSON());
      rows.push({ ...row, createdAt: new Date(rows.length).toISOString() });
    });
    for (const { patches } of readTrace('automerge-paper').txns) {
      for (const [position, deleted, inserted] of patches) {
        if (deleted > 0) text.delete(position, deleted);
        if (inserted !== '') text.insert(position, inserted);
      }
    }
    expect(rows).toHaveLength(259_778);

    const store = new LongLog(rows);
    expect(await compactDocument(store, PROJECT, DOC)).toMatchObject({
      ok: true,
      value: { end: 'done', folded: 259_778 },
    });
    const loaded = await loadState(store, PROJECT, DOC);
    const state = there(loaded.ok ? loaded.value.state : null);
    const direct = Y.encodeStateAsUpdateV2(doc).length;
    expect(Math.abs(state.length - direct) / direct).toBeLessThan(0.01);
    const records = [...store.snapshots.values()].map(({ record }) => record);
    const segments = records.reduce((sum, record) => sum + record.segmentBytes, 0);
    // 17 of them are the row's id.
    expect(segments / rows.length).toBeLessThan(22);

    const history = await readHistory(store, PROJECT, DOC, []);
    const { entries } = there(history.ok ? history.value : null);
    expect(entries).toHaveLength(rows.length);
    const replay = new Y.Doc();
    let at = 0;
    for (const moment of [...moments].sort((a, b) => a - b)) {
      replay.transact(() => {
        for (; at <= moment; at++) Y.applyUpdate(replay, there(entries[at]).update);
      });
      expect(replay.getText('text').toJSON() === texts.get(moment), `the text after ${moment} keystrokes`).toBe(true);
    }
  },
);

function there<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('something is missing');
  return value;
}
