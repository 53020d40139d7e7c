import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/popover/popover.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Status, StatusReport } from '../../core/status.ts';
import type { SyncReport } from '../../sync/report.ts';
import { AnnounceEvent } from '../ui/events.ts';
import { icon, type IconName } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { ladderSteps, type LadderStep, type StepState } from './ladder-steps.ts';
import { isWorthSaying, statusLook } from './status-look.ts';
import './status-chip.css';

const REFRESH_MS = 1_000;

/** The open file, as the steps of its edits need it. */
export interface StatusFile {
  /** Id of its document. */
  readonly doc: string;
  readonly name: string;
  /** Names of others who have it open. */
  readonly present: readonly string[];
}

/**
 * Whether one's edits are safe: a chip, and behind it the sentence, and for the open file how far its edits have come.
 *
 * @event sync-retry – the user wants to try now
 * @event sync-inspect – the user wants to see everything
 * @event announce – the status changed to one that is worth hearing; saving and saved taking turns is not
 */
export class StatusChip extends LightElement {
  static override properties = {
    report: { attribute: false },
    inspect: { attribute: false },
    file: { attribute: false },
    details: { state: true },
  };

  declare report: StatusReport | null;
  /** Asked each second while the details are shown. */
  declare inspect: () => SyncReport | null;
  declare file: StatusFile | null;
  declare private details: SyncReport | null;
  private timer: ReturnType<typeof setInterval> | null = null;
  private said: Status | null = null;

  constructor() {
    super();
    this.report = null;
    this.inspect = () => null;
    this.file = null;
    this.details = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.hideDetails();
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
    const ignored = this.details?.documents.reduce((sum, { quarantined }) => sum + quarantined.length, 0) ?? 0;
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
      <wa-popover
        for="status-chip"
        placement="bottom-end"
        without-arrow
        class="status-popover"
        @wa-show=${this.showDetails}
        @wa-after-hide=${this.hideDetails}
      >
        <div class="status-details" data-testid="status-details">
          <p class="status-sentence" data-tone=${look.tone}>
            ${icon(look.icon)} <span data-testid="status-sentence">${report.sentence}</span>
          </p>
          ${this.renderLadder(report)}
          <dl>
            <div>
              <dt>Edits on their way</dt>
              <dd data-testid="status-pending">${report.pending}</dd>
            </div>
            <div>
              <dt>Ignored rows</dt>
              <dd data-testid="status-quarantined">${ignored}</dd>
            </div>
          </dl>
          ${
            report.status === 'failed' && report.pending > 0
              ? html`<a href="/rescue" data-testid="status-rescue">Look at the unsent edits</a>`
              : nothing
          }
          <div class="status-actions">
            <wa-button
              size="s"
              appearance="outlined"
              @click=${() => this.dispatchEvent(new CustomEvent('sync-retry', { bubbles: true }))}
              data-testid="status-retry"
            >
              ${icon('refresh', 'start')} Try now
            </wa-button>
            <wa-button size="s" appearance="plain" @click=${this.openInspector} data-testid="status-inspect">
              Sync inspector…
            </wa-button>
          </div>
        </div>
      </wa-popover>
    `;
  }

  /** How far the edits of the open file have come. */
  private renderLadder(report: StatusReport): TemplateResult | typeof nothing {
    const { file, details } = this;
    const document = details?.documents.find(({ id }) => id === file?.doc);
    if (!file || !details || !document) return nothing;
    const facts = {
      ladder: document.ladder,
      live: details.connection.live,
      deviceProblem: report.status === 'not-on-this-device',
      present: file.present,
    };
    return html`<section class="ladder" aria-label=${`Where your edits of ${file.name} are`} data-testid="ladder">
      <h3>Your edits of ${file.name}</h3>
      <ol>
        ${ladderSteps(facts, Date.now()).map((step) => renderStep(step))}
      </ol>
    </section>`;
  }

  private readonly showDetails = (event: Event): void => {
    if (event.target !== event.currentTarget) return;
    this.details = this.inspect();
    this.timer ??= setInterval(() => (this.details = this.inspect()), REFRESH_MS);
  };

  private readonly hideDetails = (): void => {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  };

  private readonly openInspector = (): void => {
    this.querySelector('wa-popover')
      ?.hide()
      .catch(() => undefined);
    // The dialog gives the focus back to what has it now; what was clicked is about to be hidden.
    this.querySelector<HTMLElement>('#status-chip')?.focus();
    this.dispatchEvent(new CustomEvent('sync-inspect', { bubbles: true }));
  };
}

const STEP_ICONS: Readonly<Record<StepState, IconName>> = {
  done: 'circle-check',
  'under-way': 'loader',
  waiting: 'circle-dashed',
  wrong: 'circle-alert',
};
const STEP_TONES: Readonly<Record<StepState, string>> = {
  done: 'green',
  'under-way': 'blue',
  waiting: 'quiet',
  wrong: 'amber',
};

function renderStep({ name, state, text }: LadderStep): TemplateResult {
  return html`<li data-state=${state} data-tone=${STEP_TONES[state]} data-testid="ladder-step">
    ${icon(STEP_ICONS[state])} <span><strong>${name}</strong> <span class="quiet">${text}</span></span>
  </li>`;
}

customElements.define('cw-status', StatusChip);

declare global {
  interface HTMLElementTagNameMap {
    'cw-status': StatusChip;
  }
  interface HTMLElementEventMap {
    'sync-retry': CustomEvent<null>;
    'sync-inspect': CustomEvent<null>;
  }
}
