import fc from 'fast-check';
import { toBase64 } from 'lib0/buffer';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/core/codec.ts';
import { decodeFrame, encodeFrame, isDamage } from '../../../src/core/compaction/frame.ts';
import { decodeSegment, encodeSegment, type Segment } from '../../../src/core/compaction/segment.ts';
import { ROLES } from '../../../src/core/roles.ts';

const PROJECT = 'p1';

const entry = (id: string, update: number[], time = 0, author = 'ana'): LogEntry => ({
  id,
  doc: 'fa',
  update: Uint8Array.from(update),
  stamp: { project: PROJECT, role: 'editor', author },
  createdAt: new Date(1_767_225_600_000 + time).toISOString(),
});

const segmentOf = (entries: LogEntry[]): Segment => ({ project: PROJECT, doc: 'fa', generation: 3, entries });

const anyEntry = fc
  .record({
    id: fc.oneof(fc.stringMatching(/^[0-9a-z]{25}$/), fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,35}$/)),
    update: fc.array(fc.nat(255), { maxLength: 40 }),
    role: fc.constantFrom(...ROLES),
    author: fc.constantFrom('ana', 'bob', 'ünal'),
    time: fc.integer({ min: -1e10, max: 1e10 }),
  })
  .map(({ id, update, role, author, time }) => {
    const plain = entry(id, update, time, author);
    return { ...plain, stamp: { ...plain.stamp, role } };
  });

describe('a segment', () => {
  it('[SNAP-3] gives back every update with its row id, author, role and time', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 30 }), (entries) => {
        expect(decodeSegment(encodeSegment(segmentOf(entries)))).toEqual(segmentOf(entries));
      }),
    );
  });

  it('keeps its format: these bytes are read as they were written', () => {
    const entries = [
      entry('0123456789abcdefghijklmno', [1, 2, 3, 4]),
      entry('row.1', [1, 2, 4, 5], 250),
      entry('zzzzzzzzzzzzzzzzzzzzzzzzz', [9], 251, 'bob'),
    ];
    const frame = encodeSegment(segmentOf(entries));
    expect(toBase64(frame)).toMatchInlineSnapshot(
      `"Q1dHAQFkYyowZEpLZGZmYktNySzJL2JOzEuEMZPyk5gYmBgZGxZcffsubRczIwMjAwNDvfDW3mNP/XjYw3/9YW/9wlqUX65nyJQg6n84Z79Teb/yfzBgYWFkZGJmYWBgZOQEAK0SaZ5RZ9RwHivA+p7qLxw="`,
    );
    expect(decodeSegment(frame)).toEqual(segmentOf(entries));
  });

  it('takes a few bytes a keystroke beside the row ids, which are random', () => {
    const entries = Array.from({ length: 1_000 }, (_, i) => {
      // What Yjs writes for the next letter of somebody who types.
      const update = [
        1,
        1,
        200,
        150,
        131,
        12,
        ...clock(i + 1),
        132,
        200,
        150,
        131,
        12,
        ...clock(i),
        1,
        97 + (i % 26),
        0,
      ];
      return entry(randomLooking(i), update, i * 130 + (i % 7) * 11);
    });
    const { length } = encodeSegment(segmentOf(entries));
    expect(length / entries.length - 17).toBeLessThan(6);
  });

  it('says so when any of its bytes is another one, or missing', () => {
    const frame = encodeSegment(segmentOf([entry('a1', [1, 2, 3]), entry('a2', [4])]));
    for (let at = 0; at < frame.length; at++) {
      const broken = frame.slice();
      broken[at] = (broken[at] ?? 0) ^ 0x10;
      expect(decodeSegment(broken)).toHaveProperty('damage');
      expect(decodeSegment(frame.subarray(0, at))).toHaveProperty('damage');
    }
  });

  it('is no state', () => {
    expect(decodeFrame('state', encodeSegment(segmentOf([])))).toEqual({ damage: 'not a state' });
    expect(decodeSegment(encodeFrame('segment', Uint8Array.from([255, 255])))).toHaveProperty('damage');
  });
});

describe('a frame', () => {
  it('holds what was put in, packed where that is smaller', () => {
    const even = new Uint8Array(10_000);
    expect(encodeFrame('state', even).length).toBeLessThan(100);
    expect(decodeFrame('state', encodeFrame('state', even))).toEqual(even);
    const short = Uint8Array.from([7]);
    expect(decodeFrame('state', encodeFrame('state', short))).toEqual(short);
  });

  it('of another version is not guessed at', () => {
    const frame = encodeFrame('state', Uint8Array.from([1, 2]));
    const other = frame.slice();
    other[3] = 2;
    const read = decodeFrame('state', other);
    expect(isDamage(read)).toBe(true);
  });
});

function clock(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, value >> 7];
}

function randomLooking(seed: number): string {
  let state = seed * 2654435761 + 12345;
  return Array.from({ length: 25 }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (Math.floor(state / 65536) % 36).toString(36);
  }).join('');
}
