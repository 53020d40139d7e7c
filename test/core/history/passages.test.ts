import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { inOrder } from '../../../src/core/history/order.ts';
import { Passages } from '../../../src/core/history/passages.ts';
import { TextHistory } from '../../../src/core/history/text-history.ts';
import { Random } from '../../helpers/random.ts';
import { entryOf, randomHistory, replayedTexts } from './histories.ts';

// Many histories; machines that do something else as well take their time.
vi.setConfig({ testTimeout: 60_000 });

const seeds = fc.integer({ min: 1, max: 2 ** 31 });

it('[SNAP-3] what passages remember is the replayed text, in whatever order a hundred moments are asked for', () => {
  let remembered = 0;
  fc.assert(
    fc.property(seeds, fc.boolean(), fc.boolean(), fc.integer({ min: 1, max: 5 }), (seed, late, cuts, size) => {
      const entries = randomHistory(seed, { steps: 150, late, cuts });
      const texts = replayedTexts(entries);
      const { runs } = new TextHistory({ entries });
      // Small ones, so that the little text of a test has many of them.
      const passages = new Passages(runs, { runs: size, leaves: 2 });
      if (runs.length > 4 * size) remembered++;
      const random = new Random(seed);
      for (let question = 0; question < 100; question++) {
        const position = random.below(texts.length);
        expect(passages.text(position)).toBe(texts[position]);
      }
    }),
    { numRuns: 40 },
  );
  expect(remembered).toBeGreaterThan(20);
});

it('an empty history has an empty text', () => {
  expect(new TextHistory({ entries: [] }).text()).toBe('');
});

it('rows of one id count once, the first of them, however many there are', () => {
  const entries = Array.from({ length: 5_000 }, (_, index) =>
    entryOf(Uint8Array.of(0, 0), 'ana', (index * 7919) % 5_000, `row${index % 1_700}`),
  );
  const slow = new Map<string, (typeof entries)[number]>();
  for (const entry of entries) if (!slow.has(entry.id)) slow.set(entry.id, entry);
  const ordered = inOrder(entries).map(({ entry }) => entry);
  expect(ordered).toHaveLength(1_700);
  expect(new Set(ordered)).toEqual(new Set(slow.values()));
  const times = ordered.map(({ createdAt }) => Date.parse(createdAt));
  expect(times).toEqual([...times].sort((a, b) => a - b));
});
