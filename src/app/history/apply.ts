import * as Y from 'yjs';
import type { TextOperation } from '../../core/text.ts';
import type { EditorContext } from '../editor/editor-context.ts';
import type { ProjectSession } from '../session/api.ts';
import type { Application } from './events.ts';
import { ready } from './ready.ts';

/** While somebody types, what is to be done has to be worked out anew, at most so often. */
const TRIES = 8;

/**
 * Carries out a plan as an edit of the user in the editor: it can be undone there, and others' edits and everybody's
 * places in the text stay [P42]. Resolves to whether there was anything to do; rejects with a sentence if it cannot be done.
 */
export async function applyPlan(
  context: EditorContext,
  session: ProjectSession,
  { plan, chosen }: Application,
): Promise<boolean> {
  const { file, model } = context;
  const history = session.history.file(file.id);
  try {
    await ready(history.state);
    for (let tries = 0; tries < TRIES; tries++) {
      const before = model.getValue();
      const operations = await history.ask('operations', plan, Y.encodeStateAsUpdateV2(file.doc), chosen);
      if (model.isDisposed()) throw new Error('Another file was opened meanwhile.');
      // What was worked out is only right for the text it was worked out for.
      if (model.getValue() !== before || file.text.toJSON() !== before) continue;
      if (operations.length > 0) edit(context, operations);
      return operations.length > 0;
    }
    throw new Error('Others are typing too much at the moment. Try again.');
  } finally {
    history.close();
  }
}

function edit({ editor, model, monaco }: EditorContext, operations: readonly TextOperation[]): void {
  editor.pushUndoStop();
  const edits = operations.map(({ index, remove, insert }) => ({
    range: monaco.Range.fromPositions(model.getPositionAt(index), model.getPositionAt(index + remove)),
    text: insert,
  }));
  if (!editor.executeEdits('history', edits)) throw new Error('This file cannot be changed now.');
  editor.pushUndoStop();
}
