/**
 * Who brings tokens that do not exist is guessing. Tokens have 256 random bits, so nobody will ever guess one; the limit
 * keeps those who try from being a load, and shows them in the log.
 */

export const WINDOW_MS = 600_000;
/** Above this many keys the oldest are forgotten. */
const MAX_KEYS = 10_000;

/** Counts failures by key, in windows. Of this process: each instance of the Function counts by itself. */
export class Attempts {
  private readonly most: number;
  private readonly counted = new Map<string, { count: number; readonly since: number }>();

  /** @param most failures of one key in one window */
  constructor(most: number) {
    this.most = most;
  }

  /** When this key may try again, in epoch milliseconds; `null`: now. */
  blockedUntil(key: string, now: number): number | null {
    const entry = this.counted.get(key);
    if (entry === undefined || now - entry.since >= WINDOW_MS || entry.count < this.most) return null;
    return entry.since + WINDOW_MS;
  }

  /** Counts a failure; returns how many there were in this window. */
  failed(key: string, now: number): number {
    const entry = this.counted.get(key);
    if (entry !== undefined && now - entry.since < WINDOW_MS) return ++entry.count;
    this.counted.delete(key);
    this.counted.set(key, { count: 1, since: now });
    const [oldest] = this.counted.keys();
    if (this.counted.size > MAX_KEYS && oldest !== undefined) this.counted.delete(oldest);
    return 1;
  }
}
