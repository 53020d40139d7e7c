import { html, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import type { App, User } from '../session/api.ts';
import { COLORS } from '../session/colors.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';

/** The colours by their order in `COLORS`, for those who do not see them. */
const NAMES = ['Orange', 'Teal', 'Violet', 'Pink', 'Blue', 'Green', 'Ochre', 'Petrol', 'Purple', 'Red'];

/** The colour of the user's cursor and avatar: one of ten, or none in particular. */
export class ColorChoice extends LightElement {
  static override properties = { app: { attribute: false }, user: { attribute: false }, busy: { state: true } };

  declare app: App;
  declare user: User;
  declare private busy: boolean;

  constructor() {
    super();
    this.busy = false;
  }

  protected override render(): TemplateResult {
    const chosen = this.user.colorChosen === true ? this.user.color : null;
    return html`<fieldset class="swatches">
        <legend>Colour of your cursor</legend>
        ${COLORS.map((color, at) => this.renderSwatch(color, NAMES[at] ?? color, color === chosen))}
      </fieldset>
      <p class="quiet account-hint">
        ${
          chosen === null
            ? 'Each project gives you a colour, one that is free there if there is any.'
            : html`The same in every project.
                <button class="link" ?disabled=${this.busy} @click=${() => this.choose(null)} data-testid="color-none">
                  Let each project choose
                </button>`
        }
      </p>`;
  }

  private renderSwatch(color: string, name: string, isChosen: boolean): TemplateResult {
    return html`<button
      type="button"
      class="swatch"
      style=${styleMap({ '--person': color })}
      aria-label=${name}
      aria-pressed=${isChosen}
      title=${name}
      ?disabled=${this.busy}
      data-testid="swatch"
      data-color=${color}
      @click=${() => this.choose(color)}
    >
      ${isChosen ? icon('check') : ''}
    </button>`;
  }

  private async choose(color: string | null): Promise<void> {
    this.busy = true;
    const chosen = await this.app.settings.setColor(color);
    this.busy = false;
    if (!chosen.ok) this.dispatchEvent(new ToastEvent({ message: chosen.message, tone: 'danger' }));
  }
}

customElements.define('cw-color-choice', ColorChoice);

declare global {
  interface HTMLElementTagNameMap {
    'cw-color-choice': ColorChoice;
  }
}
