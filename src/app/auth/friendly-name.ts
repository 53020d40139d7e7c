const ADJECTIVES = [
  'Amber',
  'Brisk',
  'Calm',
  'Clever',
  'Gentle',
  'Keen',
  'Lucid',
  'Merry',
  'Quiet',
  'Swift',
  'Tidy',
  'Witty',
];
const ANIMALS = [
  'Badger',
  'Finch',
  'Fox',
  'Hare',
  'Heron',
  'Lynx',
  'Marten',
  'Otter',
  'Owl',
  'Puffin',
  'Robin',
  'Wren',
];

/** A display name for somebody who has not given one: “Keen Otter”. `random` gives numbers from 0 up to 1. */
export function friendlyName(random: () => number = Math.random): string {
  return `${pick(ADJECTIVES, random)} ${pick(ANIMALS, random)}`;
}

function pick(words: readonly string[], random: () => number): string {
  return words[Math.floor(random() * words.length)] ?? '';
}
