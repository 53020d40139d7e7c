import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/skeleton/skeleton.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Failure } from '../../core/failures.ts';
import '../auth/user-menu.ts';
import '../rescue/rescue-notice.ts';
import type { App, ProjectSummary, User } from '../session/api.ts';
import type { Navigation } from '../shell/router.ts';
import '../ui/confirm-dialog.ts';
import type { ConfirmDialog } from '../ui/confirm-dialog.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { logo } from '../ui/logo.ts';
import '../ui/name-dialog.ts';
import type { NameDialog } from '../ui/name-dialog.ts';
import { plainNameProblem } from '../ui/names.ts';
import { Observed } from '../ui/observed.ts';
import type { ThemeSetting } from '../ui/theme.ts';
import '../ui/theme-toggle.ts';
import './dashboard-page.css';
import './project-row.ts';

/** The user's projects. */
export class DashboardPage extends LightElement {
  static override properties = {
    app: { attribute: false },
    router: { attribute: false },
    theme: { attribute: false },
    user: { attribute: false },
    joining: { state: true },
  };

  declare app: App;
  declare router: Navigation;
  declare theme: ThemeSetting;
  declare user: User;
  declare private joining: boolean;

  private readonly projects = new Observed(this, () => this.app?.projects);
  private readonly deleted = new Observed(this, () => this.app?.deletedProjects);
  private readonly problem = new Observed(this, () => this.app?.projectsProblem);

  constructor() {
    super();
    this.joining = false;
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    document.title = 'Projects – Cowrite';
    this.refresh();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('online', this.refresh);
    // Beside another window nothing is hidden.
    addEventListener('focus', this.refresh);
    document.addEventListener('visibilitychange', this.refresh);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('online', this.refresh);
    removeEventListener('focus', this.refresh);
    document.removeEventListener('visibilitychange', this.refresh);
  }

  protected override render(): TemplateResult {
    return html`
      <header class="dashboard-header">
        <a href="/" class="plain-link" aria-label="Cowrite, your projects">${logo()}</a>
        <span class="spacer"></span>
        <cw-theme-toggle .theme=${this.theme}></cw-theme-toggle>
        <cw-user-menu .app=${this.app} .user=${this.user} .theme=${this.theme}></cw-user-menu>
      </header>
      <main class="dashboard" data-testid="dashboard">
        <div class="dashboard-title">
          <h1>Projects</h1>
          <wa-button variant="brand" @click=${this.create} data-testid="new-project">
            ${icon('plus', 'start')} New project
          </wa-button>
        </div>
        <cw-rescue-notice .app=${this.app}></cw-rescue-notice>
        ${this.renderProblem()} ${this.renderProjects(this.projects.value)} ${this.renderDemo()} ${this.renderDeleted()}
      </main>
      <cw-name-dialog></cw-name-dialog>
      <cw-confirm-dialog></cw-confirm-dialog>
    `;
  }

  private renderProblem(): TemplateResult | typeof nothing {
    const problem = this.problem.value;
    if (problem === null) return nothing;
    return html`<p class="message note" role="status" data-testid="projects-problem">
      ${icon('cloud-off')} ${problem}
    </p>`;
  }

  private renderProjects(projects: readonly ProjectSummary[] | null): TemplateResult {
    if (projects === null) {
      return html`<ul class="project-list" aria-busy="true" aria-label="Loading projects">
        ${[1, 2, 3].map(() => html`<li class="project-row"><wa-skeleton effect="sheen"></wa-skeleton></li>`)}
      </ul>`;
    }
    if (projects.length === 0) {
      return html`<div class="dashboard-empty" data-testid="no-projects">
        ${icon('folder-open')}
        <h2>No projects yet</h2>
        <p class="quiet">Create one, or open an invite link that somebody sent you.</p>
      </div>`;
    }
    return html`<ul class="project-list" aria-label="Your projects" data-testid="project-list">
      ${repeat(
        projects,
        (project) => project.id,
        (project) =>
          html`<li class="project-row">
            <cw-project-row
              .project=${project}
              .owned=${this.owns(project)}
              @project-rename=${() => this.rename(project)}
              @project-delete=${() => this.askToDelete(project)}
            ></cw-project-row>
          </li>`,
      )}
    </ul>`;
  }

  private renderDemo(): TemplateResult | typeof nothing {
    const { demo } = this.app;
    if (demo === null || this.projects.value?.some((project) => project.id === demo.project) === true) return nothing;
    return html`<section class="demo" aria-labelledby="demo-title" data-testid="demo">
      <div>
        <h2 id="demo-title">${demo.name}</h2>
        <p class="quiet">A project that everybody here may join. Open it in a second window to see both cursors.</p>
      </div>
      <wa-button appearance="outlined" ?loading=${this.joining} @click=${this.joinDemo} data-testid="open-demo">
        Open the demo
      </wa-button>
    </section>`;
  }

