import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/skeleton/skeleton.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Failure, Outcome } from '../../core/failures.ts';
import type { DeviceSession } from '../session/account-api.ts';
import type { App } from '../session/api.ts';
import { AnnounceEvent, ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { LOCALE } from '../ui/locale.ts';

const MOMENT = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** Where the user is signed in, and a way to sign out elsewhere. */
export class DeviceList extends LightElement {
  static override properties = { app: { attribute: false }, devices: { state: true }, failure: { state: true } };

  declare app: App;
  /** `null`: not read yet. */
  declare private devices: readonly DeviceSession[] | null;
  declare private failure: Failure | null;
  private readonly reload = (): void => void this.load();

  constructor() {
    super();
    this.devices = null;
    this.failure = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // A change of the password, in the form beside this list, ends sessions.
    this.parentElement?.addEventListener('sessions-changed', this.reload);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.parentElement?.removeEventListener('sessions-changed', this.reload);
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    void this.load();
  }

  protected override render(): TemplateResult {
    const others = this.devices?.filter(({ isCurrent }) => !isCurrent).length ?? 0;
    return html`<section class="account-card" aria-labelledby="devices-title">
      <header>
        <h2 id="devices-title">Where you are signed in</h2>
        <p class="quiet">Signing out a device keeps what it has not sent, on that device.</p>
      </header>
      ${this.renderDevices()}
      ${
        others < 2
          ? nothing
          : html`<div>
              <wa-button size="s" appearance="outlined" @click=${this.endOthers} data-testid="end-others">
                Sign out everywhere else
              </wa-button>
            </div>`
      }
    </section>`;
  }

  private renderDevices(): TemplateResult {
    const { devices, failure } = this;
    if (failure !== null) {
      const sentence =
        failure.kind === 'offline' ? 'Your devices are shown when you are back online.' : failure.message;
      return html`<p class="message note" role="alert" data-testid="devices-problem">
        ${icon('cloud-off')} <span>${sentence} <button class="link" @click=${this.reload}>Try again</button></span>
      </p>`;
    }
    if (devices === null) return html`<wa-skeleton effect="sheen" aria-label="Loading"></wa-skeleton>`;
    return html`<ul class="devices" data-testid="devices">
      ${repeat(
        devices,
        ({ id }) => id,
        (device) => this.renderDevice(device),
      )}
    </ul>`;
  }

  private renderDevice({ id, isCurrent, since, device, place }: DeviceSession): TemplateResult {
    const name = device === '' ? (isCurrent ? 'This browser' : 'Another browser') : device;
    const started = Number.isNaN(Date.parse(since)) ? '' : `since ${MOMENT.format(Date.parse(since))}`;
    const details = [started, place].filter((part) => part !== '').join(' · ');
    return html`<li class="device" data-testid="device" data-current=${isCurrent}>
      ${icon('monitor')}
      <span class="device-words">
        <strong>${name}${isCurrent && device !== '' ? html` <span class="quiet">this browser</span>` : nothing}</strong>
        <span class="quiet">${details}</span>
      </span>
      ${
        isCurrent
          ? nothing
          : html`<wa-button size="s" appearance="outlined" @click=${() => this.end(id)} data-testid="device-end"
              >Sign out<span class="visually-hidden"> ${name}, ${details}</span></wa-button
            >`
      }
    </li>`;
  }

  private async load(): Promise<void> {
    const read = await this.app.settings.sessions();
    this.failure = read.ok ? null : read;
    if (read.ok) this.devices = read.value;
  }

  private end(id: string): Promise<void> {
    return this.ended(this.app.settings.endSession(id));
  }

  private readonly endOthers = (): Promise<void> => this.ended(this.app.settings.endOtherSessions());

  private async ended(ending: Promise<Outcome<void>>): Promise<void> {
    const ended = await ending;
    if (ended.ok) this.dispatchEvent(new AnnounceEvent('Signed out there.'));
    else this.dispatchEvent(new ToastEvent({ message: ended.message, tone: 'danger' }));
    await this.load();
  }
}

customElements.define('cw-devices', DeviceList);

declare global {
  interface HTMLElementTagNameMap {
    'cw-devices': DeviceList;
  }
}
