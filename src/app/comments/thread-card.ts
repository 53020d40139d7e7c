import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import type { Draft } from '../../core/review/actions.ts';
import type { Place } from '../../core/review/anchors.ts';
import { isOpen, type Comment, type Decision, type Suggestion, type Thread } from '../../core/review/review.ts';
import type { Seen } from '../../core/review/unread.ts';
import { initialsOf, inkOn } from '../presence/people.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon, type IconName } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import './compose-box.ts';
import type { Written } from './compose-box.ts';
import type { ProjectReviews } from './project-reviews.ts';
import { ago, authorNote, moment } from './words.ts';

/**
 * One thread: what it is about, what was said, and what can be done.
 *
 * @event thread-choose – it was clicked or focused: its place is to be shown
 * @event thread-accept, thread-decline – the suggestion is to be put into the file, or not
 */
export class ThreadCard extends LightElement {
  static override properties = {
    thread: { attribute: false },
    place: { attribute: false },
    line: { attribute: false },
    reviews: { attribute: false },
    selected: { attribute: false },
    mayComment: { attribute: false },
    mayEdit: { attribute: false },
    now: { attribute: false },
    names: { attribute: false },
    read: { attribute: false },
    replying: { state: true },
    editing: { state: true },
    problem: { state: true },
  };

  declare thread: Thread;
  /** `null` while the text of the file is not open. */
  declare place: Place | null;
  /** Where it begins, from 1; `null` if it has no place. */
  declare line: number | null;
  declare reviews: ProjectReviews;
  declare selected: boolean;
  declare mayComment: boolean;
  declare mayEdit: boolean;
  /** Epoch milliseconds, for “3 min. ago”. */
  declare now: number;
  /** What is asked of `reviews`; given so that a change is noticed. */
  declare names: ProjectReviews['people']['value'] | null;
  declare read: Seen | null;
  declare private replying: boolean;
  /** Id of the comment that is being edited. */
  declare private editing: string | null;
  declare private problem: string | null;

  constructor() {
    super();
    this.place = null;
    this.line = null;
    this.selected = false;
    this.mayComment = false;
    this.mayEdit = false;
    this.now = 0;
    this.names = null;
    this.read = null;
    this.replying = false;
    this.editing = null;
    this.problem = null;
  }

  protected override render(): TemplateResult {
    const { thread } = this;
    const author = this.reviews.person(thread.comments[0]?.author.id ?? '');
    const unread = this.reviews.unreadIn(thread);
    const open = isOpen(thread);
    const where = this.line === null ? 'no place in the file' : `line ${this.line}`;
    const what = thread.suggestion === null ? 'Comment' : 'Suggestion';
    return html`<article
      class="thread ${this.selected ? 'selected' : ''} ${open ? '' : 'closed'}"
      style=${styleMap({ '--author': author.color })}
      aria-label=${`${what} by ${author.name}, ${where}${unread > 0 ? `, ${unread} new` : ''}`}
      aria-current=${this.selected ? 'true' : 'false'}
      tabindex="0"
      data-testid="thread"
      data-thread=${thread.id}
      data-place=${this.place?.kind ?? 'none'}
      @click=${this.choose}
      @keydown=${this.key}
    >
      <header class="thread-head">
        <span class="thread-line">${this.line === null ? this.goneWords() : `Line ${this.line}`}</span>
        ${unread > 0 ? html`<span class="thread-new" data-testid="thread-unread">${unread} new</span>` : nothing}
        <span class="spacer"></span>
        ${this.renderHeadActions(open)}
      </header>
      ${this.renderQuote()} ${thread.suggestion === null ? nothing : this.renderSuggestion(thread.suggestion)}
      <ol class="thread-comments">
        ${repeat(
          thread.comments,
          ({ id }) => id,
          (comment, index) => this.renderComment(comment, index),
        )}
      </ol>
      ${this.renderEnd()} ${this.renderReply(open)}
    </article>`;
  }

