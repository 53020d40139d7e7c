import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type TemplateResult } from 'lit';
import { MAX_COMMENT_CHARS, MAX_SUGGESTION_CHARS } from '../../core/review/events.ts';
import { LightElement } from '../ui/light-element.ts';

export interface ProposedEdit {
  readonly insert: string;
  /** Why; may be empty. */
  readonly note: string;
}

/**
 * Where a change to a piece of a file is proposed, inside the editor.
 *
 * @event suggest-send – the proposal
 * @event suggest-cancel
 */
export class SuggestInput extends LightElement {
  static override properties = { replaced: { attribute: false }, problem: { attribute: false } };

  /** What the file says now. */
  declare replaced: string;
  declare problem: string | null;

  constructor() {
    super();
    this.replaced = '';
    this.problem = null;
  }

  override focus(): void {
    const area = this.querySelector<HTMLTextAreaElement>('.suggest-text');
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
  }

  protected override firstUpdated(): void {
    this.focus();
  }

  protected override render(): TemplateResult {
    const rows = Math.min(12, Math.max(1, this.replaced.split('\n').length));
    return html`<form
      class="suggest-input"
      aria-label="Suggest a change"
      data-testid="suggest-input"
      @submit=${this.send}
      @keydown=${this.key}
    >
      <p class="suggest-title">Suggest a change</p>
      <textarea
        class="suggest-text"
        aria-label="Proposed text"
        spellcheck="false"
        rows=${rows}
        maxlength=${MAX_SUGGESTION_CHARS}
        data-testid="suggest-text"
        .value=${this.replaced}
      ></textarea>
      <input
        class="suggest-note"
        type="text"
        aria-label="Why (optional)"
        placeholder="Why (optional)"
        maxlength=${MAX_COMMENT_CHARS}
        data-testid="suggest-note"
      />
      <div class="suggest-actions">
        <span class="suggest-problem" role="alert">${this.problem ?? nothing}</span>
        <wa-button size="xs" appearance="outlined" @click=${this.cancel}>Cancel</wa-button>
        <wa-button size="xs" variant="brand" type="submit" data-testid="suggest-send">Suggest</wa-button>
      </div>
    </form>`;
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault();
      this.cancel();
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.send(event);
  };

  private readonly cancel = (): void => {
    this.dispatchEvent(new CustomEvent('suggest-cancel'));
  };

  private readonly send = (event: Event): void => {
    event.preventDefault();
    const insert = this.querySelector<HTMLTextAreaElement>('.suggest-text')?.value ?? '';
    const note = this.querySelector<HTMLInputElement>('.suggest-note')?.value ?? '';
    this.dispatchEvent(new CustomEvent<ProposedEdit>('suggest-send', { detail: { insert, note } }));
  };
}

customElements.define('cw-suggest-input', SuggestInput);

declare global {
  interface HTMLElementTagNameMap {
    'cw-suggest-input': SuggestInput;
  }
  interface HTMLElementEventMap {
    'suggest-send': CustomEvent<ProposedEdit>;
    'suggest-cancel': CustomEvent<null>;
  }
}
