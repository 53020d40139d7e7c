import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { StoredProject } from '../../core/compaction/storage.ts';
import type { SyncReport } from '../../sync/report.ts';
import type { ProjectSession } from '../session/api.ts';
import { LightElement } from '../ui/light-element.ts';
import { LOCALE } from '../ui/locale.ts';
import { bytesOf, sizeWords, storageTable, type StorageRow } from './storage-rows.ts';

/** How often the server is asked again while this is shown. */
const REFRESH_MS = 20_000;
const NUMBER = new Intl.NumberFormat(LOCALE);

/** What the project and its documents cost on the server: counted when it is shown, and now and then after that. */
export class StorageBillView extends LightElement {
  static override properties = {
    session: { attribute: false },
    report: { attribute: false },
    nameOf: { attribute: false },
    stored: { state: true },
    problem: { state: true },
  };

  declare session: ProjectSession;
  declare report: SyncReport;
  /** What people call a document. */
  declare nameOf: (doc: string) => string;
  declare private stored: StoredProject | null;
  declare private problem: string | null;
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor() {
    super();
    this.stored = null;
    this.problem = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => this.count(), REFRESH_MS);
    if (this.hasUpdated) this.count();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    this.count();
  }

  protected override render(): TemplateResult {
    const { rows, together, unknownLogs } = storageTable(this.report, this.stored);
    return html`<div class="inspector-scroll">
        <table class="inspector-table inspector-storage" data-testid="inspector-storage">
          <thead>
            <tr>
              <th scope="col">Document</th>
              <th scope="col" class="number" title="Rows of the log that are not folded yet">Rows</th>
              <th scope="col" class="number" title="These rows, in base64 as they are stored">Log</th>
              <th scope="col" class="number" title="The document as it was after its last compactions">States</th>
              <th scope="col" class="number" title="The history: every edit that was folded">Segments</th>
              <th scope="col" class="number" title="How often it was compacted">Snapshots</th>
              <th scope="col" class="number">Together</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (row) =>
                html`<tr data-testid="inspector-stored">
                  <td>${this.nameOf(row.doc)}</td>
                  ${renderNumbers(row)}
                </tr>`,
            )}
          </tbody>
          <tfoot>
            <tr data-testid="inspector-together">
              <th scope="row">Together</th>
              ${renderNumbers(together)}
            </tr>
          </tfoot>
        </table>
      </div>
      <p class="inspector-note quiet">
        ${
          unknownLogs === 0
            ? nothing
            : html`Of closed documents the rows of the log are counted, not their bytes: these are not in the sums.`
        }
        ${
          this.stored === null || this.stored.log.isComplete
            ? nothing
            : html`The log is longer than what is counted here: closed documents may have more rows, or be missing.`
        }
      </p>
      ${this.problem === null ? nothing : html`<p class="inspector-note quiet" role="status">${this.problem}</p>`}`;
  }

  private count(): void {
    const { session } = this;
    session.recount();
    session.storage().then(
      (counted) => {
        if (counted.ok) this.stored = counted.value;
        this.problem = counted.ok ? null : `Closed documents could not be counted: ${counted.message}`;
      },
      (error: unknown) => console.error(error),
    );
  }
}

function renderNumbers(row: Omit<StorageRow, 'doc'>): TemplateResult {
  const { rows, logBytes, stateBytes, segmentBytes, snapshots } = row;
  const cell = (value: number | null, words: (value: number) => string): TemplateResult =>
    value === null
      ? html`<td class="number quiet"><span title="Not known">–</span></td>`
      : html`<td class=${value === 0 ? 'number quiet' : 'number'}>${words(value)}</td>`;
  const number = (value: number): string => NUMBER.format(value);
  return html`${cell(rows, number)} ${cell(logBytes, sizeWords)} ${cell(stateBytes, sizeWords)}
  ${cell(segmentBytes, sizeWords)} ${cell(snapshots, number)} ${cell(bytesOf(row), sizeWords)}`;
}

customElements.define('cw-storage-bill', StorageBillView);

declare global {
  interface HTMLElementTagNameMap {
    'cw-storage-bill': StorageBillView;
  }
}
