import { expect, it } from 'vitest';
import { encodeUpdateRow, type UpdateRow } from '../../src/core/codec.ts';
import { PAGE_ROWS } from '../../src/core/limits.ts';
import type { UpdateLog, UpdateQuery } from '../../src/core/ports.ts';
import type { Role } from '../../src/core/roles.ts';

export interface LogUnderTest {
  readonly log: UpdateLog;
  readonly project: string;
  readonly author: string;
  readonly role: Role;
}

/** What every log of updates must do; `open` gives a log of a member of a project. */
export function updateLogContract(open: () => Promise<LogUnderTest>): void {
  const list = async (log: UpdateLog, query: UpdateQuery): Promise<UpdateRow[]> => {
    const rows: UpdateRow[] = [];
    expect(await log.list(query, (page) => rows.push(...page))).toEqual({ ok: true, value: undefined });
    return rows;
  };
  const rowFor = ({ project, author, role }: LogUnderTest, id: string, doc: string, byte = 0) =>
    encodeUpdateRow(id, doc, Uint8Array.from([0, 0, byte]), { project, author, role });

  it('[LOG-1] stores a row once; the same id again is a conflict, and the row can be read to see whose it is', async () => {
    const under = await open();
    const row = rowFor(under, 'once', 'fonce');
    expect(await under.log.append(row)).toEqual({ ok: true, value: undefined });
    expect(await under.log.append(row)).toMatchObject({ ok: false, kind: 'conflict' });
    expect(await under.log.read('once')).toMatchObject({ ok: true, value: row });
    expect(await under.log.read('unknown')).toEqual({ ok: true, value: null });
    const rows = await list(under.log, { project: under.project, doc: 'fonce' });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject(row);
    expect(Date.parse(rows[0]?.createdAt ?? '')).toBeGreaterThan(0);
  });

  it('lists the rows of one document only, oldest first', async () => {
    const under = await open();
    for (const id of ['l1', 'l2', 'l3']) await under.log.append(rowFor(under, id, 'flist'));
    await under.log.append(rowFor(under, 'l4', 'fother'));
    const rows = await list(under.log, { project: under.project, doc: 'flist' });
    expect(rows.map((row) => row.id)).toEqual(['l1', 'l2', 'l3']);
  });

  it('[LOG-4] pages overlap, so that rows of one millisecond are not cut apart', async () => {
    const under = await open();
    const ids = Array.from({ length: PAGE_ROWS * 2 + 7 }, (_, i) => `p${i}`);
    for (let at = 0; at < ids.length; at += 50) {
      await Promise.all(ids.slice(at, at + 50).map((id) => under.log.append(rowFor(under, id, 'fpages'))));
    }
    const rows = await list(under.log, { project: under.project, doc: 'fpages' });
    expect(new Set(rows.map((row) => row.id))).toEqual(new Set(ids));
    expect(rows.length).toBeGreaterThan(ids.length);
  });

  it('[LOG-4] lists from a moment on, that moment included', async () => {
    const under = await open();
    await under.log.append(rowFor(under, 's1', 'fsince'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await under.log.append(rowFor(under, 's2', 'fsince'));
    const all = await list(under.log, { project: under.project, doc: 'fsince' });
    const since = all[1]?.createdAt ?? '';
    const later = await list(under.log, { project: under.project, doc: 'fsince', since });
    expect(later.map((row) => row.id)).toEqual(['s2']);
  });

  it('[STAMP-1] refuses a stamp that the caller does not hold', async () => {
    const under = await open();
    const forged = { ...under, author: 'somebodyelse' };
    expect(await under.log.append(rowFor(forged, 'x1', 'fforged'))).toMatchObject({ ok: false, kind: 'forbidden' });
    const promoted: LogUnderTest = { ...under, role: under.role === 'owner' ? 'editor' : 'owner' };
    expect(await under.log.append(rowFor(promoted, 'x2', 'fforged'))).toMatchObject({ ok: false, kind: 'forbidden' });
    expect(await list(under.log, { project: under.project, doc: 'fforged' })).toEqual([]);
  });
}
