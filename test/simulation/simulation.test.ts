import { expect, it } from 'vitest';
import { FAULTS } from './faults.ts';
import { simulate } from './run.ts';

const SEEDS = 200;
const OPERATIONS = 200;

it(
  '[P7] [SNAP-2] [SNAP-3] over many seeds nothing is lost, doubled, forgotten or misattributed, and no status lies',
  { timeout: 300_000 },
  async () => {
    const totals = new Map<string, number>();
    const violations: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const run = await simulate(seed, OPERATIONS);
      if (run.violation !== null) violations.push(`seed ${seed}: ${run.violation}`);
      for (const [name, count] of run.counts) totals.set(name, (totals.get(name) ?? 0) + count);
    }
    expect(violations).toEqual([]);
    // Runs that met no faults or carried no edits would prove nothing.
    const met = (name: string): number => totals.get(name) ?? 0;
    const never = Object.keys(FAULTS).filter((fault) => met(fault) === 0);
    expect(never).toEqual([]);
    expect(met('edits')).toBeGreaterThan(SEEDS * OPERATIONS * 0.5);
    for (const event of ['crash', 'close', 'tab', 'offline', 'freeze']) expect(met(event)).toBeGreaterThan(SEEDS);
    // Runs of compaction of every end, whose rows are most of those that were ever stored.
    const ends = ['compaction done', 'compaction lost', 'compaction failed', 'duplicates retired', 'away', 'damage'];
    expect(ends.filter((end) => met(end) < 20)).toEqual([]);
    expect(met('folded')).toBeGreaterThan(met('rows'));
    expect(met('state reads')).toBeGreaterThan(SEEDS);
  },
);

it('[LOG-2] [STAMP-3] seed 4052: the repair diff takes nothing of others that Yjs had only not looked at again', async () => {
  expect((await simulate(4052, OPERATIONS)).violation).toBeNull();
});

it('[LOG-2] seed 171: a repair that is tried again still knows what the snapshot holds', async () => {
  expect((await simulate(171, OPERATIONS)).violation).toBeNull();
});
