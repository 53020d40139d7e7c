/**
 * Plans that bring parts of an older text back, as operations on the present one [P42]: nothing that is to stay is
 * touched, so comments and cursors keep their place. A plan is a forward edit; applying it rewrites no history.
 */
import type * as Y from 'yjs';
import { applyOperations, type TextOperation } from '../text.ts';
import { diffTexts } from './text-diff.ts';
import type { TextHistory } from './text-history.ts';
import { LiveText } from './live-text.ts';
import { PresentText } from './present-text.ts';
import type { Hunk } from './types.ts';

export interface PlannedHunk extends Hunk {
  /** What to do to the text before for this hunk alone, from the end to the beginning. */
  readonly operations: readonly TextOperation[];
}

export interface Plan {
  /** The moment whose text the plan changes. */
  readonly position: number;
  /** Its last update, `null` at the beginning: an update that arrives late moves positions. */
  readonly row: string | null;
  readonly hunks: readonly PlannedHunk[];
}

/** A plan of hunks. What a hunk removes and inserts again, since it was deleted and typed anew, stays as it is. */
export function planOf(history: TextHistory, position: number, hunks: readonly Hunk[]): Plan {
  return {
    position,
    row: position === 0 ? null : history.entry(position).row,
    hunks: hunks.flatMap((hunk) => {
      const operations = diffTexts(hunk.removed, hunk.inserted);
      if (operations.length === 0) return [];
      return [{ ...hunk, operations: operations.map((one) => ({ ...one, index: one.index + hunk.before })) }];
    }),
  };
}

/**
 * The operations of a plan on the text at its position, from the end to the beginning.
 *
 * @param chosen indexes of the hunks to apply; default: all
 */
export function operationsOfPlan({ hunks }: Plan, chosen?: ReadonlySet<number>): TextOperation[] {
  return hunks
    .flatMap((hunk, index) => (chosen && !chosen.has(index) ? [] : [hunk.operations]))
    .reverse()
    .flat();
}

/** The text that a plan leads to, for a preview. @param chosen as in `operationsOfPlan` */
export function previewPlan(history: TextHistory, plan: Plan, chosen?: ReadonlySet<number>): string {
  return applyOperations(history.text(plan.position), operationsOfPlan(plan, chosen));
}

/**
 * The same operations on the text of the live document, which can hold edits that are not saved yet or came since: what
 * was typed meanwhile stays, what is gone already is not removed twice. From the end to the beginning. Throws with a sentence
 * for the user if an update has come since that belongs before the moment of the plan: its places mean something else now.
 */
export function operationsOnLive(
  history: TextHistory,
  plan: Plan,
  live: Y.Text,
  chosen?: ReadonlySet<number>,
): TextOperation[] {
  if (plan.row !== null && history.positionOf(plan.row) !== plan.position) {
    throw new Error('Somebody’s earlier edits have arrived meanwhile. Look at the preview again.');
  }
  const present = new PresentText(history.runs, plan.position);
  return new LiveText(live).translate(present, operationsOfPlan(plan, chosen));
}
