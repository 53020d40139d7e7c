/** Colours of people: told apart on light and dark, and dark enough for white letters. */
const COLORS = [
  '#c2410c',
  '#0f766e',
  '#6d28d9',
  '#be185d',
  '#1d4ed8',
  '#4d7c0f',
  '#a16207',
  '#0e7490',
  '#9333ea',
  '#b91c1c',
];

/** The colour of a user id: always the same for the same id. */
export function colorOf(userId: string): string {
  let hash = 0;
  for (const letter of userId) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  return COLORS[hash % COLORS.length] ?? '#1d4ed8';
}
