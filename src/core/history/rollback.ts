/**
 * Taking back what some updates did and keeping the rest: "undo what Bob did between 14:00 and 14:10".
 *
 * What they inserted goes, what they deleted comes back, unless somebody else deleted it as well, or wrote the same text
 * again at that place. What others wrote stays in any case; where they built on what goes, the plan says so.
 */
import * as Y from 'yjs';
import { IdRanges } from '../id-ranges.ts';
import { BACK, GONE, KEPT, REMOVED, settleBroughtBack } from './brought-back.ts';
import { CreditBuilder } from './credit.ts';
import { HunkBuilder } from './diff.ts';
import { planOf, type Plan } from './plan.ts';
import { NEVER } from './arrivals.ts';
import type { Runs } from './runs.ts';
import type { TextHistory } from './text-history.ts';
import type { Credit } from './types.ts';

/** Which updates are taken back: those of an author in a span of time (both ends belong to it), or these. */
export type RollbackChoice =
  { readonly author: string; readonly start: number; readonly end: number } | { readonly positions: readonly number[] };

/**
 * How somebody built on what is taken back.
 *
 * - `inside`: wrote within it; that text will stand alone
 * - `beside`: wrote directly before or behind it
 * - `deleted`: deleted part of it, which therefore does not go once more
 * - `replaced`: wrote where text had been deleted that comes back now
 * - `again`: wrote the deleted text again at its place, which therefore does not come back once more
 */
export type BuiltOnKind = 'inside' | 'beside' | 'deleted' | 'replaced' | 'again';

export interface BuiltOn {
  readonly kind: BuiltOnKind;
  readonly by: Credit;
  /** Where in the present text; for `deleted` where it was. */
  readonly index: number;
  /** What they wrote, or deleted. */
  readonly text: string;
}

export interface RollbackPlan extends Plan {
  /** The updates that are taken back. */
  readonly positions: readonly number[];
  /** In the order of the text. Where it is empty, the plan leads to the text that would be if these updates had never been. */
  readonly builtOn: readonly BuiltOn[];
}

/** See plan.ts for what to do with the plan. */
export function planRollback(history: TextHistory, choice: RollbackChoice): RollbackPlan {
  const positions = positionsOf(history, choice);
  const taken = new Uint8Array(history.length + 1);
  for (const position of positions) taken[position] = 1;
  const isTaken = (row: number): boolean => row >= 0 && row < taken.length && taken[row] === 1;
  const { runs } = history;
  const others = history.repeatedDeletes.filter(({ row }) => !isTaken(row));
  const deletedByOthers = IdRanges.of(others.map(({ unit, length }) => ({ client: 0, clock: unit, length })));
  const now = history.length;
  const stays = (run: number): boolean => {
    if (isTaken(runs.row.at(run)) || runs.since.at(run) > now) return false;
    if (runs.until.at(run) > now) return true;
    return (
      isTaken(runs.deleter.at(run)) && !deletedByOthers.contains({ client: 0, clock: runs.unit.at(run), length: 1 })
    );
  };
  const fates = new Uint8Array(runs.length);
  for (let run = 0; run < runs.length; run++) {
    const will = stays(run);
    if (runs.isThere(run, now)) fates[run] = will ? KEPT : REMOVED;
    else fates[run] = will ? BACK : GONE;
  }
  const again = settleBroughtBack(runs, fates);
  const hunks = new HunkBuilder(history, runs, true);
  for (let run = 0; run < runs.length; run++) {
    if (fates[run] === KEPT) hunks.keep(runs.endOf(run) - runs.start.at(run));
    else if (fates[run] === REMOVED) hunks.remove(run);
    else if (fates[run] === BACK) hunks.insert(run);
  }
  return {
    ...planOf(history, now, hunks.end()),
    positions,
    builtOn: builtOn(history, isTaken, (run) => fates[run] === BACK, again),
  };
}

