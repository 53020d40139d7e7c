import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { Failure } from '../../core/failures.ts';
import type { App, User } from '../session/api.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { MIN_PASSWORD_CHARS } from './credentials.ts';

/** Changes the password, which ends all other sessions. */
export class PasswordForm extends LightElement {
  static override properties = {
    app: { attribute: false },
    user: { attribute: false },
    problem: { state: true },
    busy: { state: true },
  };

  declare app: App;
  declare user: User;
  declare private problem: string | null;
  declare private busy: boolean;

  constructor() {
    super();
    this.problem = null;
    this.busy = false;
  }

  protected override render(): TemplateResult {
    return html`<section class="account-card" aria-labelledby="password-title">
      <header>
        <h2 id="password-title">Password</h2>
        <p class="quiet">A new password signs you out everywhere but here.</p>
      </header>
      <form @submit=${this.submit} novalidate data-testid="password-form">
        <input type="hidden" name="username" autocomplete="username" .value=${this.user.email} />
        <wa-input
          name="before"
          type="password"
          label="Present password"
          autocomplete="current-password"
          password-toggle
          data-testid="password-before"
        ></wa-input>
        <wa-input
          name="password"
          type="password"
          label="New password"
          hint=${`At least ${MIN_PASSWORD_CHARS} characters.`}
          autocomplete="new-password"
          password-toggle
          data-testid="password-new"
        ></wa-input>
        <div role="alert">
          ${
            this.problem === null
              ? nothing
              : html`<p class="message error" data-testid="password-problem">
                  ${icon('circle-alert')} ${this.problem}
                </p>`
          }
        </div>
        <wa-button type="submit" appearance="outlined" ?loading=${this.busy} data-testid="password-submit">
          Change password
        </wa-button>
      </form>
    </section>`;
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { target: form } = event;
    if (this.busy || !(form instanceof HTMLFormElement)) return;
    const fields = new FormData(form);
    const before = String(fields.get('before') ?? '');
    const password = String(fields.get('password') ?? '');
    this.problem = problemOf(before, password);
    if (this.problem !== null) return;
    this.busy = true;
    const changed = await this.app.settings.changePassword(password, before);
    this.busy = false;
    if (!changed.ok) {
      this.problem = sentenceOf(changed);
      return;
    }
    for (const input of this.querySelectorAll('wa-input')) input.value = '';
    this.dispatchEvent(new ToastEvent({ message: 'Your password is changed. You are signed out everywhere else.' }));
    this.dispatchEvent(new CustomEvent('sessions-changed', { bubbles: true }));
  };
}

function problemOf(before: string, password: string): string | null {
  if (before === '') return 'Type your present password.';
  return password.length < MIN_PASSWORD_CHARS ? `Passwords have at least ${MIN_PASSWORD_CHARS} characters.` : null;
}

function sentenceOf({ kind, message }: Failure): string {
  if (kind === 'forbidden') return 'The present password is wrong.';
  if (kind === 'rate-limited') return 'Too many attempts. Wait a while, then try again.';
  if (kind === 'rejected') return 'The server does not take this password. Try a less common one.';
  return message;
}

customElements.define('cw-password-form', PasswordForm);

declare global {
  interface HTMLElementTagNameMap {
    'cw-password-form': PasswordForm;
  }
  interface HTMLElementEventMap {
    'sessions-changed': CustomEvent<null>;
  }
}
