/** "While you were away": what others did to a text since a moment, and where several people worked on the same lines. */
import { NEVER } from './arrivals.ts';
import { planRollback, type RollbackPlan } from './rollback.ts';
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

/** More people than this are not told apart in `sidesOf`. */
const MOST_SIDES = 5;

/**
 * What was put together since a moment, as plans that lead from the present text to each part alone: what `me` knew with
 * what `me` wrote, and with what all others wrote; where `me` wrote nothing, with what each of the others did. Where only
 * one person wrote, nothing was put together, and there are none.
 */
export function sidesOf(history: TextHistory, since: number, me: string): readonly RollbackPlan[] {
  const byAuthor = new Map<string, number[]>();
  for (let position = since + 1; position <= history.length; position++) {
    const author = history.authorAt(position);
    if (author === null) continue;
    const known = byAuthor.get(author);
    if (known) known.push(position);
    else byAuthor.set(author, [position]);
  }
  const mine = byAuthor.get(me);
  const isMine = (author: string): boolean => author === me;
  const parts = mine
    ? [isMine, (author: string) => !isMine(author)]
    : [...byAuthor.keys()].slice(0, MOST_SIDES).map((one) => (author: string) => author === one);
  if (byAuthor.size < 2) return [];
  return parts.map((stays) => {
    const positions = [...byAuthor].flatMap(([author, all]) => (stays(author) ? [] : all));
    return planRollback(history, { positions });
  });
}

/** Lines of the text at `now` that two or more people changed since `since`. */
export function sharedLines(history: TextHistory, since: number, now: number): SharedLines[] {
  const lines = new LineStarts(history.text(now));
  const touched = new Touched();
  const touch = (row: number, from: number, to: number): void => {
    const author = history.authorAt(row);
    if (author === null) return;
    for (let line = lines.lineOf(from); line <= lines.lineOf(Math.max(from, to - 1)); line++) touched.add(line, author);
  };
  const { runs } = history;
  let index = 0;
  let gap: Gap = { text: '', authors: new Set() };
  const endGap = (): void => {
    if (gap.text === '') return;
    const line = lines.lineOf(index);
    // Whole lines that are gone are in none of the lines that are there, but between two.
    const areLines = gap.text.endsWith('\n') && lines.startOf(line) === index;
    if (areLines && gap.authors.size === 1) for (const author of gap.authors) touched.addBefore(line, author);
    else for (const author of gap.authors) touched.add(line, author);
    gap = { text: '', authors: new Set() };
  };
  for (let run = 0; run < runs.length; run++) {
    const isThere = runs.isThere(run, now);
    const row = runs.row.at(run);
    const isNew = runs.since.at(run) > since && runs.since.at(run) <= now;
    if (isThere) {
      endGap();
      const from = index;
      index += runs.endOf(run) - runs.start.at(run);
      if (isNew) touch(row, from, index);
      continue;
    }
    const deleter = runs.deleter.at(run);
    if (deleter === NEVER || runs.until.at(run) <= since || runs.until.at(run) > now) continue;
    const [writer, author] = [history.authorAt(row), history.authorAt(deleter)];
    // What somebody wrote and took back again is nobody's concern.
    if (isNew && writer === author) continue;
    if (author !== null) gap.authors.add(author);
    if (isNew && writer !== null) gap.authors.add(writer);
    gap.text += runs.all.slice(runs.start.at(run), runs.endOf(run));
  }
  endGap();
  return placesOf(touched, lines);
}

/** What was deleted between two pieces of the text, and by whom. */
interface Gap {
  text: string;
  readonly authors: Set<string>;
}

/** Who changed which lines. */
class Touched {
  readonly lines = new Map<number, Set<string>>();
  /** Who took out whole lines before a line. */
  readonly edges = new Map<number, Set<string>>();

  add(line: number, author: string): void {
    put(this.lines, line, author);
  }

  addBefore(line: number, author: string): void {
    put(this.edges, line, author);
  }
}

function put(sets: Map<number, Set<string>>, line: number, author: string): void {
  const known = sets.get(line);
  if (known) known.add(author);
  else sets.set(line, new Set([author]));
}

function placesOf({ lines: authors, edges }: Touched, lines: LineStarts): SharedLines[] {
  const places: SharedLines[] = [];
  const place = (kind: SharedLines['kind'], first: number, end: number, names: Iterable<string>): SharedLines => ({
    kind,
    first,
    end,
    from: lines.startOf(first),
    to: lines.startOf(end),
    authors: [...new Set(names)].sort(),
  });
  const numbers = new Set([...authors.keys(), ...edges.keys()]);
  for (const line of [...numbers].sort((a, b) => a - b)) {
    const names = authors.get(line) ?? new Set();
    const before = authors.get(line - 1) ?? new Set();
    const gone = edges.get(line) ?? new Set();
    const last = places.at(-1);
    if (names.size > 1) {
      if (last?.kind === 'same' && last.end === line) {
        places[places.length - 1] = place('same', last.first, line + 1, [...last.authors, ...names]);
      } else places.push(place('same', line, line + 1, names));
    } else if (names.size === 1 && before.size === 1 && !isWithin(names, before)) {
      places.push(place('adjacent', line - 1, line + 1, [...before, ...names, ...gone]));
    } else if (names.size === 1 && !isWithin(gone, names)) {
      places.push(place('adjacent', line, line + 1, [...names, ...gone]));
    } else if (before.size === 1 && !isWithin(gone, before)) {
      places.push(place('adjacent', line - 1, line, [...before, ...gone]));
    }
  }
  return places;
}

function isWithin(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  return [...some].every((one) => all.has(one));
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
