import { vi } from 'vitest';
import type { TestTime } from './world.ts';

const PATIENCE = { timeout: 20_000, interval: 5 };

interface Timer {
  readonly run: () => void;
  at: number;
  handle: ReturnType<typeof setTimeout>;
}

/** The time of the machine, in which a test can let some go by at once. */
export class RealTime implements TestTime {
  private ahead = 0;
  private readonly timers = new Set<Timer>();

  now(): number {
    return Date.now() + this.ahead;
  }

  after(delay: number, run: () => void): () => void {
    const timer: Timer = { run, at: this.now() + delay, handle: setTimeout(() => this.fire(timer), delay) };
    this.timers.add(timer);
    return () => {
      clearTimeout(timer.handle);
      this.timers.delete(timer);
    };
  }

  async pass(milliseconds: number): Promise<void> {
    this.ahead += milliseconds;
    const now = this.now();
    for (const timer of [...this.timers].sort((a, b) => a.at - b.at)) {
      clearTimeout(timer.handle);
      timer.handle = setTimeout(() => this.fire(timer), Math.max(0, timer.at - now));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async until(check: () => void | Promise<void>): Promise<void> {
    await vi.waitFor(check, PATIENCE);
  }

  private fire(timer: Timer): void {
    if (this.timers.delete(timer)) timer.run();
  }
}
