/** Mentions of members in a comment: `@Name`, resolved to the user's id when it is written. */

/** A part of a text that names somebody, in UTF-16 code units. */
export interface Mention {
  readonly start: number;
  readonly length: number;
  /** User id. */
  readonly user: string;
}

export interface Nameable {
  readonly id: string;
  readonly name: string;
}

/** A name is being typed: what has been typed of it, and where its `@` is. */
export interface MentionQuery {
  readonly start: number;
  readonly typed: string;
}

/**
 * The mentions in a text. The longest name that fits is taken; of people with one name, the one in `chosen` (by
 * the user's choice from a list) or else the first.
 */
export function findMentions(
  text: string,
  people: readonly Nameable[],
  chosen: ReadonlySet<string> = new Set(),
): Mention[] {
  const byLength = people
    .filter(({ name }) => name.trim() !== '')
    .sort((a, b) => b.name.length - a.name.length || Number(chosen.has(b.id)) - Number(chosen.has(a.id)));
  const mentions: Mention[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (at > 0 && isWordPart(text.charAt(at - 1))) continue;
    const person = byLength.find(({ name }) => {
      const end = at + 1 + name.length;
      return text.slice(at + 1, end).toLowerCase() === name.toLowerCase() && !isWordPart(text.charAt(end));
    });
    if (person) mentions.push({ start: at, length: person.name.length + 1, user: person.id });
  }
  return mentions;
}

/** What is being typed of a name in front of the caret; `null` if none is. */
export function mentionQuery(text: string, caret: number): MentionQuery | null {
  const start = text.lastIndexOf('@', caret - 1);
  if (start < 0 || (start > 0 && isWordPart(text.charAt(start - 1)))) return null;
  const typed = text.slice(start + 1, caret);
  return typed.length > 40 || /[\n@,;:.!?()]|^\s|\s\S+\s/.test(typed) ? null : { start, typed };
}

/** The people whose names, or a word of them, begin with what was typed. */
export function matchingPeople<P extends Nameable>(people: readonly P[], typed: string): P[] {
  const wanted = typed.toLowerCase();
  return people.filter(({ name }) => {
    const lower = name.toLowerCase();
    return lower.startsWith(wanted) || lower.split(/\s+/).some((word) => word.startsWith(wanted));
  });
}

function isWordPart(letter: string): boolean {
  return /[\p{L}\p{N}_]/u.test(letter);
}
