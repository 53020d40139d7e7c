import type * as Y from 'yjs';
import type { ClockRange } from '../id-ranges.ts';
import type { TextOperation } from '../text.ts';
import type { PresentText } from './present-text.ts';

/** A stretch of a live text. Where it is deleted, `index` is where it was. */
interface Stretch {
  readonly clock: number;
  readonly length: number;
  readonly index: number;
  readonly isThere: boolean;
}

/** Where the characters of a history stand in the text of a live document, at the moment of the call. */
export class LiveText {
  private readonly stretches = new Map<number, Stretch[]>();

  constructor(text: Y.Text) {
    let index = 0;
    for (let item = text._start; item !== null; item = item.right) {
      const isThere = !item.deleted && item.countable;
      const { client, clock } = item.id;
      const stretch = { clock, length: item.length, index, isThere };
      const known = this.stretches.get(client);
      if (known) known.push(stretch);
      else this.stretches.set(client, [stretch]);
      if (isThere) index += item.length;
    }
    for (const stretches of this.stretches.values()) stretches.sort((a, b) => a.clock - b.clock);
  }

  /** Operations on a text of the history (from the end to the beginning) as operations on the live one, in the same order. */
  translate(present: PresentText, operations: readonly TextOperation[]): TextOperation[] {
    const edits: Edit[] = [];
    for (const { index, remove, insert } of [...operations].reverse()) {
      if (insert !== '') edits.push({ index: this.placeOf(present, index, index + remove), remove: 0, insert });
      for (const range of present.idsOf(index, index + remove)) edits.push(...this.removals(range));
    }
    return joined(edits);
  }

  /** Where something belongs that stands in the history behind the character before `index`. */
  private placeOf(present: PresentText, index: number, end: number): number {
    if (index > 0) {
      const before = this.find(present.idsOf(index - 1, index)[0]);
      if (before) return before.index + (before.isThere ? 1 : 0);
    }
    const behind = end < present.length ? this.find(present.idsOf(end, end + 1)[0]) : null;
    return index === 0 || behind === null ? 0 : behind.index;
  }

  private find(id: ClockRange | undefined): { readonly index: number; readonly isThere: boolean } | null {
    if (id === undefined) return null;
    const stretch = this.stretchAt(id.client, id.clock)?.stretch;
    if (stretch === undefined) return null;
    const { index, clock, isThere } = stretch;
    return { index: isThere ? index + id.clock - clock : index, isThere };
  }

  /** What is still there of a range. */
  private removals({ client, clock, length }: ClockRange): Edit[] {
    const edits: Edit[] = [];
    const end = clock + length;
    const found = this.stretchAt(client, clock);
    if (found === null) return edits;
    for (let number = found.number, at = clock; at < end; number++) {
      const stretch = this.stretches.get(client)?.[number];
      if (stretch === undefined) break;
      const to = Math.min(end, stretch.clock + stretch.length);
      if (stretch.isThere) edits.push({ index: stretch.index + at - stretch.clock, remove: to - at, insert: '' });
      at = to;
    }
    return edits;
  }

  private stretchAt(client: number, clock: number): { readonly stretch: Stretch; readonly number: number } | null {
    const stretches = this.stretches.get(client) ?? [];
    let low = 0;
    let high = stretches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((stretches[middle]?.clock ?? 0) <= clock) low = middle + 1;
      else high = middle;
    }
    const stretch = stretches[low - 1];
    return stretch && clock < stretch.clock + stretch.length ? { stretch, number: low - 1 } : null;
  }
}

interface Edit {
  readonly index: number;
  readonly remove: number;
  readonly insert: string;
}

/** Edits that touch become one operation; from the end to the beginning. */
function joined(edits: readonly Edit[]): TextOperation[] {
  const ordered = edits.map((edit, order) => ({ edit, order }));
  // At one index what is inserted comes before what is removed behind it.
  ordered.sort((a, b) => a.edit.index - b.edit.index || a.edit.remove - b.edit.remove || a.order - b.order);
  const operations: TextOperation[] = [];
  for (const { edit } of ordered) {
    const last = operations.at(-1);
    if (last && last.index + last.remove >= edit.index) {
      const remove = Math.max(last.remove, edit.index + edit.remove - last.index);
      operations[operations.length - 1] = { index: last.index, remove, insert: last.insert + edit.insert };
    } else operations.push(edit);
  }
  return operations.reverse();
}
