import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { suggestedRanges } from '../../../src/core/history/suggested.ts';
import { TextHistory } from '../../../src/core/history/text-history.ts';
import { acceptedSuggestions } from '../../../src/core/review/accepted.ts';
import { mark, recordAcceptance, reopen, suggest, type Act } from '../../../src/core/review/actions.ts';
import { createAnchor, resolveAnchors, spanOf, type Span } from '../../../src/core/review/anchors.ts';
import { readReview } from '../../../src/core/review/review.ts';
import { StructStamps } from '../../../src/core/review/stamped.ts';
import { applyToText, planAcceptance } from '../../../src/core/review/suggestions.ts';
import type { LogEntry } from '../../../src/core/codec.ts';
import { act, Reviewer, said } from '../review/support.ts';
import { entryOf, Writer } from './histories.ts';

vi.setConfig({ testTimeout: 60_000 });

const START = 'one two three';
const EDIT = { replaced: 'two', insert: 'two and a half' };

/** A file that Ana and Bob write, and its comments, for which Rita and Mallory have a right too. */
class World {
  readonly entries: LogEntry[] = [];
  readonly rows: ConstructorParameters<typeof Reviewer>[2] = [];
  readonly ana = new Writer('ana', () => 1);
  readonly bob = new Writer('bob', () => 2);
  readonly rita = new Reviewer('rita', 'reviewer', this.rows);
  readonly mallory = new Reviewer('mallory', 'editor', this.rows);
  readonly bobsReview = new Reviewer('bob', 'editor', this.rows);

  constructor() {
    this.ana.insert(0, START);
    this.save(this.ana);
  }

  save(writer: Writer): void {
    const update = writer.flush();
    if (update === null) return;
    for (const other of [this.ana, this.bob]) if (other !== writer) other.take(update);
    this.entries.push(entryOf(update, writer.author, this.entries.length * 60_000, `row${this.entries.length}`));
  }

  /** @param by whom the event names; else who it is */
  suggest(who: Reviewer, edit = EDIT, by: string = who.name): string {
    who.read();
    const at = this.bob.text.toString().indexOf(edit.replaced);
    const anchor = createAnchor(this.bob.text, at, at + edit.replaced.length);
    const made = suggest(who.doc, { ...act(who.name), by }, anchor, edit, said(''));
    if (!made.ok) throw new Error(made.message);
    return made.value;
  }

  /** Bob puts a suggestion into the file as the app does, and returns the characters that came in. */
  putIn(thread: string): Span | null {
    this.bobsReview.read();
    const { text } = this.bob;
    const { review } = this;
    const found = review.threads.find(({ id }) => id === thread);
    if (!found?.suggestion) throw new Error('There is no such suggestion');
    const [place] = resolveAnchors(text, [found.anchor]);
    const plan = place && planAcceptance(text.toString(), place, found.suggestion);
    if (plan?.kind !== 'clean' || plan.operation === null) throw new Error('not clean');
    const span = applyToText(text, plan.operation, 'bob');
    this.save(this.bob);
    return span;
  }

  accept(thread: string, inserted: Span | null, who: Reviewer = this.bobsReview, by: Act = act(who.name)): void {
    who.read();
    recordAcceptance(who.doc, by, thread, inserted);
  }

  get review(): ReturnType<typeof readReview> {
    this.bobsReview.read();
    return readReview(this.bobsReview.doc, this.bobsReview.stamps.proofOf);
  }

  get history(): TextHistory {
    return new TextHistory({ entries: this.entries });
  }

  /** “by for suggestedBy: text”. */
  get shown(): string[] {
    const { history } = this;
    const text = history.text();
    return suggestedRanges(history, acceptedSuggestions(this.review)).map(
      ({ from, to, by, suggestedBy }) => `${by} for ${suggestedBy}: ${text.slice(from, to)}`,
    );
  }
}

