import { html, type TemplateResult } from 'lit';
import { icon } from './icons.ts';
import { LightElement } from './light-element.ts';
import { Observed } from './observed.ts';
import type { ThemeSetting } from './theme.ts';

/** Switches between light and dark. */
export class ThemeToggle extends LightElement {
  static override properties = { theme: { attribute: false } };

  declare theme: ThemeSetting;
  private readonly shown = new Observed(this, () => this.theme?.theme);

  protected override render(): TemplateResult {
    const dark = this.shown.value === 'dark';
    const label = dark ? 'Use light colours' : 'Use dark colours';
    return html`<button
      class="icon-button"
      aria-label=${label}
      title=${label}
      @click=${() => this.theme.toggle()}
      data-testid="theme-toggle"
    >
      ${icon(dark ? 'sun' : 'moon')}
    </button>`;
  }
}

customElements.define('cw-theme-toggle', ThemeToggle);

declare global {
  interface HTMLElementTagNameMap {
    'cw-theme-toggle': ThemeToggle;
  }
}
