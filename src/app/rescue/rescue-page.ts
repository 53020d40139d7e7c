import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/skeleton/skeleton.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { failure, type Failure } from '../../core/failures.ts';
import { MAX_NAME_CHARS } from '../../core/limits.ts';
import { goesByItself } from '../../core/rescue.ts';
import '../auth/user-menu.ts';
import '../dashboard/dashboard-page.css';
import type { AccountState, App, User } from '../session/api.ts';
import type { CopyProgress, UnsentDocument, UnsentProject } from '../session/rescue-api.ts';
import type { Navigation } from '../shell/router.ts';
import '../ui/confirm-dialog.ts';
import type { ConfirmDialog } from '../ui/confirm-dialog.ts';
import { ToastEvent, type Toast } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { LOCALE } from '../ui/locale.ts';
import { logo } from '../ui/logo.ts';
import '../ui/name-dialog.ts';
import type { NameDialog } from '../ui/name-dialog.ts';
import { plainNameProblem } from '../ui/names.ts';
import { Observed } from '../ui/observed.ts';
import type { ThemeSetting } from '../ui/theme.ts';
import '../ui/theme-toggle.ts';
import { downloadUnsent } from './download-unsent.ts';
import './rescue-page.css';
import './rescue-project.ts';
import { editsIn, editsOf, projectsWith, titleOf, type Sorted } from './words.ts';

/** Edits of the user that are on this device and not on the server: those that cannot be sent, and those on their way. */
export class RescuePage extends LightElement {
  static override properties = {
    app: { attribute: false },
    router: { attribute: false },
    theme: { attribute: false },
    user: { attribute: false },
    projects: { state: true },
    problem: { state: true },
    copies: { state: true },
    busy: { state: true },
  };

  declare app: App;
  declare router: Navigation;
  declare theme: ThemeSetting;
  declare user: User;
  declare private projects: readonly UnsentProject[] | null;
  declare private problem: string | null;
  /** Copies that are being made, by project. */
  declare private copies: ReadonlyMap<string, CopyProgress>;
  /** The project whose edits are being downloaded or discarded. */
  declare private busy: string | null;

  private readonly account = new Observed(this, () => this.app?.account);
  private readonly shownTheme = new Observed(this, () => this.theme?.theme);
  /** What can be sent depends on the session. */
  private accountKind: AccountState['kind'] | null = null;
  /** Tells a late answer from the newest one. */
  private reading = 0;

  constructor() {
    super();
    this.projects = null;
    this.problem = null;
    this.copies = new Map();
    this.busy = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('online', this.refresh);
    document.addEventListener('visibilitychange', this.refresh);
    if (this.hasUpdated) this.refresh();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('online', this.refresh);
    document.removeEventListener('visibilitychange', this.refresh);
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    document.title = 'Unsent edits – Cowrite';
  }

  protected override updated(changed: PropertyValues): void {
    const kind = this.account.value?.kind ?? null;
    if (changed.has('user') || kind !== this.accountKind) this.refresh();
    this.accountKind = kind;
  }

  protected override render(): TemplateResult {
    return html`
      <header class="dashboard-header">
        <a href="/" class="plain-link" aria-label="Cowrite, your projects">${logo()}</a>
        <span class="spacer"></span>
        <cw-theme-toggle .theme=${this.theme}></cw-theme-toggle>
        <cw-user-menu .app=${this.app} .user=${this.user} .theme=${this.theme}></cw-user-menu>
      </header>
      <main class="rescue" data-testid="rescue">
        <div class="rescue-intro">
          <a href="/" class="rescue-back">${icon('arrow-left')} Projects</a>
          <h1>Unsent edits</h1>
          <p class="quiet">
            What you wrote and the server does not have. It is on this device only, and stays here until you decide.
          </p>
        </div>
        ${this.renderProblem()} ${this.projects === null ? this.renderLoading() : this.renderProjects(this.projects)}
      </main>
      <cw-name-dialog></cw-name-dialog>
      <cw-confirm-dialog></cw-confirm-dialog>
    `;
  }

  private renderProblem(): TemplateResult {
    return html`<div role="alert">
      ${
        this.problem === null
          ? nothing
          : html`<p class="message error" data-testid="rescue-problem">
              ${icon('circle-alert')} <span>${this.problem}</span>
            </p>`
      }
    </div>`;
  }

  private renderLoading(): TemplateResult {
    return html`<ul class="rescue-files" aria-busy="true" aria-label="Looking for unsent edits">
      ${[1, 2].map(() => html`<li class="rescue-row"><wa-skeleton effect="sheen"></wa-skeleton></li>`)}
    </ul>`;
  }

  private renderProjects(projects: readonly UnsentProject[]): TemplateResult {
    const stuck = projectsWith(projects, ({ reason }) => !goesByItself(reason));
    const waiting = projectsWith(projects, ({ reason }) => goesByItself(reason));
    if (projects.length === 0) {
      return html`<div class="dashboard-empty" data-testid="rescue-empty">
        ${icon('circle-check')}
        <h2>Everything is on the server</h2>
        <p class="quiet">No edit of yours waits on this device.</p>
        <wa-button href="/" appearance="outlined">Go to your projects</wa-button>
      </div>`;
    }
    return html`
      ${repeat(
        stuck,
        ({ project }) => project.id,
        (group) => this.renderProject(group, true),
      )}
      ${
        waiting.length === 0
          ? nothing
          : html`<section class="rescue-waiting" aria-labelledby="rescue-waiting" data-testid="rescue-waiting">
              <h2 id="rescue-waiting">On their way</h2>
              ${repeat(
                waiting,
                ({ project }) => project.id,
                (group) => this.renderProject(group, false),
              )}
            </section>`
      }
    `;
  }

