import { cpus } from 'node:os';
import type { BenchmarkResult, Peers } from '../support/contract.ts';
import { machine } from '../support/machine.ts';
import { summarise, type Summary } from '../support/statistics.ts';
import { table } from '../support/table.ts';
import type { Samples } from './rounds.ts';

export const PRODUCTS = ['cowrite', 'ywebsocket', 'hocuspocus', 'hocuspocusSqlite'] as const;

export type ProductKey = (typeof PRODUCTS)[number];

export type Figures = Partial<Record<ProductKey, Samples>>;

export interface PageFigures {
  readonly page: Figures;
  readonly chromium: string | null;
  /** Why there are no figures of pages; `null` if there are. */
  readonly pageProblem: string | null;
}

export interface AllFigures extends PageFigures {
  readonly node: Figures;
  readonly peers: Peers;
  /** How busy the machine was before. */
  readonly load: string;
}

const NAMES: Readonly<Record<ProductKey, string>> = {
  cowrite: 'Cowrite, embedded server',
  ywebsocket: 'y-websocket',
  hocuspocus: 'Hocuspocus',
  hocuspocusSqlite: 'Hocuspocus with SQLite',
};

export function report(figures: AllFigures): BenchmarkResult {
  const visible = (place: Figures, key: ProductKey): Summary | null => summarise(place[key]?.visible ?? []);
  const stored = (place: Figures, key: ProductKey): Summary | null => summarise(place[key]?.stored ?? []);
  const { node, page, chromium } = figures;

  const inNode = PRODUCTS.map((key) => [NAMES[key], visible(node, key)] as const);
  const inPages = PRODUCTS.map((key) => [NAMES[key], visible(page, key)] as const);
  const durable = [
    [`${NAMES.cowrite}, in Node`, stored(node, 'cowrite')],
    [`${NAMES.cowrite}, in Chromium`, stored(page, 'cowrite')],
    [`${NAMES.hocuspocusSqlite}, in Node`, stored(node, 'hocuspocusSqlite')],
  ] as const;

  const metrics = {
    node_cowrite_p50: rounded(visible(node, 'cowrite')?.p50),
    node_cowrite_p95: rounded(visible(node, 'cowrite')?.p95),
    node_ywebsocket_p50: rounded(visible(node, 'ywebsocket')?.p50),
    node_hocuspocus_p50: rounded(visible(node, 'hocuspocus')?.p50),
    page_cowrite_p50: rounded(visible(page, 'cowrite')?.p50),
    page_cowrite_p95: rounded(visible(page, 'cowrite')?.p95),
    page_ywebsocket_p50: rounded(visible(page, 'ywebsocket')?.p50),
    page_ywebsocket_p95: rounded(visible(page, 'ywebsocket')?.p95),
    page_hocuspocus_p50: rounded(visible(page, 'hocuspocus')?.p50),
    ack_cowrite_p50: rounded(stored(node, 'cowrite')?.p50),
    ack_cowrite_p95: rounded(stored(node, 'cowrite')?.p95),
    ack_hocuspocus_sqlite_p50: rounded(stored(node, 'hocuspocusSqlite')?.p50),
  };
  const notes = notesOn(metrics, figures);
  return {
    table: [
      `${machine(chromium)}, ${figures.load}`,
      section('Keystroke to visible in the other replica, in Node (ms)', inNode),
      section('Keystroke to visible in the other replica, in Chromium (ms)', inPages),
      section('Keystroke to durably stored (ms)', durable),
      Object.entries(notes)
        .map(([key, note]) => `${key}: ${note}`)
        .join('\n'),
    ]
      .join('\n\n')
      .trimEnd(),
    report: {
      node: process.version,
      cpus: cpus().length,
      metrics,
      ...(Object.keys(notes).length === 0 ? {} : { notes }),
    },
  };
}

/** One table; Cowrite's row comes first, and the ratio is its median against the one of the row. */
function section(title: string, all: readonly (readonly [string, Summary | null])[]): string {
  const measured = all.flatMap(([name, summary]) => (summary === null ? [] : [{ name, summary }]));
  if (measured.length === 0) return `${title}: not measured`;
  const own = measured[0]?.summary;
  const rows = measured.map(({ name, summary }) => [
    name,
    summary.p50.toFixed(2),
    summary.p95.toFixed(2),
    summary.p99.toFixed(2),
    String(summary.count),
    own === undefined || name.startsWith(NAMES.cowrite) ? '' : (own.p50 / summary.p50).toPrecision(2),
  ]);
  return `${title}:\n\n${table(['', 'p50', 'p95', 'p99', 'keystrokes', 'Cowrite takes ×'], rows)}`;
}

function notesOn(
  metrics: Readonly<Record<string, number | null>>,
  { peers, pageProblem }: AllFigures,
): Record<string, string> {
  const missing = Object.keys(metrics).filter((key) => metrics[key] === null);
  return Object.fromEntries(missing.map((key) => [key, reason(key, peers, pageProblem)]));
}

function reason(key: string, peers: Peers, pageProblem: string | null): string {
  if (key.startsWith('page_') && pageProblem !== null) return pageProblem;
  if (peers.missing !== null) return peers.missing;
  if (key.includes('hocuspocus') && peers.hocuspocusNode === null) return 'no Node that Hocuspocus accepts';
  if (key.includes('sqlite') && peers.sqliteMissing !== null) return peers.sqliteMissing;
  return 'not measured';
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 100) / 100;
}
