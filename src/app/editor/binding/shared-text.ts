/**
 * How the contents of a `Y.Text` look in a model. Both have the same length at every moment, so an index of one is an
 * index of the other:
 *
 * - an embed, which no Cowrite client inserts, is one U+FFFC (object replacement character);
 * - `\r`, which Monaco would turn into a line break or merge with one, is one U+240D (symbol for carriage return).
 */
import * as Y from 'yjs';

const EMBED = '\uFFFC';
/** What stands for a `\r` in the model. */
export const CARRIAGE_RETURN = '\u240D';

export type TextDelta = Y.YTextEvent['delta'];

/** What an inserted part of a delta looks like in the model. */
export function renderInsert(insert: unknown): string {
  if (typeof insert !== 'string') return EMBED;
  return insert.includes('\r') ? insert.replaceAll('\r', CARRIAGE_RETURN) : insert;
}

/** What the whole text looks like in the model. */
export function renderText(text: Y.Text): string {
  const plain = text.toJSON();
  if (plain.length === text.length) return renderInsert(plain);
  let rendered = '';
  for (const { insert } of text.toDelta() as { insert: unknown }[]) rendered += renderInsert(insert);
  return rendered;
}

export function hasCarriageReturn(delta: TextDelta): boolean {
  return delta.some(({ insert }) => typeof insert === 'string' && insert.includes('\r'));
}

/**
 * Removes each `\r` that stands before a `\n`. Several clients may do it at once, since removing twice is removing once.
 * A lone `\r` becomes `\n` only with `lone`, which is for text that this client itself put in: two clients that each
 * replaced it would make two line breaks of it. Returns whether any `\r` is left.
 */
export function removeCarriageReturns(text: Y.Text, lone: boolean, origin: object): boolean {
  const rendered = renderWithCarriageReturns(text);
  const indexes: number[] = [];
  let left = false;
  for (let at = rendered.lastIndexOf('\r'); at !== -1; at = at === 0 ? -1 : rendered.lastIndexOf('\r', at - 1)) {
    if (lone || rendered[at + 1] === '\n') indexes.push(at);
    else left = true;
  }
  if (indexes.length === 0) return left;
  const remove = (): void => {
    for (const index of indexes) {
      if (rendered[index + 1] !== '\n') text.insert(index + 1, '\n');
      text.delete(index, 1);
    }
  };
  if (text.doc) text.doc.transact(remove, origin);
  else remove();
  return left;
}

function renderWithCarriageReturns(text: Y.Text): string {
  const plain = text.toJSON();
  if (plain.length === text.length) return plain;
  let rendered = '';
  for (const { insert } of text.toDelta() as { insert: unknown }[]) {
    rendered += typeof insert === 'string' ? insert : EMBED;
  }
  return rendered;
}
