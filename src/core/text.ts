/**
 * Rules for the text of a file: line feeds only (EDIT-1), code points never split (EDIT-4), changes of bounded size.
 *
 * All indexes and lengths count UTF-16 code units, as `Y.Text` and the editor do.
 */

/** The name of the text in the document of a file. */
export const TEXT_NAME = 'text';

/** How a file's lines end where it leaves Cowrite. Inside, lines always end with `\n`. */
export type LineEnding = 'lf' | 'crlf';

/** Replaces `remove` code units at `index` by `insert`. */
export interface TextOperation {
  readonly index: number;
  readonly remove: number;
  readonly insert: string;
}

/**
 * The most code units that one transaction inserts or removes. A code unit takes at most 3 bytes in an update, so an
 * update stays below 3 MiB and a row of the log (8 MiB) always holds it. Removals count too: undoing one inserts again.
 */
export const TEXT_CHUNK_CHARS = 1024 * 1024;

const REPLACEMENT_CHARACTER = '\uFFFD';

export function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

export function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

/** `\r\n` and a lone `\r` become `\n`. */
export function normaliseNewlines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** The ending that most lines of an imported text have; `lf` for a tie and for text without lines. */
export function detectLineEnding(text: string): LineEnding {
  let crlf = 0;
  let lf = 0;
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1)) {
    if (index > 0 && text.charCodeAt(index - 1) === 13) crlf++;
    else lf++;
  }
  return crlf > lf ? 'crlf' : 'lf';
}

/** The text as a file with that ending has it. */
export function withLineEnding(text: string, ending: LineEnding): string {
  const normalised = normaliseNewlines(text);
  return ending === 'crlf' ? normalised.replaceAll('\n', '\r\n') : normalised;
}

/** Replaces each half of a surrogate pair that stands alone by U+FFFD, as the wire would. */
export function wellFormedText(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, REPLACEMENT_CHARACTER);
}

/** Whether `index` lies between the two halves of a surrogate pair. */
export function splitsCodePoint(text: string, index: number): boolean {
  return (
    index > 0 &&
    index < text.length &&
    isHighSurrogate(text.charCodeAt(index - 1)) &&
    isLowSurrogate(text.charCodeAt(index))
  );
}

/** `index` held inside the text and moved out of a surrogate pair: before it, or with `forward` behind it. */
export function snapToCodePoint(text: string, index: number, direction: 'back' | 'forward' = 'back'): number {
  const inside = Math.min(Math.max(index, 0), text.length);
  if (!splitsCodePoint(text, inside)) return inside;
  return direction === 'back' ? inside - 1 : inside + 1;
}

/** The operation widened so that both its edges lie between code points. A pure insertion moves, and removes nothing. */
export function snapOperation(text: string, operation: TextOperation): TextOperation {
  const start = snapToCodePoint(text, operation.index, 'back');
  if (operation.remove === 0) return { ...operation, index: start };
  const end = snapToCodePoint(text, operation.index + operation.remove, 'forward');
  return { index: start, remove: end - start, insert: operation.insert };
}

/** The one replacement, by common prefix and suffix, that turns `before` into `after`; null if they are equal. */
export function minimalReplacement(before: string, after: string): TextOperation | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let prefix = commonPrefix(before, after, shorter);
  if (splitsCodePoint(before, prefix) || splitsCodePoint(after, prefix)) prefix--;
  let suffix = 0;
  const longestSuffix = shorter - prefix;
  while (
    suffix < longestSuffix &&
    before.charCodeAt(before.length - 1 - suffix) === after.charCodeAt(after.length - 1 - suffix)
  ) {
    suffix++;
  }
  if (splitsCodePoint(before, before.length - suffix) || splitsCodePoint(after, after.length - suffix)) suffix--;
  return {
    index: prefix,
    remove: before.length - suffix - prefix,
    insert: after.slice(prefix, after.length - suffix),
  };
}

/** Whole blocks are compared first: equal text of megabytes is walked at the speed of string comparison. */
function commonPrefix(before: string, after: string, limit: number): number {
  const block = 4096;
  let index = 0;
  while (index + block <= limit && before.slice(index, index + block) === after.slice(index, index + block)) {
    index += block;
  }
  while (index < limit && before.charCodeAt(index) === after.charCodeAt(index)) index++;
  return index;
}

/** Whether a text of `length` code units is longer than `most` bytes of UTF-8; `read` is asked only if that may be. */
export function isLongerThan(length: number, read: () => string, most: number): boolean {
  return length * 3 > most && utf8Length(read()) > most;
}

/** Bytes of the text in UTF-8; a lone surrogate counts as U+FFFD. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if (isHighSurrogate(code) && isLowSurrogate(text.charCodeAt(index + 1))) {
      bytes += 4;
      index++;
    } else bytes += 3;
  }
  return bytes;
}

/** Cuts text into pieces of at most `size` code units, never inside a code point. `size` is at least 2. */
export function splitText(text: string, size: number = TEXT_CHUNK_CHARS): string[] {
  const pieces: string[] = [];
  let start = 0;
  while (start < text.length) {
    const end = snapToCodePoint(text, start + size, 'back');
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

/**
 * Cuts operations into batches, each to become one transaction that inserts and removes at most about `size` code
 * units. `operations` run from the end of the text to its beginning and do not overlap; the pieces that come out are
 * applied in order, each to the text that the ones before it left. `textBefore` gives the text before all of them; it is
 * asked only when a removal has to be cut.
 */
export function batchOperations(
  operations: readonly TextOperation[],
  textBefore: () => string,
  size: number = TEXT_CHUNK_CHARS,
): TextOperation[][] {
  const batches: TextOperation[][] = [];
  let batch: TextOperation[] = [];
  let room = size;
  const add = (operation: TextOperation): void => {
    const cost = operation.remove + operation.insert.length;
    if (cost > room && batch.length > 0) {
      batches.push(batch);
      batch = [];
      room = size;
    }
    batch.push(operation);
    room -= cost;
  };
  for (const operation of operations) {
    if (operation.remove + operation.insert.length <= size) add(operation);
    else for (const piece of cutOperation(operation, textBefore, size)) add(piece);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** Removes from the front, piece by piece, then inserts piece by piece. */
function cutOperation(operation: TextOperation, textBefore: () => string, size: number): TextOperation[] {
  const { index, remove, insert } = operation;
  const pieces: TextOperation[] = [];
  const removed =
    remove > size ? splitText(textBefore().slice(index, index + remove), size).map((t) => t.length) : [remove];
  for (const length of removed) if (length > 0) pieces.push({ index, remove: length, insert: '' });
  let at = index;
  for (const piece of splitText(insert, size)) {
    pieces.push({ index: at, remove: 0, insert: piece });
    at += piece.length;
  }
  return pieces;
}

/** Applies operations in the given order. */
export function applyOperations(text: string, operations: readonly TextOperation[]): string {
  let result = text;
  for (const { index, remove, insert } of operations) {
    result = result.slice(0, index) + insert + result.slice(index + remove);
  }
  return result;
}
