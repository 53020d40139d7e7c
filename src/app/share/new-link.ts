import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import '@awesome.me/webawesome/dist/components/option/option.js';
import '@awesome.me/webawesome/dist/components/select/select.js';
import type WaSelect from '@awesome.me/webawesome/dist/components/select/select.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { LinkRole, NewLink } from '../../core/members.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { EXPIRIES, LINK_ROLES, ROLE_NAMES, ROLE_RIGHTS, USES, type Choice } from './words.ts';

/**
 * Makes an invite link, shows it, and copies it where the browser allows.
 *
 * @event link-wanted – a link is to be made
 */
export class NewLinkForm extends LightElement {
  static override properties = {
    reason: { attribute: false },
    busy: { attribute: false },
    address: { attribute: false },
    chosenRole: { state: true },
    copied: { state: true },
  };

  /** Why the user may not make links, as a sentence; `null`: they may. */
  declare reason: string | null;
  declare busy: boolean;
  /** The link that was just made. */
  declare address: string | null;
  declare private chosenRole: LinkRole;
  declare private copied: boolean;
  private expiry = 0;
  private uses = 0;

  constructor() {
    super();
    this.reason = null;
    this.busy = false;
    this.address = null;
    this.chosenRole = 'editor';
    this.copied = false;
  }

  /** Copies a link that was just made; that the browser refuses it is said, and the link can be copied by hand. */
  async copy(address: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(address);
      this.copied = true;
    } catch {
      this.copied = false; // refused by the browser: the link is shown, to be copied by hand
    }
    await this.updateComplete;
    this.querySelector<HTMLInputElement & { select(): void }>('[data-testid=share-link]')?.select();
  }

  protected override render(): TemplateResult {
    if (this.reason !== null) {
      return html`<p class="quiet share-hint" data-testid="link-reason">${icon('lock')} ${this.reason}</p>`;
    }
    return html`<div class="new-link">
        ${this.renderRoles()} ${this.renderChoice('Expires', 'link-expiry', EXPIRIES, (at) => (this.expiry = at))}
        ${this.renderChoice('For', 'link-uses', USES, (at) => (this.uses = at))}
        <wa-button size="s" variant="brand" ?loading=${this.busy} @click=${this.want} data-testid="link-create">
          ${icon('copy', 'start')} Create link
        </wa-button>
      </div>
      <p class="quiet share-hint" data-testid="link-rights">
        ${ROLE_NAMES[this.chosenRole]}: ${ROLE_RIGHTS[this.chosenRole]}.
      </p>
      ${this.address === null ? nothing : this.renderAddress(this.address)}`;
  }

  private renderRoles(): TemplateResult {
    const choose = (event: Event): void => {
      this.chosenRole = LINK_ROLES.find((role) => role === (event.currentTarget as WaSelect).value) ?? 'editor';
    };
    return html`<wa-select size="s" label="Joins as" value="editor" @change=${choose} data-testid="link-role">
      ${LINK_ROLES.map((role) => html`<wa-option value=${role}>${ROLE_NAMES[role]}</wa-option>`)}
    </wa-select>`;
  }

  private renderChoice(
    label: string,
    testId: string,
    choices: readonly Choice<number | null>[],
    choose: (at: number) => void,
  ): TemplateResult {
    return html`<wa-select
      size="s"
      label=${label}
      value="0"
      @change=${(event: Event) => choose(Number((event.currentTarget as WaSelect).value))}
      data-testid=${testId}
    >
      ${choices.map((choice, at) => html`<wa-option value=${String(at)}>${choice.label}</wa-option>`)}
    </wa-select>`;
  }

  private renderAddress(address: string): TemplateResult {
    return html`<div class="share-link">
        <wa-input
          size="s"
          class="bare"
          label="Invite link"
          readonly
          .value=${address}
          data-testid="share-link"
        ></wa-input>
        <wa-button size="s" appearance="outlined" @click=${() => this.copy(address)} data-testid="share-copy">
          ${icon(this.copied ? 'check' : 'copy', 'start')} ${this.copied ? 'Copied' : 'Copy'}
        </wa-button>
      </div>
      <p class="quiet share-hint" role="status" data-testid="share-note">
        ${this.copied ? 'The link is in your clipboard.' : 'Copy the link and send it to whom you want to invite.'} It
        is shown only now.
      </p>`;
  }

  private readonly want = (): void => {
    const { chosenRole: role, expiry, uses } = this;
    const detail: NewLink = {
      role,
      expiresInDays: EXPIRIES[expiry]?.value ?? null,
      maxUses: USES[uses]?.value ?? null,
      isPublic: false,
    };
    this.copied = false;
    this.dispatchEvent(new CustomEvent('link-wanted', { detail, bubbles: true }));
  };
}

customElements.define('cw-new-link', NewLinkForm);

declare global {
  interface HTMLElementTagNameMap {
    'cw-new-link': NewLinkForm;
  }
  interface HTMLElementEventMap {
    'link-wanted': CustomEvent<NewLink>;
  }
}
