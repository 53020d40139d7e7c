import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type TemplateResult } from 'lit';
import { DELETED_KEPT_MS, type Deletion } from '../../core/deletion.ts';
import { editsOf } from '../rescue/words.ts';
import type { App, ProjectSession } from '../session/api.ts';
import { ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { LOCALE } from '../ui/locale.ts';
import { Observed } from '../ui/observed.ts';
import './deleted-notice.css';

const CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'long' });

/**
 * The bar that says that the open project was deleted, by whom and when; it offers a copy of what is here, and owners to
 * restore it. Shows nothing while the project is there.
 *
 * @event toast – a copy is saved, or something did not work
 */
export class DeletedNotice extends LightElement {
  static override properties = {
    app: { attribute: false },
    session: { attribute: false },
    busy: { state: true },
  };

  declare app: App;
  declare session: ProjectSession;
  declare private busy: 'copy' | 'restore' | null;
  private readonly deletion = new Observed(this, () => this.session?.deletion);
  private readonly status = new Observed(this, () => this.session?.status);
  private readonly myRole = new Observed(this, () => this.session?.role);
  private readonly people = new Observed(this, () => this.session?.people);

  constructor() {
    super();
    this.busy = null;
  }

  protected override render(): TemplateResult | typeof nothing {
    const deletion = this.deletion.value;
    if (deletion === null) return nothing;
    const isOwner = this.myRole.value === 'owner';
    return html`<section class="deleted-notice" aria-label="Deleted project" data-testid="deleted-notice">
      <div role="alert" class="deleted-words">
        ${icon('trash')}
        <div>
          <p class="deleted-title" data-testid="deleted-title">${this.titleOf(deletion)}</p>
          <p>${untilWhen(deletion, isOwner)} ${this.renderUnsent()}</p>
        </div>
      </div>
      <div class="deleted-actions">
        <wa-button
          size="s"
          appearance="outlined"
          ?loading=${this.busy === 'copy'}
          ?disabled=${this.busy === 'restore'}
          data-testid="deleted-copy"
          @click=${() => void this.run('copy')}
        >
          ${icon('download', 'start')} Save a copy
        </wa-button>
        ${
          isOwner
            ? html`<wa-button
                size="s"
                variant="brand"
                ?loading=${this.busy === 'restore'}
                ?disabled=${this.busy === 'copy'}
                data-testid="deleted-restore"
                @click=${() => void this.run('restore')}
              >
                ${icon('rotate-ccw', 'start')} Restore project
              </wa-button>`
            : nothing
        }
      </div>
    </section>`;
  }

  private titleOf({ by, at }: Deletion): string {
    const when = at === null ? '' : ` on ${DAY.format(at)} at ${CLOCK.format(at)}`;
    if (by === this.session.user.id) return `You deleted this project${when}.`;
    const name = by === null ? undefined : this.people.value?.get(by)?.name;
    return `This project was deleted by ${name ?? 'its owner'}${when}.`;
  }

  private renderUnsent(): TemplateResult | string {
    const pending = this.status.value?.pending ?? 0;
    if (pending === 0) return '';
    const [was, it] = pending === 1 ? ['was', 'it'] : ['were', 'them'];
    return html`<span data-testid="deleted-unsent"
      >${editsOf(pending)} of yours ${was} not sent and ${pending === 1 ? 'is' : 'are'} kept on this device.
      <a href="/rescue">Look at ${it}</a></span
    >`;
  }

  private async run(what: 'copy' | 'restore'): Promise<void> {
    if (this.busy !== null) return;
    this.busy = what;
    try {
      await (what === 'copy' ? this.copy() : this.restore());
    } catch (error) {
      this.tell(error instanceof Error ? error.message : String(error), 'danger');
    } finally {
      this.busy = null;
    }
  }

  private async copy(): Promise<void> {
    const { saveCopy } = await import('./save-copy.ts');
    const { files, missing } = await saveCopy(this.session);
    const saved = files === 1 ? '1 file was' : `${files} files were`;
    if (missing.length === 0) {
      return this.tell(
        files === 0 ? 'There are no files in this project.' : `${saved} saved as a zip archive.`,
        'success',
      );
    }
    const rest = `not on this device and cannot be read now: ${missing.join(', ')}`;
    this.tell(
      `${files === 0 ? 'Nothing was' : saved} saved; ${missing.length} ${missing.length === 1 ? 'is' : 'are'} ${rest}.`,
      'danger',
    );
  }

  private async restore(): Promise<void> {
    const restored = await this.app.restoreProject(this.session.id);
    if (restored.ok) return this.tell(`“${this.session.name.value}” is restored for everybody.`, 'success');
    this.tell(restored.kind === 'forbidden' ? 'Only owners can restore a project.' : restored.message, 'danger');
  }

  private tell(message: string, tone: 'success' | 'danger'): void {
    this.dispatchEvent(new ToastEvent({ message, tone, duration: tone === 'danger' ? 12_000 : 6_000 }));
  }
}

function untilWhen({ at }: Deletion, isOwner: boolean): string {
  const until = at === null ? 'for 30 days' : `until ${DAY.format(at + DELETED_KEPT_MS)}`;
  return isOwner
    ? `Nobody can change it. You can restore it ${until}; then it is gone for good.`
    : `You can read it, but not change it. An owner can restore it ${until}; then it is gone for good.`;
}

customElements.define('cw-deleted-notice', DeletedNotice);

declare global {
  interface HTMLElementTagNameMap {
    'cw-deleted-notice': DeletedNotice;
  }
}
