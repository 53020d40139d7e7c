import { planOf } from './plan.ts';
import { World, type Step } from './world.ts';

export interface Run {
  readonly seed: number;
  /** What was violated, or `null`. */
  readonly violation: string | null;
  /** What the run did, by kind: edits, faults, steps, rows, lists. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Runs a plan twice over: with faults up to a quiet point, then once more from there. */
export async function simulate(
  seed: number,
  operations: number,
  plan: readonly Step[] = planOf(seed, operations),
): Promise<Run> {
  const world = new World(seed);
  let violation: string | null = null;
  try {
    const half = Math.ceil(plan.length / 2);
    await world.run(plan.slice(0, half));
    await world.quiet();
    await world.run(plan.slice(half));
    await world.quiet();
    await world.end();
    if (world.clock.pending > 0) violation = `${world.clock.pending} timers are left`;
  } catch (error) {
    violation = error instanceof Error ? error.message : String(error);
  }
  const counts = new Map(world.weather.counts);
  counts.set('edits', world.edits);
  counts.set('rows', world.server.rows.length);
  counts.set('appends', world.server.appends);
  counts.set('lists', world.server.lists);
  counts.set('folded', world.archive.entries.length);
  counts.set('state reads', world.server.stateReads);
  return { seed, violation, counts };
}

/** Leaves out what the violation does not need: halves, quarters, … and single steps at last. */
export async function shrink(seed: number, plan: readonly Step[]): Promise<readonly Step[]> {
  let smallest = plan;
  for (let size = Math.ceil(plan.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.length;) {
      const shorter = [...smallest.slice(0, at), ...smallest.slice(at + size)];
      const { violation } = await simulate(seed, 0, shorter);
      if (violation === null) at += size;
      else smallest = shorter;
    }
  }
  return smallest;
}
