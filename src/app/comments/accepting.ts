import { resolveAnchors, spanOf } from '../../core/review/anchors.ts';
import type { Thread } from '../../core/review/review.ts';
import { planAcceptance } from '../../core/review/suggestions.ts';
import type { EditorContext } from '../editor/editor-context.ts';
import type { ConfirmQuestion } from '../ui/confirm-dialog.ts';
import type { Toast } from '../ui/events.ts';
import type { ProjectReviews } from './project-reviews.ts';

/** How somebody is told and asked. */
export interface Voice {
  tell(toast: Toast): void;
  ask(question: ConfirmQuestion): void;
}

/**
 * Puts a suggestion into the file, as an edit of the user's that Ctrl+Z takes back. Where the text has changed since, asks
 * first.
 */
export function acceptSuggestion(context: EditorContext, reviews: ProjectReviews, thread: Thread, voice: Voice): void {
  const { suggestion } = thread;
  if (suggestion?.state.kind !== 'open') return;
  const { file } = context;
  const [place] = resolveAnchors(file.text, [thread.anchor]);
  const plan = planAcceptance(file.text.toJSON(), place ?? { kind: 'orphaned' }, suggestion);
  if (plan.kind === 'gone') {
    voice.tell({
      message:
        'The text that this is about is not in the file any more. You can copy the proposed text, or decline it.',
      tone: 'warning',
    });
    return;
  }
  const run = (operation: typeof plan.operation): void => {
    const { editor, model, monaco } = context;
    if (operation === null) {
      reviews.recordAcceptance(thread.id, null);
      return;
    }
    const { index, remove, insert } = operation;
    const range = monaco.Range.fromPositions(model.getPositionAt(index), model.getPositionAt(index + remove));
    editor.pushUndoStop();
    editor.executeEdits('suggestion', [{ range, text: insert, forceMoveMarkers: true }]);
    editor.pushUndoStop();
    reviews.recordAcceptance(thread.id, spanOf(file.text, index, index + insert.length));
  };
  if (plan.kind !== 'conflict') {
    run(plan.operation);
    return;
  }
  voice.ask({
    title: 'The text has changed since',
    text: `Where the suggestion expects “${short(suggestion.replaced)}”, the file now says “${short(plan.now)}”. Put “${short(suggestion.insert)}” there all the same?`,
    confirm: 'Replace it',
    run: () => {
      // Others may have typed while the question was open.
      const [now] = resolveAnchors(file.text, [thread.anchor]);
      const fresh = planAcceptance(file.text.toJSON(), now ?? { kind: 'orphaned' }, suggestion);
      if (fresh.kind === 'conflict' && fresh.now === plan.now) run(fresh.operation);
      else acceptSuggestion(context, reviews, thread, voice);
    },
  });
}

function short(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}
