import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, type TemplateResult } from 'lit';
import type { App, ProjectSession } from '../session/api.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import './share-dialog.ts';
import type { ShareDialog } from './share-dialog.ts';

/** The button that shows who is in the project and who may come. */
export class ShareButton extends LightElement {
  static override properties = { app: { attribute: false }, session: { attribute: false } };

  declare app: App;
  declare session: ProjectSession;

  protected override render(): TemplateResult {
    return html`<wa-button
        size="s"
        variant="brand"
        @click=${() => this.querySelector<ShareDialog>('cw-share-dialog')?.show()}
        data-testid="share"
      >
        ${icon('share', 'start')} <span class="share-label">Share</span>
      </wa-button>
      <cw-share-dialog .app=${this.app} .session=${this.session}></cw-share-dialog>`;
  }
}

customElements.define('cw-share', ShareButton);

declare global {
  interface HTMLElementTagNameMap {
    'cw-share': ShareButton;
  }
}
