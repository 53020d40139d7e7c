/** Style rules that are made while the app runs, for colours of people. */
import { safeColor } from '../presence/people.ts';

const known = new Map<string, string>();
let sheet: CSSStyleSheet | null = null;

/** The class of a text in the colour of its author. */
export function markClass(color: string): string {
  const safe = safeColor(color);
  return classFor(`mark ${safe}`, (name) => [
    `.${name} { border-bottom: 2px solid ${safe}; background: color-mix(in srgb, ${safe} 16%, transparent); }`,
  ]);
}

/** The class of a line in the gutter: a bar in the colour of its author, and what is written beside it. */
export function gutterClass(color: string, label: string): string {
  const safe = safeColor(color);
  return classFor(`gutter ${safe} ${label}`, (name) => [
    `.${name} { border-left: 3px solid ${safe}; }`,
    ...(label === '' ? [] : [`.${name}::after { content: ${cssString(label)}; }`]),
  ]);
}

/** A text as a CSS string: nothing in it can end the string. */
export function cssString(text: string): string {
  const escaped = Array.from(text, (letter) =>
    /[\p{L}\p{N} .,–-]/u.test(letter) ? letter : `\\${(letter.codePointAt(0) ?? 0xfffd).toString(16)} `,
  );
  return `"${escaped.join('')}"`;
}

function classFor(key: string, rules: (name: string) => readonly string[]): string {
  const name = known.get(key);
  if (name !== undefined) return name;
  const created = `hist-style-${known.size}`;
  known.set(key, created);
  if (sheet === null) {
    sheet = new CSSStyleSheet();
    document.adoptedStyleSheets.push(sheet);
  }
  for (const rule of rules(created)) sheet.insertRule(rule, sheet.cssRules.length);
  return created;
}
