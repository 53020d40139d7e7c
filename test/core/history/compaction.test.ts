import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { encodeUpdateRow, type LogEntry, type UpdateRow } from '../../../src/core/codec.ts';
import { compactDocument } from '../../../src/core/compaction/compact.ts';
import { readHistory } from '../../../src/core/compaction/history.ts';
import { sortRows } from '../../../src/core/compaction/plan.ts';
import { sessionsOf } from '../../../src/core/history/sessions.ts';
import { TextHistory } from '../../../src/core/history/text-history.ts';
import { positionOfVersion } from '../../../src/core/history/versions.ts';
import { MemoryCompaction } from '../../helpers/compaction-store.ts';
import { randomHistory, timeOf } from './histories.ts';

// Many histories; machines that do something else as well take their time.
vi.setConfig({ testTimeout: 60_000 });

/** Rows as a real Appwrite gives them: with another notation of times than segments have. */
function rowOf({ id, doc, update, stamp, createdAt }: LogEntry): UpdateRow {
  return { ...encodeUpdateRow(id, doc, update, stamp), createdAt: createdAt.replace('Z', '+00:00') };
}

async function historyOf(store: MemoryCompaction, log: readonly UpdateRow[]): Promise<TextHistory> {
  const history = await readHistory(store, 'p1', 'fa', sortRows(log, 'p1', 'fa').entries);
  if (!history.ok) throw new Error(history.message);
  return new TextHistory(history.value);
}

/** All that a history says. */
function everything(history: TextHistory): unknown {
  const positions = Array.from({ length: history.length + 1 }, (_, position) => position);
  return {
    entries: positions.slice(1).map((position) => history.entry(position)),
    texts: positions.map((position) => history.text(position)),
    blame: positions.map((position) => history.blame(position).ranges(-1)),
    changes: positions.map((position) => history.diff(Math.max(0, position - 3), position)),
    sessions: sessionsOf(history),
  };
}

describe('compaction', () => {
  it('[SNAP-3] [P44] [P45] changes nothing about the history: texts, blame, differences, sessions and versions', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1 }), fc.boolean(), fc.nat(), async (seed, late, many) => {
        const entries = randomHistory(seed, { steps: 70, late });
        const before = new TextHistory({ entries });
        const log: UpdateRow[] = [];
        const store = new MemoryCompaction(log);
        // What is there is folded now and then, while more comes; the last rows stay in the log.
        for (const [index, entry] of entries.entries()) {
          log.push(rowOf(entry));
          if (index % (3 + (many % 9)) === 2) await compactDocument(store, 'p1', 'fa', { foldRows: 4 });
        }
        const after = await historyOf(store, log);
        expect(everything(after)).toEqual(everything(before));
        const named = before.entry(1 + (many % before.length));
        const version = { row: named.row, time: named.time, id: 'v', name: 'v', description: '', doc: 'fa' };
        const position = positionOfVersion(after, { ...version, author: 'ana', createdAt: 0 });
        expect(after.text(position)).toBe(before.text(named.position));
      }),
      { numRuns: 10 },
    );
  });

  it('orders rows of one millisecond alike, whatever the notation of their times', async () => {
    const entries = randomHistory(5, { steps: 80 }).map((entry) => ({
      ...entry,
      createdAt: '2026-01-05T09:00:00.000Z',
    }));
    const log = entries.slice(0, 6).map(rowOf);
    const store = new MemoryCompaction(log);
    await compactDocument(store, 'p1', 'fa');
    log.push(...entries.slice(6).map(rowOf));
    const after = await historyOf(store, log);
    expect(new Set(entries.map(timeOf)).size).toBe(1);
    expect(after.length).toBeGreaterThan(10);
    expect(everything(after)).toEqual(everything(new TextHistory({ entries })));
  });
});
