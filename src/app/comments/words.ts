import type { Author, Thread } from '../../core/review/review.ts';
import { LOCALE } from '../ui/locale.ts';
import type { Shown } from './project-reviews.ts';

const MINUTE_MS = 60_000;
const UNITS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, ms: number])[] = [
  ['year', 365 * 24 * 60 * MINUTE_MS],
  ['month', 30 * 24 * 60 * MINUTE_MS],
  ['week', 7 * 24 * 60 * MINUTE_MS],
  ['day', 24 * 60 * MINUTE_MS],
  ['hour', 60 * MINUTE_MS],
  ['minute', MINUTE_MS],
];

const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto', style: 'short' });
const absolute = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' });

/** “3 min. ago”; what somebody's clock puts into the future is “just now”. */
export function ago(at: number, now: number): string {
  for (const [unit, ms] of UNITS) if (now - at >= ms) return relative.format(-Math.floor((now - at) / ms), unit);
  return 'just now';
}

export function moment(at: number): string {
  return absolute.format(at);
}

/** Why the name of an author is marked; `null` if it is not. */
export function authorNote(author: Author, person: (id: string) => Shown): string | null {
  switch (author.proof) {
    case 'stamped':
      return null;
    case 'claimed':
      // One's own name as well: whoever forges it is found out only by the server's stamp.
      return 'Nothing on this device proves yet who wrote this.';
    case 'contradicted':
      return author.claimed === author.id
        ? `The server has this from ${person(author.id).name} and from somebody else.`
        : `This claims to be by ${person(author.claimed).name}, but the server has it from ${person(author.id).name}.`;
  }
}

/** What a thread is about, in one line for lists and assistive technology. */
export function excerpt({ comments, suggestion }: Thread): string {
  const first = comments.find(({ deletedAt, text }) => deletedAt === null && text !== '');
  if (first) return first.text.replace(/\s+/g, ' ').slice(0, 140);
  return suggestion === null ? 'Deleted comment' : suggestedWords(suggestion);
}

function suggestedWords({ insert }: { readonly insert: string }): string {
  const text = insert.trim().replace(/\s+/g, ' ');
  return text === '' ? 'Suggests to remove this' : `Suggests: ${text.slice(0, 120)}`;
}

export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
