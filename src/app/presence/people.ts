import type { Participant } from '../session/api.ts';

/** A person who is here, in one or several tabs. */
export interface PersonHere {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly isMe: boolean;
  /** It calls itself a program. */
  readonly isAgent: boolean;
  /** Node ids of the files that are open there, without repetition. */
  readonly files: readonly string[];
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

const FALLBACK_COLOR = '#7a7a75';

/** The colour if it is one (`#rrggbb`), else grey: colours come from other people and go into styles. */
export function safeColor(color: unknown): string {
  return typeof color === 'string' && /^#[0-9a-f]{6}$/i.test(color) ? color : FALLBACK_COLOR;
}

/** At most two letters for an avatar. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const shown = words.length > 1 ? [words[0], words.at(-1)] : words;
  return shown
    .map((word) => firstLetter(word || '?'))
    .join('')
    .toUpperCase();
}

function firstLetter(word: string): string {
  for (const { segment } of graphemes.segment(word)) return segment;
  return '';
}

/** Black or white, whichever can be read on the colour. */
export function inkOn(color: string): '#000000' | '#ffffff' {
  const channel = (at: number): number => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return luminance > 0.179 ? '#000000' : '#ffffff';
}

/** One entry a person: oneself first, then by name. */
export function peopleHere(participants: readonly Participant[]): PersonHere[] {
  const people = new Map<string, PersonHere & { files: string[] }>();
  for (const { user, file, isMe } of participants) {
    const known = people.get(user.id);
    const { id, name, agent } = user;
    const color = safeColor(user.color);
    const person = known ?? { id, name, color, isMe, isAgent: agent === true, files: [] };
    if (file !== null && !person.files.includes(file)) person.files.push(file);
    people.set(id, isMe ? { ...person, name, color, isMe: true } : person);
  }
  return [...people.values()].sort(
    (a, b) => Number(b.isMe) - Number(a.isMe) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1),
  );
}

/** Who else has which file open: other people by node id. */
export function othersByFile(participants: readonly Participant[]): ReadonlyMap<string, readonly PersonHere[]> {
  const byFile = new Map<string, PersonHere[]>();
  for (const person of peopleHere(participants.filter((participant) => !participant.isMe))) {
    for (const file of person.files) {
      const there = byFile.get(file);
      if (there) there.push(person);
      else byFile.set(file, [person]);
    }
  }
  return byFile;
}
