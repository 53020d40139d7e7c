import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { MAX_COMMENT_CHARS } from '../../core/review/events.ts';
import { matchingPeople, mentionQuery, type MentionQuery } from '../../core/review/mentions.ts';
import { LightElement } from '../ui/light-element.ts';
import type { Shown } from './project-reviews.ts';

export interface Written {
  readonly text: string;
  /** Ids of the people who were chosen from the list. */
  readonly chosen: ReadonlySet<string>;
}

const MAX_OFFERED = 6;

let boxCount = 0;

/**
 * Where a comment is written. Ctrl+Enter sends, Escape leaves; `@` offers the people of the project.
 *
 * @event compose-send – what was written; the box keeps it until it is told to `clear`
 * @event compose-cancel
 */
export class ComposeBox extends LightElement {
  static override properties = {
    label: { attribute: false },
    action: { attribute: false },
    placeholder: { attribute: false },
    initial: { attribute: false },
    mentions: { attribute: false },
    people: { attribute: false },
    problem: { attribute: false },
    query: { state: true },
    active: { state: true },
  };

  declare label: string;
  /** The word on the button. */
  declare action: string;
  declare placeholder: string;
  declare initial: string;
  /** Ids of the people who are named in it. */
  declare mentions: readonly string[];
  declare people: readonly Shown[];
  declare problem: string | null;
  declare private query: MentionQuery | null;
  /** Index of the offered person that Enter takes. */
  declare private active: number;

  private readonly chosen = new Set<string>();
  private readonly listId = `compose-people-${boxCount++}`;

  constructor() {
    super();
    this.label = 'Comment';
    this.action = 'Comment';
    this.placeholder = '';
    this.initial = '';
    this.mentions = [];
    this.people = [];
    this.problem = null;
    this.query = null;
    this.active = 0;
  }

  override focus(): void {
    this.area?.focus();
    this.area?.setSelectionRange(this.area.value.length, this.area.value.length);
  }

  clear(): void {
    if (this.area) this.area.value = '';
    this.chosen.clear();
    this.query = null;
    this.fit();
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    this.focus();
    this.fit();
  }

  protected override render(): TemplateResult {
    const offered = this.offered;
    const isOpen = offered.length > 0;
    return html`<div class="compose">
      <textarea
        rows="2"
        role="combobox"
        aria-label=${this.label}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-expanded=${isOpen}
        aria-controls=${this.listId}
        aria-activedescendant=${isOpen ? `${this.listId}-${this.active}` : nothing}
        placeholder=${this.placeholder}
        maxlength=${MAX_COMMENT_CHARS}
        data-testid="compose-text"
        .value=${this.initial}
        @input=${this.typed}
        @click=${this.look}
        @keydown=${this.key}
        @blur=${() => (this.query = null)}
      ></textarea>
      <ul id=${this.listId} class="compose-people" role="listbox" aria-label="People" ?hidden=${!isOpen}>
        ${offered.map(
          (person, index) =>
            html`<li
              id=${`${this.listId}-${index}`}
              role="option"
              aria-selected=${index === this.active}
              data-testid="mention-option"
              @mousedown=${(event: Event) => {
                event.preventDefault();
                this.take(person);
              }}
            >
              <i style=${styleMap({ background: person.color })}></i>${person.name}
            </li>`,
        )}
      </ul>
      ${this.problem === null ? nothing : html`<p class="compose-problem" role="alert">${this.problem}</p>`}
      <div class="compose-actions">
        <span class="quiet compose-hint">${isMac ? '⌘' : 'Ctrl'}+Enter sends</span>
        <wa-button size="xs" appearance="plain" data-testid="compose-cancel" @click=${this.cancel}>Cancel</wa-button>
        <wa-button size="xs" variant="brand" data-testid="compose-send" @click=${this.send}>${this.action}</wa-button>
      </div>
    </div>`;
  }

  private get area(): HTMLTextAreaElement | null {
    return this.querySelector('textarea');
  }

  private get offered(): readonly Shown[] {
    return this.query === null ? [] : matchingPeople(this.people, this.query.typed).slice(0, MAX_OFFERED);
  }

  private readonly typed = (): void => {
    this.fit();
    this.look();
  };

  private readonly look = (): void => {
    const { area } = this;
    this.query = area && area.selectionStart === area.selectionEnd ? mentionQuery(area.value, area.selectionEnd) : null;
    this.active = 0;
  };

  private readonly key = (event: KeyboardEvent): void => {
    const offered = this.offered;
    const person = offered[this.active];
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.send();
    else if (person && (event.key === 'Enter' || event.key === 'Tab')) this.take(person);
    else if (person && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      const step = event.key === 'ArrowDown' ? 1 : offered.length - 1;
      this.active = (this.active + step) % offered.length;
    } else if (event.key === 'Escape') {
      if (this.query !== null && person) this.query = null;
      else this.cancel();
    } else {
      // Letters and arrows are for the text, not for the list around it.
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  private take(person: Shown): void {
    const { area, query } = this;
    if (!area || !query) return;
    this.chosen.add(person.id);
    area.setRangeText(`@${person.name} `, query.start, query.start + 1 + query.typed.length, 'end');
    this.query = null;
    this.fit();
  }

  private readonly send = (): void => {
    const detail: Written = { text: this.area?.value ?? '', chosen: new Set([...this.mentions, ...this.chosen]) };
    this.dispatchEvent(new CustomEvent('compose-send', { detail, bubbles: true }));
  };

  private readonly cancel = (): void => {
    this.dispatchEvent(new CustomEvent('compose-cancel', { bubbles: true }));
  };

  /** As high as its text, within reason. */
  private fit(): void {
    const { area } = this;
    if (!area) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight + 2, 240)}px`;
  }
}

const isMac = /mac|iphone|ipad/i.test(navigator.userAgent);

customElements.define('cw-compose', ComposeBox);

declare global {
  interface HTMLElementTagNameMap {
    'cw-compose': ComposeBox;
  }
  interface HTMLElementEventMap {
    'compose-send': CustomEvent<Written>;
    'compose-cancel': CustomEvent<null>;
  }
}
