import type { editor, IDisposable } from 'monaco-editor/editor';
import { createAnchor, type Place } from '../../core/review/anchors.ts';
import { MAX_SUGGESTION_CHARS } from '../../core/review/events.ts';
import { isEmpty, isOpen, type Thread } from '../../core/review/review.ts';
import type { EditorContext } from '../editor/editor-context.ts';
import type { Toast } from '../ui/events.ts';
import { AnchorStyles } from './anchor-styles.ts';
import { EditorZone } from './editor-zone.ts';
import type { FileReview } from './file-review.ts';
import { asMarkdown } from './markdown.ts';
import type { Composing, ProjectReviews } from './project-reviews.ts';
import { addReviewActions } from './review-actions.ts';
import './suggest-input.ts';
import { SuggestionZones, type Placed } from './suggestion-zones.ts';
import { counted, excerpt } from './words.ts';

export interface MarkEvents {
  /** A thread was chosen in the editor; with `focus` the reader goes on in the panel. */
  open(thread: string, focus: boolean): void;
  /** A comment is to be written in the panel. */
  write(): void;
  accept(thread: Thread): void;
  decline(thread: Thread): void;
  tell(toast: Toast): void;
}

/** Draws the comments and suggestions of a file into its editor, and takes new ones from there. */
export class EditorMarks {
  private readonly context: EditorContext;
  private readonly review: FileReview;
  private readonly reviews: ProjectReviews;
  private readonly events: MarkEvents;
  private readonly styles = new AnchorStyles();
  private readonly marks: editor.IEditorDecorationsCollection;
  private readonly adder: editor.IEditorDecorationsCollection;
  private readonly zones: SuggestionZones;
  private readonly disposables: IDisposable[] = [];
  private readonly undo: (() => void)[] = [];
  private actions: IDisposable[] = [];
  private input: { readonly of: Composing; readonly zone: EditorZone } | null = null;
  /** The thread that was chosen here: it is in view already. */
  private chosenHere: string | null = null;
  /** The thread to bring into view as soon as it has a place. */
  private wanted: string | null;
  private queued = false;
  private disposed = false;

  constructor(context: EditorContext, review: FileReview, reviews: ProjectReviews, events: MarkEvents) {
    this.context = context;
    this.review = review;
    this.reviews = reviews;
    this.events = events;
    this.wanted = reviews.selected.value;
    const { editor: codeEditor, file } = context;
    this.marks = codeEditor.createDecorationsCollection();
    this.adder = codeEditor.createDecorationsCollection();
    this.zones = new SuggestionZones(context, reviews, {
      accept: (thread) => events.accept(thread),
      decline: (thread) => events.decline(thread),
      choose: (id) => this.choose(id, true),
    });
    review.attach(file.text);
    const drawSoon = (): void => this.drawSoon();
    this.undo.push(
      review.places.subscribe(drawSoon),
      reviews.people.subscribe(drawSoon),
      reviews.seen.seen.subscribe(drawSoon),
      reviews.composing.subscribe(drawSoon),
      reviews.selected.subscribe((id) => {
        this.wanted = id === this.chosenHere ? null : id;
        this.chosenHere = null;
        drawSoon();
      }),
      ...[reviews.session.role, reviews.session.deletion].map((right) =>
        right.subscribe(() => {
          this.addActions();
          drawSoon();
        }),
      ),
    );
    this.disposables.push(
      codeEditor.onMouseMove((event) => this.mouseMoved(event)),
      codeEditor.onMouseLeave(() => this.adder.clear()),
      codeEditor.onMouseDown((event) => this.mouseDown(event)),
      codeEditor.onMouseUp((event) => this.mouseUp(event)),
    );
    this.addActions();
    this.draw();
  }

  /** Begins a comment on, or a suggestion for, what is selected, or else the line of the cursor or this line. */
  compose(kind: Composing['kind'], line?: number): void {
    const { editor: codeEditor, model, file, monaco } = this.context;
    if (!this.reviews.mayComment) {
      this.events.tell({ message: this.reviews.whyReadOnly });
      return;
    }
    const selection = codeEditor.getSelection();
    const inLine = line ?? (selection?.isEmpty() === true ? selection.positionLineNumber : null);
    const range =
      inLine === null
        ? selection
        : new monaco.Range(
            inLine,
            model.getLineFirstNonWhitespaceColumn(inLine) || 1,
            inLine,
            model.getLineMaxColumn(inLine),
          );
    if (!range) return;
    const start = model.getOffsetAt(range.getStartPosition());
    const anchor = createAnchor(file.text, start, model.getOffsetAt(range.getEndPosition()));
    const [place] = this.placesOf([anchor]);
    const replaced = place && 'start' in place ? file.text.toJSON().slice(place.start, place.end) : '';
    if (kind === 'suggestion' && (anchor.span === null || replaced.length > MAX_SUGGESTION_CHARS)) {
      const message =
        anchor.span === null
          ? 'There is nothing here to change yet.'
          : 'Select less: that is too much for one suggestion.';
      this.events.tell({ message });
      return;
    }
    this.reviews.composing.set({ file: file.id, kind, anchor, replaced });
    if (kind === 'comment') this.events.write();
  }

