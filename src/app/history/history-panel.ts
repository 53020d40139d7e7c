import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js';
import '@awesome.me/webawesome/dist/components/dropdown/dropdown.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { mayWrite, type Role } from '../../core/roles.ts';
import type { Person } from '../../core/tree.ts';
import type { ProjectReviews } from '../comments/project-reviews.ts';
import type { ProjectSession } from '../session/api.ts';
import type { HistoryState } from '../session/history-api.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import '../ui/name-dialog.ts';
import type { NameDialog } from '../ui/name-dialog.ts';
import { Observed } from '../ui/observed.ts';
import { authorOf, nameOf } from './authors.ts';
import { BlameToggleEvent, HistoryShowEvent } from './events.ts';
import { exportProject, type ExportKind } from './export.ts';
import { OpenHistoryController } from './open-history.ts';
import { renderFailed, renderLoading } from './panel-states.ts';
import { purgeProblem, startOfDay } from './purge-day.ts';
import { ready } from './ready.ts';
import './project-timeline.ts';
import './search-list.ts';
import './timeline.ts';
import type { Filter } from './timeline.ts';
import './version-dialog.ts';
import './version-list.ts';
import type { VersionActionEvent } from './version-list.ts';
import { countWords, exactWords } from './words.ts';
import './history.css';

const SPANS = [
  { id: 'all', label: 'Any time', hours: null },
  { id: 'day', label: 'Last 24 hours', hours: 24 },
  { id: 'week', label: 'Last 7 days', hours: 7 * 24 },
  { id: 'month', label: 'Last 30 days', hours: 30 * 24 },
] as const;

