/** Wrong passwords that an address may have within an hour. */
const MAX_FAILURES = 10;
const WINDOW_MS = 3600 * 1000;
/** Addresses that are remembered; the oldest are forgotten first. */
const MAX_REMEMBERED = 10_000;

/** Slows down guessing: after ten wrong passwords an address is locked until the hour is over, for the right one too. */
export class LoginGuard {
  readonly #attempts = new Map<string, { count: number; until: number }>();

  /**
   * True if a password may be tried. It counts as wrong until `succeeded` is called, so that tries at the same time
   * count as well.
   */
  admits(email: string): boolean {
    let entry = this.#attempts.get(email);
    if (!entry || entry.until < Date.now()) {
      this.#attempts.delete(email);
      entry = { count: 0, until: Date.now() + WINDOW_MS };
    }
    if (entry.count >= MAX_FAILURES) return false;
    this.#attempts.set(email, { ...entry, count: entry.count + 1 });
    if (this.#attempts.size > MAX_REMEMBERED) {
      const [oldest] = this.#attempts.keys();
      if (oldest !== undefined) this.#attempts.delete(oldest);
    }
    return true;
  }

  succeeded(email: string): void {
    this.#attempts.delete(email);
  }
}
