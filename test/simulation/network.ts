import type { VirtualClock } from '../helpers/virtual-clock.ts';
import { count, FAULTS, type Fault, type FaultCounts } from './faults.ts';
import type { Random } from './random.ts';

/** Delays and faults of a run, all from its seed; `calm` ends the faults. */
export class Weather {
  readonly counts: FaultCounts = new Map();
  calm = false;
  readonly clock: VirtualClock;
  readonly random: Random;

  constructor(clock: VirtualClock, random: Random) {
    this.clock = clock;
    this.random = random;
  }

  /** Whether this fault happens now. */
  strikes(fault: Fault): boolean {
    // Drawn also when calm, so that the numbers after it are the same.
    const struck = this.random.chance(FAULTS[fault]);
    if (!struck || this.calm) return false;
    count(this.counts, fault);
    return true;
  }

  /** Resolves after a random time of up to `longest` milliseconds. */
  delay(longest: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(this.random.below(longest + 1), resolve);
    });
  }
}
