/** Default quiet time after the last change, until model and text are compared (EDIT-3). */
export const INTEGRITY_DELAY_MS = 5000;

/** Calls `check` once nothing has changed for `delayMs`. */
export class QuietTime {
  readonly #delayMs: number;
  readonly #check: () => void;
  #lastChange = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(delayMs: number, check: () => void) {
    this.#delayMs = delayMs;
    this.#check = check;
  }

  changed(): void {
    this.#lastChange = Date.now();
    this.#timer ??= setTimeout(this.#onTimer, this.#delayMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** One timer runs at a time and is set anew when it ends too early: typing then costs no timers. */
  readonly #onTimer = (): void => {
    const left = this.#lastChange + this.#delayMs - Date.now();
    this.#timer = left > 0 ? setTimeout(this.#onTimer, left) : undefined;
    if (this.#timer === undefined) this.#check();
  };
}
