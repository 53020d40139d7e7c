import '@awesome.me/webawesome/dist/components/divider/divider.js';
import '@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js';
import '@awesome.me/webawesome/dist/components/dropdown/dropdown.js';
import type { WaSelectEvent } from '@awesome.me/webawesome/dist/events/select.js';
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { styleMap } from 'lit/directives/style-map.js';
import { initialsOf, inkOn, safeColor } from '../presence/people.ts';
import type { User } from '../session/api.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import type { ThemeChoice, ThemeSetting } from '../ui/theme.ts';
import '../presence/avatars.css';
import './user-menu.css';

const THEMES: readonly { readonly choice: ThemeChoice; readonly label: string }[] = [
  { choice: 'system', label: 'Colours of the system' },
  { choice: 'light', label: 'Light' },
  { choice: 'dark', label: 'Dark' },
];

/**
 * The signed-in user and what concerns only them.
 *
 * @event user-rename – the user wants another display name
 * @event user-sign-out
 */
export class UserMenu extends LightElement {
  static override properties = { user: { attribute: false }, theme: { attribute: false } };

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
      <wa-divider></wa-divider>
      ${THEMES.map(
        ({ choice, label }) =>
          html`<wa-dropdown-item
            type="checkbox"
            value=${`theme-${choice}`}
            .checked=${live(this.choice.value === choice)}
            data-testid=${`theme-${choice}`}
            >${label}</wa-dropdown-item
          >`,
      )}
      <wa-divider></wa-divider>
      <wa-dropdown-item value="sign-out" data-testid="sign-out">${icon('log-out', 'icon')} Sign out</wa-dropdown-item>
    </wa-dropdown>`;
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
      this.dispatchEvent(new CustomEvent('user-rename', { bubbles: true }));
    } else if (value === 'sign-out') {
      this.dispatchEvent(new CustomEvent('user-sign-out', { bubbles: true }));
    }
  };
}

customElements.define('cw-user-menu', UserMenu);

declare global {
  interface HTMLElementTagNameMap {
    'cw-user-menu': UserMenu;
  }
  interface HTMLElementEventMap {
    'user-rename': CustomEvent<null>;
    'user-sign-out': CustomEvent<null>;
  }
}
