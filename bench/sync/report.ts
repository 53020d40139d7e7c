import { cpus } from 'node:os';
import type { BenchmarkResult } from '../support/contract.ts';
import { machine } from '../support/machine.ts';
import { summarise } from '../support/statistics.ts';
import { table } from '../support/table.ts';
import { SPEEDS, type Speed, type Typed } from './cloud.ts';
import { CURSORS, type Loads } from './cursors.ts';
import type { Heals } from './heal.ts';
import type { Cost, Costs } from './keystrokes.ts';
import type { Measured } from './measured.ts';
import { OFFLINE_EDITS } from './offline.ts';
import { PRODUCTS, type ProductKey } from './products.ts';

/** Where replicas have been offline: Cowrite in Chromium, everybody in Node. */
export const OFFLINE = ['page', ...PRODUCTS] as const;

export type OfflineKey = (typeof OFFLINE)[number];

export interface AllFigures {
  readonly offline: Readonly<Record<OfflineKey, Measured<readonly number[]>>>;
  readonly lost: Measured<Pick<Heals, 'typing' | 'silent'>>;
  readonly dead: Measured<Pick<Heals, 'dead' | 'replaced'>>;
  readonly costs: Readonly<Record<ProductKey, Measured<Costs>>>;
  readonly cloud: Readonly<Record<Speed, Measured<Typed>>>;
  readonly page: Measured<Loads>;
  readonly chromium: string | null;
  readonly quick: boolean;
  /** How busy the machine was before. */
  readonly load: string;
}

type Metrics = Record<string, number | null>;

const NAMES: Readonly<Record<ProductKey, string>> = {
  cowrite: 'Cowrite, embedded server',
  ywebsocket: 'y-websocket',
  hocuspocus: 'Hocuspocus',
};

/** What a quick run is too short for. */
const TOO_SHORT = 'needs 60 s of typing; --quick types less';

const NOT_AWAITED = '--quick does not wait for it';

