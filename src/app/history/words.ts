/** How times and amounts are said. Times are epoch milliseconds; they are said in the zone of the browser. */

import { LOCALE } from '../ui/locale.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const clock = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });
const dateWithYear = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric' });
const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', day: 'numeric', month: 'long' });
const exact = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' });

/** “14:03”. */
export function clockWords(time: number): string {
  return clock.format(time);
}

/** “Today”, “Yesterday”, “Monday, 3 November”; the heading of a day. */
export function dayWords(time: number, now: number): string {
  const days = daysBetween(time, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return sameYear(time, now) ? weekday.format(time) : dateWithYear.format(time);
}

/** “14:03” of today, “yesterday 14:03”, “3 Nov 14:03”. */
export function momentWords(time: number, now: number): string {
  const days = daysBetween(time, now);
  if (days === 0) return clock.format(time);
  if (days === 1) return `yesterday ${clock.format(time)}`;
  return `${sameYear(time, now) ? date.format(time) : dateWithYear.format(time)} ${clock.format(time)}`;
}

/** “now”, “5 min”, “3 h”, “yesterday”, “3 Nov”: where there is little room. */
export function shortWords(time: number, now: number): string {
  const minutes = Math.floor((now - time) / 60_000);
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min`;
  const days = daysBetween(time, now);
  if (days === 0) return `${Math.floor(minutes / 60)} h`;
  if (days === 1) return 'yesterday';
  return sameYear(time, now) ? date.format(time) : dateWithYear.format(time);
}

/** “14:03 – 14:20”, or “14:03” where it began and ended in one minute. */
export function spanWords(start: number, end: number): string {
  const [from, to] = [clock.format(start), clock.format(end)];
  if (daysBetween(start, end) > 0) return `${from} – ${date.format(end)} ${to}`;
  return from === to ? from : `${from} – ${to}`;
}

/** To the second, for tooltips. */
export function exactWords(time: number): string {
  return exact.format(time);
}

/** “Ana”, “Ana and Bob”, “Ana, Bob and 2 others”. */
export function namesWords(names: readonly string[]): string {
  const [first = '', second = ''] = names;
  if (names.length <= 1) return first;
  if (names.length === 2) return `${first} and ${second}`;
  if (names.length === 3) return `${first}, ${second} and ${names[2]}`;
  return `${first}, ${second} and ${names.length - 2} others`;
}

/** A text as Markdown that shows it as it is: in a name nothing is a link, an image or formatting. */
export function asCode(text: string): string {
  return `\`${text.replaceAll('`', '’').replace(/\s+/g, ' ')}\``;
}

/** A text in quotation marks, or what it is if it cannot be seen: “a line break”. @param longest in UTF-16 code units */
export function quoteWords(text: string, longest: number): string {
  const seen = text.trim();
  if (seen !== '') return `“${seen.slice(0, longest)}${seen.length > longest ? '…' : ''}”`;
  const breaks = text.split('\n').length - 1;
  if (breaks > 0) return breaks === 1 ? 'a line break' : `${breaks} line breaks`;
  if (text.length === 0) return 'nothing';
  const kind = text.includes('\t') ? (/^\t+$/.test(text) ? 'tab' : 'blank character') : 'space';
  return text.length === 1 ? `a ${kind}` : countWords(text.length, kind);
}

export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString(LOCALE)} ${count === 1 ? one : many}`;
}

/** Whole days from the day of one time to the day of another. */
function daysBetween(earlier: number, later: number): number {
  return Math.round((midnight(later) - midnight(earlier)) / DAY_MS);
}

function midnight(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

function sameYear(a: number, b: number): boolean {
  return new Date(a).getFullYear() === new Date(b).getFullYear();
}
