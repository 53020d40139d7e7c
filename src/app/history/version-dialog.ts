import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import '@awesome.me/webawesome/dist/components/textarea/textarea.js';
import { html, nothing, type TemplateResult } from 'lit';
import { MAX_NAME_CHARS } from '../../core/limits.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';

export interface VersionQuestion {
  /** Which moment it is, as a sentence. */
  readonly what: string;
  /** Throws with the sentence for the user if it cannot be done. */
  submit(name: string, description: string): void;
}

/** Asks for the name and the description of a version. */
export class VersionDialog extends LightElement {
  static override properties = { question: { state: true }, problem: { state: true }, open: { state: true } };

  declare private question: VersionQuestion | null;
  declare private problem: string | null;
  declare private open: boolean;

  constructor() {
    super();
    this.question = null;
    this.problem = null;
    this.open = false;
  }

  ask(question: VersionQuestion): void {
    this.question = question;
    this.problem = null;
    this.open = true;
  }

  protected override render(): TemplateResult {
    const { question } = this;
    // It is always there: Web Awesome tells nobody of a dialog that is born open.
    return html`<wa-dialog
      label="Name this version"
      ?open=${this.open}
      @wa-show=${this.focusSoon}
      @wa-after-hide=${this.closed}
      data-testid="version-dialog"
    >
      ${question === null ? nothing : this.renderForm(question)}
    </wa-dialog>`;
  }

  private renderForm({ what }: VersionQuestion): TemplateResult {
    return html`<form @submit=${this.submit} novalidate>
      <p class="quiet">${what}</p>
      <wa-input
        name="name"
        label="Name"
        maxlength=${MAX_NAME_CHARS}
        autocomplete="off"
        autofocus
        data-testid="version-name"
      ></wa-input>
      <wa-textarea
        name="description"
        label="Description"
        hint="What it is good for; may be empty."
        rows="2"
        resize="auto"
        maxlength="2000"
        data-testid="version-description"
      ></wa-textarea>
      <div role="alert">
        ${this.problem === null ? nothing : html`<p class="message error">${icon('circle-alert')} ${this.problem}</p>`}
      </div>
      <div class="dialog-actions">
        <wa-button appearance="outlined" @click=${() => (this.open = false)}>Cancel</wa-button>
        <wa-button type="submit" variant="brand" data-testid="version-submit">Keep</wa-button>
      </div>
    </form>`;
  }

  private readonly focusSoon = (event: Event): void => {
    if (event.target !== event.currentTarget) return;
    requestAnimationFrame(() => this.querySelector('wa-input')?.focus());
  };

  private readonly closed = (event: Event): void => {
    if (event.target !== event.currentTarget) return;
    this.open = false;
    this.question = null;
  };

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = this.querySelector('wa-input')?.value ?? '';
    const description = this.querySelector('wa-textarea')?.value ?? '';
    try {
      this.question?.submit(name, description);
      this.open = false;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  };
}

customElements.define('cw-version-dialog', VersionDialog);

declare global {
  interface HTMLElementTagNameMap {
    'cw-version-dialog': VersionDialog;
  }
}
