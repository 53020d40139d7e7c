import { html, nothing, type TemplateResult } from 'lit';
import { fileDocumentId } from '../../core/ids.ts';
import '../presence/avatars.ts';
import '../auth/user-menu.ts';
import type { App, ProjectSession, User } from '../session/api.ts';
import { PANELS } from '../panels/index.ts';
import type { Panel } from '../panels/panel.ts';
import '../share/access-notice.ts';
import '../share/share-button.ts';
import '../status/inspector.ts';
import '../status/status-chip.ts';
import type { StatusFile } from '../status/status-chip.ts';
import type { SyncReport } from '../../sync/report.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import type { ThemeSetting } from '../ui/theme.ts';
import '../ui/theme-toggle.ts';
import './deleted-notice.ts';

/**
 * The bar above a project.
 *
 * @event panel-toggle – the panel with this id is to be shown or hidden
 * @event tree-toggle – the files are to be shown or hidden
 * @event person-visit, sync-retry, share-left – from the elements inside
 */
export class ProjectHeader extends LightElement {
  static override properties = {
    app: { attribute: false },
    user: { attribute: false },
    session: { attribute: false },
    theme: { attribute: false },
    showTree: { attribute: false },
    file: { attribute: false },
    panel: { attribute: false },
    badges: { attribute: false },
    isLeaving: { state: true },
  };

  declare app: App;
  declare user: User;
  declare session: ProjectSession;
  declare theme: ThemeSetting;
  declare showTree: boolean;
  /** Node id of the open file. */
  declare file: string | null;
  /** Id of the panel that is shown. */
  declare panel: string | null;
  /** How much is new in each panel, by its id. */
  declare badges: Readonly<Record<string, number>>;
  /** The user is leaving the project: that is no news to them. */
  declare private isLeaving: boolean;

  private readonly name = new Observed(this, () => this.session?.name);
  private readonly tree = new Observed(this, () => this.session?.tree);
  private readonly participants = new Observed(this, () => this.session?.participants);
  private readonly status = new Observed(this, () => this.session?.status);

  constructor() {
    super();
    this.isLeaving = false;
  }

  /** The user as the others here see them: in the colour that is theirs in this project. */
  private get me(): User {
    const here = this.participants.value?.find((participant) => participant.isMe);
    return here ? { ...this.user, color: here.user.color } : this.user;
  }

  protected override render(): TemplateResult {
    const toggle = this.showTree ? 'Hide files' : 'Show files';
    return html`<header class="project-header">
        <button
          class="icon-button"
          aria-label=${toggle}
          aria-pressed=${this.showTree}
          title=${toggle}
          data-testid="toggle-tree"
          @click=${() => this.dispatchEvent(new CustomEvent('tree-toggle', { bubbles: true }))}
        >
          ${icon('panel-left')}
        </button>
        <nav class="project-trail" aria-label="Place">
          <a href="/" data-testid="to-projects">Projects</a>
          <span class="quiet trail-slash" aria-hidden="true">/</span>
          <span class="project-title" data-testid="project-name">${this.name.value}</span>
        </nav>
        <span class="spacer"></span>
        <cw-avatars .participants=${this.participants.value ?? []} .tree=${this.tree.value}></cw-avatars>
        <cw-status
          .report=${this.status.value}
          .inspect=${this.inspect}
          .file=${this.statusFile}
          @sync-inspect=${() => this.querySelector('cw-inspector')?.show()}
        ></cw-status>
        <cw-share .app=${this.app} .session=${this.session} @share-leaving=${this.leaving}></cw-share>
        ${PANELS.map((panel) => this.renderPanelToggle(panel))}
        <cw-theme-toggle .theme=${this.theme}></cw-theme-toggle>
        <cw-user-menu .app=${this.app} .user=${this.me} .theme=${this.theme}></cw-user-menu>
        <cw-inspector .session=${this.session}></cw-inspector>
      </header>
      ${this.isLeaving ? nothing : html`<cw-access-notice .app=${this.app} .session=${this.session}></cw-access-notice>`}
      <cw-deleted-notice .app=${this.app} .session=${this.session}></cw-deleted-notice>`;
  }

  private renderPanelToggle({ id, label, icon: name }: Panel): TemplateResult {
    const fresh = this.badges?.[id] ?? 0;
    const words = fresh === 0 ? label : `${label}, ${fresh} new`;
    return html`<button
      class="icon-button panel-toggle"
      aria-label=${words}
      aria-pressed=${this.panel === id}
      title=${words}
      data-testid=${`toggle-${id}`}
      @click=${() => this.dispatchEvent(new CustomEvent('panel-toggle', { detail: id, bubbles: true }))}
    >
      ${icon(name)}
      ${fresh === 0 ? nothing : html`<span class="panel-badge" data-testid=${`badge-${id}`}>${Math.min(fresh, 99)}</span>`}
    </button>`;
  }

  private get statusFile(): StatusFile | null {
    const node = this.file === null ? undefined : this.tree.value?.byId.get(this.file);
    if (!node) return null;
    const here = (this.participants.value ?? []).filter(({ file, isMe }) => file === node.id && !isMe);
    return { doc: fileDocumentId(node.id), name: node.shownName, present: here.map(({ user }) => user.name) };
  }

  private readonly inspect = (): SyncReport => this.session.inspect();

  private readonly leaving = (event: HTMLElementEventMap['share-leaving']): void => {
    this.isLeaving = event.detail;
  };
}

customElements.define('cw-project-header', ProjectHeader);

declare global {
  interface HTMLElementTagNameMap {
    'cw-project-header': ProjectHeader;
  }
  interface HTMLElementEventMap {
    'panel-toggle': CustomEvent<string>;
    'tree-toggle': CustomEvent<null>;
  }
}
