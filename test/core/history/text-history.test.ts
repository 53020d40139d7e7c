import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { operationsOf } from '../../../src/core/history/diff.ts';
import { previewPlan } from '../../../src/core/history/plan.ts';
import { planRollback } from '../../../src/core/history/rollback.ts';
import { TextHistory } from '../../../src/core/history/text-history.ts';
import { applyOperations } from '../../../src/core/text.ts';
import { entryOf, randomHistory, replay, replayedBlame, replayedTexts, sorted, timeOf, Writer } from './histories.ts';

// Many histories; machines that do something else as well take their time.
vi.setConfig({ testTimeout: 60_000 });

const seeds = fc.integer({ min: 1, max: 2 ** 31 });
const options = fc.record({ late: fc.boolean(), reopens: fc.boolean(), steps: fc.integer({ min: 1, max: 120 }) });
const RUNS = { numRuns: 25 };

describe('the text of any moment', () => {
  it('[SNAP-3] is that of replaying the updates up to then, also where some waited for others', () => {
    fc.assert(
      fc.property(seeds, options, (seed, chosen) => {
        const entries = randomHistory(seed, chosen);
        const history = new TextHistory({ entries });
        expect(replayedTexts(entries).map((_, position) => history.text(position))).toEqual(replayedTexts(entries));
      }),
      RUNS,
    );
  });

  it('[EDIT-4] is exact before and after somebody cut an emoji in two', () => {
    let cuts = 0;
    fc.assert(
      fc.property(seeds, options, (seed, chosen) => {
        const entries = randomHistory(seed, { ...chosen, cuts: true });
        const history = new TextHistory({ entries });
        const texts = replayedTexts(entries);
        if (texts.at(-1)?.includes('\uFFFD')) cuts++;
        expect(texts.map((_, position) => history.text(position))).toEqual(texts);
        for (const after of texts.keys()) {
          expect(applyOperations(texts[0] ?? '', operationsOf(history.diff(0, after)))).toBe(texts[after]);
        }
      }),
      RUNS,
    );
    expect(cuts).toBeGreaterThan(5);
  });

  it('is the same whether the updates came at once or one by one in any order', () => {
    fc.assert(
      fc.property(seeds, options, (seed, chosen) => {
        const entries = randomHistory(seed, chosen);
        const whole = new TextHistory({ entries });
        const grown = new TextHistory({ entries: [] });
        const order = entries.map((entry, index) => ({ entry, at: (index * seed) % 17 }));
        for (const { entry } of order.sort((a, b) => a.at - b.at)) {
          grown.append([entry, ...entries.slice(0, 1)]);
          // Now and then somebody asks, and what was laid out for that is used again.
          if (entry.update.length % 2 === 0) grown.text();
        }
        expect([grown.runs.all, grown.runs.clients]).toEqual([whole.runs.all, whole.runs.clients]);
        const without = (history: TextHistory): string =>
          previewPlan(history, planRollback(history, { author: 'ana', start: 0, end: Number.MAX_VALUE }));
        expect(without(grown)).toBe(without(whole));
        expect(grown.length).toBe(whole.length);
        for (let position = 0; position <= entries.length; position++) {
          expect(grown.text(position)).toBe(whole.text(position));
          expect(grown.blame(position).ranges(-1)).toEqual(whole.blame(position).ranges(-1));
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('blame', () => {
  it('[STAMP-3] covers every character once, with the update that first brought it', () => {
    fc.assert(
      fc.property(seeds, options, (seed, chosen) => {
        const entries = randomHistory(seed, chosen);
        const history = new TextHistory({ entries });
        for (const position of [0, entries.length >> 1, entries.length]) {
          const blame = history.blame(position);
          const expected = replayedBlame(entries, position);
          expect(blame.text).toHaveLength(expected.length);
          expect(expected.map((_, index) => blame.at(index)?.position)).toEqual(expected.map((index) => index + 1));
          for (const gap of [undefined, -1]) {
            let end = 0;
            for (const range of blame.ranges(gap)) {
              expect(range.from).toBe(end);
              expect(range.to).toBeGreaterThan(range.from);
              for (let index = range.from; index < range.to; index++) {
                expect(blame.at(index)?.author).toBe(range.author);
                const at = blame.at(index)?.position ?? 0;
                expect(at >= range.first && at <= range.last).toBe(true);
              }
              end = range.to;
            }
            expect(end).toBe(blame.text.length);
          }
        }
      }),
      RUNS,
    );
  });

  it('[STAMP-3] of lines names all who wrote in each, who wrote most first, and the newest change', () => {
    fc.assert(
      fc.property(seeds, options, fc.nat(), (seed, chosen, at) => {
        const entries = randomHistory(seed, chosen);
        const history = new TextHistory({ entries });
        const blame = history.blame(at % (entries.length + 1));
        const lines = blame.lines();
        expect(lines.map(({ from, to }) => blame.text.slice(from, to))).toEqual(blame.text.split('\n'));
        for (const { line, from, to, newest, authors } of lines) {
          // The line feed belongs to the line that it ends.
          const end = line === lines.length - 1 ? to : to + 1;
          const entriesOfLine = Array.from({ length: end - from }, (_, index) => blame.at(from + index));
          const shares = new Map<string | null, number>();
          for (const entry of entriesOfLine) {
            const author = entry?.author ?? null;
            shares.set(author, (shares.get(author) ?? 0) + 1);
          }
          expect(new Set(authors)).toEqual(new Set(shares.keys()));
          const counts = authors.map((author) => shares.get(author) ?? 0);
          expect(counts).toEqual([...counts].sort((a, b) => b - a));
          expect(newest?.position ?? 0).toBe(Math.max(0, ...entriesOfLine.map((entry) => entry?.position ?? 0)));
        }
      }),
      RUNS,
    );
  });
});

describe('rows that claim what others wrote', () => {
  it('[STAMP-3] [P44] are shown under their own stamp, and take nothing from anybody', () => {
    let [gone, resent] = [0, 0];
    fc.assert(
      fc.property(seeds, options, fc.nat(), (seed, chosen, at) => {
        const honest = randomHistory(seed, chosen);
        const from = at % (honest.length + 1);
        const known = replay(honest, from);
        const clients = [...known.store.clients.keys()];
        // Mallory sends all that there is once more, and goes on under the client id of somebody else.
        const mallory = new Writer('mallory', () => 1);
        mallory.take(Y.encodeStateAsUpdate(known));
        mallory.doc.clientID = clients[at % Math.max(1, clients.length)] ?? 1;
        mallory.insert(0, 'forged');
        const forged = entryOf(mallory.flush() ?? new Uint8Array(), 'mallory', 0, 'm1');
        const dump = entryOf(Y.encodeStateAsUpdate(mallory.doc), 'mallory', 0, 'm2');
        const last = honest[from - 1];
        const createdAt = new Date(last ? timeOf(last) + 1 : 0).toISOString();
        const entries = sorted([...honest, { ...forged, createdAt }, { ...dump, createdAt }]);
        const history = new TextHistory({ entries });
        // Two who write on under one id have no common order in Yjs: it depends on how items happen to be cut.
        const isForked = honest
          .slice(from)
          .some(({ update }) => Y.decodeUpdate(update).structs.some(({ id }) => id.client === mallory.doc.clientID));
        const inOrder = (items: readonly (number | string)[]): readonly (number | string)[] =>
          isForked ? items.toSorted((a, b) => (String(a) < String(b) ? -1 : 1)) : items;
        const blame = history.blame();
        const shown = replayedTexts(entries).map((_, position) => inOrder(Array.from(history.text(position))));
        expect(shown).toEqual(replayedTexts(entries).map((text) => inOrder(Array.from(text))));
        const bringers = replayedBlame(entries).map((_, index) => blame.at(index)?.position ?? 0);
        expect(inOrder(bringers)).toEqual(inOrder(replayedBlame(entries).map((index) => index + 1)));
        const mine = blame.ranges(-1).filter(({ author }) => author === 'mallory');
        // Rows that are saved after the dump, although they were made before it, would be Mallory's.
        if (chosen.late) return;
        expect(history.entry(history.positionOf('m2') ?? 0).inserted).toBe(0);
        expect(mine.filter(({ first }) => first !== history.positionOf('m1'))).toEqual([]);
        if (mine.length === 0) gone++;
        else resent++;
      }),
      RUNS,
    );
    expect(resent).toBeGreaterThan(gone);
  });
});

describe('the difference of two moments', () => {
  it('applied to the text before gives the text after, forwards and backwards', () => {
    fc.assert(
      fc.property(seeds, options, fc.nat(), fc.nat(), (seed, chosen, one, other) => {
        const entries = randomHistory(seed, chosen);
        const history = new TextHistory({ entries });
        const [before, after] = [one % (entries.length + 1), other % (entries.length + 1)];
        const hunks = history.diff(before, after);
        expect(applyOperations(history.text(before), operationsOf(hunks))).toBe(history.text(after));
        for (const hunk of hunks) {
          const text = { deleted: history.text(before), inserted: history.text(after) };
          for (const { kind, index, text: piece, by, written } of hunk.pieces) {
            expect(text[kind].slice(index, index + piece.length)).toBe(piece);
            const blame = history.blame(kind === 'deleted' ? before : after);
            expect(blame.at(index)?.author).toBe(written.author);
            const [low, high] = [Math.min(before, after), Math.max(before, after)];
            // What waited took effect later than it was saved.
            expect(by.last <= high && (chosen.late || by.first > low)).toBe(true);
          }
        }
      }),
      RUNS,
    );
  });
});
