import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../session/api.ts';
import { downloadUnsent } from '../rescue/download-unsent.ts';
import { filesOf, projectsWith } from '../rescue/words.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import type { SignOutWarning } from './sign-out-warning.ts';
import './sign-out-dialog.css';

/**
 * Asks before somebody signs out and leaves edits behind, and offers them [P48].
 *
 * @event sign-out-anyway – the user has been told and wants to
 */
export class SignOutDialog extends LightElement {
  static override properties = {
    app: { attribute: false },
    warning: { state: true },
    open: { state: true },
    busy: { state: true },
    note: { state: true },
  };

  declare app: App;
  declare private warning: SignOutWarning | null;
  declare private open: boolean;
  declare private busy: boolean;
  /** What became of the download. */
  declare private note: { readonly sentence: string; readonly good: boolean } | null;

  constructor() {
    super();
    this.warning = null;
    this.open = false;
    this.busy = false;
    this.note = null;
  }

  ask(warning: SignOutWarning): void {
    this.warning = warning;
    this.note = null;
    this.open = true;
  }

  protected override render(): TemplateResult {
    // It is always there: Web Awesome tells nobody of a dialog that is born open.
    return html`<wa-dialog
      label=${this.warning?.title ?? ''}
      ?open=${this.open}
      @wa-after-hide=${this.closed}
      data-testid="sign-out-dialog"
    >
      ${this.warning === null ? nothing : this.renderWarning(this.warning)}
    </wa-dialog>`;
  }

  private renderWarning({ text, hasEdits }: SignOutWarning): TemplateResult {
    return html`<p>${text}</p>
      ${hasEdits ? this.renderOffers() : nothing}
      <div class="dialog-actions" slot="footer">
        <wa-button appearance="outlined" @click=${() => (this.open = false)} data-testid="sign-out-stay"
          >Stay</wa-button
        >
        <wa-button variant="danger" @click=${this.leave} data-testid="sign-out-anyway">Sign out anyway</wa-button>
      </div>`;
  }

  private renderOffers(): TemplateResult {
    return html`<div class="sign-out-offers">
        <wa-button
          appearance="outlined"
          size="s"
          ?loading=${this.busy}
          @click=${this.download}
          data-testid="sign-out-download"
        >
          ${icon('download', 'start')} Download them
        </wa-button>
        <wa-button
          appearance="outlined"
          size="s"
          href="/rescue"
          @click=${() => (this.open = false)}
          data-testid="sign-out-review"
        >
          ${icon('eye', 'start')} Review
        </wa-button>
      </div>
      <div role="status">
        ${
          this.note === null
            ? nothing
            : html`<p class=${`message ${this.note.good ? 'info' : 'error'}`} data-testid="sign-out-note">
                ${icon(this.note.good ? 'circle-check' : 'circle-alert')} ${this.note.sentence}
              </p>`
        }
      </div>`;
  }

  private readonly download = async (): Promise<void> => {
    if (this.busy) return;
    this.busy = true;
    this.note = null;
    try {
      const listed = await this.app.rescue.list();
      const done = listed.ok
        ? await downloadUnsent(
            this.app.rescue,
            'Unsent edits',
            projectsWith(listed.value, () => true),
          )
        : listed;
      this.note = done.ok
        ? { sentence: `${filesOf(done.value)} downloaded.`, good: true }
        : { sentence: done.message, good: false };
    } catch (error) {
      console.error(error);
      this.note = { sentence: 'The download could not be made. Try again.', good: false };
    } finally {
      this.busy = false;
    }
  };

  private readonly leave = (): void => {
    this.open = false;
    this.dispatchEvent(new CustomEvent('sign-out-anyway', { bubbles: true }));
  };

  private readonly closed = (event: Event): void => {
    if (event.target !== event.currentTarget) return;
    this.open = false;
    this.warning = null;
  };
}

customElements.define('cw-sign-out-dialog', SignOutDialog);

declare global {
  interface HTMLElementTagNameMap {
    'cw-sign-out-dialog': SignOutDialog;
  }
  interface HTMLElementEventMap {
    'sign-out-anyway': CustomEvent<null>;
  }
}
