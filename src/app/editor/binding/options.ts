import type { editor } from 'monaco-editor/editor';

/**
 * What an editor that a binding serves must be created with:
 *
 * - `editContext: false`: with it, Monaco 0.57 puts composed text (IME) in the wrong place when a remote edit changes the
 *   same line during the composition;
 * - `fixedOverflowWidgets` with `useShadowDOM: false`: widgets reach beyond the editor, and the context menu keeps its
 *   background there.
 */
export const collaborativeEditorOptions = {
  editContext: false,
  fixedOverflowWidgets: true,
  useShadowDOM: false,
} as const satisfies editor.IStandaloneEditorConstructionOptions;
