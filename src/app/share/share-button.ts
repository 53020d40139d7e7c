import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import { html, type TemplateResult } from 'lit';
import type { Outcome } from '../../core/failures.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import './share-button.css';

/** Makes an invite link, shows it, and copies it where the browser allows. */
export class ShareButton extends LightElement {
  static override properties = {
    createInvite: { attribute: false },
    busy: { state: true },
    link: { state: true },
    copied: { state: true },
    open: { state: true },
  };

  declare createInvite: () => Promise<Outcome<string>>;
  declare private busy: boolean;
  declare private link: string | null;
  declare private copied: boolean;
  declare private open: boolean;

  constructor() {
    super();
    this.busy = false;
    this.link = null;
    this.copied = false;
    this.open = false;
  }

  protected override render(): TemplateResult {
    return html`<wa-button size="s" variant="brand" ?loading=${this.busy} @click=${this.share} data-testid="share">
        ${icon('share', 'start')} <span class="share-label">Share</span>
      </wa-button>
      ${this.renderDialog(this.link ?? '')}`;
  }

  private renderDialog(link: string): TemplateResult {
    return html`<wa-dialog
      label="Share this project"
      ?open=${this.open}
      @wa-after-show=${() => this.querySelector('wa-input')?.select()}
      @wa-after-hide=${(event: Event) => {
        if (event.target === event.currentTarget) this.open = false;
      }}
      data-testid="share-dialog"
    >
      <div class="share">
        <p>Whoever opens this link joins as an editor, with an account or as a guest.</p>
        <div class="share-link">
          <wa-input label="Invite link" readonly .value=${link} data-testid="share-link"></wa-input>
          <wa-button variant="brand" @click=${() => this.copy(link)} data-testid="share-copy">
            ${icon(this.copied ? 'check' : 'copy', 'start')} ${this.copied ? 'Copied' : 'Copy'}
          </wa-button>
        </div>
        <p class="quiet share-note" role="status" data-testid="share-note">
          ${this.copied ? 'The link is in your clipboard.' : 'Copy the link and send it to whom you want to invite.'}
        </p>
      </div>
    </wa-dialog>`;
  }

  private readonly share = async (): Promise<void> => {
    if (this.busy) return;
    this.busy = true;
    const invite = await this.createInvite();
    this.busy = false;
    if (!invite.ok) {
      this.dispatchEvent(new ToastEvent({ message: invite.message, tone: 'danger' }));
      return;
    }
    this.link = invite.value;
    this.copied = false;
    this.open = true;
    await this.copy(invite.value);
  };

  private async copy(link: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(link);
      this.copied = true;
    } catch {
      this.copied = false; // refused by the browser: the dialog shows the link, to be copied by hand
    }
  }
}

customElements.define('cw-share', ShareButton);

declare global {
  interface HTMLElementTagNameMap {
    'cw-share': ShareButton;
  }
}