  /** Instead of a line. */
  private goneWords(): string {
    const { suggestion } = this.thread;
    if (suggestion?.state.kind !== 'accepted') return 'No longer in the file';
    return suggestion.insert === '' ? 'Removed' : 'Replaced';
  }

  private renderHeadActions(open: boolean): TemplateResult | typeof nothing {
    const { thread } = this;
    if (!this.mayComment) return nothing;
    if (thread.suggestion === null) {
      return open
        ? this.renderIcon('check', 'Resolve', 'thread-resolve', () => this.reviews.mark('resolve', thread.id))
        : this.renderIcon('rotate-ccw', 'Reopen', 'thread-reopen', () => this.reviews.reopen(thread));
    }
    const mine = thread.comments[0]?.author.id === this.reviews.me;
    return !open && (this.mayEdit || mine)
      ? this.renderIcon('rotate-ccw', 'Reopen', 'thread-reopen', () => this.reviews.reopen(thread))
      : nothing;
  }

  /** The text that it is about: always when it has changed or is gone, else the editor shows it. */
  private renderQuote(): TemplateResult | typeof nothing {
    const { place, thread } = this;
    const gone = place?.kind === 'orphaned';
    if (thread.suggestion !== null) return this.renderChanged(thread.suggestion);
    const { quote, length } = thread.anchor;
    const note = gone
      ? 'The text that this is about has been deleted:'
      : place?.kind === 'changed'
        ? 'The text has changed since. It was:'
        : null;
    return html`${note === null ? nothing : html`<p class="thread-note" data-testid="thread-note">${note}</p>`}
    ${
      quote.trim() === ''
        ? nothing
        : html`<pre class="thread-quote" data-testid="thread-quote">
${quote.replace(/\n$/, '')}${length > quote.length ? '…' : ''}</pre>`
    }`;
  }

  /** That what a suggestion is about is not as it was; the text itself is a part of the suggestion. */
  private renderChanged({ state }: Suggestion): TemplateResult | typeof nothing {
    const kind = this.place?.kind;
    const note =
      kind === 'orphaned' && state.kind !== 'accepted'
        ? 'The text that this is about has been deleted:'
        : kind === 'changed' && state.kind === 'open'
          ? 'The text has changed since this was suggested:'
          : null;
    return note === null ? nothing : html`<p class="thread-note" data-testid="thread-note">${note}</p>`;
  }

  private renderSuggestion({ replaced, insert, state }: Suggestion): TemplateResult {
    const { thread } = this;
    const mine = thread.comments[0]?.author.id === this.reviews.me;
    return html`<div class="thread-diff" data-testid="thread-diff">
        ${replaced === '' ? nothing : html`<pre><del>${replaced}</del></pre>`}
        ${insert === '' ? nothing : html`<pre><ins>${insert}</ins></pre>`}
      </div>
      ${state.kind === 'open' ? this.renderChoice(mine) : nothing}`;
  }

  /** Who decided, if somebody has. */
  private renderEnd(): TemplateResult | typeof nothing {
    const { resolved, suggestion } = this.thread;
    if (resolved !== null) return this.renderDecision('Resolved', resolved);
    const state = suggestion?.state;
    if (!state || state.kind === 'open') return nothing;
    const isTakenBack = this.reviews.current.value?.takenBack.has(this.thread.id) === true;
    return this.renderDecision(this.decisionWord(state.kind, state.by.id), state, isTakenBack);
  }

  private decisionWord(kind: 'accepted' | 'declined', by: string): string {
    if (kind === 'accepted') return 'Accepted';
    return by === this.thread.comments[0]?.author.id ? 'Withdrawn' : 'Declined';
  }

