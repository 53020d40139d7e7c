/**
 * The server is for those who edit: compaction rests before each of its requests, so long that it takes the server a
 * tenth of the time at most, however slow the server is, and nobody waits for two of its requests in a row.
 */
export const REST_PER_WORK = 9;

/** Rests end after this time, whatever came before them, since the time of a Function is limited. */
export const LONGEST_REST_MS = 1_000;

/** How long to rest, after so much work since the rest before; both in milliseconds. */
export function restAfter(worked: number): number {
  return Math.min(Math.max(0, worked) * REST_PER_WORK, LONGEST_REST_MS);
}
