/** Putting suggestions into the text of a file. */
import type * as Y from 'yjs';
import { minimalReplacement, snapOperation, type TextOperation } from '../text.ts';
import { type Place, type Span, spanOf } from './anchors.ts';
import type { Thread } from './review.ts';

/**
 * What accepting a suggestion now would do.
 *
 * - `clean`: what it replaces still stands there; `operation` is `null` if the proposed text stands there already
 * - `merged`: that was changed since, but elsewhere than the suggestion changes it: both fit
 * - `conflict`: the same place was changed since; `operation` would put the proposed text there all the same
 * - `gone`: the text that it is about has been deleted, or is not here yet
 *
 * `result` is what would stand in its place then.
 */
export type Acceptance =
  | { readonly kind: 'clean' | 'merged'; readonly operation: TextOperation | null; readonly result: string }
  | {
      readonly kind: 'conflict';
      readonly now: string;
      readonly operation: TextOperation | null;
      readonly result: string;
    }
  | { readonly kind: 'gone' };

/** @param content the text of the file, in which `place` is where the suggestion's anchor is now */
export function planAcceptance(
  content: string,
  place: Place,
  { replaced, insert }: { readonly replaced: string; readonly insert: string },
): Acceptance {
  if (place.kind === 'orphaned' || place.kind === 'waiting') return { kind: 'gone' };
  const now = content.slice(place.start, place.end);
  const to = (wanted: string): TextOperation | null => {
    const operation = minimalReplacement(now, wanted);
    return operation === null ? null : snapOperation(content, { ...operation, index: place.start + operation.index });
  };
  if (now === replaced || now === insert) return { kind: 'clean', operation: to(insert), result: insert };
  const merged = mergeEdits(replaced, now, insert);
  return merged === null
    ? { kind: 'conflict', now, operation: to(insert), result: insert }
    : { kind: 'merged', operation: to(merged), result: merged };
}

/**
 * Whether an accepted suggestion was undone: nothing is left of what came in with it, and what it changed could be changed
 * once more. Where the place was rewritten since, nobody can tell, and it was not.
 *
 * @param content the text of the file, in which `place` is where the suggestion's anchor is now
 */
export function wasTakenBack(text: Y.Text, content: string, place: Place, { suggestion }: Thread): boolean {
  if (suggestion?.state.kind !== 'accepted') return false;
  const plan = planAcceptance(content, place, suggestion);
  if ((plan.kind !== 'clean' && plan.kind !== 'merged') || plan.operation === null) return false;
  const { inserted } = suggestion.state;
  return inserted === null || doubledText(text, [inserted]).length === 0;
}

/** Both changes of `base` in one text, if they are of different places; else `null`. */
function mergeEdits(base: string, theirs: string, mine: string): string | null {
  const a = minimalReplacement(base, theirs);
  const b = minimalReplacement(base, mine);
  if (a === null || b === null) return a === null ? mine : theirs;
  const [first, second] = a.index <= b.index ? [a, b] : [b, a];
  if (first.index + first.remove >= second.index) return null;
  return (
    base.slice(0, first.index) +
    first.insert +
    base.slice(first.index + first.remove, second.index) +
    second.insert +
    base.slice(second.index + second.remove)
  );
}

/** Carries out an operation, and tells which characters came in; `null` if none did. For texts without an editor. */
export function applyToText(text: Y.Text, operation: TextOperation, origin: unknown): Span | null {
  const { index, remove, insert } = operation;
  text.doc?.transact(() => {
    if (insert !== '') text.insert(index, insert);
    if (remove > 0) text.delete(index + insert.length, remove);
  }, origin);
  return spanOf(text, index, index + insert.length);
}

/**
 * What is left in the text of insertions that are there twice, since two people accepted one suggestion at the same
 * time: to be removed, from the end of the text to its beginning. Text that others have written into them stays.
 */
export function doubledText(text: Y.Text, spans: readonly Span[]): TextOperation[] {
  const operations: TextOperation[] = [];
  let at = 0;
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const { client, clock } = item.id;
    for (const { first, last } of spans) {
      // What one person inserts at once has clocks in a row.
      if (first[0] !== client || last[0] !== client) continue;
      const from = Math.max(clock, first[1]);
      const to = Math.min(clock + item.length, last[1] + 1);
      if (from < to) operations.unshift({ index: at + from - clock, remove: to - from, insert: '' });
    }
    at += item.length;
  }
  return operations;
}
