import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Version } from '../../core/history/versions.ts';
import { downloadText } from '../editor/download.ts';
import { folderName } from '../rescue/archive.ts';
import type { ProjectSession } from '../session/api.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import { HistoryShowEvent } from './events.ts';
import type { OpenHistoryController } from './open-history.ts';
import { ready } from './ready.ts';
import './version-dialog.ts';
import './version-list.ts';
import type { VersionActionEvent } from './version-list.ts';

/**
 * The versions of a file, or of the whole project: to name one, and what can be done with each.
 *
 * @event history-show – one is compared with now, or is to be brought back
 * @event version-action – `zip`: one is to be exported
 * @event toast – something failed
 */
export class HistoryVersions extends LightElement {
  static override properties = {
    session: { attribute: false },
    history: { attribute: false },
    node: { attribute: false },
    mayWrite: { attribute: false },
    lostOfProject: { state: true },
  };

  declare session: ProjectSession;
  /** What is open of the history: of the file, or of the whole project. */
  declare history: OpenHistoryController;
  /** Node id of the file; `null`: the whole project. */
  declare node: string | null;
  declare mayWrite: boolean;
  /** By version id: the paths of files whose texts of then have been purged. */
  declare private lostOfProject: ReadonlyMap<string, readonly string[]>;

  private readonly versions = new Observed(this, () => this.session?.history.versions);
  private readonly wholeState = new Observed(this, () => this.history?.whole?.state);
  private readonly fileState = new Observed(this, () => this.history?.file?.state);
  private asked = '';

  constructor() {
    super();
    this.node = null;
    this.mayWrite = false;
    this.lostOfProject = new Map();
    this.addEventListener('version-action', (event: VersionActionEvent) => void this.actOn(event));
  }

  protected override updated(_changed: PropertyValues): void {
    const { whole } = this.history;
    const wholeState = this.wholeState.value;
    if (this.node !== null || whole === null || wholeState?.kind !== 'ready') return;
    const versions = (this.versions.value ?? []).filter(({ doc }) => doc === null);
    const key = `${wholeState.overview.revision} ${versions.map(({ id, time }) => `${id} ${time}`).join(' ')}`;
    if (this.asked === key) return;
    this.asked = key;
    whole
      .ask(
        'purgedAt',
        versions.map(({ time }) => time),
      )
      .then(
        (paths) => {
          if (this.asked !== key) return;
          const lost = versions.map(({ id }, at) => [id, paths[at] ?? []] as const);
          this.lostOfProject = new Map(lost.filter(([, gone]) => gone.length > 0));
        },
        (error: unknown) => this.tell(error),
      );
  }

  private get lost(): ReadonlyMap<string, readonly string[]> {
    if (this.node === null) return this.lostOfProject;
    const lost = (this.versions.value ?? []).filter((version) => this.isLost(version));
    return new Map(lost.map(({ id }) => [id, ['']]));
  }

  /** Of a version of the open file, or of the project with it: its text of then has been purged. */
  private isLost({ time }: Version): boolean {
    const fileState = this.fileState.value;
    return this.node !== null && fileState?.kind === 'ready' && time < fileState.overview.knownSince;
  }

  protected override render(): TemplateResult {
    return html`${
        this.mayWrite
          ? html`<div class="hist-filters">
              <wa-button
                size="s"
                appearance="outlined"
                data-testid="name-version"
                @click=${() => void this.nameVersion()}
              >
                ${icon('bookmark', 'start')} Name
                ${this.node === null ? 'the project as it is now' : 'this file as it is now'}
              </wa-button>
            </div>`
          : nothing
      }
      <cw-versions
        .session=${this.session}
        .node=${this.node}
        .mayWrite=${this.mayWrite}
        .lost=${this.lost}
      ></cw-versions>
      <cw-version-dialog></cw-version-dialog>`;
  }

  private readonly nameVersion = async (): Promise<void> => {
    const { file, whole } = this.history;
    try {
      // Asked for, not taken from what is shown: what has just been saved belongs to it.
      const last =
        file === null ? null : await ready(file.state).then(() => file.ask('overview').then((now) => now.last));
      // The server’s clock counts: the newest saved change that is known.
      const newest = whole === null ? (last?.time ?? 0) : await ready(whole.state).then(() => whole.ask('newest'));
      const moment = { node: file?.id ?? null, row: last?.row ?? null, time: newest === 0 ? Date.now() : newest };
      this.querySelector('cw-version-dialog')?.ask({
        what:
          file === null
            ? 'All files as they are saved now. You will find them again, whatever happens to them later.'
            : 'This file as it is saved now. You will find it again, whatever happens to it later.',
        submit: (name, description) => this.session.history.nameVersion(name, description, moment),
      });
    } catch (error) {
      this.tell(error);
    }
  };

  private async actOn({ detail: { version, action } }: VersionActionEvent): Promise<void> {
    try {
      if ((action === 'show' || action === 'download') && this.isLost(version)) {
        throw new Error(
          `The text of ${version.name} was removed from the history of this file: nobody has it any more.`,
        );
      }
      switch (action) {
        case 'remove':
          return this.session.history.removeVersion(version.id);
        case 'restore':
          return this.show({ kind: 'project-restore', time: version.time, name: version.name });
        case 'show': {
          const { file } = this.history;
          if (file !== null && this.node !== null) {
            const position = await file.ask('positionOf', version.row, version.time);
            return this.show({ kind: 'moment', node: file.id, position, base: 'now' });
          }
          const { name: since, time: before } = version;
          // Infinity: now, whatever the clock of this browser says.
          return this.show({ kind: 'project', before, after: Infinity, title: `Since ${since}`, since });
        }
        case 'download':
          return await this.download(version);
        case 'zip':
          // The panel does it.
          return;
      }
    } catch (error) {
      this.tell(error);
    }
  }

  /** Hands the file as it was to the browser's downloads. */
  private async download({ name: label, row, time }: Version): Promise<void> {
    const { file } = this.history;
    if (file === null) return;
    const text = await file.ask('text', await file.ask('positionOf', row, time));
    const { byId, trash } = this.session.tree.value;
    const name = byId.get(file.id)?.name ?? trash.find(({ id }) => id === file.id)?.name ?? 'file';
    const dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length;
    const dated = folderName(`${name.slice(0, dot)} – ${label}`) + name.slice(dot);
    downloadText(dated, text, byId.get(file.id)?.lineEnding ?? 'lf');
  }

  private show(view: HistoryShowEvent['detail']): void {
    this.dispatchEvent(new HistoryShowEvent(view));
  }

  private tell(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.dispatchEvent(new ToastEvent({ message, tone: 'danger' }));
  }
}

customElements.define('cw-history-versions', HistoryVersions);

declare global {
  interface HTMLElementTagNameMap {
    'cw-history-versions': HistoryVersions;
  }
}
