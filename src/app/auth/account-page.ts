import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { MAX_NAME_CHARS } from '../../core/limits.ts';
import { initialsOf, inkOn, safeColor } from '../presence/people.ts';
import '../dashboard/dashboard-page.css';
import '../presence/avatars.css';
import type { App, User } from '../session/api.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { logo } from '../ui/logo.ts';
import { plainNameProblem } from '../ui/names.ts';
import type { ThemeSetting } from '../ui/theme.ts';
import '../ui/theme-toggle.ts';
import './account-page.css';
import './color-choice.ts';
import './device-list.ts';
import './keep-account.ts';
import './password-form.ts';
import './user-menu.ts';

/** What concerns only the user: how others see them, how they sign in, and where they are signed in. */
export class AccountPage extends LightElement {
  static override properties = {
    app: { attribute: false },
    theme: { attribute: false },
    user: { attribute: false },
    problem: { state: true },
    busy: { state: true },
  };

  declare app: App;
  declare theme: ThemeSetting;
  declare user: User;
  declare private problem: string | null;
  declare private busy: boolean;

  constructor() {
    super();
    this.problem = null;
    this.busy = false;
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    document.title = 'Your account – Cowrite';
  }

  protected override render(): TemplateResult {
    const { app, user } = this;
    return html`
      <header class="dashboard-header">
        <a href="/" class="plain-link" aria-label="Cowrite, your projects">${logo()}</a>
        <span class="spacer"></span>
        <cw-theme-toggle .theme=${this.theme}></cw-theme-toggle>
        <cw-user-menu .app=${app} .user=${user} .theme=${this.theme}></cw-user-menu>
      </header>
      <main class="account" data-testid="account">
        <div>
          <a href="/" class="account-back">${icon('arrow-left')} Projects</a>
          <h1>Your account</h1>
        </div>
        ${this.renderWho(user)}
        ${
          user.guest
            ? html`<cw-keep-account .app=${app}></cw-keep-account>`
            : html`<cw-password-form .app=${app} .user=${user}></cw-password-form>`
        }
        <cw-devices .app=${app}></cw-devices>
      </main>
    `;
  }

  private renderWho(user: User): TemplateResult {
    const color = safeColor(user.color);
    return html`<section class="account-card" aria-labelledby="account-who">
      <div class="account-who">
        <span
          class="avatar"
          style=${styleMap({ '--person': color, '--ink': inkOn(color) })}
          data-initials=${initialsOf(user.name)}
          aria-hidden="true"
        ></span>
        <div>
          <h2 id="account-who">${user.name}</h2>
          <p class="quiet">${user.guest ? 'Guest, on this browser only' : user.email}</p>
        </div>
      </div>
      <form class="account-row" @submit=${this.rename} novalidate>
        <wa-input
          name="name"
          label="Name"
          maxlength=${MAX_NAME_CHARS}
          .value=${user.name}
          autocomplete="nickname"
          data-testid="own-name"
        ></wa-input>
        <wa-button type="submit" appearance="outlined" ?loading=${this.busy} data-testid="own-name-submit"
          >Change</wa-button
        >
        <p class="quiet account-hint">Others see it beside your cursor and in the history.</p>
        <div role="alert">
          ${this.problem === null ? '' : html`<p class="message error">${icon('circle-alert')} ${this.problem}</p>`}
        </div>
      </form>
      <cw-color-choice .app=${this.app} .user=${user}></cw-color-choice>
    </section>`;
  }

  private readonly rename = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const name = this.querySelector('wa-input')?.value?.trim() ?? '';
    this.problem = plainNameProblem(name);
    if (this.problem !== null || this.busy || name === this.user.name) return;
    this.busy = true;
    const renamed = await this.app.rename(name);
    this.busy = false;
    if (renamed.ok) this.dispatchEvent(new ToastEvent({ message: `Others see you as ${name} now.` }));
    else this.problem = renamed.message;
  };
}

customElements.define('cw-account', AccountPage);

declare global {
  interface HTMLElementTagNameMap {
    'cw-account': AccountPage;
  }
}
