import { describe, expect, it } from 'vitest';
import { storageTable } from '../../../src/app/status/storage-rows.ts';
import { sumSnapshots, type StoredProject } from '../../../src/core/compaction/storage.ts';
import type { DocumentReport } from '../../../src/sync/report.ts';

/** An open document with this log. */
function open(id: string, rows: number | null, logBytes: number | null): DocumentReport {
  const stored = { rows, logBytes, generation: null, stateBytes: 99, segmentBytes: 99 };
  return { id, stored } as DocumentReport;
}

const SNAPSHOTS = sumSnapshots([
  { doc: 'f1', stateBytes: 0, segmentBytes: 10 },
  { doc: 'f1', stateBytes: 100, segmentBytes: 20 },
  { doc: 'f2', stateBytes: 1_000, segmentBytes: 0 },
]);

const PROJECT: StoredProject = {
  snapshots: SNAPSHOTS,
  log: {
    counts: new Map([
      ['f1', 2],
      ['f3', 7],
    ]),
    isComplete: true,
  },
};

describe('the storage bill', () => {
  it('has all snapshots of a document, older segments among them', () => {
    expect([...SNAPSHOTS]).toEqual([
      ['f1', { snapshots: 2, stateBytes: 100, segmentBytes: 30 }],
      ['f2', { snapshots: 1, stateBytes: 1_000, segmentBytes: 0 }],
    ]);
  });

  it('lists open documents, all with snapshots and all with rows, the most costly first, and sums up what is known', () => {
    const { rows, together, unknownLogs } = storageTable(
      { documents: [open('f1', 3, 400), open('t', 1, 50)] },
      PROJECT,
    );
    expect(rows.map(({ doc }) => doc)).toEqual(['f2', 'f1', 't', 'f3']);
    expect(rows[0]).toMatchObject({ rows: 0, logBytes: 0, stateBytes: 1_000 });
    expect(rows[2]).toEqual({ doc: 't', rows: 1, logBytes: 50, stateBytes: 0, segmentBytes: 0, snapshots: 0 });
    expect(rows[3]).toEqual({ doc: 'f3', rows: 7, logBytes: null, stateBytes: 0, segmentBytes: 0, snapshots: 0 });
    expect(together).toEqual({ rows: 11, logBytes: 450, stateBytes: 1_100, segmentBytes: 30, snapshots: 3 });
    expect(unknownLogs).toBe(1);
  });

  it('says of a closed document nothing that a count which was cut off does not tell', () => {
    const cut: StoredProject = { ...PROJECT, log: { ...PROJECT.log, isComplete: false } };
    const { rows } = storageTable({ documents: [] }, cut);
    expect(rows.find(({ doc }) => doc === 'f2')).toMatchObject({ rows: null, logBytes: null });
    expect(rows.find(({ doc }) => doc === 'f3')).toMatchObject({ rows: 7, logBytes: null });
  });

  it('claims nothing of what is not known', () => {
    const { rows, together } = storageTable({ documents: [open('f1', null, null)] }, null);
    expect(rows[0]).toEqual({
      doc: 'f1',
      rows: null,
      logBytes: null,
      stateBytes: null,
      segmentBytes: null,
      snapshots: null,
    });
    expect(together).toEqual({ rows: null, logBytes: null, stateBytes: null, segmentBytes: null, snapshots: null });
  });
});
