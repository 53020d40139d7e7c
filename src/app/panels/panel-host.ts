import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import type { Panel, PanelContext } from './panel.ts';
import './panels.css';

/**
 * The panel beside the editor.
 *
 * @event panel-close – its button to close it, or Escape
 */
export class PanelHost extends LightElement {
  static override properties = {
    panel: { attribute: false },
    context: { attribute: false },
    loaded: { state: true },
    problem: { state: true },
  };

  declare panel: Panel | null;
  declare context: PanelContext | null;
  declare private loaded: string | null;
  declare private problem: boolean;

  constructor() {
    super();
    this.panel = null;
    this.context = null;
    this.loaded = null;
    this.problem = false;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('panel')) this.problem = false;
    const { panel } = this;
    if (panel === null || panel.id === this.loaded || this.problem) return;
    panel.load().then(
      () => (this.loaded = panel.id),
      (error: unknown) => {
        console.error(error);
        this.problem = true;
      },
    );
  }

  protected override render(): TemplateResult | typeof nothing {
    const { panel, context } = this;
    if (panel === null || context === null) return nothing;
    return html`<aside class="panel" aria-label=${panel.label} data-testid=${`panel-${panel.id}`} @keydown=${this.key}>
      <header class="panel-head">
        <h2>${panel.label}</h2>
        <button class="icon-button" aria-label="Close" title="Close" data-testid="panel-close" @click=${this.close}>
          ${icon('x')}
        </button>
      </header>
      <div class="panel-body">
        ${
          this.problem
            ? html`<p role="alert">This could not be loaded. Look at your connection and open it again.</p>`
            : this.loaded === panel.id
              ? panel.render(context)
              : html`<p class="quiet" aria-busy="true">Loading…</p>`
        }
      </div>
    </aside>`;
  }

  /** Moves the focus to what is chosen in the panel, or to what is to be written there. */
  focusChosen(): void {
    const chosen = '[data-testid="composer"] textarea, [aria-current="true"]';
    const look = (tries: number): void => {
      const found = this.querySelector<HTMLElement>(chosen);
      if (found) found.focus();
      else if (tries > 0) requestAnimationFrame(() => look(tries - 1));
    };
    look(60);
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.defaultPrevented) this.close();
  };

  private readonly close = (): void => {
    this.dispatchEvent(new CustomEvent('panel-close', { bubbles: true }));
  };
}

customElements.define('cw-panel-host', PanelHost);

declare global {
  interface HTMLElementTagNameMap {
    'cw-panel-host': PanelHost;
  }
  interface HTMLElementEventMap {
    'panel-close': CustomEvent<null>;
  }
}
