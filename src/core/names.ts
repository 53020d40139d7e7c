import { MAX_NAME_CHARS } from './limits.ts';

/** Names that Windows reserves, with or without an extension. */
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/i;

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f]/g;
const DECEIVERS = /[\p{Bidi_Control}\u2028\u2029\u200b\ufeff]/gu;

/**
 * Why a text cannot be the name of a file or folder, as a sentence that says what to change, or `null` if it can.
 * The rule is that of the strictest system (Windows), so that every project can be unpacked everywhere [TREE-3].
 */
export function nameProblem(name: string): string | null {
  if (name.trim() === '') return 'Type a name.';
  if (name.length > MAX_NAME_CHARS)
    return `Names have at most ${MAX_NAME_CHARS} characters; this one has ${name.length}.`;
  const forbidden = /[/\\:*?"<>|]/.exec(name);
  if (forbidden) return `Names cannot contain ${forbidden[0]}`;
  const hidden = hiddenProblem(name);
  if (hidden !== null) return hidden;
  if (name === '.' || name === '..') return `“${name}” has a meaning of its own in paths; choose another name.`;
  if (name !== name.trim()) return 'Names cannot begin or end with a space.';
  if (name.endsWith('.')) return 'Names cannot end with a dot.';
  if (RESERVED.test(name)) return `“${name}” is reserved by Windows; choose another name.`;
  return null;
}

/** Why a text cannot be a name of anything, for the characters in it that nobody sees; `null` if it can. */
export function hiddenProblem(name: string): string | null {
  if (name.search(CONTROLS) >= 0) return 'Names cannot contain control characters.';
  if (name.search(DECEIVERS) >= 0) return 'Names cannot contain invisible characters that change how they are read.';
  return null;
}

/**
 * The name of a person or a project as it is shown: others may have given it any characters. What turns around or hides the
 * text beside it is taken out; a control character becomes a space.
 */
export function shownName(name: string): string {
  return name.replaceAll(CONTROLS, ' ').replaceAll(DECEIVERS, '').trim();
}

/** Two names that a file system may take for one: case and Unicode form do not tell them apart. */
export function sameName(a: string, b: string): boolean {
  return nameKey(a) === nameKey(b);
}

/** Whether somebody typed this name: Unicode form and how much space there is do not tell them apart, case does. */
export function isTyped(typed: string, name: string): boolean {
  const plain = (text: string): string => text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
  return plain(typed) === plain(name);
}

/** The text by which names are compared. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** `main.ts` with the mark `x1y2` becomes `main (x1y2).ts`. */
export function markName(name: string, mark: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? `${name.slice(0, dot)} (${mark})${name.slice(dot)}` : `${name} (${mark})`;
}