  private renderChoice(mine: boolean): TemplateResult {
    const send = (type: 'thread-accept' | 'thread-decline') => (event: Event) => {
      event.stopPropagation();
      this.dispatchEvent(new CustomEvent(type, { detail: this.thread, bubbles: true }));
    };
    if (this.mayEdit) {
      return html`<div class="thread-choice">
        <wa-button size="xs" appearance="outlined" data-testid="suggestion-decline" @click=${send('thread-decline')}>
          Decline
        </wa-button>
        <wa-button
          size="xs"
          variant="brand"
          data-testid="suggestion-accept"
          ?disabled=${this.line === null}
          @click=${send('thread-accept')}
        >
          Accept
        </wa-button>
      </div>`;
    }
    return html`<div class="thread-choice">
      <span class="quiet">Editors can accept it.</span>
      ${
        mine && this.mayComment
          ? html`<wa-button
              size="xs"
              appearance="outlined"
              data-testid="suggestion-withdraw"
              @click=${send('thread-decline')}
            >
              Withdraw
            </wa-button>`
          : nothing
      }
    </div>`;
  }

  private renderDecision(word: string, { by, at }: Decision, isTakenBack = false): TemplateResult {
    const note = authorNote(by, (id) => this.reviews.person(id));
    return html`<p class="thread-decision" data-testid="thread-decision" title=${moment(at)}>
      ${icon(isTakenBack ? 'undo' : word === 'Declined' || word === 'Withdrawn' ? 'x' : 'check')}
      <span>
        ${word} by ${this.reviews.person(by.id).name}${isTakenBack ? ', then taken back' : ''} · ${ago(at, this.now)}
      </span>
      ${note === null ? nothing : this.renderMark(note, by.proof)}
    </p>`;
  }

  private renderComment(comment: Comment, index: number): TemplateResult | typeof nothing {
    const { author, at, text, editedAt, deletedAt } = comment;
    if (deletedAt !== null && index > 0) return nothing;
    const person = this.reviews.person(author.id);
    const note = authorNote(author, (id) => this.reviews.person(id));
    const mine = author.id === this.reviews.me && this.mayComment && deletedAt === null;
    return html`<li class="comment" data-testid="comment" data-author=${author.id} data-proof=${author.proof}>
      <div class="comment-head">
        <span
          class="comment-face"
          aria-hidden="true"
          style=${styleMap({ background: person.color, color: inkOn(person.color) })}
          data-initials=${initialsOf(person.name)}
        ></span>
        <span class="comment-name" data-testid="comment-author">${person.name}</span>
        ${note === null ? nothing : this.renderMark(note, author.proof)}
        <time
          class="quiet"
          datetime=${new Date(Math.min(at, 8.64e15)).toISOString()}
          title=${moment(Math.min(at, 8.64e15))}
        >
          ${ago(at, this.now)}${editedAt === null ? nothing : ' · edited'}
        </time>
        <span class="spacer"></span>
        ${mine ? this.renderOwnActions(comment, index) : nothing}
      </div>
      ${
        note !== null && author.proof === 'contradicted'
          ? html`<p class="comment-warning" aria-hidden="true">${note}</p>`
          : nothing
      }
      ${
        this.editing === comment.id
          ? this.renderEditor(comment)
          : deletedAt === null
            ? text === ''
              ? nothing
              : html`<p class="comment-text" data-testid="comment-text">${this.renderText(comment)}</p>`
            : html`<p class="comment-text quiet"><em>This comment has been deleted.</em></p>`
      }
    </li>`;
  }

  private renderOwnActions(comment: Comment, index: number): TemplateResult {
    const isSuggestion = index === 0 && this.thread.suggestion !== null;
    return html`<span class="comment-actions">
      ${
        isSuggestion && comment.text === ''
          ? nothing
          : this.renderIcon('pencil', 'Edit', 'comment-edit', () => (this.editing = comment.id))
      }
      ${isSuggestion ? nothing : this.renderIcon('trash', 'Delete', 'comment-delete', () => this.deleteComment(comment.id))}
    </span>`;
  }

