import type { IDisposable } from 'monaco-editor/editor';
import type { EditorContext } from '../editor/editor-context.ts';
import type { Composing } from './project-reviews.ts';

export interface ReviewActions {
  /** Goes to the next (1) or the previous (-1) open thread. */
  readonly step: (direction: 1 | -1) => void;
  readonly compose: (kind: Composing['kind']) => void;
}

/** Adds what can be done with comments to an editor, with its keys and its menu; the result takes it away again. */
export function addReviewActions(
  { editor: codeEditor, monaco }: EditorContext,
  mayComment: boolean,
  { step, compose }: ReviewActions,
): IDisposable[] {
  const how =
    'You can read and comment here. Select text and choose “Suggest a Change” (Ctrl+Shift+Alt+M) to propose an edit.';
  const readOnlyMessage = { value: mayComment ? how : 'You can read this project, but not change it.' };
  codeEditor.updateOptions({ glyphMargin: true, readOnlyMessage });
  const { KeyCode, KeyMod } = monaco;
  const steps = [
    {
      id: 'cowrite.nextComment',
      label: 'Next Comment',
      keybindings: [KeyMod.Alt | KeyCode.F9],
      run: () => step(1),
    },
    {
      id: 'cowrite.previousComment',
      label: 'Previous Comment',
      keybindings: [KeyMod.Alt | KeyMod.Shift | KeyCode.F9],
      run: () => step(-1),
    },
  ];
  const writing = [
    {
      id: 'cowrite.addComment',
      label: 'Add a Comment',
      keybindings: [KeyMod.CtrlCmd | KeyMod.Alt | KeyCode.KeyM],
      contextMenuGroupId: '1_review',
      contextMenuOrder: 1,
      run: () => compose('comment'),
    },
    {
      id: 'cowrite.suggestChange',
      label: 'Suggest a Change',
      keybindings: [KeyMod.CtrlCmd | KeyMod.Alt | KeyMod.Shift | KeyCode.KeyM],
      contextMenuGroupId: '1_review',
      contextMenuOrder: 2,
      run: () => compose('suggestion'),
    },
  ];
  const actions = mayComment ? [...steps, ...writing] : steps;
  return actions.map((action) => codeEditor.addAction(action));
}
