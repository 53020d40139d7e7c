/** A process that measures Cowrite's history. Arguments: the file of rows, how many seeks. */
import { createHash } from 'node:crypto';
import type { LogEntry } from '../../src/core/codec.ts';
import { TextHistory } from '../../src/core/history/text-history.ts';
import { randomMoments, SAMPLES, type Figures } from './figures.ts';
import { settledMemory, timed } from './memory.ts';
import { readEntries } from './rows.ts';

/** Rows that come when the history is built. */
const LATE = 20;

const [path = '', count = '300'] = process.argv.slice(2);
const emptyMemory = settledMemory();
const { history, index, indexProcessor, late } = build();
const firstSeek = timed(() => history.text(history.length >> 1)).took;
/** Edits that come while somebody looks: each is taken, then the text of now is asked for. */
const arrivals = late.map(
  (entry) =>
    timed(() => {
      history.append([entry]);
      return history.text();
    }).processor,
);
const { length } = history;
const moments = randomMoments(Number(count), length);
const all = timed(() => moments.map((position) => timed(() => history.text(position)).took));
const seeks = all.value;
const blames = Array.from({ length: 10 }, () => timed(() => history.blame().lines()).took);
const pairs = randomMoments(40, length, 23);
const diffs = Array.from({ length: 20 }, (_, at) => {
  const [one = 0, other = 0] = pairs.slice(2 * at, 2 * at + 2);
  return timed(() => history.diff(Math.min(one, other), Math.max(one, other))).took;
});
const texts = SAMPLES.map((part) =>
  createHash('sha256')
    .update(history.text(Math.floor(part * length)))
    .digest('hex'),
);
const memory = settledMemory();
const figures: Figures = {
  rows: length,
  index,
  indexProcessor,
  firstSeek,
  arrivals,
  seeks,
  seekProcessor: all.processor / seeks.length,
  blames,
  diffs,
  emptyMemory,
  memory,
  characters: history.text().length,
  texts,
};
// Asked once more, so that nobody takes the history away before its memory is measured.
if (history.length !== length) throw new Error('The history has changed');
process.send?.(figures);

/** The entries are not needed any more when this returns, but for the last ones, which come later. */
function build(): {
  readonly history: TextHistory;
  readonly index: number;
  readonly indexProcessor: number;
  readonly late: readonly LogEntry[];
} {
  const entries = readEntries(path);
  const late = entries.splice(-LATE);
  const { value, took, processor } = timed(() => {
    const built = new TextHistory({ entries });
    built.text(0);
    return built;
  });
  return { history: value, index: took, indexProcessor: processor, late };
}
