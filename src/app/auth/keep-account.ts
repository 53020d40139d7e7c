import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { Failure } from '../../core/failures.ts';
import type { App } from '../session/api.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { credentialsProblem, entrySentence, MIN_PASSWORD_CHARS } from './credentials.ts';

/** Makes an account of a guest: the same user, with an e-mail and a password to sign in anywhere. */
export class KeepAccount extends LightElement {
  static override properties = { app: { attribute: false }, problem: { state: true }, busy: { state: true } };

  declare app: App;
  declare private problem: string | null;
  declare private busy: boolean;

  constructor() {
    super();
    this.problem = null;
    this.busy = false;
  }

  protected override render(): TemplateResult {
    return html`<section class="account-card" aria-labelledby="keep-title">
      <header>
        <h2 id="keep-title">Keep what you have</h2>
        <p class="quiet">
          As a guest you are known to this browser only. With an e-mail and a password you can sign in on every device,
          and everything stays yours: projects, history, roles.
        </p>
      </header>
      <form @submit=${this.submit} novalidate data-testid="keep-form">
        <wa-input name="email" type="email" label="E-mail" autocomplete="email" data-testid="keep-email"></wa-input>
        <wa-input
          name="password"
          type="password"
          label="Password"
          hint=${`At least ${MIN_PASSWORD_CHARS} characters.`}
          autocomplete="new-password"
          password-toggle
          data-testid="keep-password"
        ></wa-input>
        <div role="alert">
          ${
            this.problem === null
              ? nothing
              : html`<p class="message error" data-testid="keep-problem">${icon('circle-alert')} ${this.problem}</p>`
          }
        </div>
        <wa-button type="submit" variant="brand" ?loading=${this.busy} data-testid="keep-submit">
          Create account
        </wa-button>
      </form>
    </section>`;
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy || !(event.target instanceof HTMLFormElement)) return;
    const fields = new FormData(event.target);
    const email = String(fields.get('email') ?? '').trim();
    const password = String(fields.get('password') ?? '');
    this.problem = credentialsProblem('sign-in', { name: '', email, password });
    if (this.problem !== null) return;
    this.busy = true;
    const kept = await this.app.settings.becomeAccount(email, password);
    this.busy = false;
    if (kept.ok) this.dispatchEvent(new ToastEvent({ message: `From now on you can sign in as ${email}.` }));
    else this.problem = sentenceOf(kept);
  };
}

function sentenceOf(failure: Failure): string {
  if (failure.kind === 'conflict') return 'There is already an account with this e-mail. Use another one.';
  return entrySentence('sign-up', failure);
}

customElements.define('cw-keep-account', KeepAccount);

declare global {
  interface HTMLElementTagNameMap {
    'cw-keep-account': KeepAccount;
  }
}
