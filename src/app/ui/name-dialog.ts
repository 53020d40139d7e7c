import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import { html, nothing, type TemplateResult } from 'lit';
import { MAX_NAME_CHARS } from '../../core/limits.ts';
import { icon } from './icons.ts';
import { LightElement } from './light-element.ts';

export interface NameQuestion {
  readonly title: string;
  readonly label: string;
  readonly value: string;
  readonly confirm: string;
  readonly hint?: string;
  /** Why a text cannot be taken, as a sentence; `null` if it can. */
  check(value: string): string | null;
  /** Does it; resolves to why it did not work, or `null`. The dialog stays open while it runs and if it failed. */
  submit(value: string): Promise<string | null>;
}

/** A dialog that asks for a name. */
export class NameDialog extends LightElement {
  static override properties = {
    question: { state: true },
    problem: { state: true },
    busy: { state: true },
    open: { state: true },
  };

  declare private question: NameQuestion | null;
  declare private problem: string | null;
  declare private busy: boolean;
  declare private open: boolean;

  constructor() {
    super();
    this.question = null;
    this.problem = null;
    this.busy = false;
    this.open = false;
  }

  ask(question: NameQuestion): void {
    this.question = question;
    this.problem = null;
    this.open = true;
  }

  protected override render(): TemplateResult {
    const { question } = this;
    // It is always there: Web Awesome tells nobody of a dialog that is born open.
    return html`<wa-dialog
      label=${question?.title ?? ''}
      ?open=${this.open}
      @wa-show=${this.focusSoon}
      @wa-after-hide=${this.closed}
      data-testid="name-dialog"
    >
      ${question === null ? nothing : this.renderForm(question)}
    </wa-dialog>`;
  }

  private renderForm(question: NameQuestion): TemplateResult {
    return html`<form @submit=${this.submit} novalidate>
      <wa-input
        name="name"
        label=${question.label}
        hint=${question.hint ?? ''}
        .value=${question.value}
        maxlength=${MAX_NAME_CHARS * 4}
        autocomplete="off"
        spellcheck="false"
        autofocus
        data-testid="name-input"
      ></wa-input>
      <div role="alert">
        ${
          this.problem === null
            ? nothing
            : html`<p class="message error" data-testid="name-problem">${icon('circle-alert')} ${this.problem}</p>`
        }
      </div>
      <div class="dialog-actions">
        <wa-button appearance="outlined" @click=${() => (this.open = false)}>Cancel</wa-button>
        <wa-button type="submit" variant="brand" ?loading=${this.busy} data-testid="name-submit">
          ${question.confirm}
        </wa-button>
      </div>
    </form>`;
  }

  /** As soon as the dialog is up, and before the animation that shows it ends: people type at once. */
  private readonly focusSoon = (event: Event): void => {
    if (event.target !== event.currentTarget) return;
    requestAnimationFrame(() => {
      const input = this.querySelector('wa-input');
      input?.focus();
      input?.select();
    });
  };

  private readonly closed = (event: Event): void => {
    if (event.target !== event.currentTarget) return;
    this.open = false;
    this.question = null;
  };

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { question } = this;
    if (question === null || this.busy) return;
    const value = (this.querySelector('wa-input')?.value ?? '').trim();
    this.problem = question.check(value);
    if (this.problem !== null) return;
    this.busy = true;
    this.problem = await question.submit(value);
    this.busy = false;
    if (this.problem === null) this.open = false;
  };
}

customElements.define('cw-name-dialog', NameDialog);

declare global {
  interface HTMLElementTagNameMap {
    'cw-name-dialog': NameDialog;
  }
}
