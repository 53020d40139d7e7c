import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { ALL_WORK, type WorkFilter } from '../../core/history/filter.ts';
import { mayWrite, type Role } from '../../core/roles.ts';
import type { ProjectReviews } from '../comments/project-reviews.ts';
import type { ProjectSession } from '../session/api.ts';
import type { Overview } from '../session/history/workbench.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import { BlameToggleEvent } from './events.ts';
import { filterOf, NO_CHOICE, type FilterChoice } from './filter-choice.ts';
import './history-filters.ts';
import type { FilterEvent, SearchEvent } from './history-filters.ts';
import './history-menu.ts';
import './history-versions.ts';
import { OpenHistoryController } from './open-history.ts';
import { renderPanelNotes } from './panel-notes.ts';
import { renderFailed, renderLoading } from './panel-states.ts';
import { PastFiles, type PastFile } from './past-files.ts';
import './project-search.ts';
import './project-timeline.ts';
import './restored-notice.ts';
import './search-list.ts';
import './take-back.ts';
import './timeline.ts';
import type { VersionActionEvent } from './version-list.ts';
import './history.css';

/**
 * The panel of the history: sessions and versions of the open file, or of the whole project.
 *
 * @event history-show – something is to be shown over the editor
 * @event blame-toggle – the gutter with the authors is to be shown or hidden
 * @event toast – an export is ready or failed
 */
export class HistoryPanel extends LightElement {
  static override properties = {
    session: { attribute: false },
    role: { attribute: false },
    file: { attribute: false },
    reviews: { attribute: false },
    scope: { state: true },
    tab: { state: true },
    choice: { state: true },
    needle: { state: true },
    blame: { state: true },
  };

  declare session: ProjectSession;
  declare role: Role;
  /** Node id of the open file. */
  declare file: string | null;
  /** The comments of the project, for the report; `null` while there are none to know. */
  declare reviews: ProjectReviews | null;
  declare private scope: 'file' | 'project';
  declare private tab: 'timeline' | 'versions';
  /** Kept as long as the panel is open, whatever file and scope are shown. */
  declare private choice: FilterChoice;
  declare private needle: string;
  declare private blame: boolean;

  private readonly people = new Observed(this, () => this.session?.people);
  private readonly status = new Observed(this, () => this.session?.status);
  private readonly tree = new Observed(this, () => this.session?.tree);
  private readonly history = new OpenHistoryController(
    this,
    () => this.session?.history,
    () => (this.isWhole ? 'whole' : this.file === null ? null : { node: this.file }),
  );
  private readonly pastFiles = new PastFiles();
  private filter: WorkFilter = ALL_WORK;
  private page: HTMLElement | null = null;

