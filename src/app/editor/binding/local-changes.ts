/** Turns what Monaco reports about a change of the model into operations on the text (EDIT-1, EDIT-4). */
import type { editor } from 'monaco-editor/editor';
import {
  isHighSurrogate,
  isLowSurrogate,
  normaliseNewlines,
  wellFormedText,
  type TextOperation,
} from '../../../core/text.ts';

export interface LocalOperations {
  /** From the end of the text to its beginning, in indexes of the text before the change. */
  readonly operations: TextOperation[];
  /** The text will not be what the model is now: a code point had been split, or `\r` came in. */
  readonly corrected: boolean;
}

/** `model` is as the changes left it, or null if it has moved on; code points are then not looked after. */
export function operationsFromChanges(
  model: editor.ITextModel | null,
  changes: readonly editor.IModelContentChange[],
): LocalOperations {
  const ascending = [...changes].sort((a, b) => a.rangeOffset - b.rangeOffset);
  const operations: TextOperation[] = [];
  let corrected = false;
  let shift = 0;
  let end = 0;
  for (const { rangeOffset, rangeLength, text } of ascending) {
    const start = rangeOffset + shift;
    const exact = { index: rangeOffset, remove: rangeLength, insert: text };
    const snapped = snap(exact, charCodeBefore(model, start), charCodeAfter(model, start + text.length));
    const index = Math.max(snapped.index, end);
    const operation = {
      index,
      remove: Math.max(0, snapped.index + snapped.remove - index),
      insert: wellFormedText(normaliseNewlines(snapped.insert)),
    };
    corrected ||= changesOutcome(exact, operation);
    end = operation.index + operation.remove;
    shift += text.length - rangeLength;
    operations.unshift(operation);
  }
  return { operations, corrected };
}

/**
 * `before` and `after` are the neighbours of the inserted text. The text was well formed, so a first half before it, or a
 * second half after it, means that the change cut a pair. Then the whole pair is replaced, with what is whole in the
 * model; an insertion into a pair goes in front of it.
 */
function snap(change: TextOperation, before: number, after: number): TextOperation {
  const cutsStart = isHighSurrogate(before);
  const cutsEnd = isLowSurrogate(after);
  if (!cutsStart && !cutsEnd) return change;
  if (change.remove === 0 && cutsStart && cutsEnd) return { ...change, index: change.index - 1 };
  const head = cutsStart && isLowSurrogate(change.insert.charCodeAt(0)) ? String.fromCharCode(before) : '';
  const tail = cutsEnd && isHighSurrogate(change.insert.charCodeAt(change.insert.length - 1));
  return {
    index: change.index - (cutsStart ? 1 : 0),
    remove: change.remove + (cutsStart ? 1 : 0) + (cutsEnd ? 1 : 0),
    insert: head + change.insert + (tail ? String.fromCharCode(after) : ''),
  };
}

/** Whether the text comes out other than the model is. A replacement widened by what it puts back comes out the same. */
function changesOutcome(exact: TextOperation, applied: TextOperation): boolean {
  const widened = applied.index !== exact.index || applied.remove !== exact.remove;
  return widened || applied.insert !== exact.insert;
}

/** NaN at the beginning of a line: line breaks are no surrogates. */
function charCodeBefore(model: editor.ITextModel | null, offset: number): number {
  if (model === null) return Number.NaN;
  const { lineNumber, column } = model.getPositionAt(offset);
  return column === 1 ? Number.NaN : charCode(model, lineNumber, column - 1);
}

function charCodeAfter(model: editor.ITextModel | null, offset: number): number {
  if (model === null) return Number.NaN;
  const { lineNumber, column } = model.getPositionAt(offset);
  return column >= model.getLineMaxColumn(lineNumber) ? Number.NaN : charCode(model, lineNumber, column);
}

/** Asks for a range, not for the line, which may be megabytes long. Monaco may widen the range to whole code points. */
function charCode(model: editor.ITextModel, lineNumber: number, column: number): number {
  const start = model.validatePosition({ lineNumber, column });
  const found = model.getValueInRange({
    startLineNumber: lineNumber,
    startColumn: start.column,
    endLineNumber: lineNumber,
    endColumn: column + 1,
  });
  return found.charCodeAt(column - start.column);
}
