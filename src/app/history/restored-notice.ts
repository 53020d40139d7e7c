import { html, nothing, type TemplateResult } from 'lit';
import type { ProjectSession } from '../session/api.ts';
import type { Restored } from '../session/restore-api.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import { HistoryShowEvent } from './events.ts';
import { clockWords, countWords } from './words.ts';

/**
 * That the project was restored on this page, with the way back.
 *
 * @event history-show – what was before it is to be looked at, where it cannot be taken back as it was
 * @event toast – it was taken back
 */
export class RestoredNotice extends LightElement {
  static override properties = { session: { attribute: false } };

  declare session: ProjectSession;

  private readonly last = new Observed(this, () => this.session?.restoring.last);

  protected override render(): TemplateResult | typeof nothing {
    const restored = this.last.value;
    if (restored === null) return nothing;
    return html`<div class="restored" role="status" data-testid="restored">
      ${icon('rotate-ccw')}
      <span
        >Restored to ${restored.name} at ${clockWords(restored.at)}:
        ${countWords(restored.restored, 'file or folder', 'files and folders')}.</span
      >
      <button class="hist-link" data-testid="undo-restore" @click=${this.takeBack}>
        ${restored.undo === null ? 'Undo restore…' : 'Undo restore'}
      </button>
      <button class="icon-button" aria-label="Dismiss" title="Dismiss" @click=${() => this.session.restoring.dismiss()}>
        ${icon('x')}
      </button>
      ${restored.failed.length === 0 ? nothing : renderFailed(restored.failed)}
    </div>`;
  }

  private readonly takeBack = (): void => {
    const restored = this.last.value;
    if (restored === null) return;
    if (restored.undo === null) {
      const name = `before restoring ${restored.name}`;
      this.dispatchEvent(new HistoryShowEvent({ kind: 'project-restore', time: restored.before, name }));
      return;
    }
    restored.undo();
    this.dispatchEvent(new ToastEvent({ message: 'The restore is undone.', tone: 'success' }));
  };
}

function renderFailed(failed: Restored['failed']): TemplateResult {
  return html`<details class="restored-failed" data-testid="restored-failed">
    <summary>${failed.length} could not be restored</summary>
    <ul>
      ${failed.map(({ path, why }) => html`<li>${path} <span class="quiet">${why}</span></li>`)}
    </ul>
  </details>`;
}

customElements.define('cw-restored', RestoredNotice);

declare global {
  interface HTMLElementTagNameMap {
    'cw-restored': RestoredNotice;
  }
}
