import { describe, expect, it } from 'vitest';
import { findIn, type Scene } from '../../../src/app/history/scene.ts';

describe('where a text of the past is shown', () => {
  const scene = (before: string, after: string): Scene => ({ before, after }) as Scene;

  it('is in the later text where it came, and in the earlier one where it vanished', () => {
    expect(findIn(scene('one', 'one\nThe Line'), 'the line')).toEqual({ side: 'after', index: 4 });
    expect(findIn(scene('one\nThe Line', 'one'), 'THE LINE')).toEqual({ side: 'before', index: 4 });
    expect(findIn(scene('one', 'two'), 'three')).toBeNull();
  });
});
