/** What a review of what others did shows, put together from answers of the workbench. */
import type { Diagnostic } from '../../core/history/diagnostics.ts';
import { IndexMap } from '../../core/history/index-map.ts';
import { operationsOfPlan, type PlannedHunk } from '../../core/history/plan.ts';
import { applyOperations } from '../../core/text.ts';
import type { ProjectSession } from '../session/api.ts';
import type { FileHistory } from '../session/history-api.ts';
import type { AbsenceView, PlanView } from '../session/history/workbench.ts';
import { keysOf } from './answered-hunks.ts';
import { authorOf, nameOf, type Author } from './authors.ts';
import type { Mark } from './moment-editor.ts';
import { lineAt, marksOf } from './scene.ts';
import { namesWords } from './words.ts';

/** While others type, the two questions are asked again, at most so often. */
const TRIES = 5;

/** What there is to review, and the texts that were put together. */
export interface AwayMaterial {
  readonly absence: AbsenceView;
  /** Empty: one person wrote all. */
  readonly sides: readonly PlanView[];
}

/** A change of others. Lines count from 1, indexes are those of the text that is shown as now. */
export interface AwayChange {
  /** Of the hunk in the plan. */
  readonly index: number;
  /** See `keysOf`. */
  readonly key: string;
  readonly authors: readonly Author[];
  /** Epoch milliseconds; 0: not known. */
  readonly time: number;
  readonly from: number;
  readonly to: number;
  readonly line: number;
  readonly lastLine: number;
  /** Whole lines are gone before the line: it is in no line that is there. */
  readonly isBetween: boolean;
  /** What others deleted, and what they wrote. */
  readonly deleted: string;
  readonly written: string;
}

/** Lines that several people changed. */
export interface SharedPlace {
  readonly kind: 'same' | 'adjacent';
  readonly from: number;
  /** From 1; `last` belongs to it. */
  readonly line: number;
  readonly last: number;
  readonly names: string;
}

/** What is wrong only since the texts came together. */
export interface MergeProblem extends Diagnostic {
  /** From 1. */
  readonly line: number;
}

export interface AwayScene {
  /** Without what others did, and as it is now. */
  readonly before: string;
  readonly after: string;
  readonly changes: readonly AwayChange[];
  readonly shared: readonly SharedPlace[];
  readonly marks: readonly Mark[];
}

/** Asks for all of one moment. Rejects with a sentence. */
export async function gatherAway(session: ProjectSession, history: FileHistory, since: number): Promise<AwayMaterial> {
  for (let tries = 0; tries < TRIES; tries++) {
    const absence = await history.ask('absence', since, session.user.id);
    const sides = await history.ask('sides', since, session.user.id);
    if (sides.every(({ before }) => before === absence.before)) return { absence, sides };
  }
  throw new Error('Others are typing too much at the moment. Try again.');
}

/** @param undone indexes of hunks that were taken back since */
export function awayScene(
  session: ProjectSession,
  { absence: { plan, before: now, after: before, review } }: AwayMaterial,
  undone: ReadonlySet<number>,
): AwayScene {
  const operations = operationsOfPlan(plan, undone);
  const after = applyOperations(now, operations);
  const map = new IndexMap(operations);
  const keys = keysOf(plan.hunks);
  const changes = plan.hunks.map((hunk, index) => changeOf(session, hunk, index, keys[index] ?? '', after, map));
  const shared = review.shared.map(({ kind, from, to, authors }): SharedPlace => {
    const start = map.after(from).index;
    const end = Math.max(start, map.after(to).index);
    const line = lineAt(after, start);
    return {
      kind,
      from: start,
      line,
      last: Math.max(line, lineAt(after, Math.max(start, end - 1))),
      names: namesWords(authors.map((id) => nameOf(authorOf(session, id)))),
    };
  });
  const marks = marksOf(session, plan.hunks, true).flatMap((mark) => {
    if (mark.side === 'before') return [mark];
    const from = map.after(mark.from);
    return from.kept ? [{ ...mark, from: from.index, to: from.index + mark.to - mark.from }] : [];
  });
  return { before, after, changes, shared, marks };
}

/** Of a change with several authors or none there is nobody in particular. */
export function namesOfChange({ authors }: Pick<AwayChange, 'authors'>): string {
  return namesWords(authors.map(nameOf));
}

/** Whether a problem or lines that several people changed are in the lines of a change. */
export function liesIn(
  place: { readonly line: number; readonly last?: number; readonly kind?: SharedPlace['kind'] },
  { line, lastLine, isBetween }: AwayChange,
): boolean {
  const last = place.last ?? place.line;
  if (isBetween) return place.kind === 'adjacent' && place.line <= line && last >= line - 1;
  return place.line <= lastLine && last >= line;
}

function changeOf(
  session: ProjectSession,
  { before, removed, inserted, pieces }: PlannedHunk,
  index: number,
  key: string,
  after: string,
  map: IndexMap,
): AwayChange {
  const start = map.after(before);
  const from = start.index;
  const to = start.kept ? from + removed.length : from;
  const line = lineAt(after, firstLetter(after, from, to));
  return {
    index,
    key,
    authors: [...new Set(pieces.map(({ by }) => by.author))].map((id) => authorOf(session, id)),
    time: Math.max(0, ...pieces.map(({ by }) => by.end)),
    from,
    to,
    line,
    lastLine: Math.max(line, lineAt(after, Math.max(from, to - 1))),
    isBetween: removed === '' && inserted.endsWith('\n') && (from === 0 || after.charAt(from - 1) === '\n'),
    deleted: inserted,
    written: removed,
  };
}

/** Text that begins with the end of a line is about the next one. */
function firstLetter(text: string, from: number, to: number): number {
  return to > from + 1 && text.charAt(from) === '\n' ? from + 1 : from;
}
