import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { mayWrite } from '../../core/roles.ts';
import '../comments/review-marks.ts';
import type { PanelOpen } from '../comments/review-marks.ts';
import { ReviewsController } from '../comments/reviews-controller.ts';
import '../editor/editor-pane.ts';
import type { EditorState, EditorStateEvent } from '../editor/code-editor.ts';
import type { EditorContext, EditorContextEvent } from '../editor/editor-context.ts';
import { downloadText } from '../editor/download.ts';
import '../editor/status-bar.ts';
import type { HistoryShowEvent } from '../history/events.ts';
import '../history/history-tools.ts';
import { PANELS } from '../panels/index.ts';
import '../panels/panel-host.ts';
import type { App, ProjectSession, User } from '../session/api.ts';
import type { Navigation } from '../shell/router.ts';
import { LeaveGuard } from '../status/leave-guard.ts';
import '../tree/tree-panel.ts';
import { ToastEvent } from '../ui/events.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import type { ThemeSetting } from '../ui/theme.ts';
import { OpenProjectController } from './open-project.ts';
import './project-header.ts';
import './project-page.css';
import { renderDeletedProject, renderProjectFailure } from './project-failure.ts';
import { TreeActions } from './tree-actions.ts';

/** Below this width the tree covers the editor and goes away when a file is chosen. */
const NARROW = matchMedia('(width < 44rem)');
/** Below this width the panel covers the editor, and goes away when something is shown there. */
const COVERED = matchMedia('(width < 60rem)');

/** A project: who is here, its files, and the one that is open. */
export class ProjectPage extends LightElement {
  static override properties = {
    app: { attribute: false },
    router: { attribute: false },
    theme: { attribute: false },
    user: { attribute: false },
    project: { attribute: false },
    file: { attribute: false },
    showTree: { state: true },
    editorState: { state: true },
    editorContext: { state: true },
    panel: { state: true },
  };

  declare app: App;
  declare router: Navigation;
  declare theme: ThemeSetting;
  declare user: User;
  declare project: string;
  declare file: string | null;
  declare private showTree: boolean;
  declare private editorState: EditorState | null;
  declare private editorContext: EditorContext | null;
  /** Id of the panel beside the editor. */
  declare private panel: string | null;

  private readonly opening = new OpenProjectController(this, () => ({ app: this.app, project: this.project }));
  private readonly name = new Observed(this, () => this.opening.session?.name);
  private readonly tree = new Observed(this, () => this.opening.session?.tree);
  private readonly ready = new Observed(this, () => this.opening.session?.ready);
  private readonly myRole = new Observed(this, () => this.opening.session?.role);
  private readonly deletion = new Observed(this, () => this.opening.session?.deletion);
  private readonly participants = new Observed(this, () => this.opening.session?.participants);
  private readonly deletedProjects = new Observed(this, () => this.app?.deletedProjects);
  private readonly shownTheme = new Observed(this, () => this.theme?.theme);
  private readonly comments = new ReviewsController(this, () => ({
    session: this.opening.session,
    file: this.isShown(this.file) ? this.file : null,
  }));
  private readonly summaries = new Observed(this, () => this.comments.reviews?.summaries);
  private readonly unread = new Observed(this, () => this.comments.reviews?.unread);
  private readonly actions = new TreeActions({
    session: () => this.opening.session,
    openFile: (id, edit) => this.openFile(id, edit),
    download: downloadText,
    toast: (toast) => this.dispatchEvent(new ToastEvent(toast)),
  });

