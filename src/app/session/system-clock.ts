import type { Clock } from '../../core/ports.ts';

/** The clock and the timers of the browser. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};
