import * as Y from 'yjs';
import { encodeUpdateRow } from '../../src/core/codec.ts';
import { compactDocument } from '../../src/core/compaction/compact.ts';
import { isDamage } from '../../src/core/compaction/frame.ts';
import { readState } from '../../src/core/compaction/load.ts';
import { MemoryCompaction } from '../../test/helpers/compaction-store.ts';
import type { Paper } from '../support/paper.ts';
import { DOC, PROJECT } from './file-log.ts';

export const DAYS = 10;
/** Keystrokes of a working day, in rows of a keystroke each. */
const KEYS = 5_000;
/** A sweep leaves the rows of the last two minutes in the log, at this pace. */
const TAIL = 200;
const PAUSE_MS = 600;

/** What a document takes in storage, and to open, at the end of a day; bytes and milliseconds of processor time. */
export interface Day {
  readonly stored: number;
  readonly open: number;
}

export interface Growth {
  readonly compacted: readonly Day[];
  readonly plain: readonly Day[];
}

/** Ten days of one person typing; at the end of each the log is compacted, or not. */
export async function growth({ updates }: Paper): Promise<Growth> {
  const compacted: Day[] = [];
  const plain: Day[] = [];
  const log: Parameters<typeof rowOf>[0][] = [];
  const rows: ReturnType<typeof rowOf>[] = [];
  const store = new MemoryCompaction(rows);
  store.pageRows = 500;
  for (let day = 1; day <= DAYS; day++) {
    const start = log.length;
    for (let at = start; at < day * KEYS; at++) {
      const update = updates[at];
      if (update === undefined) throw new Error('The recording is too short');
      const key = { update, at };
      log.push(key);
      rows.push(rowOf(key));
    }
    const until = new Date((log.length - TAIL) * PAUSE_MS).toISOString();
    const done = await compactDocument(store, PROJECT, DOC, { until });
    if (!done.ok) throw new Error(done.message);
    const records = [...store.snapshots.values()].map(({ record }) => record);
    const head = records.at(-1);
    const read = head ? await readState(store, head) : null;
    const state = read?.ok === true && !isDamage(read.value) ? read.value : null;
    const tail = rows.map(({ data }) => Buffer.from(data, 'base64'));
    const snapshots = records.reduce((sum, { stateBytes, segmentBytes }) => sum + stateBytes + segmentBytes, 0);
    compacted.push({
      stored: snapshots + rows.reduce((sum, { data }) => sum + data.length, 0),
      open: openTime(state, tail),
    });
    const all = log.map(({ update }) => update);
    plain.push({ stored: all.reduce((sum, update) => sum + base64Length(update), 0), open: openTime(null, all) });
  }
  return { compacted, plain };
}

function rowOf({ update, at }: { readonly update: Uint8Array; readonly at: number }) {
  const id = at.toString(36).padStart(25, '0');
  const row = encodeUpdateRow(id, DOC, update, { project: PROJECT, role: 'editor', author: 'martin' });
  return { ...row, createdAt: new Date(at * PAUSE_MS).toISOString() };
}

function base64Length({ length }: Uint8Array): number {
  return Math.ceil(length / 3) * 4;
}

/** Applying what was read; the network is not in it. */
function openTime(state: Uint8Array | null, updates: readonly Uint8Array[]): number {
  const before = process.cpuUsage();
  const doc = new Y.Doc();
  doc.transact(() => {
    if (state) Y.applyUpdateV2(doc, state);
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  doc.destroy();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
