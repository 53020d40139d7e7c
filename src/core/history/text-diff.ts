/** The difference of two lists or texts as such: without regard to who wrote what, and when. */
import { minimalReplacement, snapOperation, type TextOperation } from '../text.ts';

/** A place where two lists differ: so many items at `before` became so many at `after`. */
export interface ListChange {
  readonly before: number;
  readonly removed: number;
  readonly after: number;
  readonly inserted: number;
}

/** The most changes that are looked for; lists that differ in more are taken to differ as a whole. */
const MOST_CHANGES = 1_000;

/** The fewest insertions and removals that turn one list into the other (Myers), up to `most` of them. */
export function diffLists<T>(before: readonly T[], after: readonly T[], most: number = MOST_CHANGES): ListChange[] {
  let start = 0;
  let [endBefore, endAfter] = [before.length, after.length];
  while (start < endBefore && start < endAfter && before[start] === after[start]) start++;
  while (endBefore > start && endAfter > start && before[endBefore - 1] === after[endAfter - 1]) {
    endBefore--;
    endAfter--;
  }
  const [n, m] = [endBefore - start, endAfter - start];
  if (n === 0 && m === 0) return [];
  const whole = [{ before: start, removed: n, after: start, inserted: m }];
  if (n === 0 || m === 0) return whole;
  const trail = search(n, m, most, (x, y) => before[start + x] === after[start + y]);
  return trail === null ? whole : changesOf(trail, n, m, start);
}

/** Fewer characters than this between two changes are no reason to keep these apart: they are alike by accident. */
const LEAST_KEPT = 4;

/** The operations that turn one text into the other, from the end to the beginning; few, and none cuts a code point. */
export function diffTexts(before: string, after: string, most: number = MOST_CHANGES): TextOperation[] {
  const whole = minimalReplacement(before, after);
  if (whole === null) return [];
  const { index, remove, insert } = whole;
  if (remove === 0 || insert === '') return [whole];
  const [old, young] = [Array.from(before.slice(index, index + remove)), Array.from(insert)];
  const changes = joined(diffLists(old, young, most), LEAST_KEPT - 1);
  const operations: TextOperation[] = [];
  let [at, item] = [index, 0];
  for (const { before: from, removed, after: to, inserted } of changes) {
    at += lengthOf(old, item, from);
    const length = lengthOf(old, from, from + removed);
    operations.push({ index: at, remove: length, insert: young.slice(to, to + inserted).join('') });
    at += length;
    item = from + removed;
  }
  return operations.reverse().map((operation) => snapOperation(before, operation));
}

/** How far each diagonal got after none, one, two … changes; `null` if more than `most` are needed. */
function search(n: number, m: number, most: number, same: (x: number, y: number) => boolean): Int32Array[] | null {
  const limit = Math.min(n + m, most);
  const offset = limit + 1;
  const reach = new Int32Array(2 * limit + 3);
  const trail: Int32Array[] = [];
  for (let changes = 0; changes <= limit; changes++) {
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      const down = reach[offset + diagonal + 1] ?? 0;
      const right = (reach[offset + diagonal - 1] ?? 0) + 1;
      let x = diagonal === -changes || (diagonal !== changes && right <= down) ? down : right;
      while (x < n && x - diagonal < m && same(x, x - diagonal)) x++;
      reach[offset + diagonal] = x;
      if (x >= n && x - diagonal >= m) {
        trail.push(reach.slice(offset - changes, offset + changes + 1));
        return trail;
      }
    }
    trail.push(reach.slice(offset - changes, offset + changes + 1));
  }
  return null;
}

/** Walks back from the end to the beginning. */
function changesOf(trail: readonly Int32Array[], n: number, m: number, start: number): ListChange[] {
  const steps: ListChange[] = [];
  let [x, y] = [n, m];
  for (let changes = trail.length - 1; changes > 0; changes--) {
    const before = trail[changes - 1] ?? new Int32Array();
    const reached = (diagonal: number): number => before[diagonal + changes - 1] ?? -1;
    const diagonal = x - y;
    const isDown =
      diagonal === -changes || (diagonal !== changes && reached(diagonal - 1) + 1 <= reached(diagonal + 1));
    const fromX = isDown ? reached(diagonal + 1) : reached(diagonal - 1);
    const fromY = fromX - (isDown ? diagonal + 1 : diagonal - 1);
    steps.push({
      before: start + fromX,
      removed: isDown ? 0 : 1,
      after: start + fromY,
      inserted: isDown ? 1 : 0,
    });
    [x, y] = [fromX, fromY];
  }
  return joined(steps.reverse(), 0);
}

/** Changes that are at most so many items apart become one. */
function joined(steps: readonly ListChange[], apart: number): ListChange[] {
  const changes: ListChange[] = [];
  for (const step of steps) {
    const last = changes.at(-1);
    if (last && step.before - last.before - last.removed <= apart) {
      changes[changes.length - 1] = {
        before: last.before,
        removed: step.before + step.removed - last.before,
        after: last.after,
        inserted: step.after + step.inserted - last.after,
      };
    } else changes.push(step);
  }
  return changes;
}

function lengthOf(items: readonly string[], from: number, to: number): number {
  let length = 0;
  for (let index = from; index < to; index++) length += items[index]?.length ?? 0;
  return length;
}
