import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import '@awesome.me/webawesome/dist/components/skeleton/skeleton.js';
import '@awesome.me/webawesome/dist/components/switch/switch.js';
import type WaSwitch from '@awesome.me/webawesome/dist/components/switch/switch.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Failure } from '../../core/failures.ts';
import type { Member, NewLink, ShareLink } from '../../core/members.ts';
import type { Role } from '../../core/roles.ts';
import { colorOf } from '../session/colors.ts';
import type { App, ProjectSession } from '../session/api.ts';
import '../ui/confirm-dialog.ts';
import type { ConfirmDialog, ConfirmQuestion } from '../ui/confirm-dialog.ts';
import { AnnounceEvent, ToastEvent } from '../ui/events.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { Observed } from '../ui/observed.ts';
import './invite-form.ts';
import './link-list.ts';
import './member-list.ts';
import './new-link.ts';
import type { NewLinkForm } from './new-link.ts';
import './share-dialog.css';
import { SharingState } from './sharing-state.ts';
import { aRole, nameOf, ROLE_NAMES } from './words.ts';

/**
 * Who is in the project and who may come. What a role may not do is shown, with the reason.
 *
 * @event share-leaving – the user is about to leave the project, by an own decision
 * @event share-left – and has left it
 */
export class ShareDialog extends LightElement {
  static override properties = {
    app: { attribute: false },
    session: { attribute: false },
    open: { state: true },
    address: { state: true },
    publicAddress: { state: true },
    publicCopied: { state: true },
  };

  declare app: App;
  declare session: ProjectSession;
  declare private open: boolean;
  declare private address: string | null;
  declare private publicAddress: string | null;
  declare private publicCopied: boolean;
  private readonly state = new SharingState(this, () => ({ sharing: this.app.sharing, project: this.session.id }));
  private readonly changes = new Observed(this, () => this.session?.memberChanges);
  private readonly participants = new Observed(this, () => this.session?.participants);
  private readonly people = new Observed(this, () => this.session?.people);
  private readonly name = new Observed(this, () => this.session?.name);
  private seenChanges = 0;

  constructor() {
    super();
    this.open = false;
    this.address = null;
    this.publicAddress = null;
    this.publicCopied = false;
  }

  show(): void {
    this.address = null;
    this.publicAddress = null;
    this.state.problem = null;
    this.open = true;
    this.seenChanges = this.changes.value ?? 0;
    void this.state.load();
  }

  protected override updated(_changed: PropertyValues): void {
    const changes = this.changes.value ?? 0;
    if (!this.open || changes === this.seenChanges) return;
    this.seenChanges = changes;
    // What is under way reads everything anew when it is done.
    if (this.state.busy === null) void this.state.load();
  }

  protected override render(): TemplateResult {
    return html`<wa-dialog
        class="share-dialog"
        label=${`Share “${this.name.value ?? 'Project'}”`}
        ?open=${this.open}
        @wa-after-hide=${this.closed}
        data-testid="share-dialog"
      >
        <div class="share" @member-action=${this.memberAction}>${this.renderFacts()}</div>
      </wa-dialog>
      <cw-confirm-dialog></cw-confirm-dialog>`;
  }

  private renderFacts(): TemplateResult {
    const { facts } = this.state;
    switch (facts.kind) {
      case 'loading':
        return html`<div class="share-section" aria-busy="true" aria-label="Loading">
          ${[1, 2, 3].map(() => html`<wa-skeleton effect="sheen"></wa-skeleton>`)}
        </div>`;
      case 'failed':
        return this.renderFailure(facts.failure);
      case 'known':
        return html`${this.renderProblem()} ${this.renderInvite(facts.list.role)}
        ${this.renderMembers(facts.list.members, facts.list.role)}
        ${facts.links === null ? nothing : this.renderLinks(facts.links, facts.list.role)}`;
    }
  }

  private renderFailure({ kind, message }: Failure): TemplateResult {
    const sentence =
      kind === 'offline'
        ? 'Members and links are shown when you are back online. Your work goes on meanwhile.'
        : message;
    return html`<div class="share-section share-failure" data-testid="share-failure">
      <p class="message note" role="alert">${icon('cloud-off')} ${sentence}</p>
      <wa-button size="s" appearance="outlined" @click=${() => this.state.load()} data-testid="share-retry"
        >Try again</wa-button
      >
    </div>`;
  }

  private renderProblem(): TemplateResult {
    const { problem } = this.state;
    return html`<div role="alert">
      ${
        problem === null
          ? nothing
          : html`<p class="message error" data-testid="share-problem">${icon('circle-alert')} ${problem}</p>`
      }
    </div>`;
  }

