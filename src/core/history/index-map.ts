import type { TextOperation } from '../text.ts';

/** Where the places of a text are after operations on it, and whether they are still there. */
export class IndexMap {
  /** From the beginning to the end, on the text before. */
  private readonly operations: readonly TextOperation[];

  /** @param operations from the end of the text before to its beginning, not overlapping; as plans have them */
  constructor(operations: readonly TextOperation[]) {
    this.operations = [...operations].reverse();
  }

  /** Where the character at an index is, or, if it was removed (`kept` is false), what came in its place. */
  after(index: number): { readonly index: number; readonly kept: boolean } {
    let shift = 0;
    for (const { index: at, remove, insert } of this.operations) {
      if (index < at) break;
      if (index < at + remove) return { index: at + shift, kept: false };
      shift += insert.length - remove;
    }
    return { index: index + shift, kept: true };
  }

  /** Where the character at an index of the text after was; of what was inserted, the place where that happened. */
  before(index: number): { readonly index: number; readonly kept: boolean } {
    let shift = 0;
    for (const { index: at, remove, insert } of this.operations) {
      const start = at + shift;
      if (index < start) break;
      if (index < start + insert.length) return { index: at, kept: false };
      shift += insert.length - remove;
    }
    return { index: index - shift, kept: true };
  }

  /** Whether no operation removed anything from `from` to `to`, or put something between. */
  leaves(from: number, to: number): boolean {
    return this.operations.every(({ index, remove }) => index + remove <= from || index >= to);
  }
}
