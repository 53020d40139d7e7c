import { cpus } from 'node:os';
import type { BenchmarkResult } from '../support/contract.ts';
import { machine } from '../support/machine.ts';
import { summarise } from '../support/statistics.ts';
import { table } from '../support/table.ts';
import type { Target } from './target.ts';

/** What was measured of one server. */
export interface Figures {
  readonly target: Target;
  /** Rows a second of each round, by number of writers. */
  readonly rates: Map<number, number[]>;
  /** Milliseconds of processor time a row with 64 writers, of each round. */
  readonly processor: number[];
  /** Milliseconds by number of rows. */
  readonly lists: Map<number, number[]>;
  event: readonly number[];
  fanOut: readonly number[];
  memory: number | null;
  /** Why there are no figures of the fan-out. */
  fanOutProblem?: string;
}

type Metrics = Record<string, number | null>;

/** A line of the table: what it is, its key, how it is shown. */
const LINES: readonly (readonly [string, string, (value: number) => string])[] = [
  ['durable rows/s, 1 writer', 'rows_per_s_1', (value) => value.toFixed(0)],
  ['durable rows/s, 16 writers', 'rows_per_s_16', (value) => value.toFixed(0)],
  ['durable rows/s, 64 writers', 'rows_per_s_64', (value) => value.toFixed(0)],
  ['processor time of the server a row, 64 writers (ms)', 'cpu_per_row_64', (value) => value.toFixed(3)],
  ['create to event, p50 (ms)', 'event_p50', (value) => value.toFixed(2)],
  ['create to event, p95 (ms)', 'event_p95', (value) => value.toFixed(2)],
  ['list of 1,000 rows, median (ms)', 'list_1000', (value) => value.toFixed(1)],
  ['list of 5,000 rows, median (ms)', 'list_5000', (value) => value.toFixed(1)],
  ['create to event on 1,000 sockets, p95 (ms)', 'fanout_1000_p95', (value) => value.toFixed(1)],
  ['resident memory with 1,000 sockets (MB)', 'rss_1000_sockets', (value) => (value / 1e6).toFixed(0)],
  ['start (ms)', 'start', (value) => value.toFixed(0)],
];

export function report(figures: readonly Figures[], starts: readonly number[], load: string): BenchmarkResult {
  const metrics: Metrics = {};
  const notes: Record<string, string> = {};
  for (const one of figures) {
    const own = one.target.prefix === '';
    const values: Metrics = { ...metricsOf(one), start: own ? median(starts) : null };
    for (const [key, value] of Object.entries(values)) {
      metrics[one.target.prefix + key] = value;
      if (value === null) notes[one.target.prefix + key] = own ? 'not measured' : 'cannot be measured from outside';
    }
    if (one.fanOutProblem !== undefined) notes[`${one.target.prefix}fanout_1000_p95`] = one.fanOutProblem;
  }
  const shown = (prefix: string, key: string, show: (value: number) => string): string => {
    const value = metrics[prefix + key];
    return typeof value === 'number' ? show(value) : '–';
  };
  const rows = LINES.map(([title, key, show]) => [
    title,
    ...figures.map(({ target }) => shown(target.prefix, key, show)),
  ]);
  const text = [
    `${machine(null)}, ${load}`,
    table(['', ...figures.map(({ target }) => target.name)], rows),
    ...Object.entries(notes).map(([key, note]) => `${key}: ${note}`),
  ];
  return {
    table: text.join('\n\n'),
    report: {
      node: process.version,
      cpus: cpus().length,
      metrics,
      ...(Object.keys(notes).length === 0 ? {} : { notes }),
    },
  };
}

function metricsOf({ rates, processor, lists, event, fanOut, memory }: Figures): Metrics {
  const events = summarise(event);
  return {
    rows_per_s_1: median(rates.get(1) ?? []),
    rows_per_s_16: median(rates.get(16) ?? []),
    rows_per_s_64: median(rates.get(64) ?? []),
    cpu_per_row_64: processor.length === 0 ? null : Math.round((summarise(processor)?.p50 ?? 0) * 1000) / 1000,
    event_p50: rounded(events?.p50),
    event_p95: rounded(events?.p95),
    list_1000: median(lists.get(1_000) ?? []),
    list_5000: median(lists.get(5_000) ?? []),
    fanout_1000_p95: rounded(summarise(fanOut)?.p95),
    rss_1000_sockets: memory,
  };
}

function median(samples: readonly number[]): number | null {
  return rounded(summarise(samples)?.p50);
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 100) / 100;
}
