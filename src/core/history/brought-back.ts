/**
 * What was brought back already. A restore types deleted text anew at its place; taking back the deletion as well would
 * put it there twice.
 */
import type { Runs } from './runs.ts';

/** What a plan does with a run. */
export const GONE = 0;
export const KEPT = 1;
export const REMOVED = 2;
export const BACK = 3;

/** More updates that wrote at one place are not tried. */
const MOST_TRIED = 8;

/**
 * Looks for places where somebody wrote the very text again that would come back, after it had been deleted, and leaves
 * them as they are. At such a place nothing else stands between but what is removed.
 *
 * @param fates for each run what is to be done with it; changed in place
 * @returns the runs that bring back what was deleted
 */
export function settleBroughtBack(runs: Runs, fates: Uint8Array): ReadonlySet<number> {
  const again = new Set<number>();
  /** For each update up to which run it was tried in vain. */
  const tried = new Map<number, number>();
  let end = 0;
  for (let run = 0; run < fates.length; run = Math.max(run + 1, end)) {
    if (fates[run] !== BACK) continue;
    end = run;
    const writers = new Set<number>();
    let earliest = Infinity;
    for (; end < fates.length && fates[end] !== KEPT; end++) {
      if (fates[end] !== BACK) continue;
      earliest = Math.min(earliest, runs.deleter.at(end));
      if (writers.size < MOST_TRIED) writers.add(runs.row.at(end));
    }
    let before = run - 1;
    while (before >= 0 && fates[before] !== KEPT) before--;
    if (before >= 0) writers.add(runs.row.at(before));
    if (end < fates.length) writers.add(runs.row.at(end));
    for (const writer of writers) {
      if (writer <= earliest || (tried.get(writer) ?? -1) >= run) continue;
      const place = placeOf(runs, fates, run, writer);
      tried.set(writer, place.end);
      settle(runs, fates, place, writer, again);
    }
  }
  return again;
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** All around a run where nothing stands that stays, but what one update wrote. */
function placeOf(runs: Runs, fates: Uint8Array, run: number, writer: number): Place {
  const isIn = (at: number): boolean => fates[at] !== KEPT || runs.row.at(at) === writer;
  let [start, end] = [run, run + 1];
  while (start > 0 && isIn(start - 1)) start--;
  while (end < fates.length && isIn(end)) end++;
  return { start, end };
}

function settle(runs: Runs, fates: Uint8Array, { start, end }: Place, writer: number, again: Set<number>): void {
  const [old, written, removed]: [number[], number[], number[]] = [[], [], []];
  let [deleted, anew, present] = ['', '', ''];
  for (let run = start; run < end; run++) {
    const fate = fates[run];
    if (fate === GONE) continue;
    const text = runs.textOf(run, run + 1);
    if (fate === REMOVED) {
      removed.push(run);
      present += text;
    } else if (runs.row.at(run) === writer) {
      written.push(run);
      anew += text;
      present += text;
    } else if (runs.deleter.at(run) < writer) {
      old.push(run);
      deleted += text;
    }
  }
  if (anew === '' || deleted === '') return;
  // A restore leaves what is alike where it is, also of what is to be removed.
  const isAnew = anew === deleted;
  if (!isAnew && present !== deleted) return;
  for (const run of old) fates[run] = GONE;
  for (const run of written) again.add(run);
  if (!isAnew) for (const run of removed) fates[run] = KEPT;
}
