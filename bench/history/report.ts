import { cpus } from 'node:os';
import type { BenchmarkResult } from '../support/contract.ts';
import { machine } from '../support/machine.ts';
import { summarise, type Summary } from '../support/statistics.ts';
import { table } from '../support/table.ts';
import type { Figures } from './figures.ts';
import { FRIENDS, REWRITTEN } from './recordings.ts';

/** The figures of one history, of each round. */
export interface Measured {
  readonly name: string;
  /** So many times the recording. */
  readonly times: number;
  readonly path: string;
  /** How long the text is at the end. */
  readonly characters: number;
  /** Why it is no recording; `null` if it is one. */
  readonly madeUp: string | null;
  readonly cowrite: Figures[];
  readonly yjs: Figures[];
}

type Metrics = Record<string, number | null>;

export function report(measured: readonly Measured[], busy: string): BenchmarkResult {
  const notes: Record<string, string> = {};
  for (const { madeUp } of measured) if (madeUp !== null) notes['index_paper'] = madeUp;
  const metrics: Metrics = {};
  for (const one of measured) Object.assign(metrics, metricsOf(one));
  const missing = (key: string, note: string): void => {
    if (key in metrics) return;
    metrics[key] = null;
    notes[key] = note;
  };
  missing('index_friends', 'The recording friendsforever is missing (COWRITE_TRACES names its folder).');
  const isQuick = !measured.some(({ times }) => times > 1);
  missing('seek_p95_10x', 'Ten times the history alone takes longer than --quick may: see the full run.');
  missing('seek_p95_friends_100x', isQuick ? 'As above.' : 'The recording friendsforever is missing.');
  missing(
    'seek_p95_100x',
    'Not measured: a hundred times the paper are 26 million updates, more than one text can have in the memory of a page. A hundred times friendsforever (2.6 million updates) stands in for it in the full run.',
  );
  const rows = measured.flatMap((one) => [
    line(`${one.name}${one.times === 1 ? '' : ` × ${one.times}`}`, one.cowrite),
    ...(one.yjs.length > 0 ? [line('  Yjs snapshots', one.yjs)] : []),
  ]);
  const head = [
    '',
    'updates',
    'index (ms)',
    'of it CPU',
    'first seek',
    'CPU an edit',
    'seek p50',
    'seek p95',
    'CPU a seek',
    'blame',
    'diff',
    'memory (MB)',
    'of it history',
    'bytes an update',
  ];
  const text = [`${machine(null)}, ${busy}`, table(head, rows), ...Object.values(notes)];
  return {
    table: text.join('\n\n'),
    report: {
      node: process.version,
      cpus: cpus().length,
      metrics,
      ...(Object.keys(notes).length > 0 ? { notes } : {}),
    },
  };
}

function metricsOf({ name, times, cowrite, yjs }: Measured): Metrics {
  const figures = combined(cowrite);
  const suffix = suffixOf(name, times);
  const seek = suffix === '_paper' ? '' : suffix;
  return {
    [`index${suffix}`]: rounded(figures.index?.p50),
    [`index_cpu${suffix}`]: rounded(figures.indexProcessor),
    [`seek_cpu${seek}`]: rounded(figures.seekProcessor),
    [`seek_first${seek}`]: rounded(figures.firstSeek?.p50),
    ...(figures.arrival ? { [`arrival_cpu${suffix}`]: rounded(figures.arrival.p50) } : {}),
    [`seek_p50${seek}`]: rounded(figures.seek?.p50),
    [`seek_p95${seek}`]: rounded(figures.seek?.p95),
    [`blame${suffix}`]: rounded(figures.blame?.p50),
    [`diff${suffix}`]: rounded(figures.diff?.p50),
    [`rss${suffix}`]: figures.memory,
    ...(yjs.length > 0 ? { [`yjs_index${suffix}`]: rounded(combined(yjs).index?.p50) } : {}),
    ...(yjs.length > 0 ? { [`yjs_seek_p50${seek}`]: rounded(combined(yjs).seek?.p50) } : {}),
  };
}

function suffixOf(name: string, times: number): string {
  const short = name === FRIENDS ? '_friends' : name === REWRITTEN ? '_rewritten' : '_paper';
  if (times === 1) return short;
  return short === '_paper' ? `_${times}x` : `${short}_${times}x`;
}

interface Combined {
  readonly rows: number;
  readonly index: Summary | null;
  readonly indexProcessor: number | undefined;
  readonly firstSeek: Summary | null;
  readonly arrival: Summary | null;
  readonly seek: Summary | null;
  readonly seekProcessor: number | undefined;
  readonly blame: Summary | null;
  readonly diff: Summary | null;
  /** Bytes; the least of all rounds: what else lies about in a process only adds to it. */
  readonly memory: number;
  readonly history: number;
}

function combined(figures: readonly Figures[]): Combined {
  return {
    rows: figures[0]?.rows ?? 0,
    index: summarise(figures.map(({ index }) => index)),
    indexProcessor: summarise(figures.map(({ indexProcessor }) => indexProcessor))?.p50,
    seekProcessor: summarise(figures.map(({ seekProcessor }) => seekProcessor))?.p50,
    firstSeek: summarise(figures.map(({ firstSeek }) => firstSeek)),
    arrival: summarise(figures.flatMap(({ arrivals }) => arrivals)),
    seek: summarise(figures.flatMap(({ seeks }) => seeks)),
    blame: summarise(figures.flatMap(({ blames }) => blames)),
    diff: summarise(figures.flatMap(({ diffs }) => diffs)),
    memory: Math.min(...figures.map(({ memory }) => memory)),
    history: Math.min(...figures.map(({ memory, emptyMemory }) => memory - emptyMemory)),
  };
}

function line(name: string, figures: readonly Figures[]): string[] {
  const { rows, index, indexProcessor, firstSeek, arrival, seek, seekProcessor, blame, diff, memory, history } =
    combined(figures);
  const shown = (value: number | undefined, digits = 1): string => (value === undefined ? '–' : value.toFixed(digits));
  return [
    name,
    String(rows),
    shown(index?.p50, 0),
    shown(indexProcessor, 0),
    shown(firstSeek?.p50),
    shown(arrival?.p50),
    shown(seek?.p50, 2),
    shown(seek?.p95, 2),
    shown(seekProcessor, 2),
    shown(blame?.p50),
    shown(diff?.p50),
    (memory / 1e6).toFixed(0),
    (history / 1e6).toFixed(0),
    (history / rows).toFixed(0),
  ];
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 100) / 100;
}
