import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyOperations,
  batchOperations,
  detectLineEnding,
  isLongerThan,
  minimalReplacement,
  normaliseNewlines,
  snapOperation,
  snapToCodePoint,
  splitsCodePoint,
  splitText,
  TEXT_CHUNK_CHARS,
  utf8Length,
  wellFormedText,
  withLineEnding,
  type TextOperation,
} from '../../src/core/text.ts';

/** Text in which emoji share their first half, their second half, or neither. */
const emojiText = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '😀', '😁', '🤀', 'é'), maxLength: 40 });

const isWellFormed = (text: string): boolean => wellFormedText(text) === text;

it('measures text in bytes of UTF-8 as an encoder does', () => {
  for (const text of ['', 'abc', 'é', '界', '😀', 'a\ud800', '\udc00b', 'a😀界é'.repeat(50)]) {
    expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
  }
  const never = (): string => {
    throw new Error('short texts are not read');
  };
  expect(isLongerThan(4, never, 12)).toBe(false);
  expect(isLongerThan(5, () => '界界界界界', 12)).toBe(true);
  expect(isLongerThan(5, () => 'abcde', 12)).toBe(false);
});

describe('line endings', () => {
  it('[EDIT-1] turns \\r\\n and a lone \\r into \\n, and only those', () => {
    expect(normaliseNewlines('a\r\nb\rc\nd\r\r\ne')).toBe('a\nb\nc\nd\n\ne');
    expect(normaliseNewlines('a\u2028b\u0085c')).toBe('a\u2028b\u0085c');
  });

  it('[EDIT-1] never leaves a \\r behind, and changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('\r', '\n', 'x') }), (text) => {
        const once = normaliseNewlines(text);
        expect(once).not.toContain('\r');
        expect(normaliseNewlines(once)).toBe(once);
      }),
    );
  });

  it('finds the ending that most lines have', () => {
    expect(detectLineEnding('')).toBe('lf');
    expect(detectLineEnding('one line')).toBe('lf');
    expect(detectLineEnding('a\r\nb\r\nc\n')).toBe('crlf');
    expect(detectLineEnding('a\r\nb\n')).toBe('lf');
    expect(detectLineEnding('\n\r\n\r\n')).toBe('crlf');
  });

  it('exports with the ending asked for, and comes back the same', () => {
    expect(withLineEnding('a\nb\n', 'crlf')).toBe('a\r\nb\r\n');
    expect(withLineEnding('a\r\nb\n', 'lf')).toBe('a\nb\n');
    expect(normaliseNewlines(withLineEnding('a\n\nb', 'crlf'))).toBe('a\n\nb');
  });
});

describe('code points', () => {
  it('[P35][EDIT-4] moves an index out of a surrogate pair and into the text', () => {
    expect(snapToCodePoint('a😀b', 2)).toBe(1);
    expect(snapToCodePoint('a😀b', 2, 'forward')).toBe(3);
    expect(snapToCodePoint('a😀b', 1)).toBe(1);
    expect(snapToCodePoint('a😀b', 99)).toBe(4);
    expect(snapToCodePoint('a😀b', -1)).toBe(0);
  });

  it('[P35][EDIT-4] widens a removal to whole code points, and lets an insertion destroy none', () => {
    expect(snapOperation('a😀b', { index: 2, remove: 2, insert: 'x' })).toEqual({ index: 1, remove: 3, insert: 'x' });
    expect(snapOperation('a😀b', { index: 0, remove: 2, insert: '' })).toEqual({ index: 0, remove: 3, insert: '' });
    expect(snapOperation('a😀b', { index: 2, remove: 0, insert: 'x' })).toEqual({ index: 1, remove: 0, insert: 'x' });
  });

  it('[P35] replaces lone halves, and no whole pair', () => {
    expect(wellFormedText('a\uD83Db')).toBe('a\uFFFDb');
    expect(wellFormedText('\uDE00😀\uD83D')).toBe('\uFFFD😀\uFFFD');
    expect(wellFormedText('😀😁')).toBe('😀😁');
    expect(wellFormedText('\uD83D\uD83D\uDE00\uDE00')).toBe('\uFFFD😀\uFFFD');
  });
});

