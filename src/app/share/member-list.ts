import '@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js';
import '@awesome.me/webawesome/dist/components/dropdown/dropdown.js';
import '@awesome.me/webawesome/dist/components/option/option.js';
import '@awesome.me/webawesome/dist/components/select/select.js';
import type WaSelect from '@awesome.me/webawesome/dist/components/select/select.js';
import type { WaSelectEvent } from '@awesome.me/webawesome/dist/events/select.js';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import type { Member } from '../../core/members.ts';
import { ROLES, isRole, type Role } from '../../core/roles.ts';
import { initialsOf, inkOn, safeColor } from '../presence/people.ts';
import '../presence/avatars.css';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { aRole, nameOf, ROLE_NAMES, ROLE_RIGHTS } from './words.ts';

export type MemberAction =
  | { readonly kind: 'role'; readonly member: Member; readonly role: Role }
  | { readonly kind: 'remove' | 'hand-over'; readonly member: Member }
  | { readonly kind: 'leave' };

/**
 * Who is in a project, oneself first. Owners get the controls; the others read what only owners do.
 *
 * @event member-action – somebody wants to change something; see `MemberAction`
 */
export class MemberList extends LightElement {
  static override properties = {
    members: { attribute: false },
    myRole: { attribute: false },
    me: { attribute: false },
    here: { attribute: false },
    colors: { attribute: false },
    busy: { attribute: false },
  };

  declare members: readonly Member[];
  /** The user's own role. */
  declare myRole: Role;
  /** Id of the user. */
  declare me: string;
  /** Ids of the people who have the project open now. */
  declare here: ReadonlySet<string>;
  /** `#rrggbb` by id. */
  declare colors: ReadonlyMap<string, string>;
  declare busy: boolean;

  constructor() {
    super();
    this.here = new Set();
    this.colors = new Map();
    this.busy = false;
  }

  protected override render(): TemplateResult {
    const first = ({ id }: Member): number => (id === this.me ? 0 : 1);
    const sorted = this.members.toSorted((a, b) => first(a) - first(b) || nameOf(a).localeCompare(nameOf(b)));
    return html`<ul class="members" data-testid="members" aria-label="People in this project">
        ${repeat(
          sorted,
          ({ id }) => id,
          (member) => this.renderMember(member),
        )}
      </ul>
      ${
        this.myRole === 'owner'
          ? nothing
          : html`<p class="quiet share-hint" data-testid="members-reason">
              You are ${aRole(this.myRole)} here. Only owners change roles and remove people.
            </p>`
      }`;
  }

  private renderMember(member: Member): TemplateResult {
    const name = nameOf(member);
    const isMe = member.id === this.me;
    const color = safeColor(this.colors.get(member.id));
    return html`<li class="member" data-testid="member" data-member=${member.id} data-role=${member.role ?? ''}>
      <span
        class="avatar"
        style=${styleMap({ '--person': color, '--ink': inkOn(color) })}
        data-initials=${initialsOf(name)}
        aria-hidden="true"
      ></span>
      <span class="member-name">
        <span class="member-title"
          ><strong>${name}</strong>${isMe ? html` <span class="quiet">you</span>` : nothing}${
            this.here.has(member.id) && !isMe
              ? html` <span class="member-here" data-testid="member-here">here now</span>`
              : nothing
          }</span
        >
        <span class="quiet member-rights">${this.rightsOf(member)}</span>
      </span>
      ${this.renderRole(member, name)} ${this.renderActions(member, name, isMe)}
    </li>`;
  }

  private rightsOf(member: Member): string {
    if (member.isPending) return 'invited, has not come yet';
    if (member.role === null) return 'has no role';
    if (this.isLastOwner(member) && member.id === this.me) return 'the only owner: hand over before you leave';
    return ROLE_RIGHTS[member.role];
  }

  private renderRole(member: Member, name: string): TemplateResult {
    if (this.myRole !== 'owner' || member.isPending) {
      return html`<span class="member-role role-name quiet" data-testid="member-role-name"
        >${member.role === null ? 'None' : ROLE_NAMES[member.role]}</span
      >`;
    }
    const isLast = this.isLastOwner(member);
    const why = isLast ? 'A project needs an owner: make somebody else an owner first.' : '';
    return html`<span class="member-role" title=${why}
      ><wa-select
        size="s"
        class="bare"
        label=${`Role of ${name}`}
        ?disabled=${isLast || this.busy}
        .value=${live(member.role ?? '')}
        data-testid="member-role"
        @change=${(event: Event) => this.roleChosen(event, member)}
      >
        ${ROLES.map((role) => html`<wa-option value=${role}>${ROLE_NAMES[role]}</wa-option>`)}
      </wa-select></span
    >`;
  }

  private renderActions(member: Member, name: string, isMe: boolean): TemplateResult {
    if (isMe) {
      const isLast = this.isLastOwner(member);
      return html`<button
        class="icon-button"
        aria-label="Leave the project"
        title=${isLast ? 'You are the only owner: make somebody else an owner first, then you can leave.' : 'Leave'}
        ?disabled=${isLast || this.busy}
        data-testid="member-leave"
        @click=${() => this.act({ kind: 'leave' })}
      >
        ${icon('log-out')}
      </button>`;
    }
    if (this.myRole !== 'owner') return html`<span class="member-gap"></span>`;
    return html`<wa-dropdown
      placement="bottom-end"
      size="s"
      @wa-select=${(event: WaSelectEvent) => this.chosen(event, member)}
    >
      <button
        slot="trigger"
        class="icon-button"
        aria-label=${`Actions for ${name}`}
        title="Actions"
        ?disabled=${this.busy}
        data-testid="member-menu"
      >
        ${icon('ellipsis')}
      </button>
      ${
        member.isPending
          ? nothing
          : html`<wa-dropdown-item value="hand-over" data-testid="member-hand-over"
              >${icon('refresh', 'icon')} Hand the project over…</wa-dropdown-item
            >`
      }
      <wa-dropdown-item value="remove" variant="danger" data-testid="member-remove"
        >${icon('trash', 'icon')} ${member.isPending ? 'Withdraw the invitation…' : 'Remove…'}</wa-dropdown-item
      >
    </wa-dropdown>`;
  }

  private isLastOwner(member: Member): boolean {
    return (
      member.role === 'owner' &&
      this.members.filter(({ role, isPending }) => role === 'owner' && !isPending).length === 1
    );
  }

  private roleChosen(event: Event, member: Member): void {
    const select = event.currentTarget as WaSelect;
    const role = select.value;
    if (isRole(role) && role !== member.role) this.act({ kind: 'role', member, role });
  }

  private chosen(event: WaSelectEvent, member: Member): void {
    const { item } = event.detail;
    const value = 'value' in item ? item.value : '';
    if (value === 'remove' || value === 'hand-over') this.act({ kind: value, member });
  }

  private act(detail: MemberAction): void {
    this.dispatchEvent(new CustomEvent('member-action', { detail, bubbles: true }));
  }
}

customElements.define('cw-members', MemberList);

declare global {
  interface HTMLElementTagNameMap {
    'cw-members': MemberList;
  }
  interface HTMLElementEventMap {
    'member-action': CustomEvent<MemberAction>;
  }
}
