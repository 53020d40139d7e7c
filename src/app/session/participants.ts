import type { Awareness } from 'y-protocols/awareness';
import type { PresenceState } from '../../core/presence.ts';
import type { Person } from '../../core/tree.ts';
import type { Participant } from './api.ts';

/** What the rules of presence call somebody who gives no name. */
const NAMELESS = 'Someone';

/**
 * Who is in the project, this replica first, then by name. How somebody calls themselves in presence is written by
 * themselves, as the stamp of the row proves; the entry in the tree, which every editor could write, is the fallback.
 */
export function readParticipants(awareness: Awareness, people: ReadonlyMap<string, Person>): readonly Participant[] {
  const participants: Participant[] = [];
  for (const [client, state] of awareness.getStates() as Map<number, PresenceState>) {
    if (!state.user) continue;
    const person = state.user.name === NAMELESS ? (people.get(state.user.id) ?? state.user) : state.user;
    const shown = { id: state.user.id, name: person.name, color: person.color };
    const user = person.agent === true ? { ...shown, agent: person.agent } : shown;
    const file = typeof state.file === 'string' ? state.file : null;
    participants.push({ client, user, file, isMe: client === awareness.clientID });
  }
  return participants.sort((a, b) => Number(b.isMe) - Number(a.isMe) || a.user.name.localeCompare(b.user.name));
}

/** Whether two lists show the same; cursors move far more often than people. */
export function sameParticipants(a: readonly Participant[], b: readonly Participant[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
