/** What is chosen in the filters of the history, and the filter that it amounts to. */
import type { Who, WorkFilter } from '../../core/history/filter.ts';

export const SPANS = [
  { id: 'all', label: 'Any time', hours: null },
  { id: 'day', label: 'Last 24 hours', hours: 24 },
  { id: 'week', label: 'Last 7 days', hours: 7 * 24 },
  { id: 'month', label: 'Last 30 days', hours: 30 * 24 },
  { id: 'days', label: 'Days…', hours: null },
] as const;

const HOUR_MS = 60 * 60 * 1000;

export interface FilterChoice {
  readonly who: Who;
  /** Node id of a file; only the history of the project is filtered by it. */
  readonly node: string | null;
  readonly span: (typeof SPANS)[number]['id'];
  /** For `days`: the first and the last one as YYYY-MM-DD; empty: open. */
  readonly from: string;
  readonly to: string;
}

export const NO_CHOICE: FilterChoice = { who: 'everyone', node: null, span: 'all', from: '', to: '' };

/** Whether anything is left out. */
export function isNarrow(choice: FilterChoice): boolean {
  const { who, node, span, from, to } = choice;
  return who !== 'everyone' || node !== null || (span === 'days' ? from !== '' || to !== '' : span !== 'all');
}

/** @param now epoch milliseconds */
export function filterOf({ who, node, span, from, to }: FilterChoice, now: number): WorkFilter {
  if (span === 'days') return { who, node, since: dayStart(from, 0), until: before(dayStart(to, 1)) };
  const hours = SPANS.find(({ id }) => id === span)?.hours ?? null;
  return { who, node, since: hours === null ? null : now - hours * HOUR_MS, until: null };
}

/** The beginning of a day in the zone of the browser, or of one so many days later; `null` where it is none. */
function dayStart(day: string, later: number): number | null {
  const [year = NaN, month = NaN, date = NaN] = day.split('-').map(Number);
  const time = new Date(year, month - 1, date + later).getTime();
  return day === '' || Number.isNaN(time) ? null : time;
}

function before(time: number | null): number | null {
  return time === null ? null : time - 1;
}
