/** What is wrong with a merged text and was wrong with none of the texts that it was merged from. */
import type { TextOperation } from '../text.ts';
import { IndexMap } from './index-map.ts';

/** What a compiler or another checker says about a place of a text. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** Which rule it is, in the words of the checker; `''` where it has none. */
  readonly code: string;
  readonly from: number;
  /** Behind the last character. */
  readonly to: number;
}

/** A text that went into the merged one. */
export interface Side {
  readonly diagnostics: readonly Diagnostic[];
  /** What to do to the merged text to get this one, from the end to the beginning. */
  readonly operations: readonly TextOperation[];
}

/**
 * Those of the merged text that no side had, in their order. Two are the same if rule, words and place are; where the text
 * that they are about is the same, rule and place are enough, since the words can name things elsewhere. Each one of a side
 * stands for one of the merged text.
 */
export function onlyMerged(merged: readonly Diagnostic[], sides: readonly Side[]): Diagnostic[] {
  const old = new Set<Diagnostic>();
  for (const { diagnostics, operations } of sides) {
    const map = new IndexMap(operations);
    const waiting = new Map<number, Diagnostic[]>();
    for (const known of diagnostics) waiting.set(known.from, [...(waiting.get(known.from) ?? []), known]);
    const claimed = new Set<Diagnostic>();
    const claim = (isSame: Comparison): void => {
      for (const found of merged) {
        if (claimed.has(found)) continue;
        const place = map.after(found.from);
        const there = waiting.get(place.index) ?? [];
        const at = there.findIndex((known) => isSame(found, known, place.kept, map));
        if (at === -1) continue;
        there.splice(at, 1);
        claimed.add(found);
        old.add(found);
      }
    };
    // What stands where it stood comes first, so that nothing else is taken for it.
    claim((found, known, kept) => kept && hasSameWords(found, known));
    claim((found, known, kept, on) => kept && found.code === known.code && on.leaves(found.from, found.to));
    claim(hasSameWords);
  }
  return merged.filter((one) => !old.has(one));
}

type Comparison = (found: Diagnostic, known: Diagnostic, kept: boolean, map: IndexMap) => boolean;

function hasSameWords(a: Diagnostic, b: Diagnostic): boolean {
  return a.code === b.code && a.message === b.message;
}
