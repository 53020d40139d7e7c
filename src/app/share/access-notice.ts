import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type TemplateResult } from 'lit';
import { mayWrite, ROLES } from '../../core/roles.ts';
import '../rescue/rescue-notice.ts';
import type { AccessNotice, App, ProjectSession } from '../session/api.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import './access-notice.css';
import { aRole } from './words.ts';

/** The bar that says that the user's role has changed while the project was open, or that they are in it no more. */
export class AccessNoticeBar extends LightElement {
  static override properties = { app: { attribute: false }, session: { attribute: false } };

  declare app: App;
  declare session: ProjectSession;
  private readonly notice = new Observed(this, () => this.session?.notice);
  private readonly status = new Observed(this, () => this.session?.status);

  protected override render(): TemplateResult | typeof nothing {
    const notice = this.notice.value;
    if (notice === null) return nothing;
    const lost = notice.kind === 'removed' || isLoss(notice);
    const pending = this.status.value?.pending ?? 0;
    const kept =
      lost && pending > 0
        ? html` ${pending === 1 ? '1 edit of yours was' : `${pending} edits of yours were`} not sent and
            ${pending === 1 ? 'is' : 'are'} kept on this device.
            <a href="/rescue" data-testid="access-rescue">Look at ${pending === 1 ? 'it' : 'them'}</a>`
        : nothing;
    return html`<section
      class=${`access-notice ${lost ? 'lost' : 'gained'}`}
      aria-label="Your role"
      data-testid="access-notice"
      data-kind=${notice.kind}
    >
      <p role="alert">
        ${icon(lost ? 'lock' : 'circle-check')}
        <span>${sentenceOf(notice)}${kept}</span>
      </p>
      ${
        notice.kind === 'removed'
          ? html`<a href="/" class="access-out">Go to your projects</a>`
          : html`<button
              class="icon-button"
              aria-label="Close this notice"
              title="Close"
              data-testid="access-dismiss"
              @click=${() => this.session.dismissNotice()}
            >
              ${icon('x')}
            </button>`
      }
    </section>`;
  }
}

function isLoss({ from, to }: Extract<AccessNotice, { kind: 'role-changed' }>): boolean {
  return ROLES.indexOf(to) > ROLES.indexOf(from);
}

function sentenceOf(notice: AccessNotice): string {
  if (notice.kind === 'removed') {
    return 'You have been removed from this project. What you see is as it was; nothing comes in and nothing goes out any more.';
  }
  const now = `You are ${aRole(notice.to)} of this project now.`;
  if (mayWrite(notice.to, 'file')) return mayWrite(notice.from, 'file') ? now : `${now} You can edit now.`;
  if (!mayWrite(notice.from, 'file')) return now;
  return notice.to === 'reviewer'
    ? `${now} You can read and comment, but no longer edit.`
    : `${now} You can read, but no longer edit.`;
}

customElements.define('cw-access-notice', AccessNoticeBar);

declare global {
  interface HTMLElementTagNameMap {
    'cw-access-notice': AccessNoticeBar;
  }
}
