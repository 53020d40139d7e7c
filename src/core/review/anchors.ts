/**
 * Anchors: which characters of a file a comment is about.
 *
 * An anchor names its first and its last character by their Yjs ids, so it goes where they go, whatever is written before
 * them; text written at its edges does not become part of it. It also quotes them with what stood around, for the time
 * when they are gone: then the quote is looked for, and shown if it is nowhere.
 */
import * as Y from 'yjs';
import { snapToCodePoint } from '../text.ts';

/** The id of one character: Yjs client and clock. */
export type CharacterId = readonly [client: number, clock: number];

export interface Span {
  readonly first: CharacterId;
  readonly last: CharacterId;
}

export interface Anchor {
  /** `null`: the file was empty. */
  readonly span: Span | null;
  /** The characters in front of it and behind it; `null` at the ends of the file. */
  readonly previous: CharacterId | null;
  readonly next: CharacterId | null;
  /** The beginning of the anchored text, at most `MAX_QUOTE_CHARS`. */
  readonly quote: string;
  /** How long the anchored text was, in UTF-16 code units. */
  readonly length: number;
  /** What stood before and behind it, at most `CONTEXT_CHARS` each. */
  readonly before: string;
  readonly after: string;
}

/**
 * Where the anchored text is now, in indexes of the text.
 *
 * - `exact`: as it was
 * - `changed`: some of its characters are there, others were removed or written between them
 * - `moved`: its characters are gone, but the same text stands elsewhere, between the same surroundings
 * - `orphaned`: it is gone
 * - `waiting`: the characters have not arrived on this device yet
 */
export type Place =
  | { readonly kind: 'exact' | 'changed' | 'moved'; readonly start: number; readonly end: number }
  | { readonly kind: 'orphaned' }
  | { readonly kind: 'waiting' };

export const MAX_QUOTE_CHARS = 1000;
export const CONTEXT_CHARS = 32;

/** How much of the surroundings must be the same for a quote to be taken for the text that moved. */
const SURE_CONTEXT_CHARS = 8;
/** A quote of this length that stands there only once needs no surroundings. */
const SURE_QUOTE_CHARS = 12;
/** No more places of a quote are compared than these. */
const MAX_CANDIDATES = 200;

/**
 * The anchor of the characters from `start` to `end`. Nothing selected stands for the character behind it, or else the
 * one before it.
 */
export function createAnchor(text: Y.Text, start: number, end: number): Anchor {
  const content = text.toJSON();
  let from = snapToCodePoint(content, Math.min(start, end), 'back');
  let to = snapToCodePoint(content, Math.max(start, end), 'forward');
  if (from === to && to < content.length) to = snapToCodePoint(content, to + 1, 'forward');
  else if (from === to && from > 0) from = snapToCodePoint(content, from - 1, 'back');
  const [first, last, previous, next] = idsAt(text, [from, to - 1, from - 1, to]);
  return {
    span: from < to && first && last ? { first, last } : null,
    previous: previous ?? null,
    next: next ?? null,
    quote: content.slice(from, snapToCodePoint(content, Math.min(to, from + MAX_QUOTE_CHARS), 'back')),
    length: to - from,
    before: content.slice(snapToCodePoint(content, from - CONTEXT_CHARS, 'forward'), from),
    after: content.slice(to, snapToCodePoint(content, to + CONTEXT_CHARS, 'back')),
  };
}

/** The ids of the first and last character from `start` to `end`; `null` if there is none. */
export function spanOf(text: Y.Text, start: number, end: number): Span | null {
  if (end <= start) return null;
  const [first, last] = idsAt(text, [start, end - 1]);
  return first && last ? { first, last } : null;
}

/** Where the anchors are, in their order: one walk over the text for all. */
export function resolveAnchors(text: Y.Text, anchors: readonly Anchor[]): Place[] {
  if (anchors.length === 0) return [];
  const content = text.toJSON();
  const found = locate(
    text,
    anchors.flatMap(({ span, previous, next }) =>
      [span?.first, span?.last, previous, next].filter((id) => id !== undefined && id !== null),
    ),
  );
  return anchors.map((anchor): Place => {
    const { span } = anchor;
    if (span === null) return { kind: 'exact', start: 0, end: 0 };
    const first = found.get(keyOf(span.first));
    const last = found.get(keyOf(span.last));
    if (!first || !last) return hasArrived(text, span) ? lookFor(content, anchor) : { kind: 'waiting' };
    const start = first.index;
    const end = last.index + (last.deleted ? 0 : 1);
    if (end <= start) return lookFor(content, anchor);
    const same = end - start === anchor.length && content.startsWith(anchor.quote, start);
    if (same) return { kind: 'exact', start, end };
    const at = (id: CharacterId | null): Location | undefined => (id === null ? undefined : found.get(keyOf(id)));
    return {
      kind: 'changed',
      start: first.deleted ? edgeBefore(content, start, at(anchor.previous)) : start,
      end: last.deleted ? edgeBehind(content, end, at(anchor.next)) : end,
    };
  });
}

