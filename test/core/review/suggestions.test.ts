import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordAcceptance, suggest } from '../../../src/core/review/actions.ts';
import { createAnchor, resolveAnchors } from '../../../src/core/review/anchors.ts';
import { findMentions, matchingPeople, mentionQuery } from '../../../src/core/review/mentions.ts';
import { readReview } from '../../../src/core/review/review.ts';
import { applyToText, doubledText, planAcceptance } from '../../../src/core/review/suggestions.ts';
import { applyOperations } from '../../../src/core/text.ts';
import { act, copyOf, fileOf, Reviewer, said, sync } from './support.ts';

/** What the file says after a suggestion about `replaced` was accepted, once `change` had happened. */
function accept(
  content: string,
  replaced: string,
  insert: string,
  change: (text: ReturnType<typeof fileOf>['text']) => void,
) {
  const { text } = fileOf(content);
  const at = content.indexOf(replaced);
  const anchor = createAnchor(text, at, at + replaced.length);
  change(text);
  const [place] = resolveAnchors(text, [anchor]);
  if (!place) throw new Error('no place');
  const plan = planAcceptance(text.toJSON(), place, { replaced, insert });
  const operation = plan.kind === 'gone' ? null : plan.operation;
  return { kind: plan.kind, text: operation ? applyOperations(text.toJSON(), [operation]) : text.toJSON(), operation };
}

describe('accepting', () => {
  it('[P42] changes only what differs', () => {
    const { operation, kind, text } = accept('let colour = 1;', 'let colour = 1;', 'let color = 1;', () => undefined);
    expect({ kind, text }).toEqual({ kind: 'clean', text: 'let color = 1;' });
    expect(operation).toEqual({ index: 8, remove: 1, insert: '' });
  });

  it('is clean when something else was written around it', () => {
    const end = accept('a b c', 'b', 'B', (text) => text.insert(0, 'new '));
    expect(end).toMatchObject({ kind: 'clean', text: 'new a B c' });
  });

  it('puts both changes together when they are at different places', () => {
    const end = accept('const colour = red;', 'const colour = red;', 'const color = red;', (text) => {
      text.delete(15, 3);
      text.insert(15, 'blue');
    });
    expect(end).toMatchObject({ kind: 'merged', text: 'const color = blue;' });
  });

  it('is a conflict when the same place was changed, and says what it would do all the same', () => {
    const end = accept('x = 1', '1', '2', (text) => {
      text.insert(5, '0');
      text.insert(5, '3');
      text.delete(4, 1);
    });
    expect(end.kind).toBe('gone');
    const other = accept('x = one', 'one', 'two', (text) => {
      text.delete(5, 1);
      text.insert(5, 'N');
    });
    expect(other).toMatchObject({ kind: 'conflict', text: 'x = two' });
  });

  it('does nothing when the proposed text stands there already', () => {
    const end = accept('x = one', 'one', 'onE', (text) => {
      text.insert(7, 'E');
      text.delete(6, 1);
    });
    expect(end.text).toBe('x = onE');
  });

  it('is gone with its text', () => {
    expect(accept('a b c', 'b', 'B', (text) => text.delete(0, 5)).kind).toBe('gone');
  });

  it('[EDIT-4] never splits a surrogate pair', () => {
    const end = accept('a😀b', '😀', '😁', () => undefined);
    expect(end).toMatchObject({ text: 'a😁b', operation: { index: 1, remove: 2, insert: '😁' } });
  });

  it('leaves the proposed text, whatever it is, if nobody changed what it replaces', () => {
    const words = fc.array(fc.constantFrom('a', 'b', '😀', '\n', ' '), { maxLength: 8 }).map((all) => all.join(''));
    fc.assert(
      fc.property(words, words, words, words, words, (before, replaced, after, insert, typed) => {
        fc.pre(replaced !== '' && replaced !== insert);
        const { text } = fileOf(`${before}${replaced}${after}`);
        const anchor = createAnchor(text, before.length, before.length + replaced.length);
        text.insert(0, typed);
        const [place] = resolveAnchors(text, [anchor]);
        if (!place) throw new Error('no place');
        const plan = planAcceptance(text.toJSON(), place, { replaced, insert });
        expect(plan.kind).toBe('clean');
        if (plan.kind === 'clean' && plan.operation) applyToText(text, plan.operation, 'test');
        expect(text.toJSON()).toBe(`${typed}${before}${insert}${after}`);
      }),
      { numRuns: 100 },
    );
  });
});

