import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Place } from '../../core/review/anchors.ts';
import { isEmpty, isOpen, type Thread } from '../../core/review/review.ts';
import type { PanelContext } from '../panels/panel.ts';
import { TreeActionEvent } from '../tree/events.ts';
import '../ui/confirm-dialog.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon, type IconName } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import { acceptSuggestion } from './accepting.ts';
import { renderAllComments } from './all-comments.ts';
import './comments-panel.css';
import './compose-box.ts';
import type { ComposeBox, Written } from './compose-box.ts';
import './thread-card.ts';
import type { ThreadCard } from './thread-card.ts';

/** A thread that has been in view for so long has been read. */
const READ_MS = 1200;
/** How often “3 min. ago” is looked at. */
const TICK_MS = 30_000;

/** A thread of the open file with its place. */
interface Listed {
  readonly thread: Thread;
  readonly place: Place | null;
  readonly line: number | null;
}

/**
 * The comments of the open file, or of the whole project.
 *
 * @event tree-action – a file is to be opened
 * @event toast – from the threads
 */
export class CommentsPanel extends LightElement {
  static override properties = {
    context: { attribute: false },
    scope: { state: true },
    filter: { state: true },
    problem: { state: true },
    now: { state: true },
  };

  declare context: PanelContext;
  declare private scope: 'file' | 'project';
  declare private filter: 'open' | 'closed';
  declare private problem: string | null;
  declare private now: number;

  private readonly current = new Observed(this, () => this.context?.reviews.current);
  private readonly review = new Observed(this, () => this.current.value?.review);
  private readonly places = new Observed(this, () => this.current.value?.places);
  private readonly isLoaded = new Observed(this, () => this.current.value?.loaded);
  private readonly summaries = new Observed(this, () => this.context?.reviews.summaries);
  private readonly tree = new Observed(this, () => this.context?.session.tree);
  private readonly people = new Observed(this, () => this.context?.reviews.people);
  private readonly seen = new Observed(this, () => this.context?.reviews.seen.seen);
  private readonly selected = new Observed(this, () => this.context?.reviews.selected);
  private readonly composing = new Observed(this, () => this.context?.reviews.composing);
  private timer: ReturnType<typeof setInterval> | undefined;
  private observer: IntersectionObserver | null = null;
  private readonly inView = new Set<ThreadCard>();
  private reading: ReturnType<typeof setTimeout> | undefined;
  /** The thread that was last brought into view, so that scrolling is left to the reader afterwards. */
  private shown: string | null = null;

