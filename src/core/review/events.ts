/**
 * What travels in a review document: events, appended to one Y.Array and never changed.
 *
 *     doc.log : [event, …]
 *     event   = { kind, id, by, at, … }
 *
 * An event that somebody writes stands behind all that they had seen, on every replica, so “the last one wins” never
 * undoes what came later, whatever the clocks say. Each event is one Yjs struct of its own, so the stamp of its row tells
 * who wrote it; `by` is only what it claims [STAMP-3].
 */
import type * as Y from 'yjs';
import { type Anchor, type CharacterId, CONTEXT_CHARS, MAX_QUOTE_CHARS, type Span } from './anchors.ts';
import type { Mention } from './mentions.ts';

export const LOG_NAME = 'log';

/** The longest comment, in UTF-16 code units. */
export const MAX_COMMENT_CHARS = 10_000;
/** The longest text that a suggestion replaces, and the longest that it proposes. */
export const MAX_SUGGESTION_CHARS = 20_000;
export const MAX_MENTIONS = 50;

interface Common {
  readonly id: string;
  /** User id of the author, as the author claims. */
  readonly by: string;
  /** Epoch milliseconds, by the clock of the author: display only. */
  readonly at: number;
}

/** Begins a thread with its first comment; with `suggestion` it proposes to replace the anchored text. */
export interface ThreadEvent extends Common {
  readonly kind: 'thread';
  readonly anchor: Anchor;
  readonly text: string;
  readonly mentions: readonly Mention[];
  readonly suggestion: { readonly replaced: string; readonly insert: string } | null;
}

export interface ReplyEvent extends Common {
  readonly kind: 'reply';
  /** Id of the thread. */
  readonly of: string;
  readonly text: string;
  readonly mentions: readonly Mention[];
}

export interface EditEvent extends Common {
  readonly kind: 'edit';
  /** Id of the comment; the first comment of a thread has the id of the thread. */
  readonly of: string;
  readonly text: string;
  readonly mentions: readonly Mention[];
}

/** `delete` and `restore`: a comment; `resolve`: a thread; `decline`: a suggestion. */
export type MarkKind = 'delete' | 'restore' | 'resolve' | 'decline';

interface Mark<Kind extends MarkKind> extends Common {
  readonly kind: Kind;
  readonly of: string;
}

export type MarkEvent = { [Kind in MarkKind]: Mark<Kind> }[MarkKind];

export interface ReopenEvent extends Common {
  readonly kind: 'reopen';
  readonly of: string;
  /** Id of the event that is taken back: a later decision that its author had not seen stands. */
  readonly decision: string;
}

/** The proposed text was put into the file. */
export interface AcceptEvent extends Common {
  readonly kind: 'accept';
  readonly of: string;
  /** The characters that came into the file with it; `null` if it only removed some. */
  readonly inserted: Span | null;
}

export type ReviewEvent = ThreadEvent | ReplyEvent | EditEvent | MarkEvent | ReopenEvent | AcceptEvent;

/** An event with the id of the struct that holds it. */
export interface StoredEvent {
  readonly event: ReviewEvent;
  readonly client: number;
  readonly clock: number;
}

export function appendEvent(doc: Y.Doc, event: ReviewEvent, origin?: unknown): void {
  doc.transact(() => logOf(doc).push([event]), origin);
}

/** All events in their order, and how many entries are none. Never throws. */
export function readEvents(doc: Y.Doc): { readonly events: readonly StoredEvent[]; readonly skipped: number } {
  const events: StoredEvent[] = [];
  let skipped = 0;
  for (let item = logOf(doc)._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const { client, clock } = item.id;
    item.content.getContent().forEach((value: unknown, index: number) => {
      const event = parseEvent(value);
      if (event === null) skipped++;
      else events.push({ event, client, clock: clock + index });
    });
  }
  return { events, skipped };
}

function logOf(doc: Y.Doc): Y.Array<unknown> {
  return doc.getArray(LOG_NAME);
}