describe('accepted twice at the same time', () => {
  it('the text comes in once, whoever cleans up, and what others wrote into it stays', () => {
    for (const swap of [false, true]) {
      const one = fileOf('say hello');
      const rows: ConstructorParameters<typeof Reviewer>[2] = [];
      const ana = new Reviewer('ana', 'editor', rows);
      const bob = new Reviewer('bob', 'editor', rows);
      ana.doc.clientID = swap ? 9 : 1;
      bob.doc.clientID = swap ? 1 : 9;
      const anchor = createAnchor(one.text, 4, 9);
      const made = suggest(ana.doc, act('ana'), anchor, { replaced: 'hello', insert: 'hello world' }, said(''));
      if (!made.ok) throw new Error(made.message);
      bob.read();
      const two = copyOf(one.doc);
      for (const [person, text] of [
        [ana, one.text],
        [bob, two.getText('text')],
      ] as const) {
        const [place] = resolveAnchors(text, [anchor]);
        const plan = place && planAcceptance(text.toJSON(), place, { replaced: 'hello', insert: 'hello world' });
        if (plan?.kind !== 'clean' || !plan.operation) throw new Error('not clean');
        recordAcceptance(person.doc, act(person.name), made.value, applyToText(text, plan.operation, person));
      }
      sync(one.doc, two);
      ana.read();
      bob.read();
      expect(one.text.toJSON()).toBe('say hello world world');
      one.text.insert(one.text.length - 2, '-X-');
      sync(one.doc, two);
      for (const [person, doc] of [
        [ana, one.doc],
        [bob, two],
      ] as const) {
        const text = doc.getText('text');
        const { doubled } = readReview(person.doc, person.stamps.proofOf);
        for (const operation of doubledText(text, doubled)) applyToText(text, operation, 'cleanup');
      }
      sync(one.doc, two);
      expect(one.text.toJSON()).toBe(two.getText('text').toJSON());
      expect(one.text.toJSON().replace('-X-', '')).toBe('say hello world');
      expect(one.text.toJSON()).toContain('-X-');
    }
  });

  it('[STAMP-3] nothing is taken out because of an acceptance that nothing proves', () => {
    const { doc, text } = fileOf('say hello');
    const made = suggest(doc, act('ana'), createAnchor(text, 4, 9), { replaced: 'hello', insert: 'bye' }, said(''));
    if (!made.ok) throw new Error(made.message);
    recordAcceptance(doc, act('eve'), made.value, null);
    recordAcceptance(doc, act('ana'), made.value, { first: [doc.clientID, 4], last: [doc.clientID, 8] });
    expect(readReview(doc).doubled).toEqual([]);
  });
});

describe('mentions', () => {
  const people = [
    { id: 'a1', name: 'Ana' },
    { id: 'a2', name: 'Ana Silva' },
    { id: 'b1', name: 'Bob' },
    { id: 'b2', name: 'Bob' },
    { id: 'c', name: '李雷' },
  ];

  it('are the longest names that stand behind an @, in any case', () => {
    const text = 'hi @ana silva, @Ana and @bob! not@bob @Bobby @李雷';
    expect(
      findMentions(text, people).map(({ start, length, user }) => [text.slice(start, start + length), user]),
    ).toEqual([
      ['@ana silva', 'a2'],
      ['@Ana', 'a1'],
      ['@bob', 'b1'],
      ['@李雷', 'c'],
    ]);
  });

  it('of two people with one name, the one who was chosen', () => {
    expect(findMentions('@Bob', people, new Set(['b2']))[0]?.user).toBe('b2');
  });

  it('are offered while a name is typed', () => {
    expect(mentionQuery('hi @an', 6)).toEqual({ start: 3, typed: 'an' });
    expect(mentionQuery('mail@an', 7)).toBeNull();
    expect(mentionQuery('hi @ana, how', 12)).toBeNull();
    expect(matchingPeople(people, 'sil').map(({ id }) => id)).toEqual(['a2']);
  });
});
