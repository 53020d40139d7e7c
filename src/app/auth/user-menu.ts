import '@awesome.me/webawesome/dist/components/divider/divider.js';
import '@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js';
import '@awesome.me/webawesome/dist/components/dropdown/dropdown.js';
import type { WaSelectEvent } from '@awesome.me/webawesome/dist/events/select.js';
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { styleMap } from 'lit/directives/style-map.js';
import { initialsOf, inkOn, safeColor } from '../presence/people.ts';
import type { App, User } from '../session/api.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon, type IconName } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import '../ui/name-dialog.ts';
import { plainNameProblem } from '../ui/names.ts';
import { Observed } from '../ui/observed.ts';
import type { ThemeChoice, ThemeSetting } from '../ui/theme.ts';
import '../presence/avatars.css';
import './sign-out-dialog.ts';
import { signOutWarning } from './sign-out-warning.ts';
import './user-menu.css';

const THEMES: readonly { readonly choice: ThemeChoice; readonly label: string; readonly icon: IconName }[] = [
  { choice: 'system', label: 'Colours of the system', icon: 'monitor' },
  { choice: 'light', label: 'Light', icon: 'sun' },
  { choice: 'dark', label: 'Dark', icon: 'moon' },
];

/** The signed-in user and what concerns only them: the name, the colours, signing out. */
export class UserMenu extends LightElement {
  static override properties = { app: { attribute: false }, user: { attribute: false }, theme: { attribute: false } };

  declare app: App;
  declare user: User;
  declare theme: ThemeSetting;
  private readonly choice = new Observed(this, () => this.theme?.choice);

  protected override render(): TemplateResult {
    const { user } = this;
    const color = safeColor(user.color);
    return html`<wa-dropdown placement="bottom-end" distance="6" size="s" @wa-select=${this.select}>
        <button slot="trigger" class="user-button" aria-label=${`Account of ${user.name}`} data-testid="user-menu">
          <span
            class="avatar"
            style=${styleMap({ '--person': color, '--ink': inkOn(color) })}
            data-initials=${initialsOf(user.name)}
            aria-hidden="true"
          ></span>
        </button>
        <div class="user-card">
          <strong data-testid="user-name">${user.name}</strong>
          <span class="quiet">${user.guest ? 'Guest' : user.email}</span>
        </div>
        <wa-divider></wa-divider>
        <wa-dropdown-item value="rename" data-testid="user-rename"
          >${icon('pencil', 'icon')} Change your name</wa-dropdown-item
        >
        <wa-dropdown-item value="account" data-testid="user-account"
          >${icon('settings', 'icon')} ${user.guest ? 'Create an account' : 'Your account'}</wa-dropdown-item
        >
        <wa-divider></wa-divider>
        ${THEMES.map(
          ({ choice, label, icon: name }) =>
            html`<wa-dropdown-item
              type="checkbox"
              value=${`theme-${choice}`}
              .checked=${live(this.choice.value === choice)}
              data-testid=${`theme-${choice}`}
              >${icon(name, 'icon')} ${label}</wa-dropdown-item
            >`,
        )}
        <wa-divider></wa-divider>
        <wa-dropdown-item value="sign-out" data-testid="sign-out">${icon('log-out', 'icon')} Sign out</wa-dropdown-item>
      </wa-dropdown>
      <a href="/account" hidden tabindex="-1">Your account</a>
      <cw-name-dialog></cw-name-dialog>
      <cw-sign-out-dialog .app=${this.app} @sign-out-anyway=${this.signOut}></cw-sign-out-dialog>`;
  }

  private readonly select = (event: WaSelectEvent): void => {
    const { item } = event.detail;
    const value = 'value' in item ? item.value : '';
    const theme = THEMES.find(({ choice }) => value === `theme-${choice}`);
    if (theme) {
      event.preventDefault();
      this.theme.choose(theme.choice);
      this.requestUpdate();
    } else if (value === 'rename') {
      this.rename();
    } else if (value === 'account') {
      this.querySelector<HTMLAnchorElement>('a[href="/account"]')?.click();
    } else if (value === 'sign-out') {
      void this.askToSignOut();
    }
  };

  private rename(): void {
    this.querySelector('cw-name-dialog')?.ask({
      title: 'Change your name',
      label: 'Name',
      value: this.user.name,
      hint: 'Others see it beside your cursor.',
      confirm: 'Change',
      check: plainNameProblem,
      submit: async (name) => {
        const renamed = await this.app.rename(name);
        return renamed.ok ? null : renamed.message;
      },
    });
  }

  private async askToSignOut(): Promise<void> {
    const unsent = await this.app.unsentEdits();
    const stuck = unsent === 0 ? 0 : await this.app.rescue.countStuck();
    const warning = signOutWarning(this.user, unsent, stuck);
    if (warning === null) await this.signOut();
    else this.querySelector('cw-sign-out-dialog')?.ask(warning);
  }

  private readonly signOut = async (): Promise<void> => {
    const out = await this.app.signOut();
    if (!out.ok) this.dispatchEvent(new ToastEvent({ message: out.message, tone: 'danger' }));
  };
}

customElements.define('cw-user-menu', UserMenu);

declare global {
  interface HTMLElementTagNameMap {
    'cw-user-menu': UserMenu;
  }
}
