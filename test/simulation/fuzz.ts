/**
 * `npm run test:fuzz -- --seeds N [--from S] [--operations N]`: many runs of the simulator. For a seed that fails it
 * prints the violation and the shortest plan that still fails.
 */
import { parseArgs } from 'node:util';
import { planOf } from './plan.ts';
import { shrink, simulate } from './run.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    operations: { type: 'string', default: '200' },
  },
});

/** Runs all seeds; resolves to how many failed. */
export async function fuzz(): Promise<number> {
  const from = Number(values.from);
  const seeds = Number(values.seeds);
  const operations = Number(values.operations);
  const totals = new Map<string, number>();
  let failed = 0;
  for (let seed = from; seed < from + seeds; seed++) {
    const { violation, counts } = await simulate(seed, operations);
    for (const [name, count] of counts) totals.set(name, (totals.get(name) ?? 0) + count);
    if (violation !== null) {
      failed++;
      console.log(`seed ${seed}: ${violation}`);
      const plan = await shrink(seed, planOf(seed, operations));
      console.log(`the same with ${plan.length} steps: ${JSON.stringify(plan)}`);
    }
    if ((seed - from + 1) % 500 === 0) console.log(`${seed - from + 1} of ${seeds} seeds, ${failed} failed`);
  }
  console.log(`met: ${[...totals].map(([name, count]) => `${name} ${count}`).join(', ')}`);
  console.log(`${seeds - failed} passed, ${failed} failed`);
  return failed;
}
