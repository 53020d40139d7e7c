const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * How long to wait before try number `attempt` (from 0), in milliseconds: doubling up to 30 s, half of it random so
 * that clients do not come back in step [P20].
 *
 * @param random a number in [0, 1)
 */
export function backoffDelay(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return ceiling / 2 + (ceiling / 2) * random;
}