function positionsOf(history: TextHistory, choice: RollbackChoice): number[] {
  if ('positions' in choice) {
    return [...new Set(choice.positions)].filter((at) => at >= 1 && at <= history.length).sort((a, b) => a - b);
  }
  const positions: number[] = [];
  const last = history.positionAt(choice.end);
  for (let position = history.positionAt(choice.start - 1) + 1; position <= last; position++) {
    if (history.authorAt(position) === choice.author) positions.push(position);
  }
  return positions;
}

function builtOn(
  history: TextHistory,
  isTaken: (row: number) => boolean,
  comesBack: (run: number) => boolean,
  again: ReadonlySet<number>,
): BuiltOn[] {
  const { runs } = history;
  const now = history.length;
  const found = new Places(history, runs);
  let index = 0;
  /** The update that last deleted what comes back just before here; 0: nothing does. */
  let restored = 0;
  /** The run before here that was written by somebody else and stays. */
  let neighbour = -1;
  eachRunWithOrigins(history.firstItem, runs, (run, origin, rightOrigin) => {
    const row = runs.row.at(run);
    const deleter = runs.deleter.at(run);
    const isThere = runs.isThere(run, now);
    if (isTaken(row)) {
      if (!isThere && deleter !== NEVER && !isTaken(deleter)) found.add('deleted', run, index, deleter);
    } else if (isThere) {
      const left = isTaken(rowOf(history, origin));
      const right = isTaken(rowOf(history, rightOrigin));
      if (again.has(run)) found.add('again', run, index, row);
      else if (left || right) found.add(left && right ? 'inside' : 'beside', run, index, row);
      else if (restored > 0 && row > restored) found.add('replaced', run, index, row);
      restored = 0;
      neighbour = run;
    } else if (comesBack(run)) {
      if (again.has(run)) found.add('again', run, index, row);
      const writer = neighbour === -1 ? 0 : runs.row.at(neighbour);
      if (writer > deleter) {
        found.add('replaced', neighbour, index - (runs.endOf(neighbour) - runs.start.at(neighbour)), writer);
      }
      restored = deleter;
      neighbour = -1;
    }
    if (isThere) index += runs.endOf(run) - runs.start.at(run);
  });
  return found.places;
}

/** Puts what touches, is of one kind and of one author into one place. */
class Places {
  readonly places: BuiltOn[] = [];
  private readonly history: TextHistory;
  private readonly runs: Runs;
  private builder: CreditBuilder | null = null;
  private lastRun = -1;

  constructor(history: TextHistory, runs: Runs) {
    this.history = history;
    this.runs = runs;
  }

  add(kind: BuiltOnKind, run: number, index: number, by: number): void {
    if (run === this.lastRun) return;
    const text = this.runs.all.slice(this.runs.start.at(run), this.runs.endOf(run));
    const last = this.places.at(-1);
    if (last?.kind === kind && run === this.lastRun + 1 && this.builder?.take(by) === true) {
      this.places[this.places.length - 1] = { ...last, text: last.text + text, by: this.builder.credit };
    } else {
      this.builder = new CreditBuilder(this.history, by);
      this.places.push({ kind, by: this.builder.credit, index, text });
    }
    this.lastRun = run;
  }
}

/** Calls `take` with each run and the ids of what stood left and right of it when it was written. */
function eachRunWithOrigins(
  first: Y.Item | null,
  runs: Runs,
  take: (run: number, origin: Y.ID | null, rightOrigin: Y.ID | null) => void,
): void {
  let run = 0;
  for (let item = first; item !== null; item = item.right) {
    if (!(item.content instanceof Y.ContentString)) continue;
    const { client, clock } = item.id;
    const end = clock + item.length;
    for (; run < runs.length && runs.clients[runs.client.at(run)] === client; run++) {
      const start = runs.clock.at(run);
      if (start < clock || start >= end) break;
      take(run, start === clock ? item.origin : Y.createID(client, start - 1), item.rightOrigin);
    }
  }
}

function rowOf(history: TextHistory, id: Y.ID | null): number {
  return id === null ? -1 : history.rowOfStruct(id.client, id.clock);
}