  constructor() {
    super();
    this.file = null;
    this.showTree = !NARROW.matches;
    this.editorState = null;
    this.editorContext = null;
    this.panel = null;
    this.addController(
      new LeaveGuard(
        () => this.opening.session?.status.value ?? null,
        () => this.opening.session?.restoring.running.value === true,
      ),
    );
    this.addEventListener('tree-action', (event) => void this.actions.run(event.detail));
    this.addEventListener('editor-state', (event: EditorStateEvent) => (this.editorState = event.detail));
    this.addEventListener('editor-context', (event: EditorContextEvent) => (this.editorContext = event.detail));
    this.addEventListener('editor-too-long', () =>
      this.dispatchEvent(
        new ToastEvent({
          message: 'Files have at most 6 MB. That would have been more, so it was taken back.',
          tone: 'warning',
        }),
      ),
    );
    this.addEventListener('editor-repaired', () =>
      this.dispatchEvent(
        new ToastEvent({
          message: 'The editor showed something else than the file. It has been set right.',
          tone: 'warning',
        }),
      ),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.actions.leave();
  }

  protected override willUpdate(changed: PropertyValues): void {
    // Whoever has signed in again may open what was refused before.
    if (changed.has('user') && this.opening.state.kind === 'failed') this.opening.open();
    if (changed.has('file')) {
      this.editorState = null;
      if (this.file === null && NARROW.matches) this.showTree = true;
    }
  }

  protected override updated(_changed: PropertyValues): void {
    const file = this.file === null ? undefined : this.tree.value?.byId.get(this.file);
    const parts = [file?.shownName, this.name.value ?? 'Project', 'Cowrite'];
    document.title = parts.filter((part) => part !== undefined).join(' – ');
  }

  protected override render(): TemplateResult {
    const { state } = this.opening;
    switch (state.kind) {
      case 'failed': {
        const deleted = this.deletedProjects.value?.find(({ id }) => id === this.project);
        if (deleted && state.failure.kind === 'not-found') {
          return renderDeletedProject(deleted, this.app, () => void this.restoreProject());
        }
        return renderProjectFailure(this.app, this.project, state.failure, () => this.opening.open());
      }
      case 'opening':
        return html`<main class="shell-message" aria-busy="true">
          <span class="visually-hidden">Opening the project…</span>
        </main>`;
      case 'open':
        return this.renderProject(state.session);
    }
  }

  private renderProject(session: ProjectSession): TemplateResult {
    // Nobody changes anything in a project that is deleted, whatever their role is.
    const isDeleted = (this.deletion.value ?? session.deletion.value) !== null;
    const role = isDeleted ? 'viewer' : (this.myRole.value ?? session.role.value);
    const tree = this.tree.value ?? session.tree.value;
    const readOnly = !mayWrite(role, 'file');
    const node = this.file === null ? undefined : tree.byId.get(this.file);
    return html`<div
      class="project"
      data-testid="project"
      @keydown=${this.key}
      @dragover=${this.allowFiles}
      @drop=${this.dropFiles}
    >
      <cw-project-header
        .app=${this.app}
        .user=${this.user}
        .session=${session}
        .theme=${this.theme}
        .showTree=${this.showTree}
        .file=${this.file}
        .panel=${this.panel}
        .badges=${{ comments: this.unread.value ?? 0 }}
        @panel-toggle=${(event: HTMLElementEventMap['panel-toggle']) => this.togglePanel(event.detail)}
        @tree-toggle=${() => (this.showTree = !this.showTree)}
        @person-visit=${(event: HTMLElementEventMap['person-visit']) => this.openFile(event.detail.file, false)}
        @sync-retry=${() => session.retry()}
        @share-left=${() => this.router.go({ page: 'home' })}
      ></cw-project-header>
      <div class="project-body">
        <aside class="project-side" aria-label="Files" ?hidden=${!this.showTree}>
          <cw-tree-panel
            .tree=${tree}
            .ready=${this.ready.value === true}
            .current=${this.file}
            .participants=${this.participants.value ?? []}
            .comments=${this.summaries.value ?? new Map()}
            .readOnly=${!mayWrite(role, 'tree')}
          ></cw-tree-panel>
        </aside>
        <main class="project-main" aria-label="Editor">
          <h1 class="visually-hidden">${this.name.value ?? nothing}</h1>
          <cw-history-tools
            .session=${session}
            .role=${role}
            .file=${this.file}
            .editor=${this.editorContext}
            .theme=${this.shownTheme.value ?? 'light'}
          ></cw-history-tools>
          <cw-editor-pane
            .session=${session}
            .fileId=${this.file}
            .readOnly=${readOnly}
            .theme=${this.shownTheme.value ?? 'light'}
          ></cw-editor-pane>
        </main>
        <cw-panel-host
          .panel=${PANELS.find(({ id }) => id === this.panel) ?? null}
          .context=${{ session, role, file: this.file, editor: this.editorContext, theme: this.shownTheme.value ?? 'light', reviews: this.comments.reviews }}
          @panel-close=${() => this.togglePanel(null)}
          @history-show=${(event: HistoryShowEvent) => this.uncover(event)}
        ></cw-panel-host>
        <cw-review-marks
          .reviews=${this.comments.reviews}
          .editor=${this.editorContext}
          @panel-open=${(event: HTMLElementEventMap['panel-open']) => this.openPanel(event.detail)}
        ></cw-review-marks>
      </div>
      <cw-status-bar
        .status=${session.status}
        .editor=${this.editorState}
        .lineEnding=${node?.kind === 'file' ? node.lineEnding : null}
      ></cw-status-bar>
    </div>`;
  }

  /** Of a project that is not open. */
  private async restoreProject(): Promise<void> {
    const restored = await this.app.restoreProject(this.project);
    if (restored.ok) return this.opening.open();
    const message = restored.kind === 'forbidden' ? 'Only owners can restore a project.' : restored.message;
    this.dispatchEvent(new ToastEvent({ message, tone: 'danger' }));
  }

  /** Shows a panel, or hides it if it is shown; the focus goes where the reader goes on. */
  private togglePanel(id: string | null): void {
    this.panel = this.panel === id ? null : id;
    if (this.panel === null && this.file !== null) this.querySelector('cw-editor-pane')?.focusEditor(this.file);
  }

  /** The panel makes room for a view of the past that was chosen in it; the view takes the focus. */
  private uncover({ detail }: HistoryShowEvent): void {
    if (detail !== null && COVERED.matches) this.panel = null;
  }

  /** Shows a panel for what was chosen in the editor. */
  private openPanel({ panel, focus }: PanelOpen): void {
    this.panel = panel;
    if (focus) this.updateComplete.then(() => this.querySelector('cw-panel-host')?.focusChosen()).catch(console.error);
  }

  /** Whether a file is in the tree, or in the editor although it was deleted. */
  private isShown(file: string | null): boolean {
    if (file === null) return false;
    return this.editorContext?.file.id === file || this.opening.session?.tree.value.byId.get(file)?.kind === 'file';
  }

  private openFile(id: string, edit: boolean): void {
    this.router.go({ page: 'project', project: this.project, file: id });
    if (edit) this.querySelector('cw-editor-pane')?.focusEditor(id);
    if (NARROW.matches) this.showTree = false;
  }

  /**
   * Ctrl+Shift+E leads from the editor, which takes the Tab key for itself, to the files. Ctrl+S, which hands learn from
   * other editors, says how things stand.
   */
  private readonly key = (event: KeyboardEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    const key = event.key.toLowerCase();
    if (key === 'e' && event.shiftKey) {
      event.preventDefault();
      this.showTree = true;
      void this.updateComplete.then(() => this.querySelector('cw-tree-panel')?.focusTree());
    } else if (key === 's' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      const { session } = this.opening;
      if (!session || event.repeat) return;
      session.retry();
      const message = `There is no need to save. ${session.status.value.sentence}`;
      this.dispatchEvent(new ToastEvent({ message, duration: 4000 }));
    }
  };

  private readonly allowFiles = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
  };

  /** Files that are dropped beside the tree go to its top; without this the browser would leave the page to show them. */
  private readonly dropFiles = (event: DragEvent): void => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (event.defaultPrevented || files.length === 0) return;
    event.preventDefault();
    void this.actions.run({ kind: 'import', files, parent: null });
  };
}

customElements.define('cw-project', ProjectPage);

declare global {
  interface HTMLElementTagNameMap {
    'cw-project': ProjectPage;
  }
}