  private renderInvite(role: Role): TemplateResult {
    const mayInvite = role === 'owner' || role === 'editor';
    const reason = mayInvite ? null : `As ${aRole(role)} you see who is here. Owners and editors invite people.`;
    return html`<section class="share-section" aria-labelledby="share-invite">
      <h3 id="share-invite">Invite with a link</h3>
      <cw-new-link
        .reason=${reason}
        .busy=${this.state.busy === 'create'}
        .address=${this.address}
        @link-wanted=${(event: CustomEvent<NewLink>) => void this.create(event.detail)}
      ></cw-new-link>
      ${
        role === 'owner' && this.app.sharing.byMail
          ? html`<cw-invite .busy=${this.state.busy === 'invite'} @invite-wanted=${this.invite}></cw-invite>`
          : nothing
      }
    </section>`;
  }

  private renderMembers(members: readonly Member[], role: Role): TemplateResult {
    const here = new Set((this.participants.value ?? []).map(({ user }) => user.id));
    return html`<section class="share-section" aria-labelledby="share-people">
      <h3 id="share-people">People <span class="quiet">${members.length}</span></h3>
      <cw-members
        .members=${members}
        .myRole=${role}
        .me=${this.session.user.id}
        .here=${here}
        .colors=${this.colorsOf(members)}
        .busy=${this.state.busy !== null}
      ></cw-members>
    </section>`;
  }

  private renderLinks(links: readonly ShareLink[], role: Role): TemplateResult {
    return html`<section class="share-section" aria-labelledby="share-links">
      <h3 id="share-links">Links <span class="quiet">${links.length}</span></h3>
      <cw-links
        .links=${links}
        .myRole=${role}
        .me=${this.session.user.id}
        .busy=${this.state.busy !== null}
        @link-revoke=${(event: CustomEvent<string>) => void this.revoke(event.detail)}
      ></cw-links>
      ${this.renderPublic(links, role)}
    </section>`;
  }

  private renderPublic(links: readonly ShareLink[], role: Role): TemplateResult {
    const link = links.find(({ isPublic, state }) => isPublic && state === 'active');
    const isOwner = role === 'owner';
    const hint = isOwner
      ? 'Who opens the public link joins as a viewer with one click, with an account or as a guest.'
      : 'Only owners switch the public link on and off.';
    return html`<div class="public-link">
      <wa-switch
        size="s"
        hint=${hint}
        .checked=${live(link !== undefined)}
        ?disabled=${!isOwner || this.state.busy !== null}
        data-testid="public-switch"
        @change=${(event: Event) => void this.setPublic((event.currentTarget as WaSwitch).checked, link?.id ?? null)}
        >Anybody with the public link can read</wa-switch
      >
      ${link === undefined || !isOwner ? nothing : this.renderPublicAddress()}
    </div>`;
  }

  /** The address is known only to whoever has just made it; a new one takes its place. */
  private renderPublicAddress(): TemplateResult {
    const address = this.publicAddress;
    if (address === null) {
      return html`<p class="quiet share-hint">
        Its address was shown when it was made.
        <button
          class="link"
          ?disabled=${this.state.busy !== null}
          data-testid="public-renew"
          @click=${() => void this.setPublic(true, null)}
        >
          Replace it by a new one
        </button>
      </p>`;
    }
    return html`<div class="share-link">
      <wa-input
        size="s"
        class="bare"
        label="Public link"
        readonly
        .value=${address}
        data-testid="public-address"
      ></wa-input>
      <wa-button size="s" appearance="outlined" @click=${() => this.copyPublic(address)} data-testid="public-copy">
        ${icon(this.publicCopied ? 'check' : 'copy', 'start')} ${this.publicCopied ? 'Copied' : 'Copy'}
      </wa-button>
    </div>`;
  }

