import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { LogEntry } from '../../../src/core/codec.ts';
import { baseOf, fold, heldAlready, holdsAll } from '../../../src/core/compaction/fold.ts';
import { contentOf, IdRanges } from '../../../src/core/id-ranges.ts';

let rows = 0;

function entryOf(update: Uint8Array, id = `r${rows++}`): LogEntry {
  const stamp = { project: 'p1', role: 'editor', author: 'ana' } as const;
  return { id, doc: 'fa', update, stamp, createdAt: new Date(1_767_225_600_000 + rows).toISOString() };
}

/** A writer whose edits become one update each. */
class Writer {
  readonly doc = new Y.Doc();
  readonly updates: Uint8Array[] = [];

  constructor(client: number) {
    this.doc.clientID = client;
    this.doc.on('update', (update: Uint8Array, _origin: unknown, _doc: Y.Doc, { local }: Y.Transaction) => {
      if (local) this.updates.push(update);
    });
  }

  insert(at: number, text: string): Uint8Array {
    this.doc.getText('text').insert(at, text);
    return this.updates.at(-1) ?? new Uint8Array();
  }

  delete(at: number, length: number): Uint8Array {
    this.doc.getText('text').delete(at, length);
    return this.updates.at(-1) ?? new Uint8Array();
  }

  take(...updates: Uint8Array[]): void {
    for (const update of updates) Y.applyUpdate(this.doc, update);
  }
}

const textOf = (state: Uint8Array | null): string => baseOf(state).doc.getText('text').toString();

describe('folding', () => {
  it('[SNAP-1] [P8] 50,000 keystrokes fold to what Yjs itself would write', { timeout: 60_000 }, () => {
    const ana = new Writer(1);
    for (let i = 0; i < 50_000; i++) ana.insert(i, 'abcdefghij'.charAt(i % 10));
    const entries = ana.updates.map((update) => entryOf(update));
    const { base, folded, waiting } = fold(baseOf(null), entries);
    expect(folded).toHaveLength(50_000);
    expect(waiting).toEqual([]);
    expect(textOf(base.state)).toBe(ana.doc.getText('text').toString());
    expect(base.state?.length).toBe(Y.encodeStateAsUpdateV2(ana.doc).length);
  });

  it('goes on from a state as if it had all come at once', () => {
    const ana = new Writer(1);
    const bob = new Writer(2);
    const first = [ana.insert(0, 'hello'), ana.delete(1, 2)];
    bob.take(...first);
    const second = [bob.insert(1, 'XY'), bob.delete(0, 1)];
    const once = fold(
      baseOf(null),
      [...first, ...second].map((update) => entryOf(update)),
    );
    const half = fold(
      baseOf(null),
      first.map((update) => entryOf(update)),
    );
    const twice = fold(
      baseOf(half.base.state),
      second.map((update) => entryOf(update)),
    );
    expect(textOf(twice.base.state)).toBe(textOf(once.base.state));
    expect(twice.holds).toEqual(once.holds);
  });

  it('[SNAP-1] an entry whose dependency is missing waits, and nothing of it is in the state', () => {
    const ana = new Writer(1);
    const bob = new Writer(2);
    const [a, b, c] = [ana.insert(0, 'a'), ana.insert(1, 'b'), ana.insert(2, 'c')];
    bob.take(a);
    // One row that carries both what can be integrated and what cannot.
    const mixed = entryOf(Y.mergeUpdates([bob.insert(1, 'B'), c]));
    const onMixed = entryOf(bob.insert(2, 'C'));
    const { base, folded, waiting } = fold(baseOf(null), [entryOf(a, 'a'), mixed, onMixed]);
    expect(folded.map((entry) => entry.id)).toEqual(['a']);
    expect(new Set(waiting)).toEqual(new Set([mixed, onMixed]));
    expect(textOf(base.state)).toBe('a');
    const later = fold(base, [...waiting, entryOf(b)]);
    expect(later.waiting).toEqual([]);
    expect(later.folded).toHaveLength(3);
    bob.take(b, c);
    expect(textOf(later.base.state)).toBe(bob.doc.getText('text').toString());
    expect(textOf(later.base.state)).toHaveLength(5);
  });

  it('a delete of what is not there waits as well [P2]', () => {
    const ana = new Writer(1);
    const [insert, remove] = [ana.insert(0, 'abc'), ana.delete(1, 1)];
    const alone = fold(baseOf(null), [entryOf(remove)]);
    expect(alone.folded).toEqual([]);
    expect(alone.base.state).toBeNull();
    const both = fold(baseOf(null), [entryOf(remove), entryOf(insert)]);
    expect(both.waiting).toEqual([]);
    expect(textOf(both.base.state)).toBe('ac');
  });

  it('rows that need each other are folded together', () => {
    const ana = new Writer(1);
    const bob = new Writer(2);
    const a1 = ana.insert(0, 'a');
    bob.take(a1);
    const b1 = bob.insert(1, 'b');
    ana.take(b1);
    const a2 = ana.insert(2, 'c');
    bob.take(a2);
    const b2 = bob.insert(3, 'd');
    const anas = entryOf(Y.mergeUpdates([a1, a2]));
    const bobs = entryOf(Y.mergeUpdates([b1, b2]));
    for (const order of [
      [anas, bobs],
      [bobs, anas],
    ]) {
      const { base, waiting } = fold(baseOf(null), order);
      expect(waiting).toEqual([]);
      expect(textOf(base.state)).toBe('abcd');
    }
    expect(fold(baseOf(null), [anas]).waiting).toEqual([anas]);
  });

  it('[STAMP-4] [P14] of rows that Yjs refuses only the culprit is left out, also when it was found late', () => {
    const ana = new Writer(1);
    const inserted = ana.insert(0, 'ab');
    const more = ana.insert(2, 'c');
    const culprit = entryOf(refusedLate(1, 0));
    for (const order of [
      [entryOf(inserted, 'x'), culprit, entryOf(more, 'y')],
      // It waits inside Yjs, and throws when the innocent row that it needs arrives.
      [culprit, entryOf(inserted, 'x'), entryOf(more, 'y')],
    ]) {
      const { base, folded, refused } = fold(baseOf(null), order);
      expect(refused).toEqual([culprit]);
      expect(folded.map((entry) => entry.id)).toEqual(['x', 'y']);
      expect(textOf(base.state)).toBe('abc');
    }
    expect(() => fold(baseOf(null), [entryOf(Uint8Array.from([255]))])).not.toThrow();
  });

  it('knows what it holds already', () => {
    const ana = new Writer(1);
    const bob = new Writer(2);
    const [insert, remove] = [ana.insert(0, 'abcd'), ana.delete(1, 2)];
    bob.take(insert);
    const sameDelete = bob.delete(2, 1);
    const otherDelete = bob.delete(0, 1);
    const { holds, base } = fold(baseOf(null), [entryOf(insert), entryOf(remove)]);
    const [i, r, s, o] = [insert, remove, sameDelete, otherDelete].map((update) => entryOf(update));
    if (!i || !r || !s || !o) throw new Error('four entries');
    expect(heldAlready(holds, [i, r, s, o])).toEqual([i, r, s]);
    expect(holdsAll(base.doc, holds)).toBe(true);
    expect(holdsAll(ana.doc, holds)).toBe(true);
    const behind = new Y.Doc();
    Y.applyUpdate(behind, insert);
    // Equal state vectors are not enough [P2].
    expect(holdsAll(behind, holds)).toBe(false);
  });
});

