/**
 * A process that measures what Yjs itself offers: a document without garbage collection and a snapshot for each moment.
 * It knows no authors, so there is no blame. Arguments: the file of rows, how many seeks.
 */
import { createHash } from 'node:crypto';
import * as Y from 'yjs';
import { randomMoments, SAMPLES, type Figures } from './figures.ts';
import { settledMemory, timed } from './memory.ts';
import { readEntries } from './rows.ts';

const [path = '', count = '20'] = process.argv.slice(2);
const emptyMemory = settledMemory();
const { doc, snapshots, rows, took: index, processor: indexProcessor } = build();
const textAt = (position: number): string => {
  const snapshot = snapshots.get(position);
  if (!snapshot) throw new Error('There is no snapshot of this moment');
  return Y.createDocFromSnapshot(doc, snapshot).getText('text').toString();
};
const samples = SAMPLES.map((part) => Math.floor(part * rows));
const [first = rows, ...moments] = randomMoments(Number(count) + 1, rows);
const firstSeek = timed(() => textAt(first)).took;
const all = timed(() => moments.map((position) => timed(() => textAt(position)).took));
const seeks = all.value;
const texts = samples.map((position) => createHash('sha256').update(textAt(position)).digest('hex'));
const memory = settledMemory();
const figures: Figures = {
  rows,
  index,
  indexProcessor,
  firstSeek,
  arrivals: [],
  seeks,
  seekProcessor: all.processor / seeks.length,
  blames: [],
  diffs: [],
  emptyMemory,
  memory,
  characters: doc.getText('text').length,
  texts,
};
if (doc.store.clients.size === 0) throw new Error('The document is empty');
process.send?.(figures);

/** Applies all rows, with a snapshot at each moment that is asked for; snapshots are not counted. */
function build(): { doc: Y.Doc; snapshots: Map<number, Y.Snapshot>; rows: number; took: number; processor: number } {
  const entries = readEntries(path);
  const built = new Y.Doc({ gc: false });
  built.getText('text');
  const kept = new Map<number, Y.Snapshot>();
  const wanted = [
    ...SAMPLES.map((part) => Math.floor(part * entries.length)),
    ...randomMoments(Number(count) + 1, entries.length),
  ];
  const stops = [...new Set([...wanted, entries.length])].sort((a, b) => a - b);
  let at = 0;
  let spent = 0;
  let processor = 0;
  for (const stop of stops) {
    const from = at;
    const some = timed(() =>
      built.transact(() => {
        for (const { update } of entries.slice(from, stop)) Y.applyUpdate(built, update);
      }),
    );
    spent += some.took;
    processor += some.processor;
    kept.set(stop, Y.snapshot(built));
    at = stop;
  }
  return { doc: built, snapshots: kept, rows: entries.length, took: spent, processor };
}
