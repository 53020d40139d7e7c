import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { ALL_WORK, filterProject, type ShownSession, type WorkFilter } from '../../core/history/filter.ts';
import type { ProjectSession as WorkSession, Work } from '../../core/history/project-history.ts';
import type { TreeChange } from '../../core/history/tree-history.ts';
import type { ProjectSession } from '../session/api.ts';
import type { ProjectOverview, WholeHistory } from '../session/history-api.ts';
import { TreeActionEvent } from '../tree/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { agentBadge, authorOf, avatarOf, nameOf } from './authors.ts';
import { HistoryShowEvent } from './events.ts';
import { renderNothing } from './panel-states.ts';
import { countWords, dayWords, namesWords, spanWords } from './words.ts';

const PAGE = 40;

const CHANGE_WORDS: Readonly<Record<TreeChange['kind'], string>> = {
  created: 'added',
  renamed: 'renamed',
  moved: 'moved',
  deleted: 'deleted',
  restored: 'restored',
};

/**
 * Who worked on the project when, in all files: the newest session first.
 *
 * @event history-show – a session or a file of it was chosen
 * @event tree-action – `open`, `restore`
 */
export class ProjectTimeline extends LightElement {
  static override properties = {
    session: { attribute: false },
    history: { attribute: false },
    overview: { attribute: false },
    filter: { attribute: false },
    shown: { state: true },
    sessions: { state: true },
    changes: { state: true },
    problem: { state: true },
  };

  declare session: ProjectSession;
  declare history: WholeHistory;
  declare overview: ProjectOverview;
  declare filter: WorkFilter;
  declare private shown: number;
  declare private sessions: readonly WorkSession[] | null;
  declare private changes: readonly TreeChange[];
  declare private problem: string | null;

  constructor() {
    super();
    this.filter = ALL_WORK;
    this.shown = PAGE;
    this.sessions = null;
    this.changes = [];
    this.problem = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('overview')) return;
    const { revision } = this.overview;
    Promise.all([this.history.ask('projectSessions'), this.history.ask('treeChanges')]).then(
      ([sessions, changes]) => {
        if (this.overview.revision !== revision) return;
        this.sessions = sessions;
        this.changes = changes;
      },
      (error: unknown) => (this.problem = error instanceof Error ? error.message : String(error)),
    );
  }

  protected override render(): TemplateResult {
    if (this.problem !== null) return html`<p class="hist-note" role="alert">${this.problem}</p>`;
    if (this.sessions === null) return html`<p class="hist-note quiet" aria-busy="true">Putting it together…</p>`;
    const isAgent = (id: string): boolean => authorOf(this.session, id).isAgent;
    const found = filterProject(this.sessions, this.changes, this.filter, isAgent).reverse();
    const now = Date.now();
    let day = '';
    return html`<ol
        class="hist-list"
        aria-label="Sessions of the project, newest first"
        data-testid="project-timeline"
        @keydown=${this.key}
      >
        ${found.slice(0, this.shown).map((one) => {
          const heading = dayWords(one.end, now);
          const isNew = heading !== day;
          day = heading;
          return html`${isNew ? html`<li class="hist-day"><h3>${heading}</h3></li>` : nothing}
          ${this.renderSession(one)}`;
        })}
      </ol>
      ${found.length === 0 ? renderNothing() : nothing}
      ${
        found.length > this.shown
          ? html`<button class="hist-more" @click=${() => (this.shown += PAGE)}>
              Show older (${found.length - this.shown})
            </button>`
          : nothing
      }`;
  }

  private renderSession(one: ShownSession): TemplateResult {
    const authors = one.authors.map((id) => authorOf(this.session, id));
    const span = spanWords(one.start, one.end);
    const title = `${dayWords(one.end, Date.now())} ${span}`;
    const files = one.work.filter(({ node }) => node !== null);
    const done = one.changes;
    return html`<li class="hist-item hist-group">
      <button
        class="hist-session"
        data-testid="project-session"
        @click=${() =>
          this.dispatchEvent(new HistoryShowEvent({ kind: 'project', before: one.start - 1, after: one.end, title }))}
      >
        <span class="hist-avatars">${authors.slice(0, 3).map(avatarOf)}</span>
        <span class="hist-who"
          >${namesWords(authors.map(nameOf))}${agentBadge({ isAgent: authors.length > 0 && authors.every((each) => each.isAgent) })}</span
        >
        <time class="hist-when quiet">${span}</time>
      </button>
      <ul class="hist-files">
        ${files.map((work) => this.renderWork(work))} ${done.slice(0, 6).map((change) => this.renderChange(change))}
        ${done.length > 6 ? html`<li class="quiet">and ${countWords(done.length - 6, 'more change')}</li>` : nothing}
      </ul>
    </li>`;
  }

  private renderWork(work: Work): TemplateResult {
    const { node, author, inserted, deleted } = work;
    const who = authorOf(this.session, author);
    return html`<li>
      <button class="hist-file" data-testid="project-work" @click=${() => this.show(work)}>
        ${icon('file-code')}
        <span class="hist-path">${this.pathOf(node ?? '')}</span>
        <span class="quiet">${who.name}${agentBadge(who)}</span>
        ${inserted > 0 ? html`<span class="hist-plus">+${inserted}</span>` : nothing}
        ${deleted > 0 ? html`<span class="hist-minus">−${deleted}</span>` : nothing}
      </button>
    </li>`;
  }

  private renderChange({ kind, name, before, author, node, nodeKind }: TreeChange): TemplateResult {
    const who = authorOf(this.session, author).name;
    const isGone = this.session.tree.value.trash.some(({ id }) => id === node);
    const what = before === null ? name : `${before} → ${name}`;
    return html`<li class="hist-change quiet">
      ${icon(nodeKind === 'folder' ? 'folder' : 'file')}
      <span class="hist-path">${what}</span>
      <span>${CHANGE_WORDS[kind]} by ${who}</span>
      ${
        kind === 'deleted' && isGone
          ? html`<button
              class="hist-link"
              data-testid="restore-deleted"
              @click=${() => this.dispatchEvent(new TreeActionEvent({ kind: 'restore', id: node }))}
            >
              Restore
            </button>`
          : nothing
      }
    </li>`;
  }

  private show({ node, first, last }: Work): void {
    if (node === null) return;
    // A deleted one is shown without being opened.
    if (this.session.tree.value.byId.has(node)) {
      this.dispatchEvent(new TreeActionEvent({ kind: 'open', id: node, edit: false }));
    }
    this.dispatchEvent(new HistoryShowEvent({ kind: 'moment', node, position: last, base: first - 1 }));
  }

  /** Up and down through sessions and files; Home and End. */
  private readonly key = (event: KeyboardEvent): void => {
    const stops = [...this.querySelectorAll<HTMLElement>('.hist-session, .hist-file')];
    const at = stops.findIndex((stop) => stop === event.target);
    const next =
      event.key === 'ArrowDown'
        ? at + 1
        : event.key === 'ArrowUp'
          ? at - 1
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? stops.length - 1
              : null;
    if (at === -1 || next === null) return;
    event.preventDefault();
    stops[next]?.focus();
  };

  private pathOf(node: string): string {
    const { byId, trash } = this.session.tree.value;
    const path = byId.get(node)?.path;
    if (path !== undefined) return path;
    const name = trash.find(({ id }) => id === node)?.name;
    return name === undefined ? 'a file that is gone' : `${name} (deleted)`;
  }
}

customElements.define('cw-project-timeline', ProjectTimeline);

declare global {
  interface HTMLElementTagNameMap {
    'cw-project-timeline': ProjectTimeline;
  }
}
