import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { createAnchor, resolveAnchors, spanOf, type Place } from '../../../src/core/review/anchors.ts';
import { minimalReplacement } from '../../../src/core/text.ts';
import { copyOf, fileOf, sync } from './support.ts';

const place = (text: Y.Text, anchor: ReturnType<typeof createAnchor>): Place =>
  resolveAnchors(text, [anchor])[0] ?? { kind: 'orphaned' };

/** What the anchor stands for now. */
function shown(text: Y.Text, anchor: ReturnType<typeof createAnchor>): string {
  const found = place(text, anchor);
  return 'start' in found ? `${found.kind}: ${text.toJSON().slice(found.start, found.end)}` : found.kind;
}

describe('an anchor', () => {
  it('[P42] keeps its characters while others type before, behind and at its edges', () => {
    const { text } = fileOf('let a = 1;\nlet b = 2;\n');
    const anchor = createAnchor(text, 11, 21);
    text.insert(0, '// new\n');
    text.insert(text.toJSON().indexOf('let b'), '>>');
    text.insert(text.toJSON().indexOf('2;') + 2, '<<');
    expect(shown(text, anchor)).toBe('exact: let b = 2;');
  });

  it('grows with what is written into it, and says so', () => {
    const { text } = fileOf('one two three');
    const anchor = createAnchor(text, 4, 7);
    text.insert(5, 'XX');
    expect(shown(text, anchor)).toBe('changed: tXXwo');
    text.delete(4, 1);
    expect(shown(text, anchor)).toBe('changed: XXwo');
  });

  it('takes what was written in the place of its first or last letter for a part of it', () => {
    const { text } = fileOf('one\nlet colour = 1\nend');
    const anchor = createAnchor(text, 8, 14);
    const replace = (at: number, letter: string): void => {
      text.insert(at, letter);
      text.delete(at + 1, 1);
    };
    replace(8, 'C');
    expect(shown(text, anchor)).toBe('changed: Colour');
    text.insert(14, 'R');
    text.delete(13, 1);
    expect(shown(text, anchor)).toBe('changed: ColouR');
    text.insert(4, 'a new line\n');
    expect(shown(text, anchor)).toBe('changed: ColouR');
  });

  it('is orphaned when all of it is deleted, and keeps the quote', () => {
    const { text } = fileOf('one two three');
    const anchor = createAnchor(text, 4, 7);
    text.delete(3, 5);
    expect(shown(text, anchor)).toBe('orphaned');
    expect(anchor.quote).toBe('two');
  });

  it('follows text that was cut and pasted elsewhere, or deleted and brought back by undo', () => {
    const { text } = fileOf('function area(r) {\n  return 3 * r * r;\n}\n\nend\n');
    const anchor = createAnchor(text, 21, 38);
    const lines = text.toJSON().slice(0, 41);
    text.delete(0, 41);
    expect(shown(text, anchor)).toBe('orphaned');
    text.insert(text.length, lines);
    expect(shown(text, anchor)).toBe('moved: return 3 * r * r;');
  });

  it('does not take the same word elsewhere for the text that is gone', () => {
    const { text } = fileOf('alpha x beta\ngamma x delta\n');
    const anchor = createAnchor(text, 6, 7);
    text.delete(6, 1);
    expect(shown(text, anchor)).toBe('orphaned');
    const twice = fileOf('same line\nsame line\n').text;
    const second = createAnchor(twice, 10, 19);
    twice.delete(0, 20);
    twice.insert(0, 'same line\nsame line\nsame line\n');
    expect(shown(twice, second)).toBe('orphaned');
  });

  it('takes the line break of an empty line, and the place 0 of an empty file', () => {
    const { text } = fileOf('a\n\nb');
    expect(shown(text, createAnchor(text, 2, 2))).toBe('exact: \n');
    const empty = fileOf().text;
    const anchor = createAnchor(empty, 0, 0);
    empty.insert(0, 'later');
    expect(place(empty, anchor)).toEqual({ kind: 'exact', start: 0, end: 0 });
  });

  it('[EDIT-4] never splits a surrogate pair', () => {
    const { text } = fileOf('a😀b');
    expect(createAnchor(text, 2, 3)).toMatchObject({ quote: '😀', length: 2 });
    expect(createAnchor(text, 1, 2)).toMatchObject({ quote: '😀', before: 'a', after: 'b' });
  });

  it('waits for characters that have not arrived', () => {
    const { doc, text } = fileOf('one');
    const late = copyOf(doc);
    text.insert(3, ' two');
    const anchor = createAnchor(text, 4, 7);
    expect(shown(late.getText('text'), anchor)).toBe('waiting');
    sync(doc, late);
    expect(shown(late.getText('text'), anchor)).toBe('exact: two');
  });

  it('[P42] keeps its place when the file is restored by the smallest replacement', () => {
    const { text } = fileOf('head\nbody\ntail\n');
    const anchor = createAnchor(text, 10, 14);
    text.insert(5, 'changed ');
    const back = minimalReplacement(text.toJSON(), 'head\nbody\ntail\n');
    if (!back) throw new Error('nothing to restore');
    text.delete(back.index, back.remove);
    text.insert(back.index, back.insert);
    expect(shown(text, anchor)).toBe('exact: tail');
  });

  it('quotes at most 1,000 characters and still knows whether the text is as it was', () => {
    const { text } = fileOf('x'.repeat(3000));
    const anchor = createAnchor(text, 0, 2500);
    expect(anchor.quote).toHaveLength(1000);
    expect(place(text, anchor)).toEqual({ kind: 'exact', start: 0, end: 2500 });
  });

  it('is at the same place on all replicas, and agrees with Yjs where its characters live', () => {
    const edit = fc.record({
      at: fc.nat(60),
      remove: fc.nat(6),
      insert: fc.string({ maxLength: 5, unit: 'grapheme-ascii' }),
    });
    fc.assert(
      fc.property(
        fc.nat(30),
        fc.nat(30),
        fc.array(edit, { maxLength: 12 }),
        fc.array(edit, { maxLength: 12 }),
        (a, b, mine, theirs) => {
          const one = fileOf('the quick brown fox jumps over it');
          const two = copyOf(one.doc).getText('text');
          const [start, end] = [Math.min(a, b), Math.max(a, b) + 1];
          const anchor = createAnchor(one.text, start, end);
          const relative = [start, end - 1].map((at) => Y.createRelativePositionFromTypeIndex(one.text, at));
          const apply = (text: Y.Text, edits: typeof mine): void => {
            for (const { at, remove, insert } of edits) {
              const index = Math.min(at, text.length);
              text.delete(index, Math.min(remove, text.length - index));
              text.insert(index, insert);
            }
          };
          apply(one.text, mine);
          apply(two, theirs);
          if (!two.doc) throw new Error('no document');
          sync(one.doc, two.doc);
          const found = place(one.text, anchor);
          expect(place(two, anchor)).toEqual(found);
          if (found.kind !== 'exact' && found.kind !== 'changed') return;
          const [first, last] = relative.map((each) =>
            Y.createAbsolutePositionFromRelativePosition(each, one.doc, false),
          );
          expect(found.start).toBeLessThanOrEqual(first?.index ?? -1);
          expect(found.end).toBeGreaterThanOrEqual(last?.index ?? Infinity);
          const same = found.start === first?.index && found.end - 1 === last?.index;
          expect(found.kind === 'changed' || same).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('gives the ids of a span, whatever items it runs over', () => {
    const { doc, text } = fileOf('ab');
    text.insert(1, 'XY');
    const span = spanOf(text, 1, 3);
    expect(span?.first[0]).toBe(doc.clientID);
    expect(span && span.last[1] - span.first[1]).toBe(1);
    expect(spanOf(text, 2, 2)).toBeNull();
  });
});
