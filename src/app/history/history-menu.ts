import '@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js';
import '@awesome.me/webawesome/dist/components/dropdown/dropdown.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { Role } from '../../core/roles.ts';
import type { Person } from '../../core/tree.ts';
import type { ProjectReviews } from '../comments/project-reviews.ts';
import type { ProjectSession } from '../session/api.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { exportProject, gitCommand, type ExportKind } from './export.ts';
import './purge-dialog.ts';

/**
 * What can be made of the history, and for owners what can be removed from it.
 *
 * @event toast – something is done or failed
 */
export class HistoryMenu extends LightElement {
  static override properties = {
    session: { attribute: false },
    role: { attribute: false },
    file: { attribute: false },
    reviews: { attribute: false },
    since: { attribute: false },
    until: { attribute: false },
    exporting: { state: true },
  };

  declare session: ProjectSession;
  declare role: Role;
  /** Node id of the open file. */
  declare file: string | null;
  declare reviews: ProjectReviews | null;
  /** Where the period of a report begins; epoch milliseconds. */
  declare since: number;
  /** Where it ends; `null`: now. */
  declare until: number | null;
  declare private exporting: boolean;

  constructor() {
    super();
    this.file = null;
    this.reviews = null;
    this.since = 0;
    this.until = null;
    this.exporting = false;
  }

  protected override render(): TemplateResult {
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
      </wa-dropdown>
      <cw-purge-dialog></cw-purge-dialog>`;
  }

  /** Makes a file of the project. @param time as of when; default: now, for a report the end of its period @param label stands in its name */
  async export(kind: ExportKind, time: number | null = null, label: string | null = null): Promise<void> {
    const end = kind === 'markdown' || kind === 'html' ? this.until : null;
    this.exporting = true;
    try {
      const { people, summaries } = this.reviews ?? {};
      const threads = [...(summaries?.value ?? [])].map(([node, summary]) => [node, summary.threads] as const);
      const known = { people: people?.value ?? new Map<string, Person>(), threads: new Map(threads) };
      const { file, left } = await exportProject(
        this.session,
        { kind, time: time ?? end ?? Infinity, since: this.since, label },
        known,
      );
      if (kind === 'git') this.tellGit(file);
      if (left.length > 0) {
        const message = `Not in the archive, since the text of then was removed from the history: ${left.join(', ')}`;
        this.dispatchEvent(new ToastEvent({ message, tone: 'warning', duration: 0 }));
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.dispatchEvent(new ToastEvent({ message, tone: 'danger' }));
    } finally {
      this.exporting = false;
    }
  }

  /** The file alone says nobody what to do with it. */
  private tellGit(file: string): void {
    const command = gitCommand(file);
    const copy = (): void => {
      navigator.clipboard.writeText(command).catch(() => {
        this.dispatchEvent(new ToastEvent({ message: 'The browser does not let the page copy.', tone: 'warning' }));
      });
    };
    const message = `To make a repository of it, type where the file is: ${command}`;
    this.dispatchEvent(new ToastEvent({ message, tone: 'success', duration: 0, action: { label: 'Copy', run: copy } }));
  }

  private askPurge(): void {
    const { file, session } = this;
    if (file !== null) this.querySelector('cw-purge-dialog')?.ask(session, file);
  }
}

customElements.define('cw-history-menu', HistoryMenu);

declare global {
  interface HTMLElementTagNameMap {
    'cw-history-menu': HistoryMenu;
  }
}
