import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { ProjectRestore, RestoreItem } from '../../core/history/project-restore.ts';
import { mayWrite, type Role } from '../../core/roles.ts';
import type { ProjectSession } from '../session/api.ts';
import type { RestoreResult } from '../session/restore-api.ts';
import { AnnounceEvent, ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import type { Theme } from '../ui/theme.ts';
import { HistoryShowEvent, type HistoryView } from './events.ts';
import { renderLayoutChoice, ROOM_FOR_TWO } from './layout-choice.ts';
import './moment-editor.ts';
import type { Layout } from './moment-editor.ts';
import { OpenHistoryController } from './open-history.ts';
import './restore-list.ts';
import type { RestoreChoiceEvent, RestoreLookEvent } from './restore-list.ts';
import { renderRestoreNotes, renderRestoreProgress, renderRestoreResult } from './restore-notes.ts';
import { renderSides } from './sides.ts';
import { countWords, momentWords } from './words.ts';
import './moment.css';
import './restore.css';

/**
 * What bringing the whole project back to a moment would change: files and folders to be chosen, the texts of each, and then
 * the doing of it.
 *
 * @event history-show – `null` when it is closed
 * @event toast – it is done, and can be undone
 */
export class ProjectRestoreView extends LightElement {
  static override properties = {
    session: { attribute: false },
    role: { attribute: false },
    view: { attribute: false },
    theme: { attribute: false },
    plan: { state: true },
    left: { state: true },
    shown: { state: true },
    texts: { state: true },
    layout: { state: true },
    problem: { state: true },
    progress: { state: true },
    result: { state: true },
  };

  declare session: ProjectSession;
  declare role: Role;
  declare view: Extract<HistoryView, { kind: 'project-restore' }>;
  declare theme: Theme;
  declare private plan: ProjectRestore | null;
  /** Node ids of what is not to be brought back. */
  declare private left: ReadonlySet<string>;
  /** Node id of the item whose texts are shown. */
  declare private shown: string | null;
  declare private texts: { readonly before: string; readonly after: string } | null;
  declare private layout: Layout;
  declare private problem: string | null;
  /** While it is done: texts that are, of how many. */
  declare private progress: { readonly done: number; readonly total: number } | null;
  /** What could not be done, when it is over. */
  declare private result: RestoreResult | null;

  private readonly history = new OpenHistoryController(
    this,
    () => this.session?.history,
    () => 'whole',
  );
  private asked = '';
  private isAsking = false;
  /** Ends what is being done. That something else is shown meanwhile does not: the panel tells how it went. */
  private stop: AbortController | null = null;

  constructor() {
    super();
    this.plan = null;
    this.left = new Set();
    this.shown = null;
    this.texts = null;
    this.layout = 'split';
    this.problem = null;
    this.progress = null;
    this.result = null;
    this.addEventListener('restore-choice', ({ detail }: RestoreChoiceEvent) => (this.left = detail));
    this.addEventListener('restore-look', ({ detail }: RestoreLookEvent) => this.look(detail));
    this.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented || this.progress !== null) return;
      event.preventDefault();
      this.close();
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.clientWidth < ROOM_FOR_TWO) this.layout = 'inline';
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.moment')?.focus());
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('view')) return;
    this.plan = null;
    this.left = new Set();
    this.shown = null;
    this.texts = null;
    this.result = null;
    this.asked = '';
  }

  protected override updated(_changed: PropertyValues): void {
    const state = this.history.wholeState;
    if (state?.kind === 'failed') this.problem = state.message;
    if (state?.kind === 'ready') this.ask(state.overview.revision);
  }

  protected override render(): TemplateResult {
    const heading = `Restore the project to ${this.view.name}`;
    return html`<section class="moment" tabindex="-1" aria-label=${heading} data-testid="project-restore">
      <header class="moment-head">
        ${icon('rotate-ccw')}
        <h2>${heading}</h2>
        <span class="spacer"></span>
        ${this.result === null ? renderLayoutChoice(this.layout, (layout) => (this.layout = layout)) : nothing}
        ${this.renderAction()}
        <button
          class="icon-button"
          aria-label="Close"
          title="Close (Escape)"
          data-testid="moment-close"
          ?disabled=${this.progress !== null}
          @click=${this.close}
        >
          ${icon('x')}
        </button>
      </header>
      ${this.progress === null ? nothing : renderRestoreProgress(this.progress, () => this.stop?.abort())}
      <div class="moment-body">${this.renderBody()}</div>
    </section>`;
  }

  private get chosen(): readonly RestoreItem[] {
    return (this.plan?.items ?? []).filter(({ node }) => !this.left.has(node));
  }

  private renderAction(): TemplateResult | typeof nothing {
    if (this.result !== null || this.plan === null || !mayWrite(this.role, 'tree')) return nothing;
    const { length } = this.chosen;
    const all = this.plan.items.length;
    return html`<wa-button
      size="s"
      variant="brand"
      data-testid="project-restore-apply"
      ?disabled=${length === 0 || this.progress !== null}
      @click=${() => void this.run()}
    >
      ${length === all ? 'Restore' : `Restore ${length} of ${all}`}
    </wa-button>`;
  }

  private renderBody(): TemplateResult {
    const { plan, problem, result } = this;
    if (problem !== null)
      return html`<div class="hist-empty" role="alert">
        ${icon('circle-alert')}
        <p>${problem}</p>
      </div>`;
    if (result !== null) return renderRestoreResult(result, this.close);
    if (plan === null) return html`<p class="hist-note quiet" aria-busy="true">Comparing all files…</p>`;
    const notes = renderRestoreNotes(plan, this.history.wholeState);
    if (plan.items.length === 0) {
      return html`<div class="restore-same">
        ${notes}
        <div class="hist-empty" role="status" data-testid="restore-nothing">
          ${icon('circle-check')}
          <p>
            ${plan.unread.length + plan.purged.length === 0 ? 'The project is as it was then' : 'All else is as it was then'}
          </p>
          <p class="quiet">There is nothing to bring back.</p>
        </div>
      </div>`;
    }
    const item = plan.items.find(({ node }) => node === this.shown);
    return html`<cw-restore-list
        .items=${plan.items}
        .left=${this.left}
        .shown=${this.shown}
        .disabled=${this.progress !== null || !mayWrite(this.role, 'tree')}
      ></cw-restore-list>
      <div class="moment-texts">
        ${notes} ${item && this.texts ? this.renderTexts(item, this.texts) : this.renderNoText(item)}
      </div>`;
  }

  private renderNoText(item: RestoreItem | undefined): TemplateResult {
    const sentence =
      item?.nodeKind === 'folder'
        ? 'Folders have no text.'
        : item?.unread === true
          ? 'Its history is not on this device: the text stays as it is.'
          : item?.isPurged === true
            ? 'Its text of then was removed from the history: the text stays as it is.'
            : 'Choose a file to see what would change in it.';
    return html`<div class="hist-empty"><p class="quiet">${sentence}</p></div>`;
  }

  private renderTexts(item: RestoreItem, { before, after }: { before: string; after: string }): TemplateResult {
    const labels = ['Now', `Restored (${momentWords(this.view.time, Date.now())})`] as const;
    return html`${renderSides(this.layout, labels)}
      <cw-moment-editor
        .layout=${this.layout}
        .earlier=${before}
        .later=${after}
        .labels=${labels}
        .name=${item.pathThen ?? item.pathNow ?? ''}
        .theme=${this.theme}
      ></cw-moment-editor>`;
  }

  /** Asks what would be done, again when others have saved something: what is shown is what will be done. */
  private ask(revision: number): void {
    const { view } = this;
    const { whole } = this.history;
    const key = `${view.time} ${revision}`;
    // One question at a time: while others type, answers that are overtaken would pile up.
    if (whole === null || this.asked === key || this.isAsking || this.progress !== null || this.result !== null) return;
    this.asked = key;
    this.isAsking = true;
    const answer = whole.ask('projectRestore', view.time).finally(() => {
      this.isAsking = false;
      this.requestUpdate();
    });
    answer.then(
      (plan) => {
        if (this.view !== view) return;
        const isFirst = this.plan === null;
        this.plan = plan;
        const item = plan.items.find(({ node }) => node === this.shown) ?? firstWithText(plan.items);
        if (item !== undefined) this.look(item.node);
        if (!isFirst) return;
        const { nodes } = view;
        if (nodes !== undefined) {
          this.left = new Set(plan.items.map((one) => one.node).filter((one) => !nodes.includes(one)));
        }
        const count = countWords(plan.items.length, 'file or folder would change', 'files and folders would change');
        this.dispatchEvent(new AnnounceEvent(count));
      },
      (error: unknown) => this.fail(error),
    );
  }

  private look(node: string): void {
    const { whole } = this.history;
    const item = this.plan?.items.find((one) => one.node === node);
    if (node !== this.shown) this.texts = null;
    this.shown = node;
    if (whole === null || item === undefined || item.nodeKind === 'folder' || item.unread || item.isPurged) return;
    whole.ask('restoreTexts', item, this.view.time).then(
      (texts) => {
        if (this.shown === node) this.texts = texts;
      },
      (error: unknown) => this.fail(error),
    );
  }

  private async run(): Promise<void> {
    if (this.progress !== null) return;
    const { time, name } = this.view;
    const stop = new AbortController();
    this.stop = stop;
    this.progress = { done: 0, total: 0 };
    try {
      const tell = (done: number, total: number): void => {
        this.progress = { done, total };
      };
      const result = await this.session.restoring.run({ time, name, items: this.chosen }, tell, stop.signal);
      this.tellDone();
      if (result.failed.length === 0) this.close();
      else this.result = result;
    } catch (error) {
      this.fail(error);
    } finally {
      this.progress = null;
      this.stop = null;
    }
  }

  private tellDone(): void {
    const { restoring } = this.session;
    const undo = restoring.last.value?.undo ?? null;
    const action = { label: 'Undo restore', run: () => undo?.() };
    this.dispatchEvent(
      new ToastEvent({
        message: `The project is restored to ${this.view.name}.`,
        tone: 'success',
        duration: 12_000,
        ...(undo === null ? {} : { action }),
      }),
    );
  }

  private fail(error: unknown): void {
    this.problem = error instanceof Error ? error.message : String(error);
  }

  private readonly close = (): void => {
    this.dispatchEvent(new HistoryShowEvent(null));
  };
}

function firstWithText(items: readonly RestoreItem[]): RestoreItem | undefined {
  return (
    items.find(({ inserted, deleted }) => inserted + deleted > 0) ?? items.find(({ nodeKind }) => nodeKind === 'file')
  );
}

customElements.define('cw-project-restore', ProjectRestoreView);

declare global {
  interface HTMLElementTagNameMap {
    'cw-project-restore': ProjectRestoreView;
  }
}
