import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import { html, type TemplateResult } from 'lit';
import type { App, User } from '../session/api.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { credentialsProblem, entrySentence } from './credentials.ts';
import './other-ways.ts';
import './session-ended.css';
import './sign-out-dialog.ts';
import { signOutWarning } from './sign-out-warning.ts';

/**
 * The bar above a page whose session has ended: says that nothing is lost, and signs in again without leaving the page.
 * A guest cannot come back, so it leads out instead.
 */
export class SessionEnded extends LightElement {
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
    return html`<section class="session-ended" aria-label="Your session has ended" data-testid="session-ended">
      <p role="alert">${icon('circle-alert')} <span>${this.sentence()}</span></p>
      ${this.user.guest ? this.renderGuest() : this.renderForm()}
    </section>`;
  }

  private sentence(): string {
    if (this.problem !== null) return this.problem;
    return this.user.guest
      ? 'Your session has ended, and guests cannot sign in again. Copy or download what you still need before you go on.'
      : `Your session has ended. Your edits stay on this device and are sent when you sign in again as ${this.user.email}.`;
  }

  private renderGuest(): TemplateResult {
    return html`<wa-button size="s" appearance="outlined" @click=${this.askToLeave} data-testid="session-leave">
        Go on as somebody else
      </wa-button>
      <cw-sign-out-dialog .app=${this.app} @sign-out-anyway=${this.leave}></cw-sign-out-dialog>`;
  }

  private renderForm(): TemplateResult {
    return html`<form @submit=${this.submit} novalidate>
        <input type="hidden" name="username" autocomplete="username" .value=${this.user.email} />
        <wa-input
          size="s"
          type="password"
          name="password"
          placeholder="Password"
          aria-label="Password"
          autocomplete="current-password"
          data-testid="session-password"
        ></wa-input>
        <wa-button size="s" type="submit" variant="brand" ?loading=${this.busy} data-testid="session-sign-in">
          Sign in again
        </wa-button>
      </form>
      <cw-other-ways .app=${this.app}></cw-other-ways>`;
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const { email, name } = this.user;
    const password = this.querySelector('wa-input')?.value ?? '';
    this.problem = credentialsProblem('sign-in', { name, email, password });
    if (this.problem !== null) return;
    this.busy = true;
    const entered = await this.app.signIn(email, password);
    this.busy = false;
    if (!entered.ok)
      this.problem = entered.kind === 'forbidden' ? 'The password is wrong.' : entrySentence('sign-in', entered);
  };

  /** What a guest leaves behind is deleted: whoever has something here is asked. */
  private readonly askToLeave = async (): Promise<void> => {
    const unsent = await this.app.unsentEdits();
    const warning = unsent === 0 ? null : signOutWarning(this.user, unsent, unsent);
    if (warning === null) await this.leave();
    else this.querySelector('cw-sign-out-dialog')?.ask(warning);
  };

  private readonly leave = async (): Promise<void> => {
    const out = await this.app.signOut();
    if (!out.ok) this.problem = out.message;
  };
}

customElements.define('cw-session-ended', SessionEnded);

declare global {
  interface HTMLElementTagNameMap {
    'cw-session-ended': SessionEnded;
  }
}
