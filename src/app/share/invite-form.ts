import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import '@awesome.me/webawesome/dist/components/option/option.js';
import '@awesome.me/webawesome/dist/components/select/select.js';
import type WaSelect from '@awesome.me/webawesome/dist/components/select/select.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { LinkRole } from '../../core/members.ts';
import { LightElement } from '../ui/light-element.ts';
import { LINK_ROLES, ROLE_NAMES } from './words.ts';

/**
 * Invites somebody by e-mail.
 *
 * @event invite-wanted – an invitation is to be sent
 */
export class InviteForm extends LightElement {
  static override properties = { busy: { attribute: false }, problem: { state: true } };

  declare busy: boolean;
  declare private problem: string | null;

  constructor() {
    super();
    this.busy = false;
    this.problem = null;
  }

  protected override render(): TemplateResult {
    return html`<form class="invite-form" @submit=${this.submit} novalidate>
      <wa-input
        size="s"
        type="email"
        label="Or by e-mail"
        placeholder="ana@example.com"
        autocomplete="off"
        data-testid="invite-email"
      ></wa-input>
      <wa-select size="s" class="bare" label="Role of the invited person" value="editor" data-testid="invite-role">
        ${LINK_ROLES.map((role) => html`<wa-option value=${role}>${ROLE_NAMES[role]}</wa-option>`)}
      </wa-select>
      <wa-button size="s" type="submit" appearance="outlined" ?loading=${this.busy} data-testid="invite-send"
        >Send</wa-button
      >
      ${this.problem === null ? nothing : html`<p class="message error" role="alert">${this.problem}</p>`}
    </form>`;
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const email = this.querySelector('wa-input')?.value?.trim() ?? '';
    const chosen = this.querySelector<WaSelect>('wa-select')?.value;
    const role = LINK_ROLES.find((each) => each === chosen) ?? 'editor';
    this.problem = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? null : 'Type an e-mail address, like ana@example.com.';
    if (this.problem !== null || this.busy) return;
    this.dispatchEvent(new CustomEvent('invite-wanted', { detail: { email, role }, bubbles: true }));
  };
}

customElements.define('cw-invite', InviteForm);

declare global {
  interface HTMLElementTagNameMap {
    'cw-invite': InviteForm;
  }
  interface HTMLElementEventMap {
    'invite-wanted': CustomEvent<{ readonly email: string; readonly role: LinkRole }>;
  }
}
