import { describe, expect, it } from 'vitest';
import { Attempts, WINDOW_MS } from '../../functions/share/attempts.ts';

describe('guessing', () => {
  it('is counted by key, and forgiven when the window is over', () => {
    const attempts = new Attempts(3);
    for (let count = 1; count <= 3; count++) {
      expect(attempts.blockedUntil('eve', 1000)).toBeNull();
      expect(attempts.failed('eve', 1000)).toBe(count);
    }
    expect(attempts.blockedUntil('eve', 2000)).toBe(1000 + WINDOW_MS);
    expect(attempts.blockedUntil('ana', 2000)).toBeNull();
    expect(attempts.blockedUntil('eve', 1000 + WINDOW_MS)).toBeNull();
    expect(attempts.failed('eve', 1000 + WINDOW_MS)).toBe(1);
  });

  it('does not fill the memory', () => {
    const attempts = new Attempts(1);
    for (let key = 0; key < 10_001; key++) attempts.failed(`k${key}`, 0);
    expect(attempts.blockedUntil('k0', 1)).toBeNull();
    expect(attempts.blockedUntil('k10000', 1)).toBe(WINDOW_MS);
  });
});
