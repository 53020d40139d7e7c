import { cpus } from 'node:os';
import type { BenchmarkResult } from '../support/contract.ts';
import { machine } from '../support/machine.ts';
import { MISSING_PAPER } from '../support/paper.ts';
import { summarise } from '../support/statistics.ts';
import { table } from '../support/table.ts';
import { PEOPLE, type Crowd } from './crowd.ts';
import type { Folded } from './fold.ts';
import { DAYS, type Growth } from './growth.ts';

export interface Measured {
  readonly rows: number;
  readonly runs: Folded[];
}

export interface Results {
  readonly folds: readonly Measured[];
  readonly growth: Growth | null;
  readonly crowd: Crowd | null;
  /** The document as Yjs writes it in format V2, without any compaction. */
  readonly directBytes: number | null;
  readonly load: string;
}

const KEYS = ['fold_1k', 'fold_10k', 'fold_50k', 'fold_260k'] as const;
const OTHERS = ['peak_rss_260k', 'rows_per_s', 'segment_bytes_per_keystroke', 'state_vs_direct_v2'] as const;

export function report({ folds, growth, crowd, directBytes, load }: Results): BenchmarkResult {
  const largest = folds.at(-1);
  const seconds = medianOf(largest, ({ cpu }) => cpu / 1_000);
  const segment = medianOf(largest, ({ segmentBytes }) => segmentBytes);
  const state = medianOf(largest, ({ stateContent }) => stateContent);
  const deflated = medianOf(largest, ({ stateBytes }) => stateBytes);
  const metrics: Record<string, number | null> = {};
  for (const [at, key] of KEYS.entries()) metrics[key] = rounded(medianOf(folds[at], ({ cpu }) => cpu));
  metrics['peak_rss_260k'] = largest === undefined ? null : Math.max(...largest.runs.map(({ peak }) => peak));
  metrics['rows_per_s'] = largest && seconds ? Math.round(largest.rows / seconds) : null;
  metrics['segment_bytes_per_keystroke'] = largest && segment ? rounded(segment / largest.rows) : null;
  metrics['state_vs_direct_v2'] = state === null || directBytes === null ? null : rounded(state / directBytes, 4);
  metrics['state_stored_vs_direct_v2'] =
    deflated === null || directBytes === null ? null : rounded(deflated / directBytes, 4);
  if (growth) Object.assign(metrics, growthMetrics(growth));
  if (crowd) Object.assign(metrics, crowdMetrics(crowd));
  const lines = [
    `Folding a log of one keystroke a row (${machine(null)}; ${load}):`,
    '',
    table(
      ['rows', 'processor time (ms)', 'clock (ms)', 'peak memory (MB)', 'generations', 'segments (B a keystroke)'],
      folds.map((fold) => [
        String(fold.rows),
        ...[({ cpu }: Folded) => cpu, ({ wall }: Folded) => wall].map((of) => shown(medianOf(fold, of))),
        shown(Math.max(...fold.runs.map(({ peak }) => peak)) / 1e6),
        shown(medianOf(fold, ({ generations }) => generations)),
        ((medianOf(fold, ({ segmentBytes }) => segmentBytes) ?? 0) / fold.rows).toFixed(1),
      ]),
    ),
    '',
    `State, over the same document in format V2: ${metrics['state_vs_direct_v2'] ?? 'not measured'}, ` +
      `deflated as it is stored: ${metrics['state_stored_vs_direct_v2'] ?? 'not measured'}`,
    ...(growth ? ['', growthTable(growth)] : []),
    ...(crowd ? ['', crowdLine(crowd)] : []),
  ];
  const missing = folds.length === 0 ? Object.fromEntries([...KEYS, ...OTHERS].map((key) => [key, MISSING_PAPER])) : {};
  const notes = { ...missing, load };
  return { table: lines.join('\n'), report: { node: process.version, cpus: cpus().length, metrics, notes } };
}

function crowdMetrics({ quiet, swept, documents, took }: Crowd): Record<string, number | null> {
  const [before, during] = [summarise(quiet)?.p95 ?? null, summarise(swept)?.p95 ?? null];
  return {
    sweep_p95_quiet: rounded(before),
    sweep_p95: rounded(during),
    sweep_p95_ratio: before === null || during === null ? null : rounded(during / before),
    sweep_documents: documents,
    sweep_took: rounded(took),
  };
}

function crowdLine(crowd: Crowd): string {
  const { sweep_p95_quiet: quiet, sweep_p95: swept, sweep_p95_ratio: ratio } = crowdMetrics(crowd);
  const { documents, folded, took } = crowd;
  return (
    `A row of one of ${PEOPLE} people is with the other, p95: ${quiet} ms in quiet (${crowd.quiet.length} rows), ` +
    `${swept} ms (${crowd.swept.length} rows) while ${documents} documents (${folded} rows) were swept in ` +
    `${(took / 1_000).toFixed(1)} s: × ${ratio}`
  );
}

function growthMetrics({ compacted, plain }: Growth): Record<string, number | null> {
  return {
    stored_bytes_10_days: compacted.at(-1)?.stored ?? null,
    stored_bytes_10_days_plain: plain.at(-1)?.stored ?? null,
    apply_10_days: rounded(compacted.at(-1)?.open ?? null),
    apply_10_days_plain: rounded(plain.at(-1)?.open ?? null),
  };
}

function growthTable({ compacted, plain }: Growth): string {
  const kilo = (bytes: number | undefined): string => ((bytes ?? 0) / 1_000).toFixed(0);
  const rows = Array.from({ length: DAYS }, (_, day) => [
    `day ${day + 1}`,
    kilo(compacted[day]?.stored),
    kilo(plain[day]?.stored),
    shown(compacted[day]?.open ?? null),
    shown(plain[day]?.open ?? null),
  ]);
  const head = ['5,000 keystrokes a day', 'stored (KB)', '… not compacted', 'to apply (ms)', '… not compacted'];
  return table(head, rows);
}

function medianOf(fold: Measured | undefined, of: (run: Folded) => number): number | null {
  return summarise(fold?.runs.map(of) ?? [])?.p50 ?? null;
}

function rounded(value: number | null, digits = 2): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}

function shown(value: number | null): string {
  return value === null ? '' : value.toFixed(value < 100 ? 1 : 0);
}
