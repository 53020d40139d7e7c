type Job = () => Promise<void>;

/** As many as one worker of the real server runs at once. */
const AT_ONCE = 8;
/** Work that may wait; more is refused. */
const MAX_WAITING = 10_000;

/** Work in the background: several at once, in the order in which it came. A job that fails is reported. */
export class Jobs {
  readonly #report: (error: unknown) => void;
  readonly #waiting: Job[] = [];
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** False if there is too much work already, or none may begin any more. */
  add(job: Job): boolean {
    if (this.#closed || this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting.push(job);
    this.#next();
    return true;
  }

  /** Forgets what waits; resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.length = 0;
    await Promise.all(this.#running);
  }

  #next(): void {
    while (this.#running.size < AT_ONCE) {
      const job = this.#waiting.shift();
      if (!job) return;
      const running = job()
        .catch((error: unknown) => this.#report(error))
        .then(() => {
          this.#running.delete(running);
          this.#next();
        });
      this.#running.add(running);
    }
  }
}
