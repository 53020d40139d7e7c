import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ShareLink } from '../../core/members.ts';
import type { Role } from '../../core/roles.ts';
import { icon } from '../ui/icons.ts';
import { LightElement } from '../ui/light-element.ts';
import { endOf, expiryOf, ROLE_NAMES, usesOf } from './words.ts';

/**
 * The links that lead into a project, those that do not work any more last.
 *
 * @event link-revoke – a link is to be revoked; the detail is its id
 */
export class LinkList extends LightElement {
  static override properties = {
    links: { attribute: false },
    myRole: { attribute: false },
    me: { attribute: false },
    busy: { attribute: false },
  };

  declare links: readonly ShareLink[];
  /** The user's own role. */
  declare myRole: Role;
  /** Id of the user. */
  declare me: string;
  declare busy: boolean;

  constructor() {
    super();
    this.busy = false;
  }

  protected override render(): TemplateResult {
    if (this.links.length === 0) {
      return html`<p class="quiet share-hint" data-testid="no-links">
        No links yet. Nobody can join until you make one.
      </p>`;
    }
    const over = (link: ShareLink): number => (endOf(link) === null ? 0 : 1);
    const sorted = this.links.toSorted((a, b) => over(a) - over(b));
    return html`<ul class="links" data-testid="links" aria-label="Links into this project">
      ${repeat(
        sorted,
        ({ id }) => id,
        (link) => this.renderLink(link),
      )}
    </ul>`;
  }

  private renderLink(link: ShareLink): TemplateResult {
    const end = endOf(link);
    const mayRevoke = this.myRole === 'owner' || link.createdBy === this.me;
    const maker = link.createdBy === this.me ? 'you' : link.createdByName || 'somebody who is gone';
    const details = [end ?? expiryOf(link, Date.now()), usesOf(link), `made by ${maker}`];
    return html`<li class=${`link ${end === null ? '' : 'over'}`} data-testid="link" data-state=${link.state}>
      ${icon(link.isPublic ? 'eye' : 'share')}
      <span class="link-words">
        <strong>${link.isPublic ? 'Public, read only' : ROLE_NAMES[link.role]}</strong>
        <span class="quiet">${details.join(' · ')}</span>
      </span>
      <wa-button
        size="s"
        appearance="outlined"
        title=${mayRevoke ? nothing : 'Only owners revoke the links of others.'}
        ?disabled=${!mayRevoke || this.busy}
        data-testid="link-revoke"
        @click=${() => this.dispatchEvent(new CustomEvent('link-revoke', { detail: link.id, bubbles: true }))}
      >
        ${end === null ? 'Revoke' : 'Clear'}<span class="visually-hidden">
          the ${link.isPublic ? 'public link' : `link for ${link.role}s`}</span
        >
      </wa-button>
    </li>`;
  }
}

customElements.define('cw-links', LinkList);

declare global {
  interface HTMLElementTagNameMap {
    'cw-links': LinkList;
  }
  interface HTMLElementEventMap {
    'link-revoke': CustomEvent<string>;
  }
}