const HOUR_MS = 60 * 60 * 1000;
/** Searching begins when nothing was typed for so long. */
const SEARCH_DELAY_MS = 300;

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
    author: { state: true },
    span: { state: true },
    needle: { state: true },
    exporting: { state: true },
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
  declare private author: string | null;
  declare private span: (typeof SPANS)[number]['id'];
  declare private needle: string;
  declare private exporting: boolean;
  declare private blame: boolean;

  private readonly people = new Observed(this, () => this.session?.people);
  private readonly status = new Observed(this, () => this.session?.status);
  private readonly tree = new Observed(this, () => this.session?.tree);
  private readonly history = new OpenHistoryController(
    this,
    () => this.session?.history,
    () => (this.isWhole ? 'whole' : this.file === null ? null : { node: this.file }),
  );
  private page: HTMLElement | null = null;
  private searchTimer: ReturnType<typeof setTimeout> | null = null;

  constructor() {
    super();
    this.file = null;
    this.reviews = null;
    this.scope = 'file';
    this.tab = 'timeline';
    this.author = null;
    this.span = 'all';
    this.needle = '';
    this.exporting = false;
    this.blame = false;
    this.addEventListener('version-action', (event: VersionActionEvent) => void this.actOn(event));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.page = this.closest('.project');
    this.page?.addEventListener('blame-toggle', this.blameToggled);
    this.blame = this.page?.querySelector('cw-history-tools')?.showsBlame ?? false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.searchTimer !== null) clearTimeout(this.searchTimer);
    this.page?.removeEventListener('blame-toggle', this.blameToggled);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('file')) {
      this.needle = '';
      this.author = null;
    }
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
        ${this.renderBlameToggle()} ${this.renderMenu()}
      </div>
      <div class="hist-tabs" role="tablist" aria-label="History">
        ${this.renderTab('timeline', 'Timeline')} ${this.renderTab('versions', 'Versions')}
      </div>
      <p class="visually-hidden">${this.isWhole ? 'History of the project' : `History of ${name ?? 'the file'}`}</p>
      ${this.tab === 'versions' ? this.renderVersions() : this.renderTimeline()}
      <cw-version-dialog></cw-version-dialog>
      <cw-name-dialog class="hist-purge"></cw-name-dialog>
    </div>`;
  }

  private get isWhole(): boolean {
    return this.scope === 'project' || this.file === null;
  }

  private get filter(): Filter {
    const hours = SPANS.find(({ id }) => id === this.span)?.hours ?? null;
    return { author: this.author, since: hours === null ? null : Date.now() - hours * HOUR_MS };
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

  /** What is removed is named, and the day is typed: there is no way back. */
  private askPurge(): void {
    const { file } = this;
    if (file === null) return;
    const name = this.tree.value?.byId.get(file)?.shownName ?? 'this file';
    this.querySelector<NameDialog>('.hist-purge')?.ask({
      title: `Remove old history of ${name}`,
      label: 'Remove everything before this day (YYYY-MM-DD)',
      value: '',
      confirm: 'Remove for ever',
      hint: 'The text stays as it is. Nobody can see any more who wrote what before that day. This cannot be undone.',
      check: (day) => purgeProblem(day, Date.now()),
      submit: async (day) => {
        const purged = await this.session.purgeHistory(file, startOfDay(day).toISOString());
        if (!purged.ok) return purged.message;
        const message =
          purged.value === 0
            ? 'There was nothing from before that day.'
            : `${countWords(purged.value, 'edit')} from before ${day} removed from the history for ever. Reload the page to see it so.`;
        this.dispatchEvent(new ToastEvent({ message }));
        return null;
      },
    });
  }

  private renderMenu(): TemplateResult {
    const chosen = (event: CustomEvent<{ item: { value: string } }>): void => {
      if (event.detail.item.value === 'purge') this.askPurge();
      else void this.export(event.detail.item.value as ExportKind);
    };
    return html`<wa-dropdown placement="bottom-end" @wa-select=${chosen}>
      <button
        slot="trigger"
        class="icon-button"
        aria-label="More"
        title="Export, and more"
        data-testid="history-export"
        ?disabled=${this.exporting}
      >
        ${icon(this.exporting ? 'loader' : 'download')}
      </button>
      <wa-dropdown-item value="zip" data-testid="export-zip">Project as zip</wa-dropdown-item>
      <wa-dropdown-item value="markdown" data-testid="export-markdown">Report as Markdown</wa-dropdown-item>
      <wa-dropdown-item value="html" data-testid="export-html">Report as HTML</wa-dropdown-item>
      <wa-dropdown-item value="git" data-testid="export-git">Git history (fast-import)</wa-dropdown-item>
      ${
        this.role === 'owner' && this.file !== null
          ? html`<wa-dropdown-item value="purge" variant="danger" data-testid="history-purge">
              Remove old history of this file…
            </wa-dropdown-item>`
          : nothing
      }
    </wa-dropdown>`;
  }

  private renderTimeline(): TemplateResult {
    const state: HistoryState<unknown> | null = this.isWhole ? this.history.wholeState : this.history.fileState;
    if (state === null || state.kind === 'loading') return renderLoading(state);
    if (state.kind === 'failed') return renderFailed(state, () => this.history.retry());
    return html`${this.renderFilters()} ${this.renderNotes(state.keptAt)}
    ${this.isWhole ? this.renderWhole() : this.renderFile()}`;
  }

  private renderFilters(): TemplateResult {
    const { value } = this.people;
    const states = this.isWhole ? [...(value?.keys() ?? [])] : this.authorsOfFile;
    return html`<div class="hist-filters">
      <select aria-label="Person" data-testid="filter-person" @change=${this.choosePerson}>
        <option value="" ?selected=${this.author === null}>Everybody</option>
        ${states.map(
          (id) =>
            html`<option value=${id} ?selected=${this.author === id}>${nameOf(authorOf(this.session, id))}</option>`,
        )}
      </select>
      <select aria-label="Time" data-testid="filter-time" @change=${this.chooseSpan}>
        ${SPANS.map(({ id, label }) => html`<option value=${id} ?selected=${this.span === id}>${label}</option>`)}
      </select>
      ${
        this.isWhole
          ? nothing
          : html`<input
              type="search"
              aria-label="Find text of the past"
              placeholder="When did this text vanish?"
              autocomplete="off"
              spellcheck="false"
              data-testid="history-search"
              .value=${this.needle}
              @input=${this.search}
            />`
      }
    </div>`;
  }

  private get authorsOfFile(): readonly string[] {
    const state = this.history.fileState;
    return state?.kind === 'ready' ? state.overview.authors : [];
  }

  private renderNotes(keptAt: number | null): TemplateResult | typeof nothing {
    const notes: string[] = [];
    if (keptAt !== null) notes.push(`You are offline. This is the history as of ${exactWords(keptAt)}.`);
    const pending = this.status.value?.pending ?? 0;
    if (pending > 0) notes.push('Edits that are not saved yet appear here once they are.');
    const state = this.history.fileState;
    if (!this.isWhole && state?.kind === 'ready') {
      if (state.overview.isPurged) notes.push('Older history was deleted by an owner.');
      if (state.overview.waiting > 0) notes.push('Some saved edits wait for others that have not arrived.');
    }
    const whole = this.history.wholeState;
    if (this.isWhole && whole?.kind === 'ready' && whole.overview.missing.length > 0) {
      notes.push(`${whole.overview.missing.length} files are missing here: ${whole.overview.missing[0] ?? ''}`);
    }
    return notes.length === 0
      ? nothing
      : html`<div role="status">
          <ul class="hist-notes" data-testid="history-notes">
            ${notes.map((note) => html`<li>${note}</li>`)}
          </ul>
        </div>`;
  }

  private renderFile(): TemplateResult | typeof nothing {
    const { file } = this.history;
    const state = this.history.fileState;
    if (file === null || state?.kind !== 'ready') return nothing;
    if (state.overview.length === 0) {
      return html`<div class="hist-empty" data-testid="history-empty">
        ${icon('history')}
        <p>Nothing has been saved yet</p>
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
    return html`<cw-timeline
      .session=${this.session}
      .history=${file}
      .overview=${state.overview}
      .filter=${this.filter}
      .mayWrite=${mayWrite(this.role, 'file')}
    ></cw-timeline>`;
  }

  private renderWhole(): TemplateResult | typeof nothing {
    const { whole } = this.history;
    const state = this.history.wholeState;
    if (whole === null || state?.kind !== 'ready') return nothing;
    return html`<cw-project-timeline
      .session=${this.session}
      .history=${whole}
      .overview=${state.overview}
      .filter=${this.filter}
    ></cw-project-timeline>`;
  }

  private renderVersions(): TemplateResult {
    const mayName = mayWrite(this.role, 'tree');
    return html`${
        mayName
          ? html`<div class="hist-filters">
              <wa-button
                size="s"
                appearance="outlined"
                data-testid="name-version"
                @click=${() => void this.nameVersion()}
              >
                ${icon('bookmark', 'start')} Name
                ${this.isWhole ? 'the project as it is now' : 'this file as it is now'}
              </wa-button>
            </div>`
          : nothing
      }
      <cw-versions
        .session=${this.session}
        .node=${this.isWhole ? null : this.file}
        .mayWrite=${mayName}
      ></cw-versions>`;
  }

  private readonly nameVersion = async (): Promise<void> => {
    const { file, whole, fileState } = this.history;
    const last = fileState?.kind === 'ready' ? fileState.overview.last : null;
    try {
      // The server’s clock counts: the newest saved change that is known.
      const newest = whole === null ? (last?.time ?? 0) : await ready(whole.state).then(() => whole.ask('newest'));
      const moment = { node: file?.id ?? null, row: last?.row ?? null, time: newest === 0 ? Date.now() : newest };
      this.querySelector('cw-version-dialog')?.ask({
        what:
          file === null
            ? 'All files as they are saved now. You will find them again, whatever happens to them later.'
            : 'This file as it is saved now. You will find it again, whatever happens to it later.',
        submit: (name, description) => this.session.history.nameVersion(name, description, moment),
      });
    } catch (error) {
      this.tell(error);
    }
  };

  private async actOn({ detail: { version, action } }: VersionActionEvent): Promise<void> {
    const { history } = this.session;
    if (action === 'remove') {
      try {
        history.removeVersion(version.id);
      } catch (error) {
        this.tell(error);
      }
      return;
    }
    if (action === 'zip') return this.export('zip', version.time, version.name);
    const { file } = this.history;
    if (file === null || this.isWhole) {
      const view = {
        kind: 'project',
        before: version.time,
        after: Date.now(),
        title: `Since ${version.name}`,
      } as const;
      this.dispatchEvent(new HistoryShowEvent(view));
      return;
    }
    try {
      const position = await file.ask('positionOf', version.row, version.time);
      this.dispatchEvent(new HistoryShowEvent({ kind: 'moment', node: file.id, position, base: 'now' }));
    } catch (error) {
      this.tell(error);
    }
  }

  private async export(kind: ExportKind, time = Date.now(), label: string | null = null): Promise<void> {
    this.exporting = true;
    try {
      const { people, summaries } = this.reviews ?? {};
      const threads = [...(summaries?.value ?? [])].map(([node, summary]) => [node, summary.threads] as const);
      const known = { people: people?.value ?? new Map<string, Person>(), threads: new Map(threads) };
      await exportProject(this.session, { kind, time, since: this.filter.since ?? 0, label }, known);
    } catch (error) {
      this.tell(error);
    } finally {
      this.exporting = false;
    }
  }

  private tell(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.dispatchEvent(new ToastEvent({ message, tone: 'danger' }));
  }

  private readonly blameToggled = ({ detail }: BlameToggleEvent): void => {
    this.blame = detail;
  };

  private readonly choosePerson = (event: Event): void => {
    this.author = (event.target as HTMLSelectElement).value || null;
  };

  private readonly chooseSpan = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    this.span = SPANS.find(({ id }) => id === value)?.id ?? 'all';
  };

  private readonly search = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    if (this.searchTimer !== null) clearTimeout(this.searchTimer);
    this.searchTimer = setTimeout(() => (this.needle = value), SEARCH_DELAY_MS);
  };
}

customElements.define('cw-history', HistoryPanel);

declare global {
  interface HTMLElementTagNameMap {
    'cw-history': HistoryPanel;
  }
}
