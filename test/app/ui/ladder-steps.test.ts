import { describe, expect, it } from 'vitest';
import { ago, ladderSteps, type LadderFacts } from '../../../src/app/status/ladder-steps.ts';
import type { Agreement } from '../../../src/sync/agreement.ts';

const NOW = 1_000_000;
const SAFE = { unsafe: 0, waiting: 0, sending: 0, agreements: [] };

function steps(facts: Partial<LadderFacts>): string[] {
  const all = { ladder: SAFE, live: true, deviceProblem: false, present: [], ...facts };
  return ladderSteps(all, NOW).map(({ name, state, text }) => `${name}: ${state}, ${text}`);
}

function agreement(name: string, same: boolean, secondsAgo: number): Agreement {
  return { client: name.length, user: name, name, same, current: true, at: NOW - secondsAgo * 1_000 };
}

describe('the ladder', () => {
  it('[P3] claims each step only for what has reached it', () => {
    expect(steps({})).toEqual([
      'On this device: done, every edit',
      'Sent: done, every edit',
      'Stored: done, every edit is on the server',
      'Seen: waiting, nobody else is here',
    ]);
    expect(steps({ ladder: { ...SAFE, unsafe: 1, waiting: 2, sending: 3 } })).toEqual([
      'On this device: under-way, 1 edit only in this tab',
      'Sent: under-way, 3 edits waiting',
      'Stored: under-way, 6 edits not stored yet',
      'Seen: waiting, nobody else is here',
    ]);
    expect(steps({ ladder: { ...SAFE, waiting: 2 }, live: false })).toContain('Sent: waiting, 2 edits waiting');
    expect(steps({ deviceProblem: true })[0]).toBe('On this device: wrong, this device stores nothing');
  });

  it('[LOG-5] says with whom it is identical and since when, and what differs', () => {
    const seen = (agreements: readonly Agreement[], present: readonly string[] = []): string | undefined =>
      steps({ ladder: { ...SAFE, agreements }, present })[3];
    expect(seen([agreement('Ana', true, 3)], ['Ana'])).toBe('Seen: done, identical with Ana, 3 s ago');
    expect(seen([], ['Ana', 'Bob'])).toBe('Seen: waiting, not confirmed by Ana, Bob yet');
    expect(seen([agreement('Ana', true, 3), agreement('Bob', false, 1)])).toBe(
      'Seen: wrong, differs from Bob: being repaired',
    );
    const before = { ...agreement('Ana', true, 9), current: false };
    expect(seen([before])).toBe('Seen: waiting, not since the last edit; identical before with Ana, 9 s ago');
    expect(seen([agreement('Ana', true, 3), agreement('Ana', true, 4)])).toBe(
      'Seen: done, identical with Ana, 3 s ago',
    );
    const five = ['A', 'Bo', 'Cyd', 'Dora', 'Emily'].map((name) => agreement(name, true, 1));
    expect(seen(five)).toBe('Seen: done, identical with A, 1 s ago · Bo, 1 s ago · Cyd, 1 s ago · 2 more');
  });

  it('tells times in words', () => {
    expect([ago(-5), ago(59_400), ago(61_000), ago(3_600_000 * 5)]).toEqual([
      '0 s ago',
      '59 s ago',
      '1 min ago',
      '5 h ago',
    ]);
  });
});
