import type { Commands } from './replica.ts';
import { monotonic } from './serve-node.ts';

/** Pages whose clocks differ by more than this give no figures. */
const TOLERANCE_MS = 2;
const TRIES = 40;

/**
 * By how many milliseconds the clocks of two pages differ: each is asked many times, and the quickest answer counts.
 * Rejects beyond the tolerance. What is left evens out, since the two type in turn.
 */
export async function clockDifference([one, two]: readonly [Commands, Commands]): Promise<number> {
  const difference = (await offset(one)) - (await offset(two));
  if (Math.abs(difference) > TOLERANCE_MS) {
    throw new Error(`the clocks of the two pages differ by ${difference.toFixed(1)} ms`);
  }
  return difference;
}

async function offset(replica: Commands): Promise<number> {
  let [quickest, best] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < TRIES; i++) {
    const asked = monotonic();
    const there = await replica.now();
    const answered = monotonic();
    if (answered - asked >= quickest) continue;
    quickest = answered - asked;
    best = there - (asked + answered) / 2;
  }
  return best;
}
