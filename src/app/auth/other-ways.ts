import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../session/api.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { entrySentence } from './credentials.ts';
import './other-ways.css';

/** The ways to sign in without a password that the server offers; nothing where it offers none. */
export class OtherWays extends LightElement {
  static override properties = {
    app: { attribute: false },
    sentTo: { state: true },
    problem: { state: true },
    busy: { state: true },
  };

  declare app: App;
  /** Where a link was sent. */
  declare private sentTo: string | null;
  declare private problem: string | null;
  declare private busy: boolean;

  constructor() {
    super();
    this.sentTo = null;
    this.problem = null;
    this.busy = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { magicLink, oauth } = this.app.settings.ways;
    if (!magicLink && oauth.length === 0) return nothing;
    return html`<div class="other-ways" data-testid="other-ways">
      ${oauth.map(
        (provider) =>
          html`<wa-button
            appearance="outlined"
            @click=${() => this.app.settings.enterWith(provider)}
            data-testid=${`enter-${provider}`}
            >Continue with ${nameOf(provider)}</wa-button
          >`,
      )}
      ${magicLink ? this.renderMagicLink() : nothing}
    </div>`;
  }

  private renderMagicLink(): TemplateResult {
    if (this.sentTo !== null) {
      return html`<p class="message info" role="status" data-testid="magic-sent">
        ${icon('check')} A link is on its way to ${this.sentTo}. Open it in this browser to sign in.
      </p>`;
    }
    return html`<form @submit=${this.send} novalidate data-testid="magic-form">
      <wa-input
        type="email"
        label="A link by e-mail, without a password"
        placeholder="ana@example.com"
        autocomplete="email"
        data-testid="magic-email"
      ></wa-input>
      <wa-button type="submit" appearance="outlined" ?loading=${this.busy} data-testid="magic-send">Send</wa-button>
      <div role="alert">
        ${this.problem === null ? nothing : html`<p class="message error">${icon('circle-alert')} ${this.problem}</p>`}
      </div>
    </form>`;
  }

  private readonly send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const email = this.querySelector('wa-input')?.value?.trim() ?? '';
    this.problem = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? null : 'Type an e-mail address, like ana@example.com.';
    if (this.problem !== null || this.busy) return;
    this.busy = true;
    const sent = await this.app.settings.sendMagicLink(email);
    this.busy = false;
    if (sent.ok) this.sentTo = email;
    else this.problem = sent.kind === 'rejected' ? sent.message : entrySentence('sign-up', sent);
  };
}

/** Providers that do not write themselves with one capital letter at the beginning. */
const PROVIDERS: Readonly<Record<string, string>> = { github: 'GitHub', gitlab: 'GitLab', linkedin: 'LinkedIn' };

function nameOf(provider: string): string {
  return PROVIDERS[provider] ?? provider.charAt(0).toUpperCase() + provider.slice(1);
}

customElements.define('cw-other-ways', OtherWays);

declare global {
  interface HTMLElementTagNameMap {
    'cw-other-ways': OtherWays;
  }
}
