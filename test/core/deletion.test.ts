import { describe, expect, it } from 'vitest';
import { deletedBy, learnDeletion, projectPermissions } from '../../src/core/deletion.ts';

const at = (minute: number): string => new Date(minute * 60_000).toISOString();
const NOTHING = { deletion: null, knownAt: 0 };

describe('the deletion of a project', () => {
  it('[STAMP-1] names who did it in the permissions of the row, and nobody while it is there', () => {
    expect(deletedBy(projectPermissions('p', 'ana'))).toBe('ana');
    expect(deletedBy(projectPermissions('p'))).toBeNull();
    expect(deletedBy([...projectPermissions('p', 'ana'), 'read("user:bob")']), 'two').toBeNull();
    expect(deletedBy(['update("user:ana")', 'read("user:ana/verified")'])).toBeNull();
  });

  it('[LOG-4] is what the newest row says, in whatever order rows are heard of', () => {
    const rows = [
      { deleted: true, by: 'ana', at: at(1) },
      { deleted: false, by: null, at: at(2) },
      { deleted: true, by: 'bob', at: at(3) },
    ];
    const orders = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [2, 0, 1],
      [0, 2, 1],
      [1, 0, 2],
    ];
    for (const order of orders) {
      const heard = order.flatMap((index) => rows[index] ?? []);
      expect(heard.reduce(learnDeletion, NOTHING)).toEqual({ deletion: { by: 'bob', at: 180_000 }, knownAt: 180_000 });
    }
  });

  it('may be known without who and when, which nothing that is known is given up for', () => {
    const vague = learnDeletion(NOTHING, { deleted: true });
    expect(vague.deletion).toEqual({ by: null, at: null });
    const known = learnDeletion(vague, { deleted: true, by: 'ana', at: at(1) });
    expect(learnDeletion(known, { deleted: true })).toEqual(known);
    expect(known.deletion).toEqual({ by: 'ana', at: 60_000 });
  });
});
