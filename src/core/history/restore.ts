import { planOf, type Plan } from './plan.ts';
import type { TextHistory } from './text-history.ts';

/** What has to be done to the present text so that it is again what it was at a moment. See plan.ts for what to do with it. */
export function planRestore(history: TextHistory, position: number): Plan {
  return planOf(history, history.length, history.diff(history.length, position));
}
