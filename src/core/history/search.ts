/** "When did this line vanish?": from which moment to which a text contained something. */
import type { TextHistory } from './text-history.ts';

/** A span of moments in which a text was there. */
export interface Presence {
  /** The first moment at which it is there. */
  readonly from: number;
  /** The first moment at which it is gone again; `null`: it is there now. */
  readonly until: number | null;
}

/** Histories of up to so many updates are looked through one by one, longer ones in so many samples that are refined. */
const MOST_SAMPLES = 600;

/**
 * The spans in which the text contained `needle`, oldest first. In long histories a text that came and went between two
 * samples is missed; what is found is exact.
 *
 * @param needle not empty; otherwise nothing is found
 * @param ignoreCase default: false
 */
export function findPresence(
  history: Pick<TextHistory, 'length' | 'text'>,
  needle: string,
  ignoreCase = false,
): Presence[] {
  if (needle === '') return [];
  const sought = ignoreCase ? needle.toLowerCase() : needle;
  const isThere = (position: number): boolean => {
    const text = history.text(position);
    return (ignoreCase ? text.toLowerCase() : text).includes(sought);
  };
  const step = Math.max(1, Math.ceil(history.length / MOST_SAMPLES));
  const spans: { from: number; until: number | null }[] = [];
  let before = 0;
  let was = isThere(0);
  if (was) spans.push({ from: 0, until: null });
  for (let position = Math.min(step, history.length); position > before;) {
    const is = isThere(position);
    if (is !== was) {
      const change = firstDifferent(isThere, before, position, was);
      const last = spans.at(-1);
      if (is) spans.push({ from: change, until: null });
      else if (last) last.until = change;
      was = is;
    }
    before = position;
    position = Math.min(position + step, history.length);
  }
  return spans;
}

/** The first moment after `low` at which the answer is no longer `was`, as it is at `high`. */
function firstDifferent(isThere: (position: number) => boolean, low: number, high: number, was: boolean): number {
  let [from, to] = [low, high];
  while (to - from > 1) {
    const middle = (from + to) >>> 1;
    if (isThere(middle) === was) from = middle;
    else to = middle;
  }
  return to;
}
