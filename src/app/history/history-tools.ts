import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { mayWrite, type Role } from '../../core/roles.ts';
import type { EditorContext } from '../editor/editor-context.ts';
import type { ProjectSession } from '../session/api.ts';
import { AnnounceEvent, ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import type { Theme } from '../ui/theme.ts';
import { AbsenceWatch, type News } from './absence-watch.ts';
import { applyPlan } from './apply.ts';
import { authorOf, nameOf } from './authors.ts';
import { BlameGutter } from './blame.ts';
import {
  BlameToggleEvent,
  type Application,
  type HistoryApplyEvent,
  type HistoryShowEvent,
  type HistoryView,
} from './events.ts';
import './interrupted-notice.ts';
import { LastSeen } from './last-seen.ts';
import { ProjectAbsence, type ProjectNews } from './project-absence.ts';
import { showSelectionAuthors } from './selection-authors.ts';
import { countWords, namesWords } from './words.ts';
import './tools.css';

/**
 * The history around the editor: what was changed while the user was away, who wrote each line, and views of the past over
 * it. It listens to the events of the whole page of a project.
 *
 * @event toast – something was done, and can be undone, or could not be done
 */
export class HistoryTools extends LightElement {
  static override properties = {
    session: { attribute: false },
    role: { attribute: false },
    file: { attribute: false },
    editor: { attribute: false },
    theme: { attribute: false },
    view: { state: true },
    viewReady: { state: true },
    news: { state: true },
    projectNews: { state: true },
    showsBlame: { state: true },
  };

  declare session: ProjectSession;
  declare role: Role;
  /** Node id of the file that is to be shown. */
  declare file: string | null;
  /** The editor that shows it; `null` until it does. */
  declare editor: EditorContext | null;
  declare theme: Theme;
  declare private view: HistoryView | null;
  declare private viewReady: boolean;
  declare private news: News | null;
  declare private projectNews: ProjectNews | null;
  /** Whether the gutter tells who wrote each line. */
  declare showsBlame: boolean;

  private page: HTMLElement | null = null;
  private watch: AbsenceWatch | null = null;
  private absence: ProjectAbsence | null = null;
  private watched: ProjectSession | null = null;
  private blame: BlameGutter | null = null;
  private actions: { dispose(): void }[] = [];

  constructor() {
    super();
    this.file = null;
    this.editor = null;
    this.view = null;
    this.viewReady = false;
    this.news = null;
    this.projectNews = null;
    this.showsBlame = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.page = this.closest<HTMLElement>('.project') ?? this.parentElement;
    this.page?.addEventListener('history-show', this.show);
    this.page?.addEventListener('history-apply', this.apply);
    this.page?.addEventListener('blame-toggle', this.toggleBlame);
    if (this.hasUpdated) this.requestUpdate('editor');
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.page?.removeEventListener('history-show', this.show);
    this.page?.removeEventListener('history-apply', this.apply);
    this.page?.removeEventListener('blame-toggle', this.toggleBlame);
    this.watch?.close();
    this.watch = null;
    this.absence?.close();
    this.absence = null;
    this.watched = null;
    this.release();
  }

  protected override willUpdate(changed: PropertyValues): void {
    // A view of a file that is no longer open says nothing any more.
    if (changed.has('file') && this.view !== null && 'node' in this.view && this.view.node !== this.file) {
      this.view = null;
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (!this.isConnected) return;
    if (this.session !== this.watched) {
      this.watch?.close();
      this.absence?.close();
      this.watched = this.session;
      const { user, id } = this.session;
      const tell = (news: News | null): void => this.tellNews(news);
      const seen = new LastSeen(user.id, id);
      const report = (error: unknown): void => console.error(error);
      this.watch = new AbsenceWatch(this.session, seen, tell, report);
      this.absence = new ProjectAbsence(this.session, seen, (news) => this.tellProjectNews(news), report);
    }
    this.watch?.show(this.editor?.file.id ?? null);
    if (changed.has('editor')) {
      this.release();
      if (this.editor !== null) this.attach(this.editor);
    }
    if (changed.has('showsBlame') || changed.has('editor')) this.drawBlame();
    const pane = this.parentElement?.querySelector('cw-editor-pane');
    if (pane) pane.inert = this.view !== null;
  }

  protected override render(): TemplateResult {
    const { news, projectNews } = this;
    return html`${news === null ? nothing : this.renderNews(news)}
    ${projectNews === null ? nothing : this.renderProjectNews(projectNews)} ${this.renderInterrupted()}
    ${this.renderView()}`;
  }

  private renderProjectNews({ since, newest, others, files }: ProjectNews): TemplateResult {
    const names = namesWords(others.map((id) => nameOf(authorOf(this.session, id))));
    const what = files.length === 0 ? 'the files of this project' : countWords(files.length, 'file');
    const title = 'While you were away';
    return html`<div class="away-banner" role="status" data-testid="project-news">
      ${icon('history')}
      <span>${names} changed ${what} while you were away.</span>
      <wa-button
        size="s"
        appearance="outlined"
        data-testid="project-news-show"
        @click=${() => {
          this.open({ kind: 'project', before: since, after: newest, title });
          this.projectNews = null;
        }}
      >
        Show
      </wa-button>
      <button
        class="icon-button"
        aria-label="Dismiss"
        title="Dismiss"
        data-testid="project-news-dismiss"
        @click=${() => (this.projectNews = null)}
      >
        ${icon('x')}
      </button>
    </div>`;
  }

  private renderNews({ node, since, authors, lines, shared }: News): TemplateResult {
    const names = namesWords(authors.map((id) => nameOf(authorOf(this.session, id))));
    return html`<div class="away-banner" role="status" data-testid="away-banner">
      ${icon('history')}
      <span>
        ${names} changed ${countWords(lines, 'line')} while you were
        away${shared === 0 ? '.' : `, in ${countWords(shared, 'place')} the same lines as others.`}
      </span>
      <wa-button
        size="s"
        appearance="outlined"
        data-testid="away-review"
        @click=${() => this.open({ kind: 'absence', node, since })}
      >
        Review
      </wa-button>
      <button
        class="icon-button"
        aria-label="Dismiss"
        title="Dismiss"
        data-testid="away-dismiss"
        @click=${() => this.watch?.dismiss()}
      >
        ${icon('x')}
      </button>
    </div>`;
  }

  private renderInterrupted(): TemplateResult {
    return html`<cw-restore-interrupted
      .session=${this.session}
      .mayWrite=${mayWrite(this.role, 'tree')}
    ></cw-restore-interrupted>`;
  }

  private renderView(): TemplateResult | typeof nothing {
    const { view } = this;
    if (view === null) return nothing;
    if (!this.viewReady)
      return html`<div class="moment-host"><p class="hist-note quiet" aria-busy="true">Loading…</p></div>`;
    if (view.kind === 'absence') {
      return html`<div class="moment-host">
        <cw-away
          .session=${this.session}
          .role=${this.role}
          .view=${view}
          .editor=${this.editor}
          .theme=${this.theme}
          @away-done=${() => this.watch?.dismiss()}
        ></cw-away>
      </div>`;
    }
    if (view.kind === 'project-restore') {
      return html`<div class="moment-host">
        <cw-project-restore
          .session=${this.session}
          .role=${this.role}
          .view=${view}
          .theme=${this.theme}
        ></cw-project-restore>
      </div>`;
    }
    return html`<div class="moment-host">
      ${
        view.kind === 'project'
          ? html`<cw-project-changes
              .session=${this.session}
              .role=${this.role}
              .view=${view}
              .theme=${this.theme}
            ></cw-project-changes>`
          : html`<cw-moment .session=${this.session} .role=${this.role} .view=${view} .theme=${this.theme}></cw-moment>`
      }
    </div>`;
  }

  private open(view: HistoryView | null): void {
    this.view = view;
    if (view === null) {
      this.editor?.editor.focus();
      return;
    }
    if (this.viewReady) return;
    Promise.all([
      import('./moment-view.ts'),
      import('./project-changes.ts'),
      import('./away-view.ts'),
      import('./project-restore.ts'),
    ]).then(
      () => (this.viewReady = true),
      (error: unknown) => {
        this.view = null;
        this.tell(error);
      },
    );
  }

  private tellNews(news: News | null): void {
    this.news = news;
    if (news === null) return;
    const names = namesWords(news.authors.map((id) => nameOf(authorOf(this.session, id))));
    this.dispatchEvent(new AnnounceEvent(`${names} changed ${countWords(news.lines, 'line')} while you were away.`));
  }

  /** What the file on the screen tells itself need not be told twice. */
  private tellProjectNews(news: ProjectNews): void {
    const elsewhere = news.files.filter((node) => node !== this.file);
    if (elsewhere.length === 0 && news.files.length > 0) return;
    this.projectNews = { ...news, files: elsewhere };
  }

  private attach(context: EditorContext): void {
    const run = (id: string, label: string, group: number, carryOut: () => void): void => {
      const action = { id, label, contextMenuGroupId: '9_cowrite', contextMenuOrder: group, run: carryOut };
      this.actions.push(context.editor.addAction(action));
    };
    run('cowrite.authors', 'Who wrote this?', 1, () => {
      showSelectionAuthors(context, this.session).catch((error: unknown) => this.tell(error));
    });
    run('cowrite.blame', 'Show or hide authors beside the lines', 2, () => {
      this.dispatchEvent(new BlameToggleEvent(!this.showsBlame));
    });
  }

  private drawBlame(): void {
    this.blame?.close();
    this.blame = this.showsBlame && this.editor !== null ? new BlameGutter(this.editor, this.session) : null;
  }

  private release(): void {
    this.blame?.close();
    this.blame = null;
    for (const action of this.actions.splice(0)) action.dispose();
  }

  private readonly show = ({ detail }: HistoryShowEvent): void => this.open(detail);

  private readonly toggleBlame = ({ detail }: BlameToggleEvent): void => {
    this.showsBlame = detail;
  };

  private readonly apply = ({ detail }: HistoryApplyEvent): void => {
    this.carryOut(detail).catch((error: unknown) => {
      detail.settled?.(false);
      this.tell(error);
    });
  };

  private async carryOut(application: Application): Promise<void> {
    const { editor } = this;
    if (editor === null || editor.file.id !== application.node) throw new Error('Open the file to change it.');
    const isDone = await applyPlan(editor, this.session, application);
    if (this.view?.kind !== 'absence') this.open(null);
    const takeBack = (): void => {
      // Another file may be in the editor by now.
      if (editor.editor.getModel() !== editor.model) return;
      editor.editor.trigger('history', 'undo', null);
      application.settled?.(false);
    };
    const undo = { label: 'Undo', run: takeBack };
    this.dispatchEvent(
      isDone
        ? new ToastEvent({ message: application.done, tone: 'success', action: undo })
        : new ToastEvent({ message: 'There was nothing to change any more.' }),
    );
  }

  private tell(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.dispatchEvent(new ToastEvent({ message, tone: 'danger' }));
  }
}

customElements.define('cw-history-tools', HistoryTools);

declare global {
  interface HTMLElementTagNameMap {
    'cw-history-tools': HistoryTools;
  }
}
