import { describe, expect, it } from 'vitest';
import { LONGEST_REST_MS, restAfter } from '../../../src/core/compaction/rest.ts';

describe('resting', () => {
  it('[SNAP-5] leaves nine tenths of the time to those who edit, however slow the server is', () => {
    for (const worked of [1, 4, 40, 100]) expect(worked / (worked + restAfter(worked))).toBeCloseTo(0.1);
  });

  it('ends, also after a very long request or when a clock was set back', () => {
    expect(restAfter(60_000)).toBe(LONGEST_REST_MS);
    expect(restAfter(0)).toBe(0);
    expect(restAfter(-5)).toBe(0);
  });
});