describe('minimal replacement', () => {
  it('is null for equal texts and small for a small change', () => {
    expect(minimalReplacement('abc', 'abc')).toBeNull();
    expect(minimalReplacement('abcdef', 'abXdef')).toEqual({ index: 2, remove: 1, insert: 'X' });
    expect(minimalReplacement('aaa', 'aaaa')).toEqual({ index: 3, remove: 0, insert: 'a' });
    expect(minimalReplacement('', 'x')).toEqual({ index: 0, remove: 0, insert: 'x' });
  });

  it('[P35] replaces a whole emoji where the two share a half', () => {
    expect(minimalReplacement('x😀y', 'x😁y')).toEqual({ index: 1, remove: 2, insert: '😁' });
    const sameLowHalf = minimalReplacement('x\uD83D\uDE00y', 'x\uD83C\uDE00y');
    expect(sameLowHalf).toEqual({ index: 1, remove: 2, insert: '\uD83C\uDE00' });
  });

  it('[P35] turns one text into the other, with both edges between code points', () => {
    fc.assert(
      fc.property(emojiText, emojiText, (before, after) => {
        const replacement = minimalReplacement(before, after);
        expect(replacement === null).toBe(before === after);
        if (replacement === null) return;
        expect(applyOperations(before, [replacement])).toBe(after);
        expect(splitsCodePoint(before, replacement.index)).toBe(false);
        expect(splitsCodePoint(before, replacement.index + replacement.remove)).toBe(false);
        expect(isWellFormed(replacement.insert)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('handles megabytes that differ in one place', () => {
    const text = 'line of text\n'.repeat(400_000);
    const changed = `${text.slice(0, 3_000_000)}!${text.slice(3_000_000)}`;
    expect(minimalReplacement(text, changed)).toEqual({ index: 3_000_000, remove: 0, insert: '!' });
  });
});

describe('bounded transactions', () => {
  it('[P36] cuts text into pieces that join to the same text and split no code point', () => {
    fc.assert(
      fc.property(emojiText, fc.integer({ min: 2, max: 9 }), (text, size) => {
        const pieces = splitText(text, size);
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) {
          expect(piece.length).toBeGreaterThan(0);
          expect(piece.length).toBeLessThanOrEqual(size);
          expect(isWellFormed(piece)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('[P36] keeps a thousand small edits in one batch', () => {
    const edits = Array.from({ length: 1000 }, (_, i) => ({ index: 1000 - i, remove: 1, insert: 'ab' }));
    expect(batchOperations(edits, () => '')).toHaveLength(1);
  });

  it('[P36] cuts a 5 MB paste into batches that each fit in a row of the log', () => {
    const paste = '界'.repeat(5 * 1024 * 1024);
    const batches = batchOperations([{ index: 3, remove: 0, insert: paste }], () => '');
    expect(batches).toHaveLength(5);
    for (const batch of batches) {
      const bytes = batch.reduce((sum, operation) => sum + new TextEncoder().encode(operation.insert).length, 0);
      expect(bytes).toBeLessThanOrEqual(3 * TEXT_CHUNK_CHARS);
    }
  });

  it('[P36][P35] batches give the same text as the operations, and none is too big', () => {
    const scenario = fc.record({ text: emojiText, size: fc.integer({ min: 2, max: 12 }), seed: fc.array(fc.nat()) });
    fc.assert(
      fc.property(scenario, emojiText, ({ text, size, seed }, insert) => {
        const cuts = [...new Set(seed.map((n) => snapToCodePoint(text, n % (text.length + 1))))].sort((a, b) => a - b);
        const operations: TextOperation[] = [];
        for (let i = 0; i + 1 < cuts.length; i += 2) {
          const index = cuts[i] ?? 0;
          operations.unshift({ index, remove: (cuts[i + 1] ?? index) - index, insert });
        }
        const batches = batchOperations(operations, () => text, size);
        let current = text;
        for (const operation of batches.flat()) {
          expect(splitsCodePoint(current, operation.index)).toBe(false);
          expect(splitsCodePoint(current, operation.index + operation.remove)).toBe(false);
          current = applyOperations(current, [operation]);
        }
        expect(current).toBe(applyOperations(text, operations));
        for (const batch of batches) {
          const cost = batch.reduce((sum, { remove, insert: added }) => sum + remove + added.length, 0);
          expect(cost).toBeLessThanOrEqual(size);
        }
      }),
      { numRuns: 500 },
    );
  });
});