  private renderDeleted(): TemplateResult | typeof nothing {
    const deleted = (this.deleted.value ?? []).filter((project) => this.owns(project));
    if (deleted.length === 0) return nothing;
    return html`<details class="deleted-projects" data-testid="deleted-projects">
      <summary>${icon('trash')} Deleted <span class="quiet">${deleted.length}</span></summary>
      <ul>
        ${deleted.map(
          (project) =>
            html`<li>
              <span class="project-name"
                >${project.name} <span class="quiet deleted-days">${daysLeftOf(project)}</span></span
              >
              <wa-button
                size="s"
                appearance="outlined"
                aria-label=${`Restore ${project.name}`}
                data-testid="restore-project"
                @click=${() => this.restoreProject(project)}
              >
                Restore
              </wa-button>
            </li>`,
        )}
      </ul>
    </details>`;
  }

  /** Others may neither rename nor delete; whose role is not known is taken for an owner, and told if they are not. */
  private owns(project: ProjectSummary): boolean {
    const role = this.app.roleIn(project.id);
    return role === null || role === 'owner';
  }

  private readonly refresh = (): void => {
    if (document.visibilityState === 'hidden') return;
    this.app.refreshProjects().catch((error: unknown) => this.toast(sentenceOf(error), 'danger'));
  };

  private readonly create = (): void => {
    this.querySelector<NameDialog>(':scope > cw-name-dialog')?.ask({
      title: 'New project',
      label: 'Name',
      value: '',
      confirm: 'Create',
      check: plainNameProblem,
      submit: async (name) => {
        const created = await this.app.createProject(name);
        if (!created.ok) return created.message;
        this.router.go({ page: 'project', project: created.value, file: null });
        return null;
      },
    });
  };

  private rename(project: ProjectSummary): void {
    this.querySelector<NameDialog>(':scope > cw-name-dialog')?.ask({
      title: 'Rename project',
      label: 'Name',
      value: project.name,
      confirm: 'Rename',
      check: plainNameProblem,
      submit: async (name) => {
        const renamed = await this.app.renameProject(project.id, name);
        return renamed.ok ? null : refusalOf(renamed);
      },
    });
  }

  private askToDelete(project: ProjectSummary): void {
    this.querySelector<ConfirmDialog>(':scope > cw-confirm-dialog')?.ask({
      title: 'Delete project?',
      text: `“${project.name}” disappears for everybody who is in it. You can restore it here for 30 days; then it is gone for good.`,
      confirm: 'Delete',
      run: () => void this.deleteProject(project),
    });
  }

  private async deleteProject(project: ProjectSummary): Promise<void> {
    const deleted = await this.app.deleteProject(project.id);
    if (!deleted.ok) return this.toast(refusalOf(deleted), 'danger');
    this.dispatchEvent(
      new ToastEvent({
        message: `“${project.name}” is deleted.`,
        action: { label: 'Undo', run: () => void this.restoreProject(project) },
        duration: 12_000,
      }),
    );
  }

  private async restoreProject(project: ProjectSummary): Promise<void> {
    const restored = await this.app.restoreProject(project.id);
    if (!restored.ok) this.toast(refusalOf(restored), 'danger');
  }

  private readonly joinDemo = async (): Promise<void> => {
    const { demo } = this.app;
    if (demo === null || this.joining) return;
    this.joining = true;
    const joined = await this.app.join(demo.token);
    this.joining = false;
    if (joined.ok) this.router.go({ page: 'project', project: joined.value.project, file: null });
    else this.toast(joined.message, 'danger');
  };

  private toast(message: string, tone: 'danger'): void {
    this.dispatchEvent(new ToastEvent({ message, tone }));
  }
}

const DAY_MS = 86_400_000;
/** As long as the Function that sweeps keeps a deleted project; deleting it is its last change. */
const KEPT_DAYS = 30;

function daysLeftOf({ updatedAt }: ProjectSummary): string {
  const days = Math.max(0, Math.ceil(KEPT_DAYS - (Date.now() - Date.parse(updatedAt)) / DAY_MS));
  return days === 1 ? '1 day left' : `${days} days left`;
}

function refusalOf({ kind, message }: Failure): string {
  return kind === 'forbidden' ? 'Only an owner of the project can do this.' : message;
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

customElements.define('cw-dashboard', DashboardPage);

declare global {
  interface HTMLElementTagNameMap {
    'cw-dashboard': DashboardPage;
  }
}
