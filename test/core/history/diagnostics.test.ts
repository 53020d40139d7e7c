import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onlyMerged, type Diagnostic } from '../../../src/core/history/diagnostics.ts';
import { IndexMap } from '../../../src/core/history/index-map.ts';
import { diffTexts } from '../../../src/core/history/text-diff.ts';
import { applyOperations, type TextOperation } from '../../../src/core/text.ts';

/** Says of each name that is declared twice, of each that is used and not declared, and of a brace that is left open. */
function check(text: string): Diagnostic[] {
  const declared = [...text.matchAll(/let (\w+)/g)].map(([, name = '']) => name);
  const found: Diagnostic[] = [];
  const add = (code: string, message: string, from: number, length: number): void => {
    found.push({ severity: 'error', code, message, from, to: from + length });
  };
  for (const { 0: whole, 1: name = '', index } of text.matchAll(/(?:let|use) (\w+)/g)) {
    const count = declared.filter((one) => one === name).length;
    if (whole.startsWith('let') && count > 1) add('twice', `${name} is declared twice`, index + 4, name.length);
    if (whole.startsWith('use') && count === 0) add('unknown', `${name} is not known`, index + 4, name.length);
  }
  if (text.split('{').length > text.split('}').length) add('brace', 'a brace is open', text.length, 0);
  return found;
}

function compare(merged: string, ...sides: string[]): string[] {
  const operations = (side: string): TextOperation[] => diffTexts(merged, side);
  return onlyMerged(
    check(merged),
    sides.map((side) => ({ diagnostics: check(side), operations: operations(side) })),
  ).map(({ message, from }) => `${merged.slice(0, from).split('\n').length}: ${message}`);
}

describe('what is wrong only since the merge', () => {
  it('is a name that both declared, at both places', () => {
    const base = 'let a\nuse a\n';
    expect(compare(`let x\n${base}let x\n`, `let x\n${base}`, `${base}let x\n`)).toEqual([
      '1: x is declared twice',
      '4: x is declared twice',
    ]);
  });

  it('is a name that one renamed and the other used once more', () => {
    expect(compare('let b\nuse b\nuse a\n', 'let b\nuse b\n', 'let a\nuse a\nuse a\n')).toEqual(['3: a is not known']);
  });

  it('is nothing that one side had, wherever it is now', () => {
    const base = 'use gone\nlet a\nlet a\n{\n';
    const mine = `let mine\n${base}use mine\n`;
    const theirs = base.replace('{\n', '{\nuse theirs\n');
    expect(compare('let mine\nuse gone\nlet a\nlet a\n{\nuse theirs\nuse mine\n', mine, theirs)).toEqual([]);
  });

  it('is one more of what there was before', () => {
    const merged = 'use a\nlet b\nuse a\n';
    const first = merged.indexOf('a');
    const all = check(merged);
    const [known] = all;
    if (!known) throw new Error('nothing is wrong');
    const found = onlyMerged(all, [{ diagnostics: [known], operations: [] }]);
    expect(found.map(({ from }) => from)).toEqual([merged.lastIndexOf('a')]);
    expect(first).toBe(known.from);
  });

  it('is not what is said of the text that came in the place; one of a side is one of the merged text', () => {
    const of = (from: number): Diagnostic => ({
      severity: 'error',
      message: '} expected',
      code: '1',
      from,
      to: from + 1,
    });
    // What others wrote at 10 comes before what the side has there.
    const side = { diagnostics: [of(10)], operations: [{ index: 10, remove: 8, insert: '' }] };
    expect(onlyMerged([of(10)], [side])).toEqual([]);
    expect(onlyMerged([of(13), of(15)], [side])).toEqual([of(15)]);
    expect(onlyMerged([of(13), of(18)], [side])).toEqual([of(13)]);
  });

  it('is not what is said with other words of the same text', () => {
    const of = (message: string, code: string, from: number): Diagnostic => ({
      severity: 'error',
      message,
      code,
      from,
      to: from + 3,
    });
    const operations = [{ index: 0, remove: 4, insert: '' }];
    const side = { diagnostics: [of('no x on { a }', '2339', 6)], operations };
    expect(onlyMerged([of('no x on { a, b }', '2339', 10)], [side])).toEqual([]);
    expect(onlyMerged([of('no x on { a, b }', '2322', 10)], [side])).toHaveLength(1);
    // What stands there is not the same any more.
    const changed = [{ index: 11, remove: 1, insert: 'y' }, ...operations];
    expect(onlyMerged([of('no x on { a, b }', '2339', 10)], [{ ...side, operations: changed }])).toHaveLength(1);
  });
});

const texts = fc.array(fc.constantFrom('let a\n', 'let b\n', 'use a\n', 'use b\n', '{\n', '}\n', 'x'), {
  maxLength: 12,
});

describe('comparing what is wrong', () => {
  it('a text with itself, or with one that differs where nothing is said, gives nothing', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (lines, at) => {
        const text = lines.join('');
        expect(compare(text, text)).toEqual([]);
        const other = [
          ...lines.slice(0, at % (lines.length + 1)),
          'nothing\n',
          ...lines.slice(at % (lines.length + 1)),
        ].join('');
        expect(compare(text, other)).toEqual([]);
        expect(compare(other, text)).toEqual([]);
      }),
    );
  });

  it('gives a part of what is wrong with the merged text, in its order, and all of it without sides', () => {
    fc.assert(
      fc.property(texts, texts, texts, (merged, mine, theirs) => {
        const all = check(merged.join(''));
        const sides = [mine, theirs].map((lines) => ({
          diagnostics: check(lines.join('')),
          operations: diffTexts(merged.join(''), lines.join('')),
        }));
        const found = onlyMerged(all, sides);
        expect(all.filter((one) => found.includes(one))).toEqual(found);
        expect(onlyMerged(all, [])).toEqual(all);
        // One of a side stands for one of the merged text at most.
        const known = sides.reduce((sum, { diagnostics }) => sum + diagnostics.length, 0);
        expect(found.length).toBeGreaterThanOrEqual(all.length - known);
      }),
    );
  });
});

describe('places after operations', () => {
  it('keep their characters, there and back', () => {
    fc.assert(
      fc.property(texts, texts, (one, two) => {
        const [before, after] = [one.join(''), two.join('')];
        const operations = diffTexts(before, after);
        expect(applyOperations(before, operations)).toBe(after);
        const map = new IndexMap(operations);
        for (let index = 0; index <= before.length; index++) {
          const there = map.after(index);
          expect(there.index).toBeLessThanOrEqual(after.length);
          if (!there.kept) continue;
          expect(after.charAt(there.index)).toBe(before.charAt(index));
          expect(map.before(there.index)).toEqual({ index, kept: true });
        }
        for (let index = 0; index <= after.length; index++) {
          const there = map.before(index);
          const back = map.after(there.index);
          expect([back.index, back.kept]).toEqual(there.kept ? [index, true] : [back.index, back.kept]);
        }
        expect(map.after(before.length)).toEqual({ index: after.length, kept: true });
      }),
    );
  });
});
