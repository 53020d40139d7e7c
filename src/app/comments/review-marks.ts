import { html, type PropertyValues, type TemplateResult } from 'lit';
import type { EditorContext } from '../editor/editor-context.ts';
import '../ui/confirm-dialog.ts';
import { ToastEvent } from '../ui/events.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import { acceptSuggestion } from './accepting.ts';
import { EditorMarks } from './editor-marks.ts';
import type { CommentBeginEvent } from './events.ts';
import './editor-marks.css';
import type { ProjectReviews } from './project-reviews.ts';

/** A panel is to be shown; with `focus`, what is chosen in it gets the focus. */
export interface PanelOpen {
  readonly panel: string;
  readonly focus: boolean;
}

/**
 * Draws the comments of the open file into the editor. Shows nothing itself but a question now and then.
 *
 * @event panel-open – the comments are to be shown
 */
export class ReviewMarks extends LightElement {
  static override properties = { reviews: { attribute: false }, editor: { attribute: false } };

  declare reviews: ProjectReviews | null;
  declare editor: EditorContext | null;
  private readonly current = new Observed(this, () => this.reviews?.current);
  private marks: EditorMarks | null = null;
  private drawn: readonly unknown[] = [];
  private page: HTMLElement | null = null;

  constructor() {
    super();
    this.reviews = null;
    this.editor = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.page = this.closest<HTMLElement>('.project');
    this.page?.addEventListener('comment-begin', this.begin);
    if (this.hasUpdated) this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.page?.removeEventListener('comment-begin', this.begin);
    this.clear();
  }

  protected override render(): TemplateResult {
    return html`<cw-confirm-dialog></cw-confirm-dialog>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const { reviews, editor } = this;
    const review = this.current.value;
    const wanted = [reviews, editor, review];
    if (!this.isConnected || wanted.every((each, index) => each === this.drawn[index])) return;
    this.clear();
    if (!reviews || !editor || !review || review.node !== editor.file.id) return;
    this.drawn = wanted;
    this.marks = new EditorMarks(editor, review, reviews, {
      open: (_thread, focus) => this.openPanel(focus),
      write: () => this.openPanel(true),
      accept: (thread) => acceptSuggestion(editor, reviews, thread, this.voice),
      decline: (thread) => reviews.mark('decline', thread.id),
      tell: (toast) => this.voice.tell(toast),
    });
  }

  private readonly voice = {
    tell: (toast: ConstructorParameters<typeof ToastEvent>[0]): void => {
      this.dispatchEvent(new ToastEvent(toast));
    },
    ask: (question: Parameters<HTMLElementTagNameMap['cw-confirm-dialog']['ask']>[0]): void => {
      this.querySelector('cw-confirm-dialog')?.ask(question);
    },
  };

  private readonly begin = ({ detail: { anchor, text, mentions, back } }: CommentBeginEvent): void => {
    const { reviews, editor } = this;
    if (!reviews || !editor) return;
    reviews.composing.set({ file: editor.file.id, kind: 'comment', anchor, replaced: '', text, mentions });
    const unsubscribe = reviews.composing.subscribe((composing) => {
      unsubscribe();
      if (composing === null) back();
    });
    this.openPanel(true);
  };

  private openPanel(focus: boolean): void {
    this.dispatchEvent(
      new CustomEvent<PanelOpen>('panel-open', { detail: { panel: 'comments', focus }, bubbles: true }),
    );
  }

  private clear(): void {
    this.marks?.dispose();
    this.marks = null;
    this.drawn = [];
  }
}

customElements.define('cw-review-marks', ReviewMarks);

declare global {
  interface HTMLElementTagNameMap {
    'cw-review-marks': ReviewMarks;
  }
  interface HTMLElementEventMap {
    'panel-open': CustomEvent<PanelOpen>;
  }
}
