import type { Version } from '../../core/history/versions.ts';
import type { Steps } from '../session/history/workbench.ts';

/** The moment that a field for date and time holds (`2026-03-31T14:30`, in the zone of the browser), or why it cannot be one. */
export function momentOf(value: string, now: number): { readonly time: number } | { readonly problem: string } {
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(value) ? new Date(value).getTime() : NaN;
  if (Number.isNaN(time)) return { problem: 'Choose a day and a time.' };
  return time > now ? { problem: 'That moment has not come yet.' } : { time };
}

/** What a field for date and time has to hold to show a moment: `2026-03-31T14:30`. */
export function fieldOf(time: number): string {
  const date = new Date(time);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** What goes with everything before a moment. */
export interface PurgeSize {
  readonly edits: number;
  readonly stays: number;
  /** Epoch milliseconds of the first and the last edit that goes; 0 if none does. */
  readonly first: number;
  readonly last: number;
  /** User ids. */
  readonly authors: readonly string[];
  /** Named versions that lead to a text which is gone then. */
  readonly versions: number;
}

/** @param doc the document @param versions those of the project */
export function purgeSize(steps: Steps, versions: readonly Version[], doc: string, before: number): PurgeSize {
  const going = [...steps.times.keys()].filter((index) => (steps.times[index] ?? 0) < before);
  const times = going.map((index) => steps.times[index] ?? 0);
  const authors = new Set(going.map((index) => steps.authors[steps.by[index] ?? 0] ?? ''));
  const lost = versions.filter((each) => (each.doc === null || each.doc === doc) && each.time < before);
  return {
    edits: going.length,
    stays: steps.times.length - going.length,
    first: times.reduce((least, time) => Math.min(least, time), times[0] ?? 0),
    last: times.reduce((most, time) => Math.max(most, time), 0),
    authors: [...authors],
    versions: going.length === 0 ? 0 : lost.length,
  };
}
