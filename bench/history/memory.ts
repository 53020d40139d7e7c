import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Resident memory of this process once all that nobody needs any more is gone, in bytes. */
export function settledMemory(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let turn = 0; turn < 4; turn++) collect();
  return process.memoryUsage().rss;
}

/** Runs something and says how many milliseconds it took, and how many of the processor. */
export function timed<T>(run: () => T): { readonly value: T; readonly took: number; readonly processor: number } {
  const start = performance.now();
  const before = process.cpuUsage();
  const value = run();
  const { user, system } = process.cpuUsage(before);
  return { value, took: performance.now() - start, processor: (user + system) / 1000 };
}
