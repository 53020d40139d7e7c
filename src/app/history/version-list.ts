import { html, nothing, type TemplateResult } from 'lit';
import { fileDocumentId } from '../../core/ids.ts';
import type { Version } from '../../core/history/versions.ts';
import type { ProjectSession } from '../session/api.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import { authorOf, nameOf } from './authors.ts';
import { exactWords, momentWords, namesWords } from './words.ts';

/** What is wanted of a version. */
export type VersionAction = 'show' | 'restore' | 'zip' | 'download' | 'remove';

export class VersionActionEvent extends CustomEvent<{ readonly version: Version; readonly action: VersionAction }> {
  constructor(version: Version, action: VersionAction) {
    super('version-action', { detail: { version, action }, bubbles: true });
  }
}

/**
 * The moments of a file, or of the whole project, that were given a name.
 *
 * @event version-action – one is to be compared with now, brought back, exported or forgotten
 */
export class VersionList extends LightElement {
  static override properties = {
    session: { attribute: false },
    node: { attribute: false },
    mayWrite: { attribute: false },
    lost: { attribute: false },
  };

  declare session: ProjectSession;
  /** Node id of the file; `null`: those of the whole project. */
  declare node: string | null;
  declare mayWrite: boolean;
  /** By version id: the paths of files whose texts of then have been removed; not empty. */
  declare lost: ReadonlyMap<string, readonly string[]>;

  private readonly all = new Observed(this, () => this.session?.history.versions);

  constructor() {
    super();
    this.node = null;
    this.mayWrite = false;
    this.lost = new Map();
  }

  protected override render(): TemplateResult {
    const doc = this.node === null ? null : fileDocumentId(this.node);
    // A version of the project is one of each file as well.
    const versions = (this.all.value ?? []).filter((version) => version.doc === doc || version.doc === null);
    if (versions.length === 0) {
      return html`<div class="hist-empty" data-testid="no-versions">
        ${icon('bookmark')}
        <p>No versions yet</p>
        <p class="quiet">Give a moment a name to find it again: what was handed in, what worked.</p>
      </div>`;
    }
    return html`<ol class="hist-list" aria-label="Versions, newest first" data-testid="versions">
      ${versions.map((version) => this.renderVersion(version))}
    </ol>`;
  }

  private renderLost(paths: readonly string[]): TemplateResult | typeof nothing {
    if (paths.length === 0) return nothing;
    const which = this.node === null ? ` of ${namesWords(paths)}` : '';
    return html`<span class="hist-description" data-testid="version-lost">
      ${icon('triangle-alert')} The text of then${which} was removed from the history.
    </span>`;
  }

  private renderVersion(version: Version): TemplateResult {
    const { name, description, time, author, doc } = version;
    const send = (action: VersionAction) => (): void => {
      this.dispatchEvent(new VersionActionEvent(version, action));
    };
    return html`<li class="hist-item hist-version" data-testid="version">
      <button class="hist-session" title="Compare with now" data-testid="version-show" @click=${send('show')}>
        ${icon('bookmark')}
        <span class="hist-who">${name}</span>
        <time class="hist-when quiet" title=${exactWords(time)}>${momentWords(time, Date.now())}</time>
        <span class="hist-counts quiet">
          ${doc === null ? 'Whole project' : 'This file'} · ${nameOf(authorOf(this.session, author))}
        </span>
        ${description === '' ? nothing : html`<span class="hist-description">${description}</span>`}
        ${this.renderLost(this.lost.get(version.id) ?? [])}
      </button>
      <span class="hist-actions">
        ${
          doc === null && this.mayWrite
            ? html`<button
                class="icon-button"
                aria-label=${`Restore the project to ${name}`}
                title="Restore the project…"
                data-testid="version-restore"
                @click=${send('restore')}
              >
                ${icon('rotate-ccw')}
              </button>`
            : nothing
        }
        ${
          this.node === null
            ? nothing
            : html`<button
                class="icon-button"
                aria-label=${`Download this file as of ${name}`}
                title="Download this file as it was"
                data-testid="version-download"
                @click=${send('download')}
              >
                ${icon('file-code')}
              </button>`
        }
        ${
          doc === null
            ? html`<button
                class="icon-button"
                aria-label=${`Download ${name} as a zip archive`}
                title="Download as zip"
                data-testid="version-zip"
                @click=${send('zip')}
              >
                ${icon('download')}
              </button>`
            : nothing
        }
        ${
          this.mayWrite
            ? html`<button
                class="icon-button"
                aria-label=${`Forget the name ${name}`}
                title="Forget this name"
                data-testid="version-remove"
                @click=${send('remove')}
              >
                ${icon('trash')}
              </button>`
            : nothing
        }
      </span>
    </li>`;
  }
}

customElements.define('cw-versions', VersionList);

declare global {
  interface HTMLElementTagNameMap {
    'cw-versions': VersionList;
  }
  interface HTMLElementEventMap {
    'version-action': VersionActionEvent;
  }
}