  constructor() {
    super();
    this.scope = 'file';
    this.filter = 'open';
    this.problem = null;
    this.now = Date.now();
    this.addEventListener('thread-choose', (event) => this.choose(event.detail));
    this.addEventListener('thread-accept', (event) => this.accept(event.detail));
    this.addEventListener('thread-decline', (event) => this.context.reviews.mark('decline', event.detail.id));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => (this.now = Date.now()), TICK_MS);
    this.observer = new IntersectionObserver((entries) => this.seenChanged(entries), { threshold: [0.1, 0.6] });
    if (this.hasUpdated) this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
    this.observer?.disconnect();
    this.observer = null;
    clearTimeout(this.reading);
    this.reading = undefined;
    this.inView.clear();
  }

  /** Moves the focus to a thread. */
  focusThread(id: string): void {
    void this.updateComplete.then(() => this.cardOf(id)?.querySelector<HTMLElement>('article')?.focus());
  }

  protected override willUpdate(_changed: PropertyValues): void {
    this.now = Math.max(this.now, Date.now());
    if (this.context.file === null) this.scope = 'project';
    if (this.composing.value?.kind === 'comment') this.scope = 'file';
    const selected = this.selected.value;
    if (selected === null || selected === this.shown) return;
    const thread = this.review.value?.threads.find(({ id }) => id === selected);
    if (!thread) return;
    this.scope = 'file';
    this.filter = isOpen(thread) ? 'open' : 'closed';
  }

  protected override updated(_changed: PropertyValues): void {
    for (const card of this.querySelectorAll('cw-thread')) this.observer?.observe(card);
    this.readSoon();
    const selected = this.selected.value;
    if (selected === this.shown) return;
    const card = selected === null ? null : this.cardOf(selected);
    if (selected === null || card) this.shown = selected;
    void card?.updateComplete.then(() => card.scrollIntoView({ block: 'nearest' }));
  }

  protected override render(): TemplateResult {
    const { reviews, file } = this.context;
    return html`<div class="comments" data-testid="comments">
      <div class="comments-bar" role="group" aria-label="Which comments">
        ${this.renderScope('file', 'This file', file === null)} ${this.renderScope('project', 'All files', false)}
        <span class="spacer"></span>
        ${
          this.scope === 'file'
            ? html`${this.renderStep('chevron-up', 'Previous comment (Shift+Alt+F9)', -1)}
              ${this.renderStep('chevron-down', 'Next comment (Alt+F9)', 1)}`
            : nothing
        }
      </div>
      ${
        reviews.mayComment
          ? nothing
          : html`<p class="comments-note" data-testid="comments-readonly">${icon('lock')} ${reviews.whyReadOnly}</p>`
      }
      ${this.scope === 'file' ? this.renderFile() : this.renderAll()}
      <cw-confirm-dialog></cw-confirm-dialog>
    </div>`;
  }

  private renderScope(scope: 'file' | 'project', label: string, disabled: boolean): TemplateResult {
    return html`<button
      class="comments-scope"
      aria-pressed=${this.scope === scope}
      ?disabled=${disabled}
      data-testid=${`comments-${scope}`}
      @click=${() => {
        this.shown = this.selected.value;
        this.scope = scope;
      }}
    >
      ${label}
    </button>`;
  }

  private renderStep(name: IconName, label: string, direction: 1 | -1): TemplateResult {
    return html`<button
      class="icon-button"
      aria-label=${label}
      title=${label}
      data-testid=${direction === 1 ? 'comments-next' : 'comments-previous'}
      @click=${() => this.step(direction)}
    >
      ${icon(name)}
    </button>`;
  }

  private renderFile(): TemplateResult {
    const listed = this.listed();
    const open = listed.filter(({ thread }) => isOpen(thread));
    const closed = listed.filter(({ thread }) => !isOpen(thread));
    const shown = this.filter === 'open' ? open : closed;
    const filter = (value: 'open' | 'closed', label: string, count: number): TemplateResult =>
      html`<button
        class="comments-filter"
        aria-pressed=${this.filter === value}
        data-testid=${`filter-${value}`}
        @click=${() => (this.filter = value)}
      >
        ${label} <span class="quiet">${count}</span>
      </button>`;
    return html`<div class="comments-filters" role="group" aria-label="Open or resolved">
        ${filter('open', 'Open', open.length)} ${filter('closed', 'Resolved', closed.length)}
        <span class="spacer"></span>
        ${
          this.context.reviews.mayComment && this.context.editor
            ? html`<button
                class="icon-button"
                aria-label="Comment on the selection or line"
                title="Comment on the selection or line (${isMac ? '⌥⌘M' : 'Ctrl+Alt+M'})"
                data-testid="add-comment"
                @click=${() => this.context.editor?.editor.trigger('panel', 'cowrite.addComment', null)}
              >
                ${icon('message-square-plus')}
              </button>`
            : nothing
        }
      </div>
      ${this.renderComposer()}
      <div class="comments-list" @keydown=${this.key}>
        ${repeat(
          shown,
          ({ thread }) => thread.id,
          (each) => this.renderThread(each),
        )}
      </div>
      ${shown.length === 0 && this.composing.value?.kind !== 'comment' ? this.renderEmpty() : nothing}`;
  }

  private renderThread({ thread, place, line }: Listed): TemplateResult {
    const { reviews } = this.context;
    return html`<cw-thread
      .thread=${thread}
      .place=${place}
      .line=${line}
      .reviews=${reviews}
      .selected=${thread.id === this.selected.value}
      .mayComment=${reviews.mayComment}
      .mayEdit=${reviews.mayEdit}
      .now=${this.now}
      .names=${this.people.value}
      .read=${this.seen.value}
    ></cw-thread>`;
  }

  private renderComposer(): TemplateResult | typeof nothing {
    const composing = this.composing.value;
    const { reviews } = this.context;
    if (composing?.kind !== 'comment' || composing.file !== this.context.file) return nothing;
    const { quote } = composing.anchor;
    return html`<section class="composer" aria-label="New comment" data-testid="composer">
      ${quote.trim() === '' ? nothing : html`<pre class="thread-quote">${quote.replace(/\n$/, '')}</pre>`}
      <cw-compose
        .label=${'New comment'}
        .placeholder=${'What about it? @ mentions somebody'}
        .initial=${composing.text ?? ''}
        .mentions=${composing.mentions ?? []}
        .people=${reviews.mentionable}
        .problem=${this.problem}
        @compose-cancel=${this.cancel}
        @compose-send=${(event: CustomEvent<Written>) => this.send(event.detail)}
      ></cw-compose>
    </section>`;
  }

  private renderEmpty(): TemplateResult {
    if (this.isLoaded.value !== true) return html`<p class="quiet" aria-busy="true">Loading…</p>`;
    if (this.filter === 'closed')
      return html`<p class="comments-empty quiet">Nothing has been resolved in this file.</p>`;
    return html`<div class="comments-empty" data-testid="comments-empty">
      ${icon('message-square')}
      <p>No open comments</p>
      ${
        this.context.reviews.mayComment
          ? html`<p class="quiet">
              Select text or put the cursor into a line and press <kbd>${isMac ? '⌥⌘M' : 'Ctrl+Alt+M'}</kbd>, or click
              beside the line numbers.
            </p>`
          : nothing
      }
    </div>`;
  }

  private renderAll(): TemplateResult {
    return renderAllComments({
      tree: this.tree.value ?? this.context.session.tree.value,
      summaries: this.summaries.value ?? new Map(),
      reviews: this.context.reviews,
      now: this.now,
      open: (node, thread) => this.openThread(node, thread),
    });
  }

  /** In the order of the text; what has no place any more comes last. */
  private listed(): Listed[] {
    const { editor } = this.context;
    const places = this.places.value;
    const model =
      editor && editor.file.id === this.current.value?.node && !editor.model.isDisposed() ? editor.model : null;
    const listed = (this.review.value?.threads ?? [])
      .filter((thread) => !isEmpty(thread))
      .map((thread): Listed & { readonly start: number } => {
        const place = places?.get(thread.id) ?? null;
        const start = place && 'start' in place ? place.start : Infinity;
        const line = model && start !== Infinity ? model.getPositionAt(start).lineNumber : null;
        return { thread, place, line, start };
      });
    return listed.sort((a, b) => (a.start === b.start ? 0 : a.start - b.start));
  }

  private choose(id: string): void {
    this.shown = id;
    this.context.reviews.selected.set(id);
    const thread = this.review.value?.threads.find((each) => each.id === id);
    if (thread) this.context.reviews.markSeen(thread);
  }

  private openThread(node: string, id: string): void {
    this.shown = null;
    this.context.reviews.selected.set(id);
    if (node === this.context.file) this.requestUpdate();
    else this.dispatchEvent(new TreeActionEvent({ kind: 'open', id: node, edit: false }));
  }

  private step(direction: 1 | -1): void {
    const ids = this.listed()
      .filter(({ thread }) => isOpen(thread) === (this.filter === 'open'))
      .map(({ thread }) => thread.id);
    const at = ids.indexOf(this.selected.value ?? '');
    const next = at < 0 ? (direction === 1 ? 0 : ids.length - 1) : (at + direction + ids.length) % ids.length;
    const id = ids[next];
    if (id === undefined) return;
    this.context.reviews.selected.set(id);
    this.focusThread(id);
  }

  /** The arrows lead from thread to thread. */
  private readonly key = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    if (!(event.target instanceof HTMLElement) || event.target.localName !== 'article') return;
    event.preventDefault();
    this.step(event.key === 'ArrowDown' ? 1 : -1);
  };

  private accept(thread: Thread): void {
    const { editor, reviews } = this.context;
    if (!editor) return;
    acceptSuggestion(editor, reviews, thread, {
      tell: (toast) => this.dispatchEvent(new ToastEvent(toast)),
      ask: (question) => this.querySelector('cw-confirm-dialog')?.ask(question),
    });
  }

  private send(written: Written): void {
    const { reviews } = this.context;
    const composing = this.composing.value;
    if (!composing) return;
    const made = reviews.comment(composing.anchor, { ...written, people: reviews.mentionable });
    this.problem = made?.ok === true ? null : (made?.message ?? 'You cannot write here any more.');
    if (made?.ok !== true) return;
    this.querySelector<ComposeBox>('.composer cw-compose')?.clear();
    reviews.composing.set(null);
    this.filter = 'open';
    reviews.selected.set(made.value);
    this.focusThread(made.value);
  }

  private readonly cancel = (): void => {
    this.problem = null;
    this.context.reviews.composing.set(null);
    this.context.editor?.editor.focus();
  };

  private cardOf(id: string): ThreadCard | null {
    return [...this.querySelectorAll('cw-thread')].find(({ thread }) => thread.id === id) ?? null;
  }

  private seenChanged(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, intersectionRatio, intersectionRect } of entries) {
      // A thread that is higher than the panel is never in view as a whole.
      if (intersectionRatio >= 0.6 || intersectionRect.height > 240) this.inView.add(target as ThreadCard);
      else this.inView.delete(target as ThreadCard);
    }
    this.readSoon();
  }

  /** What has been in view for a moment has been read. */
  private readSoon(): void {
    if (this.reading !== undefined) return;
    this.reading = setTimeout(() => {
      this.reading = undefined;
      if (document.visibilityState !== 'visible') return;
      for (const card of this.inView) {
        if (card.isConnected && this.context.reviews.unreadIn(card.thread) > 0)
          this.context.reviews.markSeen(card.thread);
      }
    }, READ_MS);
  }
}

const isMac = /mac|iphone|ipad/i.test(navigator.userAgent);

customElements.define('cw-comments', CommentsPanel);

declare global {
  interface HTMLElementTagNameMap {
    'cw-comments': CommentsPanel;
  }
}