describe('text that somebody suggested and another accepted', () => {
  it('[STAMP-3] is that of who accepted it, and who suggested it is named as well', () => {
    const world = new World();
    const thread = world.suggest(world.rita);
    world.accept(thread, world.putIn(thread));
    expect(world.history.text()).toBe('one two and a half three');
    expect(world.shown).toEqual(['bob for rita:  and a half']);
    expect(world.history.blame().at(8)?.author).toBe('bob');
    const [range] = suggestedRanges(world.history, acceptedSuggestions(world.review));
    expect(range?.position).toBe(2);
    expect(suggestedRanges(world.history, acceptedSuggestions(world.review), 1)).toEqual([]);
  });

  it('is what is left of it when others went on writing in it', () => {
    const world = new World();
    const thread = world.suggest(world.rita);
    world.accept(thread, world.putIn(thread));
    world.ana.insert(11, ' ANA');
    world.ana.delete(7, 2);
    world.save(world.ana);
    expect(world.shown).toEqual(['bob for rita: nd', 'bob for rita:  a half']);
  });

  it('is no suggestion any more when the acceptance was taken back', () => {
    const world = new World();
    const thread = world.suggest(world.rita);
    world.accept(thread, world.putIn(thread));
    const state = world.review.threads[0]?.suggestion?.state;
    if (state?.kind !== 'accepted') throw new Error('not accepted');
    reopen(world.bobsReview.doc, act('bob'), thread, state.id);
    expect(world.shown).toEqual([]);
  });

  it('names nobody beside who accepted a suggestion of their own, or where only text was removed', () => {
    const own = new World();
    const mine = own.suggest(own.bobsReview);
    own.accept(mine, own.putIn(mine));
    expect(own.shown).toEqual([]);
    const world = new World();
    const thread = world.suggest(world.rita, { replaced: 'two ', insert: '' });
    world.accept(thread, world.putIn(thread));
    expect([world.history.text(), world.shown]).toEqual(['one three', []]);
  });

  it('is found wherever it stands, whatever was written around it', () => {
    const words = fc.array(fc.constantFrom('a', 'b', '😀', '\n', ' '), { maxLength: 6 }).map((all) => all.join(''));
    fc.assert(
      fc.property(words, words, words, fc.nat(), (insert, before, after, at) => {
        fc.pre(insert !== 'two');
        const world = new World();
        world.ana.insert(0, before);
        world.save(world.ana);
        const thread = world.suggest(world.rita, { replaced: 'two', insert });
        const span = world.putIn(thread);
        world.accept(thread, span);
        world.ana.insert(at % (before.length + 1), after.replaceAll('😀', 'c'));
        world.save(world.ana);
        const { history } = world;
        const ranges = suggestedRanges(history, acceptedSuggestions(world.review));
        const blame = history.blame();
        const bobs = Array.from(history.text(), (_, index) => index).filter(
          (index) => blame.at(index)?.author === 'bob',
        );
        const found = ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index));
        expect(found).toEqual(bobs);
        expect(found).toHaveLength(span === null ? 0 : span.last[1] - span.first[1] + 1);
      }),
      { numRuns: 100 },
    );
  });
});

