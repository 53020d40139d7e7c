import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type TemplateResult } from 'lit';
import { downloadText } from '../editor/download.ts';
import type { Rescue, RescuedFile, UnsentDocument } from '../session/rescue-api.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import type { Theme } from '../ui/theme.ts';
import { amountOf, changeWord, titleOf } from './words.ts';

/** The user wants to let go of the edits of some documents of a project. */
export class DiscardEvent extends CustomEvent<readonly UnsentDocument[]> {
  constructor(documents: readonly UnsentDocument[]) {
    super('rescue-discard', { detail: documents, bubbles: true });
  }
}

/**
 * One document with unsent edits: what it is, and what differs when it is opened.
 *
 * @event rescue-discard – the user wants to let go of the edits of these documents
 */
export class RescueFile extends LightElement {
  static override properties = {
    rescue: { attribute: false },
    project: { attribute: false },
    unsent: { attribute: false },
    theme: { attribute: false },
    locked: { attribute: false },
    discardable: { attribute: false },
    open: { state: true },
    file: { state: true },
    problem: { state: true },
    hasDiff: { state: true },
  };

  declare rescue: Rescue;
  /** Id of the project. */
  declare project: string;
  declare unsent: UnsentDocument;
  declare theme: Theme;
  /** The project is being copied or discarded. */
  declare locked: boolean;
  declare discardable: boolean;
  declare private open: boolean;
  declare private file: RescuedFile | null;
  declare private problem: string | null;
  declare private hasDiff: boolean;

  constructor() {
    super();
    this.locked = false;
    this.discardable = false;
    this.open = false;
    this.file = null;
    this.problem = null;
    this.hasDiff = customElements.get('cw-diff') !== undefined;
  }

  protected override render(): TemplateResult {
    const { unsent } = this;
    const details = `rescue-${unsent.doc}`;
    return html`<div class="rescue-row" data-testid="rescue-file" data-path=${titleOf(unsent)}>
        ${
          unsent.kind === 'file' || unsent.kind === 'tree'
            ? html`<button
                class="rescue-title"
                aria-expanded=${this.open}
                aria-controls=${details}
                data-testid="rescue-toggle"
                @click=${this.toggle}
              >
                ${icon(this.open ? 'chevron-down' : 'chevron-right')} ${this.renderTitle()}
              </button>`
            : html`<span class="rescue-title">${this.renderTitle()}</span>`
        }
        ${unsent.kind === 'file' ? this.renderButtons(unsent.path) : nothing}
      </div>
      <div id=${details} class="rescue-details" ?hidden=${!this.open}>
        ${this.open ? this.renderDetails() : nothing}
      </div>`;
  }

  private renderTitle(): TemplateResult {
    const { unsent } = this;
    return html`${icon(unsent.kind === 'file' ? 'file-code' : 'folder')}
      <span class="rescue-path" title=${titleOf(unsent)}>${titleOf(unsent)}</span>
      <span class="quiet rescue-amount">${amountOf(unsent)}</span>`;
  }

  private renderButtons(path: string): TemplateResult {
    return html`<button
        class="icon-button"
        aria-label=${`Download ${path}`}
        title="Download"
        data-testid="rescue-download"
        @click=${this.download}
      >
        ${icon('download')}
      </button>
      ${
        this.discardable
          ? html`<button
              class="icon-button"
              aria-label=${`Discard the edits of ${path}`}
              title="Discard…"
              ?disabled=${this.locked}
              data-testid="rescue-discard"
              @click=${() => this.dispatchEvent(new DiscardEvent([this.unsent]))}
            >
              ${icon('trash')}
            </button>`
          : nothing
      }`;
  }

  private renderDetails(): TemplateResult {
    const { unsent, file } = this;
    if (unsent.kind === 'tree') {
      return html`<ul class="rescue-changes" data-testid="rescue-tree">
        ${unsent.changes.map(
          ({ kind, path }) => html`<li><span class="quiet">${changeWord(kind)}</span> <span>${path}</span></li>`,
        )}
      </ul>`;
    }
    if (this.problem !== null) {
      return html`<p class="message error" role="alert" data-testid="rescue-file-problem">
        ${icon('circle-alert')} <span>${this.problem}</span>
        <button class="link" @click=${this.load}>Try again</button>
      </p>`;
    }
    if (file === null || !this.hasDiff) {
      return html`<p class="rescue-loading quiet" role="status">Reading the file…</p>`;
    }
    const base = file.comparedWith === 'server' ? 'On the server' : 'Without your unsent edits';
    return html`
      ${
        file.incomplete
          ? html`<p class="message note" role="status">
              ${icon('circle-alert')} Some edits build upon text that is not on this device. They cannot be shown, and
              stay here when you copy the rest.
            </p>`
          : nothing
      }
      ${
        file.comparedWith === 'device'
          ? html`<p class="rescue-hint quiet">
              The server’s text cannot be read. What you inserted is marked; what you deleted is not shown.
            </p>`
          : nothing
      }
      ${
        file.mine === file.before
          ? html`<p class="rescue-hint quiet" data-testid="rescue-same">
              ${file.comparedWith === 'server' ? 'The text is the same as on the server.' : 'Nothing was inserted.'}
            </p>`
          : nothing
      }
      <p class="rescue-hint rescue-legend quiet" aria-hidden="true">− ${base.toLowerCase()}, + yours</p>
      <div class="rescue-sides quiet" aria-hidden="true"><span>${base}</span><span>Yours</span></div>
      <cw-diff
        .base=${file.before}
        .mine=${file.mine}
        .name=${file.path}
        .theme=${this.theme}
        .baseLabel=${`${file.path}, ${base.toLowerCase()}`}
        .mineLabel=${`${file.path}, yours`}
      ></cw-diff>
    `;
  }

  private readonly toggle = (): void => {
    this.open = !this.open;
    if (this.open && this.unsent.kind === 'file') void this.load();
  };

  private readonly load = async (): Promise<void> => {
    this.problem = null;
    this.file = null;
    try {
      const [file] = await Promise.all([this.rescue.read(this.project, this.unsent.doc), this.loadDiff()]);
      if (file.ok) this.file = file.value;
      else this.problem = file.message;
    } catch (error) {
      console.error(error);
      this.problem = 'The comparison could not be loaded. Check your connection, then try again.';
    }
  };

  private async loadDiff(): Promise<void> {
    if (this.hasDiff) return;
    await import('./diff-view.ts');
    this.hasDiff = true;
  }

  private readonly download = async (): Promise<void> => {
    const file = await this.rescue.read(this.project, this.unsent.doc);
    if (!file.ok) this.dispatchEvent(new ToastEvent({ message: file.message, tone: 'danger' }));
    else downloadText(file.value.path.split('/').pop() ?? 'file.txt', file.value.mine, file.value.lineEnding);
  };
}

customElements.define('cw-rescue-file', RescueFile);

declare global {
  interface HTMLElementTagNameMap {
    'cw-rescue-file': RescueFile;
  }
  interface HTMLElementEventMap {
    'rescue-discard': DiscardEvent;
  }
}