/** Reads what a replica wrote; `null` for anything that is no event, or larger than events may be. */
export function parseEvent(value: unknown): ReviewEvent | null {
  if (!isRecord(value)) return null;
  const { kind, id, by, at } = value;
  if (!isId(id) || !isId(by) || typeof at !== 'number' || !Number.isSafeInteger(at) || at < 0) return null;
  const common = { id, by, at };
  if (kind === 'thread') return parseThread(value, common);
  const { of } = value;
  if (!isId(of)) return null;
  switch (kind) {
    case 'reply':
    case 'edit': {
      const said = parseSaid(value);
      return said === null || said.text === '' ? null : { kind, ...common, of, ...said };
    }
    case 'delete':
    case 'restore':
    case 'resolve':
    case 'decline':
      return { kind, ...common, of };
    case 'reopen': {
      const { decision } = value;
      return isId(decision) ? { kind, ...common, of, decision } : null;
    }
    case 'accept': {
      const inserted = parseSpan(value['inserted']);
      return inserted === undefined ? null : { kind, ...common, of, inserted };
    }
    default:
      return null;
  }
}

function parseThread(value: Record<string, unknown>, common: Common): ThreadEvent | null {
  const anchor = parseAnchor(value['anchor']);
  const said = parseSaid(value);
  const suggestion = parseSuggestion(value['suggestion']);
  if (anchor === null || said === null || suggestion === undefined) return null;
  if (said.text === '' && suggestion === null) return null;
  return { kind: 'thread', ...common, anchor, ...said, suggestion };
}

function parseSaid(value: Record<string, unknown>): Pick<ReplyEvent, 'text' | 'mentions'> | null {
  const { text, mentions } = value;
  if (typeof text !== 'string' || text.length > MAX_COMMENT_CHARS) return null;
  if (!Array.isArray(mentions) || mentions.length > MAX_MENTIONS) return null;
  const parsed: Mention[] = [];
  for (const mention of mentions as unknown[]) {
    if (!isRecord(mention)) return null;
    const { start, length, user } = mention;
    if (!isCount(start) || !isCount(length) || !isId(user) || start + length > text.length) return null;
    if (start < (parsed.at(-1)?.start ?? 0) + (parsed.at(-1)?.length ?? 0)) return null;
    parsed.push({ start, length, user });
  }
  return { text, mentions: parsed };
}

function parseAnchor(value: unknown): Anchor | null {
  if (!isRecord(value)) return null;
  const { quote, length, before, after } = value;
  const span = parseSpan(value['span']);
  const previous = value['previous'] === null ? null : parseCharacterId(value['previous']);
  const next = value['next'] === null ? null : parseCharacterId(value['next']);
  if (previous === undefined || next === undefined) return null;
  if (span === undefined || !isText(quote, MAX_QUOTE_CHARS) || !isCount(length) || quote.length > length) return null;
  if (!isText(before, CONTEXT_CHARS) || !isText(after, CONTEXT_CHARS)) return null;
  return { span, previous, next, quote, length, before, after };
}

function parseSuggestion(value: unknown): ThreadEvent['suggestion'] | undefined {
  if (value === null) return null;
  if (!isRecord(value)) return undefined;
  const { replaced, insert } = value;
  if (!isText(replaced, MAX_SUGGESTION_CHARS) || !isText(insert, MAX_SUGGESTION_CHARS)) return undefined;
  return replaced === insert || insert.includes('\r') ? undefined : { replaced, insert };
}

function parseSpan(value: unknown): Span | null | undefined {
  if (value === null) return null;
  if (!isRecord(value)) return undefined;
  const first = parseCharacterId(value['first']);
  const last = parseCharacterId(value['last']);
  return first && last ? { first, last } : undefined;
}

function parseCharacterId(value: unknown): CharacterId | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [client, clock] = value as unknown[];
  return isCount(client) && isCount(clock) ? [client, clock] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,35}$/.test(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most;
}
