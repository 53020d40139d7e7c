import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Outcome } from '../../core/failures.ts';
import { MAX_NAME_CHARS } from '../../core/limits.ts';
import type { App } from '../session/api.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { logo } from '../ui/logo.ts';
import { credentialsProblem, entrySentence, MIN_PASSWORD_CHARS, type Credentials, type Entry } from './credentials.ts';
import { friendlyName } from './friendly-name.ts';
import './other-ways.ts';
import './sign-in-page.css';

/** Lets somebody in: as a guest with only a name, with an account, or with a new one. */
export class SignInPage extends LightElement {
  static override properties = {
    app: { attribute: false },
    reason: { attribute: false },
    mode: { state: true },
    problem: { state: true },
    busy: { state: true },
  };

  declare app: App;
  /** Why the page is shown in the place of another. */
  declare reason: 'invited' | 'project' | null;
  declare private mode: Entry;
  declare private problem: string | null;
  declare private busy: boolean;
  private readonly suggestedName = friendlyName();

  constructor() {
    super();
    this.reason = null;
    this.mode = 'guest';
    this.problem = null;
    this.busy = false;
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    document.title = 'Sign in – Cowrite';
  }

  protected override render(): TemplateResult {
    return html`<main class="sign-in" data-testid="sign-in">
      <div class="sign-in-intro">
        ${logo()}
        <h1>Write code together</h1>
        <p class="quiet">
          Cowrite is a code editor for several people at once. It keeps working offline, and everybody’s edits are
          merged, never overwritten.
        </p>
      </div>
      <section class="sign-in-card" aria-label=${this.heading()}>
        ${this.renderReason()} ${this.mode === 'guest' ? this.renderGuest() : this.renderAccount(this.mode)}
      </section>
    </main>`;
  }

  private renderReason(): TemplateResult | typeof nothing {
    switch (this.reason) {
      case 'invited':
        return html`<p class="message info">You are invited to a project. Say who you are to join it.</p>`;
      case 'project':
        return html`<p class="message info">Sign in to open this project.</p>`;
      case null:
        return nothing;
    }
  }

  private renderGuest(): TemplateResult {
    return html`
      <form @submit=${this.submit} novalidate data-testid="guest-form">
        <wa-input
          name="name"
          label="Your name"
          hint="Others see it beside your cursor. You can make it an account later; until then, signing out is for good."
          .value=${this.suggestedName}
          maxlength=${MAX_NAME_CHARS}
          autocomplete="nickname"
          required
          data-testid="guest-name"
        ></wa-input>
        ${this.renderProblem()}
        <wa-button type="submit" variant="brand" ?loading=${this.busy} data-testid="guest-submit">
          Continue as guest
        </wa-button>
      </form>
      <div class="sign-in-or"><span>or</span></div>
      <div class="sign-in-choices">
        <wa-button appearance="outlined" @click=${() => this.turn('sign-in')} data-testid="to-sign-in"
          >Sign in</wa-button
        >
        <wa-button appearance="outlined" @click=${() => this.turn('sign-up')} data-testid="to-sign-up">
          Create account
        </wa-button>
      </div>
      <cw-other-ways .app=${this.app}></cw-other-ways>
    `;
  }

  private renderAccount(mode: 'sign-in' | 'sign-up'): TemplateResult {
    const isNew = mode === 'sign-up';
    return html`
      <form @submit=${this.submit} novalidate data-testid="account-form">
        <h2>${this.heading()}</h2>
        ${
          isNew
            ? html`<wa-input
                name="name"
                label="Name"
                maxlength=${MAX_NAME_CHARS}
                autocomplete="name"
                required
                data-testid="account-name"
              ></wa-input>`
            : nothing
        }
        <wa-input
          name="email"
          type="email"
          label="E-mail"
          autocomplete="email"
          required
          data-testid="account-email"
        ></wa-input>
        <wa-input
          name="password"
          type="password"
          label="Password"
          hint=${isNew ? `At least ${MIN_PASSWORD_CHARS} characters.` : ''}
          autocomplete=${isNew ? 'new-password' : 'current-password'}
          password-toggle
          required
          data-testid="account-password"
        ></wa-input>
        ${this.renderProblem()}
        <wa-button type="submit" variant="brand" ?loading=${this.busy} data-testid="account-submit">
          ${this.heading()}
        </wa-button>
      </form>
      <div class="sign-in-links">
        <button class="link" @click=${() => this.turn(isNew ? 'sign-in' : 'sign-up')}>
          ${isNew ? 'I have an account' : 'Create an account'}
        </button>
        <button class="link" @click=${() => this.turn('guest')} data-testid="to-guest">Continue as guest</button>
      </div>
    `;
  }

  private renderProblem(): TemplateResult {
    return html`<div role="alert">
      ${
        this.problem === null
          ? nothing
          : html`<p class="message error" data-testid="sign-in-problem">${icon('circle-alert')} ${this.problem}</p>`
      }
    </div>`;
  }

  private heading(): string {
    switch (this.mode) {
      case 'guest':
        return 'Continue as guest';
      case 'sign-in':
        return 'Sign in';
      case 'sign-up':
        return 'Create account';
    }
  }

  private turn(mode: Entry): void {
    this.mode = mode;
    this.problem = null;
    void this.updateComplete.then(() => this.querySelector('wa-input')?.focus());
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy || !(event.target instanceof HTMLFormElement)) return;
    const { mode } = this;
    const credentials = readCredentials(new FormData(event.target));
    this.problem = credentialsProblem(mode, credentials);
    if (this.problem !== null) return;
    this.busy = true;
    const outcome = await this.enter(mode, credentials);
    this.busy = false;
    if (!outcome.ok) this.problem = entrySentence(mode, outcome);
  };

  private enter(mode: Entry, { name, email, password }: Credentials): Promise<Outcome<void>> {
    switch (mode) {
      case 'guest':
        return this.app.continueAsGuest(name);
      case 'sign-in':
        return this.app.signIn(email, password);
      case 'sign-up':
        return this.app.signUp(name, email, password);
    }
  }
}

function readCredentials(fields: FormData): Credentials {
  const text = (name: string): string => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  return { name: text('name').trim(), email: text('email').trim(), password: text('password') };
}

customElements.define('cw-sign-in', SignInPage);

declare global {
  interface HTMLElementTagNameMap {
    'cw-sign-in': SignInPage;
  }
}
