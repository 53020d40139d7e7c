import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { CopyProgress, Rescue } from '../session/rescue-api.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import type { Theme } from '../ui/theme.ts';
import { DiscardEvent } from './rescue-file.ts';
import { editsIn, editsOf, sentencesOf, type Sorted } from './words.ts';

/**
 * The unsent edits of one project: why they are here, the documents, and what can be done.
 *
 * @event rescue-copy – the user wants them in a new project
 * @event rescue-download – the user wants all files as an archive
 * @event rescue-discard – the user wants to let go of the edits of these documents
 */
export class RescueProject extends LightElement {
  static override properties = {
    rescue: { attribute: false },
    group: { attribute: false },
    stuck: { attribute: false },
    mayCopy: { attribute: false },
    progress: { attribute: false },
    busy: { attribute: false },
    theme: { attribute: false },
  };

  declare rescue: Rescue;
  declare group: Sorted;
  /** They cannot be sent; otherwise they go by themselves. */
  declare stuck: boolean;
  /** There is a session in which a project can be created. */
  declare mayCopy: boolean;
  /** Of the copy that is being made; `null` if there is none. */
  declare progress: CopyProgress | null;
  /** The edits are being downloaded or discarded. */
  declare busy: boolean;
  declare theme: Theme;

  private get locked(): boolean {
    return this.progress !== null || this.busy;
  }

  protected override render(): TemplateResult {
    const { project } = this.group;
    const heading = `rescue-${this.stuck ? 'stuck' : 'waiting'}-${project.id}`;
    return html`<section
      class="rescue-project"
      aria-labelledby=${heading}
      data-testid=${this.stuck ? 'rescue-project' : 'rescue-waiting-project'}
    >
      ${this.stuck ? this.renderStuck(heading) : this.renderWaiting(heading)} ${this.renderFiles()}
    </section>`;
  }

  private renderStuck(heading: string): TemplateResult {
    const { project, documents } = this.group;
    // Comments and chat have no place in another project.
    const canCopy = this.mayCopy && documents.some(({ kind }) => kind === 'file' || kind === 'tree');
    return html`<div class="rescue-head">
        <div class="rescue-name">
          <h2 id=${heading}>${project.name}</h2>
          <span class="quiet">${editsOf(editsIn(documents))} that cannot be sent</span>
        </div>
        <wa-button
          size="s"
          variant="brand"
          ?disabled=${this.locked || !canCopy}
          @click=${() => this.send('rescue-copy')}
          data-testid="rescue-copy"
        >
          ${icon('copy', 'start')} Copy into a new project
        </wa-button>
        ${this.renderDownload()}
        <wa-button
          size="s"
          appearance="plain"
          variant="danger"
          ?disabled=${this.locked}
          @click=${() => this.dispatchEvent(new DiscardEvent(documents))}
          data-testid="rescue-discard-all"
        >
          Discard…
        </wa-button>
      </div>
      ${sentencesOf(documents).map(
        (sentence) => html`<p class="message note" data-testid="rescue-reason">${icon('circle-alert')} ${sentence}</p>`,
      )}
      <div role="status">${this.progress === null ? nothing : this.renderProgress(this.progress)}</div>`;
  }

  private renderProgress({ sentence, done }: CopyProgress): TemplateResult {
    return html`<div class="rescue-copy" data-testid="rescue-progress">
      <wa-progress-bar value=${Math.round(done * 100)} label="Copying"></wa-progress-bar>
      <p class="quiet">${sentence}</p>
    </div>`;
  }

  private renderWaiting(heading: string): TemplateResult {
    const { project, documents } = this.group;
    return html`<div class="rescue-head">
      <div class="rescue-name">
        <h3 id=${heading}>${project.name}</h3>
        <span class="quiet">${sentencesOf(documents).join(' ')}</span>
      </div>
      <wa-button size="s" appearance="outlined" href=${`/p/${project.id}`}>Open project</wa-button>
      ${this.renderDownload()}
    </div>`;
  }

  private renderDownload(): TemplateResult {
    return html`<wa-button
      size="s"
      appearance="outlined"
      ?loading=${this.busy}
      ?disabled=${this.progress !== null}
      @click=${() => this.send('rescue-download')}
      data-testid="rescue-download-all"
    >
      ${icon('download', 'start')} Download all
    </wa-button>`;
  }

  private renderFiles(): TemplateResult {
    const { project, documents } = this.group;
    return html`<ul class="rescue-files">
      ${repeat(
        documents,
        ({ doc }) => doc,
        (unsent) =>
          html`<li>
            <cw-rescue-file
              .rescue=${this.rescue}
              .project=${project.id}
              .unsent=${unsent}
              .theme=${this.theme}
              .locked=${this.locked}
              .discardable=${this.stuck}
            ></cw-rescue-file>
          </li>`,
      )}
    </ul>`;
  }

  private send(type: 'rescue-copy' | 'rescue-download'): void {
    this.dispatchEvent(new CustomEvent<null>(type, { detail: null, bubbles: true }));
  }
}

customElements.define('cw-rescue-project', RescueProject);

declare global {
  interface HTMLElementTagNameMap {
    'cw-rescue-project': RescueProject;
  }
  interface HTMLElementEventMap {
    'rescue-copy': CustomEvent<null>;
    'rescue-download': CustomEvent<null>;
  }
}
