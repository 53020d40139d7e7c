import * as Y from 'yjs';
import { MERGE_FAN_IN } from './limits.ts';

/** Merges updates into one, in levels: one call over all of them would be quadratic in their number. */
export function mergeUpdates(updates: readonly Uint8Array[]): Uint8Array {
  let level = [...updates];
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let start = 0; start < level.length; start += MERGE_FAN_IN) {
      next.push(Y.mergeUpdates(level.slice(start, start + MERGE_FAN_IN)));
    }
    level = next;
  }
  const only = level[0];
  if (only === undefined) throw new Error('mergeUpdates needs at least one update');
  return only;
}
