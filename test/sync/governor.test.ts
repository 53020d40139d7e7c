import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Governor } from '../../src/sync/governor.ts';

const MINUTE = 60_000;

/** When requests went that were asked for at these times, by somebody who asks again when told to. */
function run(governor: Governor, asked: readonly { at: number; urgent?: boolean }[]): number[] {
  const went: number[] = [];
  let now = 0;
  for (const { at, urgent } of asked) {
    now = Math.max(now, at);
    for (let wait = governor.take(now, urgent); wait > 0; wait = governor.take(now, urgent)) now += Math.ceil(wait);
    went.push(now);
  }
  return went;
}

/** The most requests in any minute. */
function busiestMinute(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + MINUTE).length));
}

describe('the rate governor', () => {
  it('[LOG-6] [P28] on Cloud no minute has more than 110 requests, whatever is asked for', () => {
    const times = fc.array(
      fc.record({ pause: fc.oneof(fc.nat(50), fc.nat(5_000), fc.nat(90_000)), urgent: fc.boolean() }),
      { minLength: 300, maxLength: 600 },
    );
    fc.assert(
      fc.property(times, (pauses) => {
        let at = 0;
        const asked = pauses.map(({ pause, urgent }) => ({ at: (at += pause), urgent }));
        expect(busiestMinute(run(new Governor('cloud', 0), asked))).toBeLessThanOrEqual(110);
      }),
      { numRuns: 30 },
    );
  });

  it('[LOG-6] the first goes at once, later ones at widening intervals, and none waits as long as a second', () => {
    const governor = new Governor('cloud', 0);
    // Somebody types ten keys a second for five minutes; what waits goes together.
    const went: number[] = [];
    let waiting = 0;
    let longest = 0;
    let since = 0;
    for (let now = 0; now < 5 * MINUTE; now += 10) {
      if (now % 100 === 0) {
        if (waiting === 0) since = now;
        waiting++;
      }
      if (waiting > 0 && governor.take(now) === 0) {
        went.push(now);
        longest = Math.max(longest, now - since);
        waiting = 0;
      }
    }
    expect(went[0]).toBe(0);
    const gaps = went.slice(1).map((time, index) => time - (went[index] ?? 0));
    expect(gaps[0]).toBeLessThanOrEqual(100);
    expect(Math.max(...gaps.slice(0, 5))).toBeLessThan(Math.min(...gaps.slice(-5)));
    expect(gaps.filter((gap) => gap > 200 && gap < 600).length).toBeGreaterThan(2);
    expect(longest).toBeLessThan(800);
    expect(busiestMinute(went)).toBeLessThanOrEqual(100);
  });

  it('[LOG-6] the reserve is there for what is urgent after a minute of typing, and only for that', () => {
    const governor = new Governor('cloud', 0);
    const typed = run(governor, Array.from({ length: 600 }, (_, index) => ({ at: index * 100 })).slice(0, 95));
    const now = (typed.at(-1) ?? 0) + 1;
    expect(governor.take(now)).toBeGreaterThan(0);
    for (let i = 0; i < 10; i++) expect(governor.take(now, true)).toBe(0);
    const urgent = Array.from({ length: 300 }, () => ({ at: 0, urgent: true }));
    expect(busiestMinute(run(new Governor('cloud', 0), urgent))).toBe(110);
  });

  it('replicas of one user share the budget of that user', () => {
    const both = [new Governor('cloud', 0), new Governor('cloud', 0)];
    for (const governor of both) governor.share(2);
    const times = both.flatMap((governor) =>
      run(
        governor,
        Array.from({ length: 300 }, () => ({ at: 0 })),
      ),
    );
    expect(busiestMinute(times)).toBeLessThanOrEqual(110);
  });

  it.each(['self-hosted', 'embedded'] as const)(
    '%s: no budget until something is refused; then it waits, and has learned it',
    (profile) => {
      const governor = new Governor(profile, 0);
      for (let i = 0; i < 1_000; i++) expect(governor.take(i)).toBe(0);
      expect(governor.report(999)).toEqual({ lastMinute: 1_000, limit: null, learned: false });
      governor.refused(30_000);
      expect(governor.take(1_000)).toBe(29_000);
      expect(governor.take(1_000, true)).toBe(29_000);
      expect(governor.report(1_000)).toMatchObject({ limit: 110, learned: true });
      const later = run(
        governor,
        Array.from({ length: 200 }, () => ({ at: 2 * MINUTE })),
      );
      expect(busiestMinute(later)).toBeLessThanOrEqual(100);
    },
  );

  it('nobody is there to see it: fewer requests, but the first one and urgent ones at once', () => {
    const governor = new Governor('embedded', 0);
    governor.watch(false);
    expect(governor.take(0)).toBe(0);
    expect(governor.take(10)).toBe(240);
    expect(governor.take(10, true)).toBe(0);
    governor.watch(true);
    expect(governor.take(11)).toBe(0);
  });

  it('[P6] a clock that is set back stops nothing for longer than before', () => {
    const governor = new Governor('cloud', 10 * MINUTE);
    for (let i = 0; i < 20; i++) governor.take(10 * MINUTE, true);
    expect(governor.take(5 * MINUTE)).toBeLessThanOrEqual(1_000);
  });
});
