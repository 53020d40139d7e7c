/** Rules about deltas, without Monaco and without `Y.Text`. */
import { renderInsert, type TextDelta } from './shared-text.ts';

/** Replaces what lies between two indexes of the old text. */
export interface OffsetEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The edits of a delta, all in indexes of the old text, ascending; insertion and removal at one place are one edit. */
export function editsFromDelta(delta: TextDelta): OffsetEdit[] {
  const edits: { start: number; end: number; text: string }[] = [];
  let index = 0;
  let open = false;
  for (const { retain, insert, delete: removed } of delta) {
    if (retain !== undefined) {
      index += retain;
      open = false;
      continue;
    }
    let edit = edits.at(-1);
    if (!open || edit === undefined) {
      edit = { start: index, end: index, text: '' };
      edits.push(edit);
      open = true;
    }
    if (insert !== undefined) edit.text += renderInsert(insert);
    if (removed !== undefined) {
      index += removed;
      edit.end = index;
    }
  }
  return edits;
}

/** Where an index of the old text lies after the edits. Text inserted at the index itself moves it along. */
export function mapOffset(edits: readonly OffsetEdit[], offset: number): number {
  let shift = 0;
  for (const { start, end, text } of edits) {
    if (start > offset) break;
    if (end > offset) return start + shift + text.length;
    shift += text.length - (end - start);
  }
  return offset + shift;
}
