import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/popover/popover.js';
import { html, type PropertyValues, type TemplateResult } from 'lit';
import type { Status, StatusReport } from '../../core/status.ts';
import type { SyncCounters } from '../session/api.ts';
import { AnnounceEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { isWorthSaying, statusLook } from './status-look.ts';
import './status-chip.css';

/**
 * Whether one's edits are safe: a chip, and behind it the sentence and the counters.
 *
 * @event sync-retry – the user wants to try now
 * @event announce – the status changed to one that is worth hearing; saving and saved taking turns is not
 */
export class StatusChip extends LightElement {
  static override properties = { report: { attribute: false }, counters: { attribute: false } };

  declare report: StatusReport | null;
  declare counters: SyncCounters | null;
  private said: Status | null = null;

  constructor() {
    super();
    this.report = null;
    this.counters = null;
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('report') || this.report === null) return;
    const { status, sentence } = this.report;
    if (!isWorthSaying(status) || status === this.said) return;
    // The first status of a page is what everybody expects, unless it is bad news.
    const expected = this.said === null && status === 'saved';
    this.said = status;
    if (!expected) this.dispatchEvent(new AnnounceEvent(sentence));
  }

  protected override render(): TemplateResult {
    const report = this.report ?? { status: 'connecting', sentence: 'Connecting…', pending: 0, unsafe: 0 };
    const look = statusLook(report.status);
    return html`
      <button
        id="status-chip"
        class="status-chip"
        data-testid="status"
        data-status=${report.status}
        data-pending=${report.pending}
        data-tone=${look.tone}
        aria-haspopup="dialog"
        aria-label=${`Status: ${look.label}`}
      >
        ${icon(look.icon)}<span class="status-label">${look.label}</span>
      </button>
      <wa-popover for="status-chip" placement="bottom-end" without-arrow class="status-popover">
        <div class="status-details" data-testid="status-details">
          <p class="status-sentence" data-tone=${look.tone}>
            ${icon(look.icon)} <span data-testid="status-sentence">${report.sentence}</span>
          </p>
          <dl>
            <div>
              <dt>Edits on their way</dt>
              <dd data-testid="status-pending">${report.pending}</dd>
            </div>
            <div>
              <dt>Live connection</dt>
              <dd>${this.counters?.live ? 'yes' : 'no'}</dd>
            </div>
            <div>
              <dt>Times read from the server</dt>
              <dd>${this.counters?.reads ?? 0}</dd>
            </div>
            <div>
              <dt>Ignored entries</dt>
              <dd data-testid="status-quarantined">${this.counters?.quarantined ?? 0}</dd>
            </div>
          </dl>
          <wa-button
            size="s"
            appearance="outlined"
            @click=${() => this.dispatchEvent(new CustomEvent('sync-retry', { bubbles: true }))}
            data-testid="status-retry"
          >
            ${icon('refresh', 'start')} Try now
          </wa-button>
        </div>
      </wa-popover>
    `;
  }
}

customElements.define('cw-status', StatusChip);

declare global {
  interface HTMLElementTagNameMap {
    'cw-status': StatusChip;
  }
  interface HTMLElementEventMap {
    'sync-retry': CustomEvent<null>;
  }
}
