import '@awesome.me/webawesome/dist/components/tooltip/tooltip.js';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import type { Tree } from '../../core/tree.ts';
import type { Participant } from '../session/api.ts';
import { LightElement } from '../ui/light-element.ts';
import { initialsOf, inkOn, peopleHere, type PersonHere } from './people.ts';
import './avatars.css';

/** As many as fit into the header of a small window. */
const MAX_SHOWN = 6;

/** Asks to open the file that a person has open. */
export class VisitEvent extends CustomEvent<{ readonly file: string }> {
  constructor(file: string) {
    super('person-visit', { detail: { file }, bubbles: true });
  }
}

/**
 * Who is in the project now.
 *
 * @event person-visit – an avatar was chosen: its person's file is to be opened
 */
export class Avatars extends LightElement {
  static override properties = { participants: { attribute: false }, tree: { attribute: false } };

  declare participants: readonly Participant[];
  declare tree: Tree | null;

  constructor() {
    super();
    this.participants = [];
    this.tree = null;
  }

  protected override render(): TemplateResult {
    const people = peopleHere(this.participants);
    const hidden = people.slice(MAX_SHOWN);
    const names = hidden.map((person) => (person.isAgent ? `${person.name} (agent)` : person.name)).join(', ');
    return html`<ul class="avatars" aria-label="People here" data-testid="avatars">
      ${repeat(
        people.slice(0, MAX_SHOWN),
        (person) => person.id,
        (person) => this.renderPerson(person),
      )}
      ${
        hidden.length === 0
          ? nothing
          : html`<li>
              <span class="avatar more" title=${names} aria-label=${`And ${names}`} role="img">+${hidden.length}</span>
            </li>`
      }
    </ul>`;
  }

  private renderPerson(person: PersonHere): TemplateResult {
    const file = person.files.find((id) => this.tree?.byId.has(id));
    const path = file === undefined ? undefined : this.tree?.byId.get(file)?.path;
    const name = person.isAgent ? `${person.name} (agent)` : person.name;
    const who = person.isMe ? `${name} (you)` : name;
    const sentence = path === undefined ? who : `${who} – in ${path}`;
    const id = `avatar-${person.id}`;
    const visit = (): void => {
      if (file !== undefined && !person.isMe) this.dispatchEvent(new VisitEvent(file));
    };
    return html`<li>
      <button
        id=${id}
        class="avatar"
        style=${styleMap({ '--person': person.color, '--ink': inkOn(person.color) })}
        aria-label=${sentence}
        aria-disabled=${file === undefined || person.isMe}
        data-testid="avatar"
        data-user=${person.id}
        data-agent=${person.isAgent ? '' : nothing}
        data-initials=${initialsOf(person.name)}
        @click=${visit}
      ></button>
      <wa-tooltip for=${id} placement="bottom">${sentence}</wa-tooltip>
    </li>`;
  }
}

customElements.define('cw-avatars', Avatars);

declare global {
  interface HTMLElementTagNameMap {
    'cw-avatars': Avatars;
  }
  interface HTMLElementEventMap {
    'person-visit': VisitEvent;
  }
}
