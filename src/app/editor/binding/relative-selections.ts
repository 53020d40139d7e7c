/** Selections that survive edits: as positions relative to the characters of a `Y.Text`. */
import type { editor, ISelection } from 'monaco-editor/editor';
import * as Y from 'yjs';

/** A selection in indexes of the text; `head` is where the caret is. */
export interface OffsetSelection {
  readonly anchor: number;
  readonly head: number;
}

export interface RelativeSelection {
  readonly anchor: Y.RelativePosition;
  readonly head: Y.RelativePosition;
}

export function toOffsets(model: editor.ITextModel, selection: ISelection): OffsetSelection {
  const anchor = model.getOffsetAt({
    lineNumber: selection.selectionStartLineNumber,
    column: selection.selectionStartColumn,
  });
  const head = model.getOffsetAt({ lineNumber: selection.positionLineNumber, column: selection.positionColumn });
  return { anchor, head };
}

export function fromOffsets(model: editor.ITextModel, { anchor, head }: OffsetSelection): ISelection {
  const start = model.getPositionAt(anchor);
  const position = head === anchor ? start : model.getPositionAt(head);
  return {
    selectionStartLineNumber: start.lineNumber,
    selectionStartColumn: start.column,
    positionLineNumber: position.lineNumber,
    positionColumn: position.column,
  };
}

/** Costs a walk over the items of the text for each end. */
export function toRelative(text: Y.Text, { anchor, head }: OffsetSelection): RelativeSelection {
  const relativeAnchor = Y.createRelativePositionFromTypeIndex(text, anchor);
  return {
    anchor: relativeAnchor,
    head: head === anchor ? relativeAnchor : Y.createRelativePositionFromTypeIndex(text, head),
  };
}

/** Null if the text does not have the characters (yet). */
export function fromRelative(text: Y.Text, doc: Y.Doc, selection: RelativeSelection): OffsetSelection | null {
  const anchor = Y.createAbsolutePositionFromRelativePosition(selection.anchor, doc);
  const head =
    selection.head === selection.anchor ? anchor : Y.createAbsolutePositionFromRelativePosition(selection.head, doc);
  if (anchor?.type !== text || head?.type !== text) return null;
  return { anchor: anchor.index, head: head.index };
}

/**
 * Reads awareness fields `selection` of others; null for everything that is not a selection in this text. Only positions
 * that name this very text are let through: looking up another name would create a type of that name.
 */
export function selectionParser(text: Y.Text): (selection: unknown) => RelativeSelection | null {
  const self = Y.createRelativePositionFromTypeIndex(text, 0);
  return (selection) => {
    if (!isRecord(selection)) return null;
    const anchor = parsePosition(self, selection['anchor']);
    const head = parsePosition(self, selection['head']);
    return anchor === null || head === null ? null : { anchor, head };
  };
}

function parsePosition(self: Y.RelativePosition, value: unknown): Y.RelativePosition | null {
  if (!isRecord(value)) return null;
  const item = parseId(value['item']);
  const type = parseId(value['type']);
  const name = value['tname'] ?? null;
  const assoc = value['assoc'] ?? 0;
  if (item === undefined || type === undefined || typeof assoc !== 'number') return null;
  if (name !== null && name !== self.tname) return null;
  if (type !== null && (self.type === null || !Y.compareIDs(type, self.type))) return null;
  if (item === null && name === null && type === null) return null;
  return new Y.RelativePosition(type, name === null ? null : self.tname, item, assoc < 0 ? -1 : 0);
}

/** Null for an absent id, undefined for one that is none. */
function parseId(value: unknown): Y.ID | null | undefined {
  if (value === null || value === undefined) return null;
  if (!isRecord(value)) return undefined;
  const { client, clock } = value;
  if (!isCount(client) || !isCount(clock)) return undefined;
  return Y.createID(client, clock);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