describe('what is held already', () => {
  it('is told of any mixture of old and new, whatever an update begins with', () => {
    const [ana, bob] = [new Writer(1), new Writer(2)];
    const first = ana.insert(0, 'abcd');
    bob.take(first);
    const gone = ana.delete(1, 2);
    const { holds } = fold(baseOf(null), [entryOf(first), entryOf(gone)]);
    const [newer, later, others] = [ana.insert(2, 'x'), ana.insert(3, 'y'), bob.insert(0, 'B')];
    const merged = (...updates: Uint8Array[]): LogEntry => entryOf(Y.mergeUpdates(updates));
    const held = [entryOf(first), entryOf(gone), merged(first, gone), entryOf(new Uint8Array(2)), entryOf(ONLY_A_GAP)];
    const fresh = [
      entryOf(newer),
      // Its first struct is beyond a gap.
      entryOf(later),
      // A gap inside.
      merged(first, later),
      merged(first, others),
      merged(gone, others),
    ];
    expect(heldAlready(holds, [...fresh, ...held])).toEqual(held);
  });
});

/** Of client 1, from clock 90 on: five clocks that it leaves out, and nothing else. */
const ONLY_A_GAP = Uint8Array.from([1, 1, 1, 90, 10, 5, 0]);

describe('ranges of clocks', () => {
  it('merge, contain and subtract', () => {
    const range = (clock: number, length: number) => ({ client: 1, clock, length });
    const set = IdRanges.of([range(10, 5), range(0, 3), range(3, 2), range(14, 4)]);
    expect(set.contains(range(0, 5))).toBe(true);
    expect(set.contains(range(10, 8))).toBe(true);
    expect(set.contains(range(4, 2))).toBe(false);
    expect(set.contains({ client: 2, clock: 0, length: 1 })).toBe(false);
    expect(set.minus(IdRanges.of([range(2, 10), range(16, 1)]))).toEqual([range(0, 2), range(12, 4), range(17, 1)]);
    expect(set.minus(new IdRanges())).toEqual([range(0, 5), range(10, 8)]);
    expect(new IdRanges().minus(set)).toEqual([]);
  });

  it('what an update carries', () => {
    const ana = new Writer(7);
    ana.insert(0, 'abc');
    expect(contentOf(ana.insert(1, 'xy')).structs).toEqual([{ client: 7, clock: 3, length: 2 }]);
    expect(contentOf(ana.delete(0, 2)).deletes).toEqual([
      { client: 7, clock: 0, length: 1 },
      { client: 7, clock: 3, length: 1 },
    ]);
  });
});

/** An update that needs a letter of somebody, and then an item to the right of itself: Yjs throws when it gets there. */
function refusedLate(client: number, clock: number): Uint8Array {
  // One client with two structs; client 99 from clock 0; both are strings with an origin.
  return Uint8Array.from([1, 2, 99, 0, 132, client, clock, 1, 113, 132, 99, 1, 1, 120, 0]);
}
