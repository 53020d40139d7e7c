import * as Y from 'yjs';
import type { Plan } from '../../core/history/plan.ts';
import { createAnchor } from '../../core/review/anchors.ts';
import { CommentBeginEvent } from '../comments/events.ts';
import type { EditorContext } from '../editor/editor-context.ts';
import type { FileHistory } from '../session/history-api.ts';
import type { AwayChange } from './away-scene.ts';

const QUOTED_LINES = 4;
const QUOTED_CHARS = 240;

/**
 * A comment to those who made a change: about the text that they wrote, or the line where they deleted something, which is
 * quoted then. Where this is, is looked up in the text as it is now.
 *
 * @param plan that takes the change back @param back called when the comment is written, or is not
 */
export async function askAuthor(
  { file, model }: EditorContext,
  history: FileHistory,
  plan: Plan,
  { index, authors, deleted, written }: AwayChange,
  back: () => void,
): Promise<CommentBeginEvent> {
  const state = Y.encodeStateAsUpdateV2(file.doc);
  const operations = await history.ask('operations', plan, state, new Set([index]));
  if (model.isDisposed()) throw new Error('Another file was opened meanwhile.');
  const text = file.text.toJSON();
  const place = placeOf(text, operations);
  const asked = authors.filter(({ id, isMe }) => id !== null && !isMe);
  const mentions = asked.map(({ name }) => `@${name} `).join('');
  return new CommentBeginEvent({
    anchor: createAnchor(file.text, place.from, place.to),
    text: written === '' ? `${quote(deleted)}\n${mentions}` : mentions,
    mentions: asked.flatMap(({ id }) => (id === null ? [] : [id])),
    back,
  });
}

/** What would be taken out, without the ends of lines around it, or else the line in which something would be put. */
function placeOf(
  text: string,
  operations: readonly { readonly index: number; readonly remove: number }[],
): { readonly from: number; readonly to: number } {
  const from = Math.min(text.length, ...operations.map(({ index }) => index));
  const to = Math.max(from, ...operations.map(({ index, remove }) => index + remove));
  const removed = text.slice(from, to);
  if (removed.trim() !== '') {
    return { from: from + removed.length - removed.trimStart().length, to: from + removed.trimEnd().length };
  }
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const end = text.indexOf('\n', from);
  return { from: start, to: end === -1 ? text.length : end };
}

/** Deleted text as mail quotes it: its first lines. */
function quote(text: string): string {
  const lines = text.replace(/^\n+|\n+$/g, '').split('\n');
  const shown = lines.slice(0, QUOTED_LINES).map((line) => `> ${line.slice(0, QUOTED_CHARS)}`);
  return [...shown, ...(lines.length > QUOTED_LINES ? ['> …'] : []), ''].join('\n');
}
