import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { ProjectSession } from '../session/api.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import { HistoryShowEvent } from './events.ts';

/**
 * That bringing the project back was broken off, by a reload or a crash, with the ways on and back. Both are shown before
 * they are done.
 *
 * @event history-show – what is left to be done, or what would be taken back
 */
export class InterruptedNotice extends LightElement {
  static override properties = { session: { attribute: false }, mayWrite: { attribute: false } };

  declare session: ProjectSession;
  declare mayWrite: boolean;

  private readonly interrupted = new Observed(this, () => this.session?.restoring.interrupted);

  constructor() {
    super();
    this.mayWrite = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    const restore = this.interrupted.value;
    if (restore === null || restore === undefined || !this.mayWrite) return nothing;
    const { name, time, before, nodes } = restore;
    const show = (to: number, called: string) => (): void => {
      this.dispatchEvent(new HistoryShowEvent({ kind: 'project-restore', time: to, name: called, nodes }));
    };
    return html`<div class="away-banner" role="status" data-testid="restore-interrupted">
      ${icon('circle-alert')}
      <span>Restoring the project to ${name} was interrupted: some files may be restored and others not.</span>
      <wa-button size="s" appearance="outlined" data-testid="interrupted-go-on" @click=${show(time, name)}>
        Go on…
      </wa-button>
      <wa-button
        size="s"
        appearance="outlined"
        data-testid="interrupted-undo"
        @click=${show(before, `before restoring ${name}`)}
      >
        Undo…
      </wa-button>
      <button
        class="icon-button"
        aria-label="Dismiss"
        title="Leave it as it is"
        data-testid="interrupted-dismiss"
        @click=${() => this.session.restoring.leaveInterrupted()}
      >
        ${icon('x')}
      </button>
    </div>`;
  }
}

customElements.define('cw-restore-interrupted', InterruptedNotice);

declare global {
  interface HTMLElementTagNameMap {
    'cw-restore-interrupted': InterruptedNotice;
  }
}
