/** Something that messages are written to faster, perhaps, than they are read. */
export interface Reader {
  /** Bytes that wait to be taken by the network. */
  readonly waiting: number;
  /** Ends the connection; afterwards nothing waits. */
  drop(): void;
}

export interface BacklogLimits {
  /** Bytes that may wait for one reader before another message is written to it. */
  perReader: number;
  /** Bytes that may wait for all of them together. */
  total: number;
}

/** A client that was dropped connects again and reads the rows it missed. */
export const BACKLOG_LIMITS: BacklogLimits = { perReader: 4 * 1024 * 1024, total: 96 * 1024 * 1024 };

/** Keeps the memory bounded that slow readers cost: drops those for whom too much waits. */
export class Backlog {
  readonly #limits: BacklogLimits;
  /** For whom something waited after the last message that was written to them. */
  readonly #behind = new Set<Reader>();
  #dropped = 0;

  constructor(limits: BacklogLimits = BACKLOG_LIMITS) {
    this.#limits = limits;
  }

  /** How many readers were dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** True if another message may be written; else the reader is dropped. */
  admits(reader: Reader): boolean {
    if (reader.waiting <= this.#limits.perReader) return true;
    this.#drop(reader);
    return false;
  }

  /** To be called after a message was written. */
  written(reader: Reader): void {
    if (reader.waiting > 0) this.#behind.add(reader);
  }

  /** Drops those for whom most waits until all together are within the limit. */
  shrink(): void {
    if (this.#behind.size === 0) return;
    let total = 0;
    for (const reader of this.#behind) {
      if (reader.waiting === 0) this.#behind.delete(reader);
      total += reader.waiting;
    }
    if (total <= this.#limits.total) return;
    for (const reader of [...this.#behind].sort((a, b) => b.waiting - a.waiting)) {
      if (total <= this.#limits.total) return;
      total -= reader.waiting;
      this.#drop(reader);
    }
  }

  forget(reader: Reader): void {
    this.#behind.delete(reader);
  }

  #drop(reader: Reader): void {
    this.#dropped += 1;
    this.#behind.delete(reader);
    reader.drop();
  }
}
