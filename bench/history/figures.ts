/** What one process measured of one history. Times in milliseconds, memory in bytes. */
export interface Figures {
  readonly rows: number;
  /** From the rows in memory until the first question can be answered. */
  readonly index: number;
  /** Processor time of that: on a busy machine the only figure that says something. */
  readonly indexProcessor: number;
  readonly firstSeek: number;
  /** Processor time of taking one more edit and asking for the text of now. */
  readonly arrivals: readonly number[];
  /** Texts at random moments. */
  readonly seeks: readonly number[];
  /** Processor time of a seek, on average. */
  readonly seekProcessor: number;
  /** Blame of the whole present text, line by line. */
  readonly blames: readonly number[];
  /** Differences of two random moments. */
  readonly diffs: readonly number[];
  /** Memory of the process before anything was read, and with nothing but the history. */
  readonly emptyMemory: number;
  readonly memory: number;
  /** The length of the present text. */
  readonly characters: number;
  /** Digests of the texts at `SAMPLES` moments, to be compared. */
  readonly texts: readonly string[];
}

/** Moments at which the texts of all are compared, as parts of the history. */
export const SAMPLES = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 1] as const;

/** Whole numbers from 0 up to and with `end`, the same each time. */
export function randomMoments(count: number, end: number, seed = 11): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return state % (end + 1);
  });
}
