/** "While you were away": what others did to a text since a moment, and where several people worked on the same lines. */
import { NEVER } from './arrivals.ts';
import type { TextHistory } from './text-history.ts';
import type { Hunk } from './types.ts';

export interface AbsenceReview {
  readonly since: number;
  readonly now: number;
  /** The changes since then in which others have a part; their pieces say who did what. */
  readonly hunks: readonly Hunk[];
  /** Lines that two or more people changed since then, also where one of them was offline. */
  readonly shared: readonly SharedLines[];
}

export interface SharedLines {
  /** `same`: they changed one line; `adjacent`: lines that touch. */
  readonly kind: 'same' | 'adjacent';
  /** Lines of the present text, from 0; `end` is behind them. */
  readonly first: number;
  readonly end: number;
  /** Where these lines begin and end in the present text. */
  readonly from: number;
  readonly to: number;
  /** User ids, in alphabetical order. */
  readonly authors: readonly string[];
}

/**
 * @param since the moment that `me` knows
 * @param me user id of the one who comes back
 * @param now the moment up to which is looked; default: now
 */
export function reviewAbsence(
  history: TextHistory,
  since: number,
  me: string,
  now: number = history.length,
): AbsenceReview {
  const hunks = history
    .diff(since, now)
    .filter(({ pieces }) => pieces.some(({ by }) => by.author !== null && by.author !== me));
  return { since, now, hunks, shared: sharedLines(history, since, now) };
}

/** Lines of the text at `now` that two or more people changed since `since`. */
export function sharedLines(history: TextHistory, since: number, now: number): SharedLines[] {
  const lines = new LineStarts(history.text(now));
  const authors = new Map<number, Set<string>>();
  const touch = (row: number, from: number, to: number): void => {
    const author = history.authorAt(row);
    if (author === null) return;
    for (let line = lines.lineOf(from); line <= lines.lineOf(Math.max(from, to - 1)); line++) {
      const known = authors.get(line);
      if (known) known.add(author);
      else authors.set(line, new Set([author]));
    }
  };
  const { runs } = history;
  let index = 0;
  for (let run = 0; run < runs.length; run++) {
    const isThere = runs.isThere(run, now);
    const from = index;
    if (isThere) index += runs.endOf(run) - runs.start.at(run);
    const isNew = runs.since.at(run) > since && runs.since.at(run) <= now;
    const deleter = runs.deleter.at(run);
    const isDeleted = deleter !== NEVER && runs.until.at(run) > since && runs.until.at(run) <= now;
    if (!isNew && !isDeleted) continue;
    const row = runs.row.at(run);
    // What somebody wrote and took back again is nobody's concern.
    if (isNew && isDeleted && history.authorAt(row) === history.authorAt(deleter)) continue;
    if (isNew) touch(row, from, index);
    if (isDeleted) touch(deleter, from, from);
  }
  return placesOf(authors, lines);
}

function placesOf(authors: ReadonlyMap<number, ReadonlySet<string>>, lines: LineStarts): SharedLines[] {
  const places: SharedLines[] = [];
  const place = (kind: SharedLines['kind'], first: number, end: number, names: ReadonlySet<string>): SharedLines => ({
    kind,
    first,
    end,
    from: lines.startOf(first),
    to: lines.startOf(end),
    authors: [...names].sort(),
  });
  for (const line of [...authors.keys()].sort((a, b) => a - b)) {
    const names = authors.get(line) ?? new Set();
    const before = authors.get(line - 1);
    const last = places.at(-1);
    if (names.size > 1) {
      if (last?.kind === 'same' && last.end === line) {
        places[places.length - 1] = place('same', last.first, line + 1, new Set([...last.authors, ...names]));
      } else places.push(place('same', line, line + 1, names));
    } else if (before?.size === 1 && [...names].some((name) => !before.has(name))) {
      places.push(place('adjacent', line - 1, line + 1, new Set([...before, ...names])));
    }
  }
  return places;
}

/** Where the lines of a text begin. */
class LineStarts {
  private readonly starts: number[] = [0];
  private readonly length: number;

  constructor(text: string) {
    this.length = text.length;
    for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', feed + 1)) this.starts.push(feed + 1);
  }

  startOf(line: number): number {
    return this.starts[line] ?? this.length;
  }

  lineOf(index: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.starts[middle] ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