interface Location {
  /** Of the character, or, if it is deleted, of what stands there now. */
  readonly index: number;
  readonly deleted: boolean;
}

/** What was written in the place of the first character belongs to the anchor too, as far as it is in the same line. */
function edgeBefore(content: string, start: number, previous: Location | undefined): number {
  const line = start === 0 ? 0 : content.lastIndexOf('\n', start - 1) + 1;
  const edge = previous === undefined ? 0 : previous.index + (previous.deleted ? 0 : 1);
  return Math.min(start, Math.max(line, edge));
}

function edgeBehind(content: string, end: number, next: Location | undefined): number {
  const line = content.indexOf('\n', end);
  return Math.max(end, Math.min(line < 0 ? content.length : line, next?.index ?? content.length));
}

function keyOf([client, clock]: CharacterId): string {
  return `${client}:${clock}`;
}

/** The ids of the characters at these indexes; `undefined` where there is none. */
function idsAt(text: Y.Text, indexes: readonly number[]): (CharacterId | undefined)[] {
  const ids = indexes.map((): CharacterId | undefined => undefined);
  const last = Math.max(...indexes);
  let at = 0;
  for (let item = text._start; item !== null && at <= last; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const { client, clock } = item.id;
    const begin = at;
    at += item.length;
    indexes.forEach((index, which) => {
      if (index >= begin && index < at) ids[which] = [client, clock + index - begin];
    });
  }
  return ids;
}

/** The places of characters in the text; those that are none of its characters are missing. */
function locate(text: Y.Text, ids: readonly CharacterId[]): Map<string, Location> {
  const wanted = new Map<number, number[]>();
  for (const [client, clock] of ids) {
    const clocks = wanted.get(client);
    if (clocks) clocks.push(clock);
    else wanted.set(client, [clock]);
  }
  for (const clocks of wanted.values()) clocks.sort((a, b) => a - b);
  const found = new Map<string, Location>();
  let at = 0;
  for (let item = text._start; item !== null; item = item.right) {
    const { client, clock: begin } = item.id;
    const gone = item.deleted || !item.countable;
    const clocks = wanted.get(client);
    if (clocks) {
      for (let which = firstFrom(clocks, begin); which < clocks.length; which++) {
        const clock = clocks[which] ?? Infinity;
        if (clock >= begin + item.length) break;
        found.set(keyOf([client, clock]), { index: gone ? at : at + clock - begin, deleted: gone });
      }
    }
    if (!gone) at += item.length;
  }
  return found;
}

/** Index of the first of the sorted numbers that is not below `least`. */
function firstFrom(sorted: readonly number[], least: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function hasArrived(text: Y.Text, { first, last }: Span): boolean {
  const { doc } = text;
  if (doc === null) return false;
  return [first, last].every(([client, clock]) => Y.getState(doc.store, client) > clock);
}

/** The place where the quote stands between the same surroundings. */
function lookFor(content: string, { quote, length, before, after }: Anchor): Place {
  if (quote.trim() === '') return { kind: 'orphaned' };
  let best: { readonly start: number; readonly score: number } | null = null;
  let candidates = 0;
  let tied = false;
  for (let at = content.indexOf(quote); at >= 0 && candidates < MAX_CANDIDATES; at = content.indexOf(quote, at + 1)) {
    candidates++;
    const behind = content.slice(at + length, at + length + after.length);
    const score = commonEnd(content.slice(Math.max(0, at - before.length), at), before) + commonStart(behind, after);
    if (best === null || score > best.score) {
      best = { start: at, score };
      tied = false;
    } else if (score === best.score) tied = true;
  }
  if (best === null || tied || best.start + length > content.length) return { kind: 'orphaned' };
  const sure =
    best.score >= Math.min(SURE_CONTEXT_CHARS, before.length + after.length) ||
    (candidates === 1 && quote.trim().length >= SURE_QUOTE_CHARS);
  return sure ? { kind: 'moved', start: best.start, end: best.start + length } : { kind: 'orphaned' };
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

function commonEnd(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.at(-1 - length) === b.at(-1 - length)) length++;
  return length;
}
