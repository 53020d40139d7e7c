import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { LogEntry } from '../../../src/core/codec.ts';
import { findPresence } from '../../../src/core/history/search.ts';
import { TextHistory } from '../../../src/core/history/text-history.ts';
import { entryOf, randomHistory, replayedTexts, Writer } from './histories.ts';

// Many histories; machines that do something else as well take their time.
vi.setConfig({ testTimeout: 60_000 });

/** A history in which the text becomes one after the other of these, typed anew from where they differ. */
function historyOf(texts: readonly string[]): TextHistory {
  const writer = new Writer('ana', () => 1);
  const entries: LogEntry[] = [];
  for (const [at, text] of texts.entries()) {
    const before = writer.text.toJSON();
    let same = 0;
    while (same < before.length && before[same] === text[same]) same++;
    writer.delete(same, before.length - same);
    writer.insert(same, text.slice(same));
    const update = writer.flush();
    if (update) entries.push(entryOf(update, 'ana', at * 1000, `row${String(at).padStart(6, '0')}`));
  }
  return new TextHistory({ entries });
}

describe('when a text came and vanished', () => {
  it('names the first moment with it and the first without it again', () => {
    const history = historyOf(['a', 'a fox', 'a Fox!', 'a', 'a fox']);
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
    expect(findPresence(historyOf(['a']), 'b')).toEqual([]);
    expect(findPresence(historyOf(['a']), '')).toEqual([]);
    expect(findPresence(historyOf([]), 'a')).toEqual([]);
  });

  it('agrees with looking at every moment', () => {
    const needles = fc.constantFrom('a', 'b', 'ab', 'hello', 'xy', 'xyhello', 'o \n', '{\n}', 'ba', 'll', '😀', 'aä');
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), needles, (seed, late, needle) => {
        const entries = randomHistory(seed, { steps: 80, late });
        const history = new TextHistory({ entries });
        const texts = replayedTexts(entries);
        const spans = findPresence(history, needle);
        const found = texts.map((_, at) =>
          spans.some(({ from, until }) => from <= at && (until === null || at < until)),
        );
        expect(found).toEqual(texts.map((text) => text.includes(needle)));
        expect(spans.every(({ from }, at) => from > (spans[at - 1]?.until ?? -1))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('finds what was there for one moment of a long history', () => {
    const texts = Array.from({ length: 3000 }, (_, at) => (at === 1234 ? 'the line' : `text ${at}`));
    expect(findPresence(historyOf(texts), 'LINE', true)).toEqual([{ from: 1235, until: 1236 }]);
  });

  it('keeps its places where small letters are longer', () => {
    expect(findPresence(historyOf(['İstanbul is a city']), 'CITY', true)).toEqual([{ from: 1, until: null }]);
  });
});
