import type { Person } from '../../core/tree.ts';

/** Colours of people: told apart on light and dark, and dark enough for white letters. */
export const COLORS = [
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
  // FNV-1a; the last letters of ids differ the most, and it spreads them over all bits.
  let hash = 0x811c9dc5;
  for (let i = 0; i < userId.length; i++) hash = Math.imul(hash ^ userId.charCodeAt(i), 0x01000193) >>> 0;
  return COLORS[(hash >>> 8) % COLORS.length] ?? '#1d4ed8';
}

/**
 * The colour of a member among the people of a project: the one it has there, else its own, else, if somebody has that
 * already, one that nobody has while there are any.
 */
export function colorAmong(people: ReadonlyMap<string, Person>, userId: string): string {
  const known = people.get(userId);
  if (known) return known.color;
  const own = colorOf(userId);
  const taken = new Set([...people.values()].map((person) => person.color));
  return taken.has(own) ? (COLORS.find((color) => !taken.has(color)) ?? own) : own;
}
