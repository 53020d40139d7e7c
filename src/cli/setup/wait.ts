import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../problem.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;
const LIMIT_MS = 5 * 60_000;

/** Asks again and again, ever less often, until `done` says so; throws a Problem with `failure` after five minutes. */
export async function waitUntil(failure: string, done: () => Promise<boolean>): Promise<void> {
  const start = performance.now();
  for (let pause = FIRST_PAUSE_MS; !(await done()); pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    if (performance.now() - start > LIMIT_MS) throw new Problem(`${failure} within ${LIMIT_MS / 60_000} minutes.`);
    await sleep(pause);
  }
}
