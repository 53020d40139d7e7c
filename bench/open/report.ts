import { cpus } from 'node:os';
import type { BenchmarkResult } from '../support/contract.ts';
import { machine } from '../support/machine.ts';
import { summarise } from '../support/statistics.ts';
import { table } from '../support/table.ts';

export type Key =
  | 'cold_cowrite_paper'
  | 'warm_cowrite_paper'
  | 'cold_ywebsocket_paper'
  | 'cold_hocuspocus_paper'
  | 'cold_cowrite_1_day'
  | 'cold_cowrite_10_days';

export interface Results {
  /** Milliseconds of each opening. */
  readonly times: Map<Key, number[]>;
  /** Why something could not be measured. */
  readonly notes: Map<Key, string>;
  /** Bytes of ten days on the server. */
  stored: number | null;
  readonly load: string;
}

const ROWS: readonly (readonly [Key, string])[] = [
  ['cold_cowrite_paper', 'Cowrite, empty device: snapshot and 200 rows'],
  ['warm_cowrite_paper', 'Cowrite, from the device'],
  ['cold_ywebsocket_paper', 'y-websocket, empty device'],
  ['cold_hocuspocus_paper', 'Hocuspocus with SQLite, empty device'],
  ['cold_cowrite_1_day', 'Cowrite, empty device: 1 day of 5,000 keystrokes'],
  ['cold_cowrite_10_days', 'Cowrite, empty device: 10 such days'],
];

export function report({ times, notes, stored, load }: Results): BenchmarkResult {
  const metrics: Record<string, number | null> = {};
  const own = summarise(times.get('cold_cowrite_paper') ?? [])?.p50;
  const rows = ROWS.map(([key, name]) => {
    const summary = summarise(times.get(key) ?? []);
    metrics[key] = summary === null ? null : Number(summary.p50.toFixed(2));
    if (summary === null) return [name, notes.get(key) ?? 'not measured', '', ''];
    const isPeer = !key.includes('cowrite');
    const ratio = isPeer && own !== undefined ? (own / summary.p50).toFixed(1) : '';
    return [name, summary.p50.toFixed(1), summary.p95.toFixed(1), ratio];
  });
  metrics['stored_bytes_10_days'] = stored;
  const lines = [
    `Opening a document (${machine(null)}; ${load}):`,
    '',
    table(['automerge-paper, 259,778 keystrokes', 'p50 (ms)', 'p95 (ms)', 'Cowrite takes ×'], rows),
    '',
    `Ten days, as they are stored: ${stored === null ? 'not measured' : `${(stored / 1_000).toFixed(0)} KB`}`,
  ];
  const reasons = { ...Object.fromEntries(notes), load };
  return { table: lines.join('\n'), report: { node: process.version, cpus: cpus().length, metrics, notes: reasons } };
}