  constructor() {
    super();
    this.file = null;
    this.reviews = null;
    this.scope = 'file';
    this.tab = 'timeline';
    this.choice = NO_CHOICE;
    this.needle = '';
    this.blame = false;
    this.addEventListener('history-filter', ({ detail }: FilterEvent) => (this.choice = detail));
    this.addEventListener('history-seek', ({ detail }: SearchEvent) => (this.needle = detail));
    this.addEventListener('version-action', ({ detail: { action, version } }: VersionActionEvent) => {
      if (action === 'zip') void this.querySelector('cw-history-menu')?.export('zip', version.time, version.name);
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.page = this.closest('.project');
    this.page?.addEventListener('blame-toggle', this.blameToggled);
    this.blame = this.page?.querySelector('cw-history-tools')?.showsBlame ?? false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.page?.removeEventListener('blame-toggle', this.blameToggled);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('choice')) this.filter = filterOf(this.choice, Date.now());
    // What is sought in one file is not what is sought in the next one.
    if (changed.has('file') && !this.isWhole) this.needle = '';
    if (changed.has('scope')) this.needle = '';
  }

  protected override render(): TemplateResult {
    const name = this.file === null ? undefined : this.tree.value?.byId.get(this.file)?.shownName;
    return html`<div class="hist" data-testid="history">
      <div class="hist-bar">
        <div class="hist-segments" role="group" aria-label="What to show">
          ${this.renderSegment('This file', !this.isWhole, this.file === null, 'scope-file', () => (this.scope = 'file'))}
          ${this.renderSegment('Project', this.isWhole, false, 'scope-project', () => (this.scope = 'project'))}
        </div>
        <span class="spacer"></span>
        ${this.renderBlameToggle()}
        <cw-history-menu
          .session=${this.session}
          .role=${this.role}
          .file=${this.file}
          .reviews=${this.reviews}
          .since=${this.filter.since ?? 0}
          .until=${this.filter.until}
        ></cw-history-menu>
      </div>
      <div class="hist-tabs" role="tablist" aria-label="History">
        ${this.renderTab('timeline', 'Timeline')} ${this.renderTab('versions', 'Versions')}
      </div>
      <p class="visually-hidden">${this.isWhole ? 'History of the project' : `History of ${name ?? 'the file'}`}</p>
      <cw-restored .session=${this.session}></cw-restored>
      ${this.tab === 'versions' ? this.renderVersions() : this.renderTimeline()}
    </div>`;
  }

  private get isWhole(): boolean {
    return this.scope === 'project' || this.file === null;
  }

  private renderSegment(label: string, on: boolean, disabled: boolean, id: string, run: () => void): TemplateResult {
    return html`<button aria-pressed=${on} ?disabled=${disabled} data-testid=${id} @click=${run}>${label}</button>`;
  }

  private renderTab(tab: 'timeline' | 'versions', label: string): TemplateResult {
    return html`<button
      role="tab"
      aria-selected=${this.tab === tab}
      data-testid=${`tab-${tab}`}
      @click=${() => (this.tab = tab)}
    >
      ${label}
    </button>`;
  }

  private renderBlameToggle(): TemplateResult {
    const label = this.blame ? 'Hide who wrote each line' : 'Show who wrote each line';
    return html`<button
      class="icon-button"
      aria-label=${label}
      aria-pressed=${this.blame}
      title=${label}
      data-testid="blame-toggle"
      ?disabled=${this.file === null}
      @click=${() => this.dispatchEvent(new BlameToggleEvent(!this.blame))}
    >
      ${icon('blame')}
    </button>`;
  }

  private renderTimeline(): TemplateResult {
    const state = this.isWhole ? this.history.wholeState : this.history.fileState;
    if (state === null || state.kind === 'loading') return renderLoading(state);
    if (state.kind === 'failed') return renderFailed(state, () => this.history.retry());
    return html`${this.renderFilters()} ${renderPanelNotes(state, this.status.value?.pending ?? 0)}
    ${this.isWhole ? this.renderWhole() : this.renderFile()}`;
  }

  private renderFilters(): TemplateResult {
    const { fileState } = this.history;
    const ofFile = fileState?.kind === 'ready' ? fileState.overview.authors : [];
    return html`<cw-history-filters
      .session=${this.session}
      .authors=${this.isWhole ? [...(this.people.value?.keys() ?? [])] : ofFile}
      .files=${this.isWhole ? this.files : null}
      .choice=${this.isWhole ? this.choice : { ...this.choice, node: null }}
      .needle=${this.needle}
    ></cw-history-filters>`;
  }

  private get files(): readonly PastFile[] {
    const state = this.history.wholeState;
    return state?.kind === 'ready' ? this.pastFiles.of(this.session, state.overview.files) : [];
  }

  private renderFile(): TemplateResult | typeof nothing {
    const { file } = this.history;
    const state = this.history.fileState;
    if (file === null || state?.kind !== 'ready') return nothing;
    if (state.overview.length === 0) {
      return html`<div class="hist-empty" data-testid="history-empty">
        ${icon('history')}
        <p>${emptyWords(state.overview)}</p>
        <p class="quiet">Everything that is typed here will appear in this list, with who typed it.</p>
      </div>`;
    }
    if (this.needle !== '') {
      return html`<cw-history-search
        .session=${this.session}
        .history=${file}
        .overview=${state.overview}
        .needle=${this.needle}
      ></cw-history-search>`;
    }
    const isWriter = mayWrite(this.role, 'file');
    return html`${
        isWriter
          ? html`<cw-take-back .session=${this.session} .history=${file} .overview=${state.overview}></cw-take-back>`
          : nothing
      }<cw-timeline
        .session=${this.session}
        .history=${file}
        .overview=${state.overview}
        .filter=${this.filter}
        .mayWrite=${isWriter}
      ></cw-timeline>`;
  }

  private renderWhole(): TemplateResult | typeof nothing {
    const { whole } = this.history;
    const state = this.history.wholeState;
    if (whole === null || state?.kind !== 'ready') return nothing;
    const { filter } = this;
    if (this.needle !== '') {
      const { node } = filter;
      return html`<cw-project-search
        .session=${this.session}
        .history=${whole}
        .files=${node === null ? this.files : this.files.filter((one) => one.node === node)}
        .filter=${filter}
        .needle=${this.needle}
      ></cw-project-search>`;
    }
    return html`<cw-project-timeline
      .session=${this.session}
      .history=${whole}
      .overview=${state.overview}
      .filter=${filter}
    ></cw-project-timeline>`;
  }

  private renderVersions(): TemplateResult {
    return html`<cw-history-versions
      .session=${this.session}
      .history=${this.history}
      .node=${this.isWhole ? null : this.file}
      .mayWrite=${mayWrite(this.role, 'tree')}
    ></cw-history-versions>`;
  }

  private readonly blameToggled = ({ detail }: BlameToggleEvent): void => {
    this.blame = detail;
  };
}

/** Why a history has no edits. */
function emptyWords({ isDamaged, isPurged }: Overview): string {
  if (isDamaged) return 'No older edits can be shown';
  return isPurged ? 'Its history has been removed' : 'Nothing has been saved yet';
}

customElements.define('cw-history', HistoryPanel);

declare global {
  interface HTMLElementTagNameMap {
    'cw-history': HistoryPanel;
  }
}
