import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import { html, nothing, type TemplateResult } from 'lit';
import { LightElement } from './light-element.ts';

export interface ConfirmQuestion {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  /** Default “Cancel”. */
  readonly cancel?: string;
  run(): void;
}

/** A dialog that asks before something that others will notice. */
export class ConfirmDialog extends LightElement {
  static override properties = { question: { state: true }, open: { state: true } };

  declare private question: ConfirmQuestion | null;
  declare private open: boolean;

  constructor() {
    super();
    this.question = null;
    this.open = false;
  }

  ask(question: ConfirmQuestion): void {
    this.question = question;
    this.open = true;
  }

  protected override render(): TemplateResult {
    const { question } = this;
    // It is always there: Web Awesome tells nobody of a dialog that is born open.
    return html`<wa-dialog
      label=${question?.title ?? ''}
      ?open=${this.open}
      @wa-after-hide=${this.closed}
      data-testid="confirm-dialog"
    >
      ${question === null ? nothing : this.renderQuestion(question)}
    </wa-dialog>`;
  }

  private renderQuestion(question: ConfirmQuestion): TemplateResult {
    const confirm = (): void => {
      this.open = false;
      question.run();
    };
    return html`<p>${question.text}</p>
      <div class="dialog-actions" slot="footer">
        <wa-button appearance="outlined" @click=${() => (this.open = false)}>${question.cancel ?? 'Cancel'}</wa-button>
        <wa-button variant="danger" @click=${confirm} data-testid="confirm-submit">${question.confirm}</wa-button>
      </div>`;
  }

  private readonly closed = (event: Event): void => {
    if (event.target !== event.currentTarget) return;
    this.open = false;
    this.question = null;
  };
}

customElements.define('cw-confirm-dialog', ConfirmDialog);

declare global {
  interface HTMLElementTagNameMap {
    'cw-confirm-dialog': ConfirmDialog;
  }
}