  private renderProject(group: Sorted, stuck: boolean): TemplateResult {
    const { id } = group.project;
    return html`<cw-rescue-project
      .rescue=${this.app.rescue}
      .group=${group}
      .stuck=${stuck}
      .mayCopy=${this.account.value?.kind === 'signed-in'}
      .progress=${stuck ? (this.copies.get(id) ?? null) : null}
      .busy=${this.busy === id}
      .theme=${this.shownTheme.value ?? 'light'}
      @rescue-copy=${() => this.askToCopy(group)}
      @rescue-download=${() => this.download(group)}
      @rescue-discard=${(event: HTMLElementEventMap['rescue-discard']) => this.askToDiscard(group.project, event.detail)}
    ></cw-rescue-project>`;
  }

  private readonly refresh = (): void => {
    if (document.visibilityState === 'hidden') return;
    const reading = ++this.reading;
    this.app.rescue.list().then(
      (listed) => {
        if (reading !== this.reading) return;
        this.problem = listed.ok ? null : listed.message;
        this.projects = listed.ok ? listed.value : (this.projects ?? []);
      },
      (error: unknown) => {
        console.error(error);
        this.problem = 'What is on this device could not be read.';
      },
    );
  };

  private askToCopy({ project, documents }: Sorted): void {
    this.querySelector<NameDialog>(':scope > cw-name-dialog')?.ask({
      title: 'Copy into a new project',
      label: 'Name of the new project',
      value: `${project.name} (rescued)`.slice(0, MAX_NAME_CHARS),
      hint: copyHint(documents),
      confirm: 'Copy',
      check: plainNameProblem,
      submit: (name) => {
        void this.copy(project, documents, name);
        return Promise.resolve(null);
      },
    });
  }

  private async copy(project: UnsentProject, documents: readonly UnsentDocument[], name: string): Promise<void> {
    const show = (progress: CopyProgress | null): void => {
      const copies = new Map(this.copies);
      if (progress === null) copies.delete(project.id);
      else copies.set(project.id, progress);
      this.copies = copies;
    };
    show({ sentence: 'Creating the project', done: 0 });
    const docs = documents.map(({ doc }) => doc);
    const copied = await this.app.rescue.copy(project.id, docs, name, show).catch(asFailure);
    show(null);
    if (!copied.ok) {
      this.toast({ message: copied.message, tone: 'danger', duration: 0 });
    } else if (this.isConnected) {
      this.toast({ message: `Your edits are in “${name}”.`, tone: 'success' });
      this.router.go({ page: 'project', project: copied.value, file: null });
      return;
    }
    this.refresh();
  }

  private async download(each: Sorted): Promise<void> {
    if (this.busy !== null) return;
    this.busy = each.project.id;
    const done = await downloadUnsent(this.app.rescue, each.project.name, [each]).catch(asFailure);
    this.busy = null;
    if (!done.ok) this.toast({ message: done.message, tone: 'danger' });
  }

  private askToDiscard(project: UnsentProject, documents: readonly UnsentDocument[]): void {
    const edits = editsOf(editsIn(documents));
    const names = documents.map((unsent) => `“${titleOf(unsent)}”`);
    const listed = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
    this.querySelector<ConfirmDialog>(':scope > cw-confirm-dialog')?.ask({
      title: `Discard ${edits}?`,
      text:
        `Your ${edits} of ${new Intl.ListFormat(LOCALE).format(listed)} in “${project.name}” are deleted from this ` +
        'device. They are nowhere else, and nothing brings them back.',
      confirm: `Discard ${edits}`,
      cancel: 'Keep',
      run: () => void this.discard(project, documents),
    });
  }

  private async discard(project: UnsentProject, documents: readonly UnsentDocument[]): Promise<void> {
    this.busy = project.id;
    const docs = documents.map(({ doc }) => doc);
    const discarded = await this.app.rescue.discard(project.id, docs).catch(asFailure);
    this.busy = null;
    if (!discarded.ok) this.toast({ message: discarded.message, tone: 'danger' });
    this.refresh();
  }

  private toast(toast: Toast): void {
    this.dispatchEvent(new ToastEvent(toast));
  }
}

/** Nothing is lost by what is unforeseen either: the edits are still here. */
function asFailure(error: unknown): Failure {
  console.error(error);
  return failure('server', 'That did not work, and nothing was lost. Try again.');
}

/** What somebody should know before they copy. */
function copyHint(documents: readonly UnsentDocument[]): string {
  const hint = 'Only you are in it at first. The edits leave this list when the server has stored the copy.';
  const changes = documents.flatMap((each) => (each.kind === 'tree' ? each.changes : []));
  const left = changes.some(({ kind }) => kind !== 'created');
  return left ? `${hint} Renamed or deleted files that you have not written in are not copied.` : hint;
}

customElements.define('cw-rescue', RescuePage);

declare global {
  interface HTMLElementTagNameMap {
    'cw-rescue': RescuePage;
  }
}
