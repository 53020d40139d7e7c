import { cpus } from 'node:os';
import type { BenchmarkResult } from '../support/contract.ts';
import { machine } from '../support/machine.ts';
import { summarise, type Summary } from '../support/statistics.ts';
import { table } from '../support/table.ts';
import type { Answer } from './serve.ts';
import { TITLES, TRACES, type TraceName } from './traces.ts';

export type Product = 'cowrite' | 'ywebsocket' | 'hocuspocus';
/** What is opened: a recording, or days of the paper. */
export type Subject = TraceName | '1_day' | '10_days';

const PRODUCTS: Readonly<Record<Product, string>> = {
  cowrite: 'Cowrite',
  ywebsocket: 'y-websocket',
  hocuspocus: 'Hocuspocus with SQLite',
};
const DAYS: readonly (readonly [Subject, string])[] = [
  ['1_day', '1 day of 5,000 keystrokes'],
  ['10_days', '10 such days'],
];

/** Both openings of a round. */
export interface Round {
  readonly cold: Answer;
  readonly warm: Answer;
}

export interface Results {
  /** By the product and what was opened. */
  readonly answers: Map<string, Round[]>;
  /** Why something could not be measured; by what was opened, or the product and what was opened. */
  readonly notes: Map<string, string>;
  /** Bytes of ten days on the server. */
  stored: number | null;
  readonly load: string;
}

/** As it stands in the keys of the metrics, after `cold_`, `warm_` and `warm_sync_`. */
export function productKey(product: Product, subject: Subject): string {
  return `${product}_${subject}`;
}

export function report(results: Results): BenchmarkResult {
  const { notes, stored, load } = results;
  const metrics: Record<string, number | null> = {};
  const lines = [`Opening a document (${machine(null)}; ${load}), milliseconds:`, ''];
  for (const trace of TRACES) {
    const own = figures(results, 'cowrite', trace);
    const rows = (Object.keys(PRODUCTS) as Product[]).map((product) => {
      const key = productKey(product, trace);
      const measured = figures(results, product, trace);
      metrics[`cold_${key}`] = rounded(measured?.cold);
      metrics[`warm_${key}`] = rounded(measured?.warm);
      metrics[`warm_sync_${key}`] = rounded(measured?.synced);
      if (measured === null) return [PRODUCTS[product], notes.get(key) ?? notes.get(trace) ?? 'not measured'];
      const ratio = product === 'cowrite' || own === null ? '' : (own.cold.p50 / measured.cold.p50).toFixed(1);
      return [PRODUCTS[product], ...shown(measured), ratio];
    });
    lines.push(table([TITLES[trace], ...COLUMNS, 'Cowrite takes ×'], rows), '');
  }
  const rows = DAYS.map(([days, name]) => {
    const measured = figures(results, 'cowrite', days);
    metrics[`cold_cowrite_${days}`] = rounded(measured?.cold);
    metrics[`warm_cowrite_${days}`] = rounded(measured?.warm);
    return [name, ...(measured === null ? ['not measured'] : shown(measured))];
  });
  metrics['stored_bytes_10_days'] = stored;
  lines.push(
    table(['Cowrite', ...COLUMNS], rows),
    '',
    `Ten days, as they are stored: ${stored === null ? 'not measured' : `${(stored / 1_000).toFixed(0)} KB`}`,
  );
  const reasons = { ...Object.fromEntries(notes), load };
  return { table: lines.join('\n'), report: { node: process.version, cpus: cpus().length, metrics, notes: reasons } };
}

const COLUMNS = ['empty device p50', 'p95', 'from the device p50', '… in sync p50'];

interface Figures {
  readonly cold: Summary;
  readonly warm: Summary;
  readonly synced: Summary;
}

function figures({ answers }: Results, product: Product, subject: Subject): Figures | null {
  const rounds = answers.get(productKey(product, subject)) ?? [];
  const cold = summarise(rounds.map((round) => round.cold.synced));
  const warm = summarise(rounds.map((round) => round.warm.text));
  const synced = summarise(rounds.map((round) => round.warm.synced));
  return cold && warm && synced && { cold, warm, synced };
}

function shown({ cold, warm, synced }: Figures): string[] {
  return [cold.p50, cold.p95, warm.p50, synced.p50].map((value) => value.toFixed(1));
}

function rounded(summary: Summary | undefined): number | null {
  return summary === undefined ? null : Number(summary.p50.toFixed(2));
}
