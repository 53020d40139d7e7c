import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { App } from '../session/api.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import './rescue-notice.css';
import { editsOf } from './words.ts';

/**
 * Says that edits of the user cannot be sent, and leads to them; with `project`, that edits of this project wait. Shows
 * nothing while there are none.
 */
export class RescueNotice extends LightElement {
  static override properties = {
    app: { attribute: false },
    project: { attribute: false },
    count: { state: true },
  };

  declare app: App;
  /** Id of a project; `null` for all that cannot be sent. */
  declare project: string | null;
  declare private count: number;

  constructor() {
    super();
    this.project = null;
    this.count = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('online', this.refresh);
    document.addEventListener('visibilitychange', this.refresh);
    if (this.hasUpdated) this.refresh();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('online', this.refresh);
    document.removeEventListener('visibilitychange', this.refresh);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('app') || changed.has('project')) this.refresh();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.count === 0) return nothing;
    const edits = editsOf(this.count);
    return html`<p class="message note rescue-notice" role="status" data-testid="rescue-notice">
      ${icon('circle-alert')}
      <span>
        ${
          this.project === null
            ? `${edits} of yours cannot be sent. ${this.count === 1 ? 'It is' : 'They are'} kept on this device.`
            : `${edits} of yours ${this.count === 1 ? 'is' : 'are'} kept on this device.`
        }
        <a href="/rescue">Look at ${this.count === 1 ? 'it' : 'them'}</a>
      </span>
    </p>`;
  }

  private readonly refresh = (): void => {
    const { app, project } = this;
    if (document.visibilityState === 'hidden' || app === undefined) return;
    const counting = project === null ? app.rescue.countStuck() : app.rescue.countIn(project);
    counting.then(
      (count) => (this.count = count),
      (error: unknown) => console.error(error),
    );
  };
}

customElements.define('cw-rescue-notice', RescueNotice);

declare global {
  interface HTMLElementTagNameMap {
    'cw-rescue-notice': RescueNotice;
  }
}