  private async copyPublic(address: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(address);
      this.publicCopied = true;
    } catch {
      this.publicCopied = false; // refused by the browser: the link is shown, to be copied by hand
    }
  }

  private colorsOf(members: readonly Member[]): ReadonlyMap<string, string> {
    const colors = new Map(members.map(({ id }) => [id, this.people.value?.get(id)?.color ?? colorOf(id)]));
    for (const { user } of this.participants.value ?? []) colors.set(user.id, user.color);
    return colors;
  }

  private async create(link: NewLink): Promise<void> {
    const made = await this.state.run('create', (sharing, project) => sharing.createLink(project, link));
    if (made === null) return;
    this.address = made.address;
    await this.updateComplete;
    await this.querySelector<NewLinkForm>('cw-new-link')?.copy(made.address);
  }

  private async setPublic(on: boolean, link: string | null): Promise<void> {
    this.publicAddress = null;
    this.publicCopied = false;
    if (on) {
      const wanted: NewLink = { role: 'viewer', expiresInDays: null, maxUses: null, isPublic: true };
      const made = await this.state.run('public', (sharing, project) => sharing.createLink(project, wanted));
      this.publicAddress = made?.address ?? null;
    } else if (link !== null) await this.revoke(link);
  }

  private async revoke(link: string): Promise<void> {
    await this.state.run('revoke', (sharing, project) => sharing.revokeLink(project, link));
    if (this.state.problem === null) this.dispatchEvent(new AnnounceEvent('The link is revoked.'));
  }

  private readonly invite = async (event: HTMLElementEventMap['invite-wanted']): Promise<void> => {
    const { email, role } = event.detail;
    await this.state.run('invite', (sharing, project) => sharing.invite(project, email, role));
    if (this.state.problem !== null) return;
    this.dispatchEvent(new ToastEvent({ message: `An invitation is on its way to ${email}.` }));
  };

  private readonly memberAction = (event: HTMLElementEventMap['member-action']): void => {
    const action = event.detail;
    const ask = (question: ConfirmQuestion): void =>
      this.querySelector<ConfirmDialog>(':scope > cw-confirm-dialog')?.ask(question);
    switch (action.kind) {
      case 'role':
        return this.changeRole(action.member, action.role, ask);
      case 'remove':
        return ask(this.removal(action.member));
      case 'hand-over':
        return ask({
          title: 'Hand the project over?',
          text:
            `${nameOf(action.member)} becomes an owner of the project, and you an editor. ` +
            'A public link that you have made ends with that.',
          confirm: 'Hand over',
          run: () =>
            void this.act('handOver', action.member, (sharing, project) => sharing.handOver(project, action.member.id)),
        });
      case 'leave':
        return ask({
          title: 'Leave the project?',
          text: 'You see and change it no more. To come back you need a new invitation.',
          confirm: 'Leave',
          run: () => void this.leave(),
        });
    }
  };

  private removal(member: Member): ConfirmQuestion {
    const name = nameOf(member);
    const { facts } = this.state;
    const open = facts.kind === 'known' ? (facts.links ?? []).filter(({ state }) => state === 'active').length : 0;
    const links =
      open === 0 || member.isPending
        ? ''
        : ` ${open === 1 ? '1 link still works' : `${open} links still work`}: revoke what they may know, or they can come back.`;
    return {
      title: member.isPending ? 'Withdraw the invitation?' : `Remove ${name}?`,
      text: member.isPending
        ? `${name} cannot join by it any more.`
        : `${name} sees and changes the project no more, at once. What ${name} wrote stays.${links}`,
      confirm: member.isPending ? 'Withdraw' : 'Remove',
      run: () => void this.act('remove', member, (sharing, project) => sharing.removeMember(project, member.id)),
    };
  }

  private changeRole(member: Member, role: Role, ask: (question: ConfirmQuestion) => void): void {
    const change = (): void =>
      void this.act('role', member, (sharing, project) => sharing.changeRole(project, member.id, role));
    if (member.id !== this.session.user.id) return change();
    // Nobody but another owner gives the role back.
    this.requestUpdate();
    this.querySelector('cw-members')?.requestUpdate();
    ask({
      title: `Become ${aRole(role)}?`,
      text: 'You are an owner no more. Only another owner can make you one again.',
      confirm: `Become ${ROLE_NAMES[role].toLowerCase()}`,
      run: change,
    });
  }

  private async act(name: string, member: Member, action: Parameters<SharingState['run']>[1]): Promise<void> {
    await this.state.run(name, action);
    // A select that shows what was refused goes back to what is.
    this.querySelector('cw-members')?.requestUpdate();
    if (this.state.problem === null) this.dispatchEvent(new AnnounceEvent(`Done: ${nameOf(member)}.`));
  }

  private async leave(): Promise<void> {
    this.dispatchEvent(new CustomEvent('share-leaving', { detail: true, bubbles: true }));
    const { sharing } = this.app;
    const left = await sharing.leave(this.session.id);
    if (left.ok) {
      this.open = false;
      this.dispatchEvent(new CustomEvent('share-left', { bubbles: true }));
      return;
    }
    this.dispatchEvent(new CustomEvent('share-leaving', { detail: false, bubbles: true }));
    this.state.problem = left.message;
    this.requestUpdate();
  }

  private readonly closed = (event: Event): void => {
    if (event.target === event.currentTarget) this.open = false;
  };
}

customElements.define('cw-share-dialog', ShareDialog);

declare global {
  interface HTMLElementTagNameMap {
    'cw-share-dialog': ShareDialog;
  }
  interface HTMLElementEventMap {
    'share-leaving': CustomEvent<boolean>;
    'share-left': CustomEvent<null>;
  }
}