  /** Goes to the next (1) or the previous (-1) open thread in the text, from where the cursor is. */
  step(direction: 1 | -1): void {
    const { editor: codeEditor, model } = this.context;
    const placed = this.placed().filter(({ thread }) => isOpen(thread));
    const position = codeEditor.getPosition();
    const at = position ? model.getOffsetAt(position) : 0;
    const next =
      direction === 1
        ? (placed.find(({ start }) => start > at) ?? placed[0])
        : (placed.findLast(({ start }) => start < at) ?? placed.at(-1));
    if (!next) {
      this.events.tell({ message: 'There are no open comments in this file.' });
      return;
    }
    codeEditor.setPosition(model.getPositionAt(next.start));
    this.reveal(next.thread.id);
    this.choose(next.thread.id, false);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const undo of this.undo) undo();
    for (const disposable of [...this.disposables, ...this.actions]) disposable.dispose();
    this.review.attach(null);
    this.marks.clear();
    this.adder.clear();
    this.zones.dispose();
    this.input?.zone.dispose();
    this.styles.dispose();
  }

  private drawSoon(): void {
    if (this.queued) return;
    this.queued = true;
    queueMicrotask(() => {
      this.queued = false;
      if (!this.disposed) this.draw();
    });
  }

  private draw(): void {
    const { model } = this.context;
    if (model.isDisposed()) return;
    const selected = this.reviews.selected.value;
    const shown = this.placed().filter(({ thread }) => isOpen(thread) || thread.id === selected);
    const decorations = shown.map((placed) => this.decorationOf(placed));
    const composing = this.reviews.composing.value;
    const place = composing?.file === this.review.node ? this.placesOf([composing.anchor])[0] : undefined;
    if (place && 'start' in place) {
      const options = {
        inlineClassName: 'cw-anchor cw-anchor-draft',
        showIfCollapsed: true,
      };
      decorations.push({ range: this.rangeOf(place), options });
    }
    this.marks.set(decorations);
    this.zones.draw(shown.filter(({ thread }) => thread.suggestion?.state.kind === 'open'));
    this.drawInput(composing, place);
    if (this.wanted !== null && shown.some(({ thread }) => thread.id === this.wanted)) {
      this.reveal(this.wanted);
      this.wanted = null;
    }
  }

  private decorationOf({ thread, start, end }: Placed): editor.IModelDeltaDecoration {
    const { monaco } = this.context;
    const [first] = thread.comments;
    const author = this.reviews.person(first?.author.id ?? '');
    const by = this.styles.classOf(author.color);
    const isSuggestion = thread.suggestion?.state.kind === 'open';
    const isSelected = thread.id === this.reviews.selected.value;
    const isUnread = this.reviews.unreadIn(thread) > 0;
    const hover = this.hoverOf(thread);
    return {
      range: this.rangeOf({ start, end }),
      options: {
        inlineClassName: `cw-anchor ${by}${isSelected ? ' cw-anchor-selected' : ''}${isSuggestion ? ' cw-anchor-replaced' : ''}`,
        glyphMarginClassName: `cw-glyph ${by}${isSuggestion ? ' cw-glyph-suggestion' : ''}${isUnread ? ' cw-glyph-unread' : ''}`,
        glyphMarginHoverMessage: hover,
        hoverMessage: hover,
        overviewRuler: { color: author.color, position: monaco.editor.OverviewRulerLane.Right },
        stickiness: monaco.editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges,
        showIfCollapsed: true,
      },
    };
  }

  /** The thread as text; what people wrote shows as it is, whatever signs are in it. */
  private hoverOf(thread: Thread): { value: string } {
    const lines = thread.comments
      .filter(({ deletedAt, text }) => deletedAt === null && text !== '')
      .slice(0, 4)
      .map(
        ({ author, text }) =>
          `**${asMarkdown(this.reviews.person(author.id).name)}**  \n${asMarkdown(text.slice(0, 400))}`,
      );
    const more = thread.comments.length - 4;
    if (lines.length === 0) lines.push(asMarkdown(excerpt(thread)));
    if (more > 0) lines.push(asMarkdown(`… and ${counted(more, 'reply', 'replies')}`));
    return { value: lines.join('\n\n') };
  }

  private drawInput(composing: Composing | null, place: Place | undefined): void {
    const isWanted = composing?.kind === 'suggestion' && composing.file === this.review.node;
    if (this.input && this.input.of !== composing) {
      this.input.zone.dispose();
      this.input = null;
    }
    if (!isWanted || !place || !('start' in place)) return;
    const line = this.rangeOf(place).endLineNumber;
    if (this.input) {
      this.input.zone.moveTo(line);
      return;
    }
    const { editor: codeEditor } = this.context;
    const zone = new EditorZone(codeEditor, line);
    this.input = { of: composing, zone };
    const element = document.createElement('cw-suggest-input');
    element.replaced = composing.replaced;
    const close = (): void => {
      this.reviews.composing.set(null);
      codeEditor.focus();
    };
    element.addEventListener('suggest-cancel', close);
    element.addEventListener('suggest-send', ({ detail: { insert, note } }) => {
      const edit = { replaced: composing.replaced, insert };
      const made = this.reviews.suggest(composing.anchor, edit, { text: note, people: this.reviews.mentionable });
      if (made?.ok === true) {
        close();
        this.choose(made.value, false);
      } else element.problem = made?.message ?? 'You cannot write here any more.';
    });
    zone.node.append(element);
    codeEditor.revealLineInCenterIfOutsideViewport(line);
  }

  private placesOf(anchors: readonly Thread['anchor'][]): Place[] {
    return this.review.placesOf(anchors);
  }

  /** Threads with a place, in the order of the text. */
  private placed(): Placed[] {
    const places = this.review.places.value;
    const placed: Placed[] = [];
    for (const thread of this.review.review.value.threads) {
      const place = places.get(thread.id);
      if (place && 'start' in place && !isEmpty(thread)) placed.push({ thread, start: place.start, end: place.end });
    }
    return placed.sort((a, b) => a.start - b.start || a.end - b.end);
  }

  private rangeOf({
    start,
    end,
  }: {
    readonly start: number;
    readonly end: number;
  }): InstanceType<EditorContext['monaco']['Range']> {
    const { model, monaco } = this.context;
    return monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end));
  }

  private reveal(id: string): void {
    const place = this.review.places.value.get(id);
    if (place && 'start' in place) this.context.editor.revealRangeInCenterIfOutsideViewport(this.rangeOf(place));
  }

  private choose(id: string, focus: boolean): void {
    this.chosenHere = id;
    if (this.reviews.selected.value === id) this.chosenHere = null;
    this.reviews.selected.set(id);
    this.events.open(id, focus);
  }

  private addActions(): void {
    for (const action of this.actions.splice(0)) action.dispose();
    this.actions = addReviewActions(this.context, this.reviews.mayComment, {
      step: (direction) => this.step(direction),
      compose: (kind) => this.compose(kind),
    });
  }

  private isGutter(type: editor.MouseTargetType): boolean {
    return type === this.context.monaco.editor.MouseTargetType.GUTTER_GLYPH_MARGIN;
  }

  private threadsOn(line: number): Placed[] {
    return this.placed().filter(({ thread, start }) => {
      return isOpen(thread) && this.context.model.getPositionAt(start).lineNumber === line;
    });
  }

  private mouseMoved({ target }: editor.IEditorMouseEvent): void {
    const line = target.position?.lineNumber;
    if (
      line === undefined ||
      !this.isGutter(target.type) ||
      !this.reviews.mayComment ||
      this.threadsOn(line).length > 0
    ) {
      this.adder.clear();
      return;
    }
    const options = { glyphMarginClassName: 'cw-glyph cw-glyph-add' };
    this.adder.set([{ range: new this.context.monaco.Range(line, 1, line, 1), options }]);
  }

  private mouseDown({ target, event }: editor.IEditorMouseEvent): void {
    const line = target.position?.lineNumber;
    if (line === undefined || !event.leftButton || !this.isGutter(target.type)) return;
    event.preventDefault();
    const here = this.threadsOn(line);
    const at = here.findIndex(({ thread }) => thread.id === this.reviews.selected.value);
    const next = here[(at + 1) % Math.max(here.length, 1)];
    if (next) this.choose(next.thread.id, true);
    else this.compose('comment', line);
  }

  /** A click into commented text chooses its thread; selecting text does not. */
  private mouseUp({ target, event }: editor.IEditorMouseEvent): void {
    const { editor: codeEditor, model, monaco } = this.context;
    if (!event.leftButton || target.type !== monaco.editor.MouseTargetType.CONTENT_TEXT || !target.position) return;
    if (codeEditor.getSelection()?.isEmpty() !== true) return;
    const at = model.getOffsetAt(target.position);
    const under = this.placed().filter(({ thread, start, end }) => isOpen(thread) && start <= at && at < end);
    const [smallest] = under.sort((a, b) => a.end - a.start - (b.end - b.start));
    if (smallest && smallest.thread.id !== this.reviews.selected.value) this.choose(smallest.thread.id, false);
  }
}
