import { render } from 'lit';
import type { Thread } from '../../core/review/review.ts';
import { planAcceptance } from '../../core/review/suggestions.ts';
import type { EditorContext } from '../editor/editor-context.ts';
import { EditorZone } from './editor-zone.ts';
import type { ProjectReviews } from './project-reviews.ts';
import { renderSuggestionZone } from './suggestion-zone.ts';

/** A thread that has a place in the text. */
export interface Placed {
  readonly thread: Thread;
  readonly start: number;
  readonly end: number;
}

export interface SuggestionAnswers {
  accept(thread: Thread): void;
  decline(thread: Thread): void;
  choose(id: string): void;
}

/** Shows open suggestions inside the editor, each below the text that it would replace. */
export class SuggestionZones {
  private readonly context: EditorContext;
  private readonly reviews: ProjectReviews;
  private readonly answers: SuggestionAnswers;
  private readonly zones = new Map<string, EditorZone>();

  constructor(context: EditorContext, reviews: ProjectReviews, answers: SuggestionAnswers) {
    this.context = context;
    this.reviews = reviews;
    this.answers = answers;
  }

  draw(suggestions: readonly Placed[]): void {
    const { model, monaco, editor: codeEditor } = this.context;
    const wanted = new Map(suggestions.map((placed) => [placed.thread.id, placed]));
    for (const [id, zone] of this.zones) {
      if (wanted.has(id)) continue;
      zone.dispose();
      this.zones.delete(id);
    }
    const text = model.getValue();
    for (const [id, { thread, start, end }] of wanted) {
      if (thread.suggestion === null) continue;
      const range = monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end));
      const zone = this.zones.get(id) ?? new EditorZone(codeEditor, range.endLineNumber);
      this.zones.set(id, zone);
      zone.moveTo(range.endLineNumber);
      const content = {
        plan: planAcceptance(text, { kind: 'changed', start, end }, thread.suggestion),
        before: model.getLineContent(range.startLineNumber).slice(0, range.startColumn - 1),
        after: model.getLineContent(range.endLineNumber).slice(range.endColumn - 1),
        author: this.reviews.person(thread.comments[0]?.author.id ?? ''),
        mayAccept: this.reviews.mayEdit,
        mayWithdraw: thread.comments[0]?.author.id === this.reviews.me && this.reviews.mayComment,
        onAccept: () => this.answers.accept(thread),
        onDecline: () => this.answers.decline(thread),
        onOpen: () => this.answers.choose(id),
      };
      render(renderSuggestionZone(content), zone.node);
    }
  }

  dispose(): void {
    for (const zone of this.zones.values()) zone.dispose();
    this.zones.clear();
  }
}
