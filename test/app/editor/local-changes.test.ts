import { afterEach, expect, it } from 'vitest';
import { operationsFromChanges } from '../../../src/app/editor/binding/local-changes.ts';
import { closeAll, makeModel, monaco } from './support.ts';

afterEach(closeAll);

/** What becomes of one change that left the model like this. */
function operation(after: string, rangeOffset: number, rangeLength: number, text: string): unknown {
  const change = { rangeOffset, rangeLength, text, range: new monaco.Range(1, 1, 1, 1) };
  const { operations, corrected } = operationsFromChanges(makeModel(after), [change]);
  return { ...operations[0], count: operations.length, corrected };
}

it.each([
  [
    'a change between code points stays as it is',
    'a😀xb',
    3,
    0,
    'x',
    { index: 3, remove: 0, insert: 'x', corrected: false },
  ],
  ['an insertion into a pair goes before it', 'a\uD83Dx\uDE00b', 2, 0, 'x', { index: 1, remove: 0, insert: 'x' }],
  ['removing the first half removes both', 'a\uDE00b', 1, 1, '', { index: 1, remove: 2, insert: '' }],
  ['removing the second half removes both', 'a\uD83Db', 2, 1, '', { index: 1, remove: 2, insert: '' }],
  ['a new second half replaces the pair', 'a😁b', 2, 1, '\uDE01', { index: 1, remove: 2, insert: '😁' }],
  [
    'a new first half replaces the pair',
    'a\uD83C\uDE00b',
    1,
    1,
    '\uD83C',
    { index: 1, remove: 2, insert: '\uD83C\uDE00' },
  ],
  ['a lone half never gets into the text', 'ab\uD83D', 2, 0, '\uD83D', { index: 2, remove: 0, insert: '\uFFFD' }],
  ['nor does \\r', 'ab', 2, 0, '\r\n', { index: 2, remove: 0, insert: '\n' }],
] as const)('[P35][EDIT-4] %s', (_title, after, offset, length, text, expected) => {
  expect(operation(after, offset, length, text)).toEqual({ corrected: true, count: 1, ...expected });
});

it('[EDIT-4] two changes that both reach into one pair do not overlap', () => {
  const change = (rangeOffset: number, rangeLength: number) => ({
    rangeOffset,
    rangeLength,
    text: '',
    range: new monaco.Range(1, 1, 1, 1),
  });
  // 😀😀 without the second half of each.
  const { operations } = operationsFromChanges(makeModel('\uD83D\uD83D'), [change(3, 1), change(1, 1)]);
  expect(operations).toEqual([
    { index: 2, remove: 2, insert: '' },
    { index: 0, remove: 2, insert: '' },
  ]);
});
