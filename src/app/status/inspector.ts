import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import { html, nothing, type TemplateResult } from 'lit';
import { downloadText } from '../editor/download.ts';
import type { ProjectSession } from '../session/api.ts';
import type { BudgetReport, DocumentReport, SyncReport } from '../../sync/report.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { ago } from './ladder-steps.ts';
import { statusLook } from './status-look.ts';
import './storage-bill.ts';
import './inspector.css';

const REFRESH_MS = 1_000;

/**
 * The sync inspector: everything that support asks about the synchronisation of a project, to read and to export. It holds
 * no content of files.
 */
export class SyncInspector extends LightElement {
  static override properties = { session: { attribute: false }, report: { state: true } };

  declare session: ProjectSession;
  declare private report: SyncReport | null;
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor() {
    super();
    this.report = null;
  }

  show(): void {
    this.refresh();
    this.timer ??= setInterval(() => this.refresh(), REFRESH_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected override render(): TemplateResult {
    const { report } = this;
    // It is always there: Web Awesome tells nobody of a dialog that is born open.
    return html`<wa-dialog
      label="Sync inspector"
      class="inspector"
      ?open=${report !== null}
      @wa-after-hide=${this.closed}
      data-testid="inspector"
    >
      ${report === null ? nothing : this.renderReport(report)}
    </wa-dialog>`;
  }

  private renderReport(report: SyncReport): TemplateResult {
    const now = Date.now();
    return html`<div class="inspector-body" tabindex="0" role="region" aria-label="Details of the synchronisation">
        <section aria-label="Connection">
          <h3>Connection</h3>
          ${renderConnection(report, now)}
        </section>
        <section aria-label="Documents">
          <h3>Documents</h3>
          <div class="inspector-scroll">${this.renderDocuments(report)}</div>
        </section>
        <section aria-label="Storage on the server">
          <h3>Storage on the server</h3>
          <cw-storage-bill .session=${this.session} .report=${report} .nameOf=${this.nameOf}></cw-storage-bill>
        </section>
        ${this.renderIgnored(report)}
        <section aria-label="What happened">
          <h3>What happened</h3>
          ${this.renderJournal(report, now)}
        </section>
      </div>
      <div class="dialog-actions" slot="footer">
        <wa-button appearance="outlined" @click=${this.export} data-testid="inspector-export">
          ${icon('download', 'start')} Export as JSON
        </wa-button>
        <wa-button variant="brand" @click=${this.hide} data-testid="inspector-close">Close</wa-button>
      </div>`;
  }

  private renderDocuments(report: SyncReport): TemplateResult {
    return html`<table class="inspector-table">
      <thead>
        <tr>
          <th scope="col">Document</th>
          <th scope="col">Status</th>
          <th scope="col" class="number" title="Rows that were applied here and not written in this tab">Rows in</th>
          <th scope="col" class="number" title="Rows of this tab that the server has stored">Rows out</th>
          <th scope="col" class="number" title="Edits that the server has not confirmed">Pending</th>
          <th scope="col" class="number" title="How often its rows were listed">Reads</th>
          <th scope="col" class="number" title="How often it was read anew because another replica held something else">
            Healed
          </th>
          <th scope="col" title="Equal digests mean equal content">Digest</th>
        </tr>
      </thead>
      <tbody>
        ${report.documents.map((document) => this.renderDocument(document))}
        ${report.sending.map(
          ({ id, pending, problem }) =>
            html`<tr>
              <td>${this.nameOf(id)} <span class="quiet">(closed)</span></td>
              <td>${problem ?? 'sending'}</td>
              <td></td>
              <td></td>
              <td class="number">${pending}</td>
              <td></td>
              <td></td>
              <td></td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private renderDocument(document: DocumentReport): TemplateResult {
    const { id, status, rowsIn, rowsOut, reads, hasGap, digest, heals } = document;
    const look = statusLook(status.status);
    return html`<tr data-testid="inspector-document">
      <td>${this.nameOf(id)}</td>
      <td data-tone=${look.tone} title=${status.sentence}>${look.label}${hasGap ? ', waits for rows' : ''}</td>
      <td class="number">${rowsIn}</td>
      <td class="number">${rowsOut}</td>
      <td class="number">${status.pending}</td>
      <td class="number">${reads}</td>
      <td class="number">${heals}</td>
      <td class="inspector-code">${digest ?? 'not at rest'}</td>
    </tr>`;
  }

  private renderIgnored(report: SyncReport): TemplateResult | typeof nothing {
    const ignored = report.documents.flatMap(({ id, quarantined }) => quarantined.map((row) => ({ id, ...row })));
    if (ignored.length === 0) return nothing;
    return html`<section aria-label="Ignored rows">
      <h3>Ignored rows (${ignored.length})</h3>
      <ul class="inspector-list">
        ${ignored.map(
          ({ id, row, reason }) =>
            html`<li>
              <span class="inspector-code">${row}</span> <span class="quiet">in ${this.nameOf(id)}:</span> ${reason}
            </li>`,
        )}
      </ul>
    </section>`;
  }

  private renderJournal({ journal }: SyncReport, now: number): TemplateResult {
    if (journal.length === 0) return html`<p class="quiet">Nothing yet.</p>`;
    return html`<ol class="inspector-list" data-testid="inspector-journal">
      ${journal.toReversed().map(
        ({ at, doc, what }) =>
          html`<li>
            <time class="quiet" datetime=${new Date(at).toISOString()}>${ago(now - at)}</time>
            <span>${doc === null ? nothing : html`<strong>${this.nameOf(doc)}</strong>: `}${what}</span>
          </li>`,
      )}
    </ol>`;
  }

  /** The path of a file; documents of other kinds by what they are. */
  private readonly nameOf = (doc: string): string => {
    if (doc.startsWith('t')) return 'File tree';
    const id = doc.slice(1);
    const { byId, trash } = this.session.tree.value;
    const deleted = trash.find((each) => each.id === id);
    const path = byId.get(id)?.path ?? (deleted && `${deleted.name} (deleted)`);
    if (!doc.startsWith('r')) return path ?? doc;
    return id === this.session.id ? 'List of commented files' : `Comments on ${path ?? id}`;
  };

  private readonly export = (): void => {
    const exported = {
      exportedAt: new Date().toISOString(),
      userAgent: navigator.userAgent,
      ...this.session.inspect(),
    };
    const time = exported.exportedAt.replaceAll(':', '-').slice(0, 19);
    downloadText(`cowrite-sync-${this.session.id}-${time}.json`, `${JSON.stringify(exported, null, 2)}\n`, 'lf');
  };

  private refresh(): void {
    this.report = this.session.inspect();
  }

  private readonly hide = (): void => {
    this.stop();
    this.report = null;
  };

  private readonly closed = (event: Event): void => {
    if (event.target === event.currentTarget) this.hide();
  };

  private stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }
}

function renderConnection({ connection, budget, others, role, replica }: SyncReport, now: number): TemplateResult {
  const { live, since, lostBecause, connects, denied } = connection;
  const state = denied ?? (live ? 'live' : 'down');
  return html`<dl class="inspector-facts">
    <div>
      <dt>Live connection</dt>
      <dd>${state}${since === null ? '' : ` (for ${ago(now - since).replace(' ago', '')})`}, connected ${connects}×</dd>
    </div>
    <div>
      <dt>Last lost because</dt>
      <dd>${lostBecause ?? 'never lost'}</dd>
    </div>
    <div>
      <dt>Rows written in the last minute</dt>
      <dd data-testid="inspector-budget">${spent(budget.updates)}</dd>
    </div>
    <div>
      <dt>Cursor rows in the last minute</dt>
      <dd>${spent(budget.presence)}</dd>
    </div>
    <div>
      <dt>Other tabs and people here</dt>
      <dd>${others}</dd>
    </div>
    <div>
      <dt>Your role</dt>
      <dd>${role}</dd>
    </div>
    <div>
      <dt>This tab</dt>
      <dd class="inspector-code">${replica}</dd>
    </div>
  </dl>`;
}

function spent({ lastMinute, limit, learned }: BudgetReport): string {
  const most = limit === null ? 'no limit' : `at most ${limit}`;
  return `${lastMinute}, ${most}${learned ? ' (learned from a refusal)' : ''}`;
}

customElements.define('cw-inspector', SyncInspector);

declare global {
  interface HTMLElementTagNameMap {
    'cw-inspector': SyncInspector;
  }
}