export function report(figures: AllFigures): BenchmarkResult {
  const metrics: Metrics = { ...times(figures), ...costs(figures), ...underLimits(figures), ...page(figures) };
  const notes = notesOn(metrics, figures);
  const text = [
    `${machine(figures.chromium)}, ${figures.load}`,
    `Coming together again (ms):\n\n${timesTable(figures)}`,
    `Messages for each keystroke:\n\n${costsTable(figures)}`,
    `Under the rate limits of Appwrite Cloud (ms):\n\n${cloudTable(figures)}`,
    `A page with the cursors of ${CURSORS} others:\n\n${pageTable(figures)}`,
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

function times({ offline, lost, dead }: AllFigures): Metrics {
  return {
    offline_5000_merge: median(offline.page.value),
    offline_5000_merge_node: median(offline.cowrite.value),
    ywebsocket_offline_5000_merge_node: median(offline.ywebsocket.value),
    hocuspocus_offline_5000_merge_node: median(offline.hocuspocus.value),
    heal_lost_event_p95: p95([...(lost.value?.typing ?? []), ...(lost.value?.silent ?? [])]),
    heal_lost_event_typing_p95: p95(lost.value?.typing),
    heal_lost_event_silent_p95: p95(lost.value?.silent),
    heal_dead_socket_p95: p95(dead.value?.dead),
    heal_dead_socket_replaced_p95: p95(dead.value?.replaced),
  };
}

function timesTable({ offline, lost, dead }: AllFigures): string {
  const both = lost.value && [...lost.value.typing, ...lost.value.silent];
  const rows: readonly (readonly [string, readonly number[] | null | undefined, string])[] = [
    [`${OFFLINE_EDITS} edits offline by each of two, in Chromium`, offline.page.value, '≤ 2000 (median)'],
    ...PRODUCTS.map((key) => [`… in Node, ${NAMES[key]}`, offline[key].value, ''] as const),
    ['an event is lost', both, '≤ 5000 (p95)'],
    ['… its author types on', lost.value?.typing, ''],
    ['… its author does nothing more', lost.value?.silent, ''],
    ['a socket is dead', dead.value?.dead, '≤ 15000 (p95)'],
    ['… until there is another', dead.value?.replaced, ''],
  ];
  return table(
    ['', 'median', 'p95', 'samples', 'aim'],
    rows.map(([title, samples, aim]) => {
      const summary = summarise(samples ?? []);
      return [title, shown(summary?.p50, 0), shown(summary?.p95, 0), String(summary?.count ?? 0), aim];
    }),
  );
}

function costs({ costs: { cowrite, ywebsocket, hocuspocus } }: AllFigures): Metrics {
  const messages = (cost: Cost | undefined): number | null => rounded(cost && cost.up + cost.down);
  return {
    rows_per_keystroke_solo: rounded(cowrite.value?.solo.rows),
    rows_per_keystroke_pair: rounded(cowrite.value?.pair.rows),
    presence_rows_per_keystroke_solo: rounded(cowrite.value?.solo.presence),
    presence_rows_per_keystroke_pair: rounded(cowrite.value?.pair.presence),
    bytes_per_keystroke_solo: rounded(cowrite.value?.solo.bytes),
    bytes_per_keystroke_pair: rounded(cowrite.value?.pair.bytes),
    ywebsocket_bytes_per_keystroke_pair: rounded(ywebsocket.value?.pair.bytes),
    hocuspocus_bytes_per_keystroke_pair: rounded(hocuspocus.value?.pair.bytes),
    messages_per_keystroke_solo: messages(cowrite.value?.solo),
    messages_per_keystroke_pair: messages(cowrite.value?.pair),
    ywebsocket_messages_per_keystroke_solo: messages(ywebsocket.value?.solo),
    ywebsocket_messages_per_keystroke_pair: messages(ywebsocket.value?.pair),
    hocuspocus_messages_per_keystroke_solo: messages(hocuspocus.value?.solo),
    hocuspocus_messages_per_keystroke_pair: messages(hocuspocus.value?.pair),
  };
}

function costsTable({ costs: all }: AllFigures): string {
  const rows = PRODUCTS.flatMap((key) => {
    const { value } = all[key];
    if (value === null) return [];
    return (['solo', 'pair'] as const).map((setting) => {
      const cost = value[setting];
      const title = `${NAMES[key]}, ${setting === 'solo' ? 'one alone' : 'two at once'}`;
      const stored = key === 'cowrite' ? [cost.rows, cost.presence].map((count) => count.toFixed(2)) : ['', ''];
      const parts = key === 'cowrite' ? [cost.events, cost.listed].map((bytes) => bytes.toFixed(0)) : ['', ''];
      return [title, ...stored, cost.up.toFixed(2), cost.down.toFixed(2), cost.bytes.toFixed(0), ...parts];
    });
  });
  return table(['', 'rows', 'presence rows', 'sent', 'received', 'bytes', 'in events', 'in re-reads'], rows);
}

function underLimits({ cloud }: AllFigures): Metrics {
  const most = SPEEDS.map((speed) => cloud[speed].value?.mostCreates ?? null);
  const known = most.filter((count) => count !== null);
  return {
    ...Object.fromEntries(SPEEDS.map((speed) => [`cloud_visible_p95_${speed}`, p95(cloud[speed].value?.visible)])),
    cloud_max_creates_60s: known.length < most.length ? null : Math.max(...known),
  };
}

function cloudTable({ cloud }: AllFigures): string {
  const rows = SPEEDS.map((speed) => {
    const { value } = cloud[speed];
    const summary = summarise(value?.visible ?? []);
    return [
      `${speed} keystrokes a minute`,
      shown(summary?.p50, 0),
      shown(summary?.p95, 0),
      shown(summary?.p99, 0),
      String(summary?.count ?? 0),
      shown(value?.rows, 2),
      shown(value?.mostCreates ?? undefined, 0),
      shown(value?.refused, 0),
    ];
  });
  const head = [
    'visible after',
    'median',
    'p95',
    'p99',
    'keystrokes',
    'rows a keystroke',
    'most rows in 60 s',
    'refused',
  ];
  return table(head, rows);
}

function page({ page: { value } }: AllFigures): Metrics {
  return {
    [`page_${CURSORS}_cursors_cpu`]: rounded(value?.crowded.cpu),
    [`page_${CURSORS}_cursors_heap`]: rounded(value?.crowded.heap),
    page_alone_cpu: rounded(value?.alone.cpu),
    page_alone_heap: rounded(value?.alone.heap),
  };
}

function pageTable({ page: { value } }: AllFigures): string {
  const megabytes = (bytes: number | undefined): string => shown(bytes === undefined ? undefined : bytes / 1e6, 1);
  return table(
    ['', 'alone', `with ${CURSORS} others`],
    [
      ['processor time (ms a second)', shown(value?.alone.cpu, 0), shown(value?.crowded.cpu, 0)],
      ['JavaScript heap (MB)', megabytes(value?.alone.heap), megabytes(value?.crowded.heap)],
    ],
  );
}

function notesOn(metrics: Metrics, figures: AllFigures): Record<string, string> {
  const missing = Object.keys(metrics).filter((key) => metrics[key] === null);
  return Object.fromEntries(missing.map((key) => [key, reason(key, figures)]));
}

function reason(key: string, { offline, lost, dead, costs: typed, cloud, page: watched, quick }: AllFigures): string {
  const other = 'not measured';
  const product = PRODUCTS.find((each) => key.startsWith(each)) ?? 'cowrite';
  if (key === 'offline_5000_merge') return offline.page.problem ?? other;
  if (key.includes('offline')) return offline[product].problem ?? other;
  if (key.startsWith('heal_lost')) return lost.problem ?? other;
  if (key.startsWith('heal_dead')) return dead.problem ?? (quick ? NOT_AWAITED : other);
  if (key.startsWith('page_')) return watched.problem ?? other;
  const problems = SPEEDS.map((speed) => cloud[speed].problem);
  if (key === 'cloud_max_creates_60s') return problems.find((each) => each !== null) ?? (quick ? TOO_SHORT : other);
  if (key.startsWith('cloud_')) return problems[SPEEDS.findIndex((speed) => key.endsWith(`_${speed}`))] ?? other;
  return typed[product].problem ?? other;
}

function median(samples: readonly number[] | null): number | null {
  return rounded(summarise(samples ?? [])?.p50);
}

function p95(samples: readonly number[] | undefined): number | null {
  return rounded(summarise(samples ?? [])?.p95);
}

function shown(value: number | undefined, digits: number): string {
  return value === undefined ? '–' : value.toFixed(digits);
}

function rounded(value: number | undefined | null): number | null {
  return value === undefined || value === null ? null : Math.round(value * 100) / 100;
}
