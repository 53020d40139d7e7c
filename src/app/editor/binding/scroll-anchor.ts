import type { editor } from 'monaco-editor/editor';
import { mapOffset, type OffsetEdit } from './delta.ts';
import type { Monaco } from './types.ts';

/**
 * Keeps what the user looks at in place while others insert or remove lines above it.
 *
 * Call before the edits are applied; call what it returns after. An editor at its very top is left alone: there nothing
 * lies above the view.
 */
export function anchorScroll(
  monaco: Monaco,
  codeEditor: editor.ICodeEditor,
  model: editor.ITextModel,
  edits: readonly OffsetEdit[],
): () => void {
  const scrollTop = codeEditor.getScrollTop();
  const line = codeEditor.getVisibleRanges()[0]?.startLineNumber;
  if (scrollTop <= 0 || line === undefined) return () => {};
  const offset = model.getOffsetAt({ lineNumber: line, column: 1 });
  const first = edits[0];
  if (first === undefined || first.start > offset) return () => {};
  const pixels = scrollTop - codeEditor.getTopForLineNumber(line);
  const anchor = mapOffset(edits, offset);
  return () => {
    const moved = model.getPositionAt(anchor).lineNumber;
    if (moved === line) return;
    codeEditor.setScrollTop(codeEditor.getTopForLineNumber(moved) + pixels, monaco.editor.ScrollType.Immediate);
  };
}