describe('what somebody claims about suggestions [STAMP-3] [P44]', () => {
  it('a suggestion in the name of somebody else names nobody', () => {
    const world = new World();
    const forged = world.suggest(world.mallory, EDIT, 'rita');
    world.accept(forged, world.putIn(forged));
    expect(world.history.text()).toBe('one two and a half three');
    expect(world.shown).toEqual([]);
  });

  it('an acceptance in the name of somebody else names nobody', () => {
    const world = new World();
    const thread = world.suggest(world.rita);
    const span = world.putIn(thread);
    world.accept(thread, span, world.mallory, act('bob'));
    expect(world.shown).toEqual([]);
  });

  it('an acceptance of characters that another one wrote names nobody', () => {
    const world = new World();
    const thread = world.suggest(world.rita);
    world.accept(thread, world.putIn(thread), world.mallory);
    expect(world.shown).toEqual([]);
  });

  it('nobody can give text of their own to somebody who suggested something else', () => {
    const world = new World();
    const thread = world.suggest(world.rita);
    world.putIn(thread);
    world.bob.insert(0, 'nonsense ');
    world.save(world.bob);
    world.accept(thread, spanOf(world.bob.text, 0, 9));
    expect(world.review.threads[0]?.suggestion?.state.kind).toBe('accepted');
    expect(world.shown).toEqual([]);
  });

  it('characters that are partly not there, not text, of several writers or without end name nobody', () => {
    for (const [first, last] of [
      [
        [2, 8],
        [2, 18],
      ],
      [
        [2, 0],
        [99, 10],
      ],
      [
        [2, 0],
        [2, 40],
      ],
      [
        [2, 0],
        [2, Number.MAX_SAFE_INTEGER],
      ],
      [
        [2, 3],
        [2, 1],
      ],
      [
        [1, 0],
        [2, 3],
      ],
      [
        [77, 0],
        [77, 3],
      ],
    ] as const) {
      const world = new World();
      const thread = world.suggest(world.rita);
      world.putIn(thread);
      world.accept(thread, { first, last });
      expect(world.shown).toEqual([]);
    }
  });

  it('half of an emoji that somebody cut in two is theirs', () => {
    const world = new World();
    const thread = world.suggest(world.rita, { replaced: 'two', insert: 'two 😀' });
    world.accept(thread, world.putIn(thread));
    expect(world.shown).toEqual(['bob for rita:  😀']);
    world.ana.insert(9, '!');
    world.save(world.ana);
    expect(world.history.text()).toBe('one two \uFFFD!\uFFFD three');
    expect(world.shown).toEqual(['bob for rita:  ']);
  });

  it('a suggestion that is proven with an acceptance that is not names nobody', () => {
    const world = new World();
    const thread = world.suggest(world.rita);
    world.accept(thread, world.putIn(thread));
    const stamps = new StructStamps();
    for (const { update, by } of world.rows) {
      if (by === world.rita) stamps.learn(update, { project: 'p', role: by.role, author: by.name });
    }
    world.bobsReview.read();
    const [found] = readReview(world.bobsReview.doc, stamps.proofOf).threads;
    expect([found?.comments[0]?.author.proof, found?.suggestion?.state.kind]).toEqual(['stamped', 'accepted']);
    expect(acceptedSuggestions(readReview(world.bobsReview.doc, stamps.proofOf))).toEqual([]);
  });

  it('characters that somebody else brought under the client id of who accepted name nobody', () => {
    const world = new World();
    const thread = world.suggest(world.rita);
    const forger = new Writer('mallory', () => 2);
    forger.take(world.entries[0]?.update ?? new Uint8Array());
    forger.insert(7, ' and a');
    const forged = forger.flush() ?? new Uint8Array();
    world.entries.push(entryOf(forged, 'mallory', 60_000, 'forged'));
    world.bob.take(forged);
    world.bob.doc.clientID = 2;
    world.bob.insert(13, ' half');
    world.save(world.bob);
    expect(world.history.text()).toBe('one two and a half three');
    world.accept(thread, { first: [2, 0], last: [2, 10] });
    expect(world.shown).toEqual([]);
    expect(world.history.blame().at(8)?.author).toBe('mallory');
  });

  it('what no row proves names nobody', () => {
    const world = new World();
    const thread = world.suggest(world.rita);
    world.accept(thread, world.putIn(thread));
    world.bobsReview.read();
    expect(acceptedSuggestions(readReview(world.bobsReview.doc))).toEqual([]);
  });

  it('a suggestion that somebody declined names nobody', () => {
    const world = new World();
    const thread = world.suggest(world.rita);
    world.putIn(thread);
    world.bobsReview.read();
    mark(world.bobsReview.doc, act('bob'), 'decline', thread);
    expect(world.shown).toEqual([]);
  });
});
