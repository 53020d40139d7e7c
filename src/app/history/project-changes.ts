import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js';
import '@awesome.me/webawesome/dist/components/dropdown/dropdown.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { FileChange, FileChangeKind } from '../../core/history/project-history.ts';
import type { Version } from '../../core/history/versions.ts';
import { mayWrite, type Role } from '../../core/roles.ts';
import type { ProjectSession } from '../session/api.ts';
import { TreeActionEvent } from '../tree/events.ts';
import { AnnounceEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import type { Theme } from '../ui/theme.ts';
import { HistoryShowEvent, type HistoryView } from './events.ts';
import { renderLayoutChoice, ROOM_FOR_TWO } from './layout-choice.ts';
import './moment-editor.ts';
import type { Layout } from './moment-editor.ts';
import { renderSides } from './sides.ts';
import { OpenHistoryController } from './open-history.ts';
import { projectSpan, type NamedMoment, type ProjectSpan } from './project-span.ts';
import { countWords, momentWords } from './words.ts';
import './moment.css';

const KIND_WORDS: Readonly<Record<FileChangeKind, string>> = {
  added: 'added',
  deleted: 'deleted',
  moved: 'moved',
  changed: 'changed',
};

/**
 * What differs in the whole project between two times: the list of files, and the texts of the chosen one.
 *
 * @event history-show – `null` when it is closed
 * @event tree-action – a deleted file is to be restored, or one is to be opened
 */
export class ProjectChanges extends LightElement {
  static override properties = {
    session: { attribute: false },
    role: { attribute: false },
    view: { attribute: false },
    theme: { attribute: false },
    changes: { state: true },
    chosen: { state: true },
    texts: { state: true },
    layout: { state: true },
    problem: { state: true },
    other: { state: true },
  };

  declare session: ProjectSession;
  declare role: Role;
  declare view: Extract<HistoryView, { kind: 'project' }>;
  declare theme: Theme;
  declare private changes: readonly FileChange[] | null;
  declare private chosen: number;
  declare private texts: { readonly before: string; readonly after: string } | null;
  declare private layout: Layout;
  declare private problem: string | null;
  /** What it is compared with instead: the id of a version, or now; `null`: what the view says. */
  declare private other: string | null;

  private readonly history = new OpenHistoryController(
    this,
    () => this.session?.history,
    () => 'whole',
  );
  private readonly versions = new Observed(this, () => this.session?.history.versions);
  private asked: ProjectSpan | null = null;
  private span: ProjectSpan | null = null;

  constructor() {
    super();
    this.changes = null;
    this.chosen = 0;
    this.texts = null;
    this.layout = 'split';
    this.problem = null;
    this.other = null;
    this.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented || (event.target as Element).closest('wa-dropdown-item'))
        return;
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
    if (changed.has('view')) this.other = null;
    if (!changed.has('view') && !changed.has('other')) return;
    const version = this.versionsOfProject.find(({ id }) => id === this.other) ?? null;
    this.span = projectSpan(this.view, this.other === 'now' ? 'now' : version);
    this.changes = null;
    this.texts = null;
    this.chosen = 0;
  }

  protected override updated(_changed: PropertyValues): void {
    const state = this.history.wholeState;
    if (state?.kind === 'failed') this.problem = state.message;
    if (state?.kind === 'ready') this.ask();
  }

  protected override render(): TemplateResult {
    const title = this.span?.title ?? this.view.title;
    return html`<section class="moment" tabindex="-1" aria-label=${title} data-testid="project-changes">
      <header class="moment-head">
        ${icon('history')}
        <h2>${title}</h2>
        <span class="spacer"></span>
        ${this.renderOther()} ${renderLayoutChoice(this.layout, (layout) => (this.layout = layout))}
        ${mayWrite(this.role, 'tree') ? this.renderRestore() : nothing}
        <button
          class="icon-button"
          aria-label="Close"
          title="Close (Escape)"
          data-testid="moment-close"
          @click=${this.close}
        >
          ${icon('x')}
        </button>
      </header>
      <div class="moment-body">${this.renderBody()}</div>
    </section>`;
  }

  private get versionsOfProject(): readonly Version[] {
    return (this.versions.value ?? []).filter(({ doc }) => doc === null);
  }

  private renderOther(): TemplateResult {
    const { since, before } = this.view;
    const chosen = (event: Event): void => {
      this.other = (event.target as HTMLSelectElement).value || null;
    };
    // The one that the view is about is not compared with itself.
    const versions = this.versionsOfProject.filter(({ name, time }) => name !== since || time !== before);
    return html`<span class="moment-base">
      <span class="quiet">vs.</span>
      <select aria-label="Compared with" data-testid="project-base" @change=${chosen}>
        <option value="" ?selected=${this.other === null}>
          ${since === undefined ? 'before this session' : 'now'}
        </option>
        ${since === undefined ? html`<option value="now" ?selected=${this.other === 'now'}>now</option>` : nothing}
        ${versions.map(({ id, name }) => html`<option value=${id} ?selected=${this.other === id}>${name}</option>`)}
      </select>
    </span>`;
  }

  private renderRestore(): TemplateResult {
    const { before, after, since } = this.view;
    const now = Date.now();
    if (this.span !== null && this.other !== null) return this.renderRestoreToEither(this.span);
    if (since !== undefined) {
      return html`<wa-button
        size="s"
        appearance="outlined"
        data-testid="project-restore-to"
        @click=${() => this.dispatchEvent(new HistoryShowEvent({ kind: 'project-restore', time: before, name: since }))}
      >
        Restore…
      </wa-button>`;
    }
    const chosen = (event: CustomEvent<{ item: { value: string } }>): void => {
      const time = event.detail.item.value === 'before' ? before : after;
      const name = momentWords(time, now);
      this.dispatchEvent(new HistoryShowEvent({ kind: 'project-restore', time, name }));
    };
    return html`<wa-dropdown placement="bottom-end" @wa-select=${chosen}>
      <wa-button slot="trigger" size="s" appearance="outlined" with-caret data-testid="project-restore-to">
        Restore project
      </wa-button>
      <wa-dropdown-item value="before" data-testid="restore-before">
        To just before this session… <span slot="details">${momentWords(before, now)}</span>
      </wa-dropdown-item>
      <wa-dropdown-item value="after" data-testid="restore-after">
        To the end of this session… <span slot="details">${momentWords(after, now)}</span>
      </wa-dropdown-item>
    </wa-dropdown>`;
  }

  private renderRestoreToEither(span: ProjectSpan): TemplateResult {
    const moments = [span.before, span.after].filter(({ time }) => time !== Infinity);
    const chosen = (event: CustomEvent<{ item: { value: string } }>): void => {
      const moment = moments[Number(event.detail.item.value)];
      if (moment) this.dispatchEvent(new HistoryShowEvent({ kind: 'project-restore', ...moment }));
    };
    return html`<wa-dropdown placement="bottom-end" @wa-select=${chosen}>
      <wa-button slot="trigger" size="s" appearance="outlined" with-caret data-testid="project-restore-to">
        Restore project
      </wa-button>
      ${moments.map(
        ({ name, time }, index) =>
          html`<wa-dropdown-item value=${index} data-testid="restore-either">
            To ${name}… <span slot="details">${momentWords(time, Date.now())}</span>
          </wa-dropdown-item>`,
      )}
    </wa-dropdown>`;
  }

  private renderBody(): TemplateResult {
    const { changes, problem } = this;
    if (problem !== null)
      return html`<div class="hist-empty" role="alert">
        ${icon('circle-alert')}
        <p>${problem}</p>
      </div>`;
    if (changes === null) return html`<p class="hist-note quiet" aria-busy="true">Reading the history…</p>`;
    if (changes.length === 0) {
      return html`<div class="hist-empty" role="status">
        ${icon('circle-check')}
        <p>No file differs.</p>
      </div>`;
    }
    const change = changes[this.chosen];
    return html`<section class="hunks changes" aria-label="Files">
        <h3>${countWords(changes.length, 'file')}</h3>
        <ul data-testid="changed-files">
          ${changes.map((one, index) => this.renderChange(one, index))}
        </ul>
      </section>
      <div class="moment-texts">${change && this.texts ? this.renderTexts(change, this.texts) : nothing}</div>`;
  }

  private renderChange(change: FileChange, index: number): TemplateResult {
    const { kind, before, after, node } = change;
    const path = after?.path ?? before?.path ?? '';
    const isGone = kind === 'deleted' && this.session.tree.value.trash.some(({ id }) => id === node);
    return html`<li class="change" data-kind=${kind} data-testid="changed-file">
      <button class="change-body" aria-current=${index === this.chosen} @click=${() => this.choose(index)}>
        <span class="change-kind">${KIND_WORDS[kind]}</span>
        ${before?.isPurged === true || after?.isPurged === true ? html`<span class="change-kind">text removed</span>` : nothing}
        <span class="hist-path">${kind === 'moved' ? `${before?.path ?? ''} → ${path}` : path}</span>
      </button>
      ${
        isGone
          ? html`<button
              class="hist-link"
              @click=${() => this.dispatchEvent(new TreeActionEvent({ kind: 'restore', id: node }))}
            >
              Restore
            </button>`
          : nothing
      }
    </li>`;
  }

  private renderTexts(change: FileChange, { before, after }: { before: string; after: string }): TemplateResult {
    if (change.before?.isPurged === true || change.after?.isPurged === true) {
      return html`<div class="hist-empty" role="status" data-testid="text-removed">
        ${icon('triangle-alert')}
        <p>Its text of then was removed from the history</p>
        <p class="quiet">Nobody can say any more how it differs.</p>
      </div>`;
    }
    const now = Date.now();
    const { before: first, after: last } = this.span ?? projectSpan(this.view, null);
    const label = ({ time, name }: NamedMoment): string => {
      const when = time === Infinity ? 'Now' : momentWords(time, now);
      return this.other === null || time === Infinity ? when : `${name} (${when})`;
    };
    const labels = [label(first), label(last)] as const;
    return html`${renderSides(this.layout, labels)}
      <cw-moment-editor
        .layout=${this.layout}
        .earlier=${before}
        .later=${after}
        .labels=${labels}
        .name=${(change.after ?? change.before)?.path ?? ''}
        .theme=${this.theme}
      ></cw-moment-editor>`;
  }

  private ask(): void {
    const { span } = this;
    const { whole } = this.history;
    if (whole === null || span === null || this.asked === span) return;
    this.asked = span;
    whole.ask('projectChanges', span.before.time, span.after.time).then(
      (changes) => {
        if (this.span !== span) return;
        this.changes = changes;
        this.choose(0);
        this.dispatchEvent(new AnnounceEvent(`${span.title}: ${countWords(changes.length, 'file')}`));
      },
      (error: unknown) => this.fail(error),
    );
  }

  private choose(index: number): void {
    this.chosen = index;
    const change = this.changes?.[index];
    const { whole } = this.history;
    if (change === undefined || whole === null) return;
    whole.ask('fileTexts', change).then(
      (texts) => {
        if (this.chosen === index) this.texts = texts;
      },
      (error: unknown) => this.fail(error),
    );
  }

  private fail(error: unknown): void {
    this.problem = error instanceof Error ? error.message : String(error);
  }

  private readonly close = (): void => {
    this.dispatchEvent(new HistoryShowEvent(null));
  };
}

customElements.define('cw-project-changes', ProjectChanges);

declare global {
  interface HTMLElementTagNameMap {
    'cw-project-changes': ProjectChanges;
  }
}
