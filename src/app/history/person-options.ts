import { html, nothing, type TemplateResult } from 'lit';
import type { Who } from '../../core/history/filter.ts';

/** Values that no user id has: ids have no colon. */
const GROUPS = [
  { who: 'everyone', value: ':everyone', label: 'Everyone' },
  { who: 'people', value: ':people', label: 'People' },
  { who: 'agents', value: ':agents', label: 'Agents' },
] as const;

/** The options of a choice between everyone, all people, all agents, and each single one. */
export function renderPersonOptions(
  persons: readonly { readonly id: string; readonly name: string; readonly isAgent: boolean }[],
  who: Who,
): TemplateResult {
  const option = (value: string, label: string, selected: boolean): TemplateResult =>
    html`<option value=${value} ?selected=${selected}>${label}</option>`;
  const author = typeof who === 'object' ? who.author : null;
  const group = (label: string, isAgent: boolean): TemplateResult | typeof nothing => {
    const members = persons.filter((one) => one.isAgent === isAgent);
    if (members.length === 0) return nothing;
    return html`<optgroup label=${label}>${members.map(({ id, name }) => option(id, name, id === author))}</optgroup>`;
  };
  return html`${GROUPS.map((each) => option(each.value, each.label, each.who === who))}
  ${group('Only this person', false)} ${group('Only this agent', true)}`;
}

/** Whom the value of a chosen option means. */
export function whoOf(value: string): Who {
  return GROUPS.find((each) => each.value === value)?.who ?? { author: value };
}
