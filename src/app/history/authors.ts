import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { initialsOf, inkOn, safeColor } from '../presence/people.ts';
import type { ProjectSession } from '../session/api.ts';

/** How an author of the history is shown. */
export interface Author {
  readonly id: string | null;
  readonly name: string;
  readonly color: string;
  readonly isMe: boolean;
  /** It says of itself that it is a program [STAMP-3]. */
  readonly isAgent: boolean;
}

const UNKNOWN_COLOR = '#7a7a75';

/** Who somebody is by user id; `null` is what was there before the history begins. */
export function authorOf(session: Pick<ProjectSession, 'people' | 'user'>, id: string | null): Author {
  if (id === null) return { id, name: 'Before the history', color: UNKNOWN_COLOR, isMe: false, isAgent: false };
  const isMe = id === session.user.id;
  const person = session.people.value.get(id) ?? (isMe ? session.user : null);
  if (person === null) return { id, name: 'Former member', color: UNKNOWN_COLOR, isMe, isAgent: false };
  return { id, name: person.name, color: safeColor(person.color), isMe, isAgent: person.agent === true };
}

/** The name as it stands in a sentence. */
export function nameOf({ name, isMe }: Author): string {
  return isMe ? `${name} (you)` : name;
}

/** A round mark with initials; what it sits in has the name. */
export function avatarOf({ name, color }: Author): TemplateResult {
  return html`<span
    class="hist-avatar"
    aria-hidden="true"
    title=${name}
    style=${styleMap({ '--person': color, '--ink': inkOn(color) })}
    data-initials=${initialsOf(name)}
  ></span>`;
}

/** The mark beside the name of an agent; nothing beside that of a person. */
export function agentBadge({ isAgent }: Pick<Author, 'isAgent'>): TemplateResult | typeof nothing {
  return isAgent
    ? html`<span class="agent-badge" title="A program, not a person: so it says of itself">agent</span>`
    : nothing;
}
