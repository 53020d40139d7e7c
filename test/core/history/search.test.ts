import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPresence } from '../../../src/core/history/search.ts';

/** A history that is a list of texts: position 0 is the first. */
function historyOf(texts: readonly string[]): { length: number; text: (position?: number) => string } {
  return { length: texts.length - 1, text: (position = texts.length - 1) => texts[position] ?? '' };
}

describe('when a text came and vanished', () => {
  it('names the first moment with it and the first without it again', () => {
    const history = historyOf(['', 'a', 'a fox', 'a Fox!', 'a', 'a fox']);
    expect(findPresence(history, 'fox', true)).toEqual([
      { from: 2, until: 4 },
      { from: 5, until: null },
    ]);
    expect(findPresence(history, 'fox')).toEqual([
      { from: 2, until: 3 },
      { from: 5, until: null },
    ]);
  });

  it('finds nothing where it never was, and for nothing', () => {
    expect(findPresence(historyOf(['', 'a']), 'b')).toEqual([]);
    expect(findPresence(historyOf(['', 'a']), '')).toEqual([]);
    expect(findPresence(historyOf(['']), 'a')).toEqual([]);
  });

  it('agrees with looking at every moment', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ab]{0,3}$/), { minLength: 1, maxLength: 80 }), (texts) => {
        const spans = findPresence(historyOf(texts), 'ab');
        const found = texts.map((_, at) =>
          spans.some(({ from, until }) => from <= at && (until === null || at < until)),
        );
        expect(found).toEqual(texts.map((text) => text.includes('ab')));
      }),
    );
  });

  it('is exact in long histories, of which it looks at samples', () => {
    const texts = Array.from({ length: 5000 }, (_, at) => (at >= 1234 && at < 4321 ? 'the line' : ''));
    expect(findPresence(historyOf(texts), 'line')).toEqual([{ from: 1234, until: 4321 }]);
  });
});
