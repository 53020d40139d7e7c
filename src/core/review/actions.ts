/** What people do in a review document. Each appends one event; why it cannot be done is a sentence for the user. */
import type * as Y from 'yjs';
import { failure, success, type Outcome } from '../failures.ts';
import { normaliseNewlines, wellFormedText } from '../text.ts';
import type { Anchor, Span } from './anchors.ts';
import { appendEvent, MAX_COMMENT_CHARS, MAX_MENTIONS, MAX_SUGGESTION_CHARS, type MarkKind } from './events.ts';
import { findMentions, type Nameable } from './mentions.ts';

/** Who does it, when, and a new id for it. */
export interface Act {
  readonly id: string;
  /** User id. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What somebody wrote, and whom it may mention. */
export interface Draft {
  readonly text: string;
  readonly people: readonly Nameable[];
  /** Ids of those whom the author chose from a list, for people of one name. */
  readonly chosen?: ReadonlySet<string>;
}

/** Begins a thread; resolves to its id, which is that of the act. */
export function startThread(doc: Y.Doc, act: Act, anchor: Anchor, draft: Draft): Outcome<string> {
  const said = say(draft, 'Write something first.');
  if (!said.ok) return said;
  appendEvent(doc, { kind: 'thread', ...act, anchor, ...said.value, suggestion: null });
  return success(act.id);
}

/** Proposes to replace the anchored text, which is `replaced`; the draft may be empty. */
export function suggest(
  doc: Y.Doc,
  act: Act,
  anchor: Anchor,
  edit: { readonly replaced: string; readonly insert: string },
  draft: Draft,
): Outcome<string> {
  const said = say(draft, null);
  if (!said.ok) return said;
  const insert = wellFormedText(normaliseNewlines(edit.insert));
  if (insert === edit.replaced) return failure('rejected', 'Change the text first: this is what the file says.');
  if (Math.max(insert.length, edit.replaced.length) > MAX_SUGGESTION_CHARS) {
    return failure('rejected', `A suggestion has at most ${MAX_SUGGESTION_CHARS.toLocaleString('en')} characters.`);
  }
  appendEvent(doc, { kind: 'thread', ...act, anchor, ...said.value, suggestion: { replaced: edit.replaced, insert } });
  return success(act.id);
}

/** Answers in a thread. */
export function reply(doc: Y.Doc, act: Act, thread: string, draft: Draft): Outcome<string> {
  const said = say(draft, 'Write something first.');
  if (!said.ok) return said;
  appendEvent(doc, { kind: 'reply', ...act, of: thread, ...said.value });
  return success(act.id);
}

/** Gives a comment of one's own another text; that of somebody else stays as it is, whoever reads it. */
export function editComment(doc: Y.Doc, act: Act, comment: string, draft: Draft): Outcome<string> {
  const said = say(draft, 'To take a comment back, delete it.');
  if (!said.ok) return said;
  appendEvent(doc, { kind: 'edit', ...act, of: comment, ...said.value });
  return success(act.id);
}

/**
 * Deletes or restores a comment of one's own, resolves a thread, or declines a suggestion. What is deleted is not shown
 * any more; it stays in the history, as everything does.
 */
export function mark(doc: Y.Doc, act: Act, kind: MarkKind, of: string): void {
  appendEvent(doc, { kind, ...act, of });
}

/** Takes back that a thread was resolved, or a suggestion accepted or declined. */
export function reopen(doc: Y.Doc, act: Act, thread: string, decision: string): void {
  appendEvent(doc, { kind: 'reopen', ...act, of: thread, decision });
}

/** Says that the edit of a suggestion is in the file now: `inserted` are its characters there. */
export function recordAcceptance(doc: Y.Doc, act: Act, thread: string, inserted: Span | null): void {
  appendEvent(doc, { kind: 'accept', ...act, of: thread, inserted });
}

function say(
  { text, people, chosen }: Draft,
  blank: string | null,
): Outcome<{ text: string; mentions: ReturnType<typeof findMentions> }> {
  const written = wellFormedText(normaliseNewlines(text)).trim();
  if (written === '' && blank !== null) return failure('rejected', blank);
  if (written.length > MAX_COMMENT_CHARS) {
    return failure('rejected', `A comment has at most ${MAX_COMMENT_CHARS.toLocaleString('en')} characters.`);
  }
  return success({ text: written, mentions: findMentions(written, people, chosen).slice(0, MAX_MENTIONS) });
}
