/** Wrong passwords that an address may have within an hour. */
const MAX_FAILURES = 10;
const WINDOW_MS = 3600 * 1000;
/** Addresses that are remembered; the oldest are forgotten first. */
const MAX_REMEMBERED = 10_000;

/** Slows down guessing: after ten wrong passwords an address is locked until the hour is over, for the right one too. */
export class LoginGuard {
  readonly #failures = new Map<string, { count: number; until: number }>();

  isLocked(email: string): boolean {
    const entry = this.#failures.get(email);
    if (entry && entry.until < Date.now()) this.#failures.delete(email);
    return entry !== undefined && entry.until >= Date.now() && entry.count >= MAX_FAILURES;
  }

  failed(email: string): void {
    const entry = this.#failures.get(email) ?? { count: 0, until: Date.now() + WINDOW_MS };
    this.#failures.set(email, { ...entry, count: entry.count + 1 });
    if (this.#failures.size <= MAX_REMEMBERED) return;
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined) this.#failures.delete(oldest);
  }

  succeeded(email: string): void {
    this.#failures.delete(email);
  }
}
