import { html, nothing, type TemplateResult } from 'lit';
import type { ProjectSession } from '../session/api.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import { authorOf, nameOf } from './authors.ts';
import { isNarrow, NO_CHOICE, SPANS, type FilterChoice } from './filter-choice.ts';
import type { PastFile } from './past-files.ts';
import { renderPersonOptions, whoOf } from './person-options.ts';

/** Searching begins when nothing was typed for so long. */
const SEARCH_DELAY_MS = 300;
/** More lines of what is sought are scrolled to. */
const MOST_ROWS = 6;

/** Other filters were chosen. */
export class FilterEvent extends CustomEvent<FilterChoice> {
  constructor(choice: FilterChoice) {
    super('history-filter', { detail: choice, bubbles: true });
  }
}

/** A text of the past is sought; empty: none any more. */
export class SearchEvent extends CustomEvent<string> {
  constructor(needle: string) {
    super('history-seek', { detail: needle, bubbles: true });
  }
}

/**
 * Whose work is shown, in which file and of which time, and the field that seeks in the past.
 *
 * @event history-filter – something else was chosen
 * @event history-seek – something was typed to be sought
 */
export class HistoryFilters extends LightElement {
  static override properties = {
    session: { attribute: false },
    authors: { attribute: false },
    files: { attribute: false },
    choice: { attribute: false },
    needle: { attribute: false },
  };

  declare session: ProjectSession;
  /** User ids that can be chosen. */
  declare authors: readonly string[];
  /** Files that can be chosen; `null`: there is only the one. */
  declare files: readonly PastFile[] | null;
  declare choice: FilterChoice;
  declare needle: string;

  private readonly people = new Observed(this, () => this.session?.people);
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor() {
    super();
    this.authors = [];
    this.files = null;
    this.choice = NO_CHOICE;
    this.needle = '';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.timer !== null) clearTimeout(this.timer);
  }

  protected override render(): TemplateResult {
    const { choice, files } = this;
    return html`<div class="hist-filters" role="group" aria-label="Filters" data-people=${this.people.value?.size ?? 0}>
      <select aria-label="Person" data-testid="filter-person" @change=${this.chooseWho}>
        ${renderPersonOptions(this.persons, choice.who)}
      </select>
      <select aria-label="Time" data-testid="filter-time" @change=${this.chooseSpan}>
        ${SPANS.map(({ id, label }) => html`<option value=${id} ?selected=${choice.span === id}>${label}</option>`)}
      </select>
      ${choice.span === 'days' ? this.renderDays() : nothing} ${files === null ? nothing : this.renderFiles(files)}
      <textarea
        rows=${rowsOf(this.needle)}
        aria-label="Find text of the past"
        placeholder=${files === null ? 'When did this text vanish?' : 'Find text of the past in all files'}
        autocomplete="off"
        spellcheck="false"
        data-testid="history-search"
        .value=${this.needle}
        @input=${this.seek}
        @keydown=${this.hold}
      ></textarea>
      ${
        isNarrow(choice)
          ? html`<button class="hist-link hist-clear" data-testid="filter-clear" @click=${() => this.choose(NO_CHOICE)}>
              Clear filters
            </button>`
          : nothing
      }
    </div>`;
  }

  private get persons(): { readonly id: string; readonly name: string; readonly isAgent: boolean }[] {
    const { who } = this.choice;
    // Who is chosen stays to be seen, also where there is nothing of them.
    const chosen = typeof who === 'object' ? [who.author] : [];
    return [...new Set([...this.authors, ...chosen])].map((id) => {
      const author = authorOf(this.session, id);
      return { id, name: nameOf(author), isAgent: author.isAgent };
    });
  }

  private renderDays(): TemplateResult {
    const { from, to } = this.choice;
    const field = (label: string, id: string, value: string, pick: (day: string) => Partial<FilterChoice>) =>
      html`<label class="hist-day-field">
        <span>${label}</span>
        <input
          type="date"
          data-testid=${id}
          .value=${value}
          @change=${(event: Event) => this.choose(pick((event.target as HTMLInputElement).value))}
        />
      </label>`;
    return html`<div class="hist-day-fields">
      ${field('From', 'filter-from', from, (day) => ({ from: day }))}
      ${field('To', 'filter-to', to, (day) => ({ to: day }))}
    </div>`;
  }

  private renderFiles(files: readonly PastFile[]): TemplateResult {
    const { node } = this.choice;
    return html`<select class="wide" aria-label="File" data-testid="filter-file" @change=${this.chooseFile}>
      <option value="" ?selected=${node === null}>All files</option>
      ${files.map((one) => html`<option value=${one.node} ?selected=${node === one.node}>${one.label}</option>`)}
    </select>`;
  }

  private choose(change: Partial<FilterChoice>): void {
    this.dispatchEvent(new FilterEvent({ ...this.choice, ...change }));
  }

  private readonly chooseWho = (event: Event): void => {
    this.choose({ who: whoOf((event.target as HTMLSelectElement).value) });
  };

  private readonly chooseSpan = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    this.choose({ span: SPANS.find(({ id }) => id === value)?.id ?? 'all' });
  };

  private readonly chooseFile = (event: Event): void => {
    this.choose({ node: (event.target as HTMLSelectElement).value || null });
  };

  /** The search goes on while one types; a line break comes with Shift, or from what is pasted. */
  private readonly hold = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) event.preventDefault();
  };

  private readonly seek = (event: Event): void => {
    const field = event.target as HTMLTextAreaElement;
    const { value } = field;
    field.rows = rowsOf(value);
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.dispatchEvent(new SearchEvent(value)), SEARCH_DELAY_MS);
  };
}

/** As many lines as are sought, but not so many that nothing else has room. */
function rowsOf(needle: string): number {
  return Math.min(needle.split('\n').length, MOST_ROWS);
}

customElements.define('cw-history-filters', HistoryFilters);

declare global {
  interface HTMLElementTagNameMap {
    'cw-history-filters': HistoryFilters;
  }
  interface HTMLElementEventMap {
    'history-filter': FilterEvent;
    'history-seek': SearchEvent;
  }
}