  private renderMark(note: string, proof: Comment['author']['proof']): TemplateResult {
    return proof === 'contradicted'
      ? html`<span class="proof forged" role="img" aria-label=${note} title=${note} data-testid="forged">
          ${icon('triangle-alert')}
        </span>`
      : html`<span class="proof" role="img" aria-label=${note} title=${note} data-testid="unproven">
          ${icon('circle-dashed')}
        </span>`;
  }

  /** Text only, with the mentions marked. */
  private renderText({ text, mentions }: Comment): (string | TemplateResult)[] {
    const parts: (string | TemplateResult)[] = [];
    let at = 0;
    for (const { start, length, user } of mentions) {
      const mine = user === this.reviews.me;
      parts.push(text.slice(at, start));
      parts.push(html`<b class=${mine ? 'mention me' : 'mention'}>${text.slice(start, start + length)}</b>`);
      at = start + length;
    }
    return [...parts, text.slice(at)];
  }

  private renderEditor(comment: Comment): TemplateResult {
    return html`<cw-compose
      .label=${'Edit your comment'}
      .action=${'Save'}
      .initial=${comment.text}
      .people=${this.reviews.mentionable}
      .problem=${this.problem}
      @compose-cancel=${this.stopWriting}
      @compose-send=${(event: CustomEvent<Written>) => this.finish(this.reviews.edit(comment.id, this.draft(event.detail)))}
    ></cw-compose>`;
  }

  private renderReply(open: boolean): TemplateResult | typeof nothing {
    if (!this.mayComment || (!open && !this.replying)) return nothing;
    if (!this.replying) {
      return html`<button class="thread-reply" data-testid="thread-reply" @click=${() => (this.replying = true)}>
        Reply…
      </button>`;
    }
    return html`<cw-compose
      .label=${'Reply'}
      .action=${'Reply'}
      .people=${this.reviews.mentionable}
      .problem=${this.problem}
      @compose-cancel=${this.stopWriting}
      @compose-send=${(event: CustomEvent<Written>) => this.finish(this.reviews.reply(this.thread.id, this.draft(event.detail)))}
    ></cw-compose>`;
  }

  private renderIcon(name: IconName, label: string, testId: string, run: () => void): TemplateResult {
    const click = (event: Event): void => {
      event.stopPropagation();
      run();
    };
    return html`<button class="icon-button" aria-label=${label} title=${label} data-testid=${testId} @click=${click}>
      ${icon(name)}
    </button>`;
  }

  private draft({ text, chosen }: Written): Draft {
    return { text, people: this.reviews.mentionable, chosen };
  }

  private finish(outcome: ReturnType<ProjectReviews['reply']>): void {
    if (outcome?.ok === true) this.stopWriting();
    else this.problem = outcome?.message ?? 'You cannot write here any more.';
  }

  private readonly stopWriting = (): void => {
    this.replying = false;
    this.editing = null;
    this.problem = null;
    this.querySelector<HTMLElement>('article')?.focus();
  };

  private deleteComment(comment: string): void {
    const { reviews } = this;
    const file = reviews.current.value?.node;
    reviews.mark('delete', comment);
    this.dispatchEvent(
      new ToastEvent({
        message: 'The comment is deleted.',
        action: { label: 'Undo', run: () => reviews.mark('restore', comment, file) },
        duration: 12_000,
      }),
    );
  }

  private readonly choose = (): void => {
    this.dispatchEvent(new CustomEvent('thread-choose', { detail: this.thread.id, bubbles: true }));
  };

  private readonly key = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter') this.choose();
    else if (event.key === 'r' && this.mayComment && isOpen(this.thread)) this.replying = true;
    else return;
    event.preventDefault();
  };
}

customElements.define('cw-thread', ThreadCard);

declare global {
  interface HTMLElementTagNameMap {
    'cw-thread': ThreadCard;
  }
  interface HTMLElementEventMap {
    'thread-choose': CustomEvent<string>;
    'thread-accept': CustomEvent<Thread>;
    'thread-decline': CustomEvent<Thread>;
  }
}
