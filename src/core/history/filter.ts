/** Which part of what was done is shown: by whom, in which file, when. All of it holds at once. */
import type { ProjectSession, Work } from './project-history.ts';
import type { TreeChange } from './tree-history.ts';

/** Whose work: that of everyone, of people, of agents (accounts that say so of themselves), or of one user id. */
export type Who = 'everyone' | 'people' | 'agents' | { readonly author: string };

export interface WorkFilter {
  readonly who: Who;
  /** Node id; `null`: all files, and the tree. */
  readonly node: string | null;
  /** Epoch milliseconds: only what ended at or after it; `null`: from the beginning. */
  readonly since: number | null;
  /** Only what began at or before it; `null`: up to now. */
  readonly until: number | null;
}

export const ALL_WORK: WorkFilter = { who: 'everyone', node: null, since: null, until: null };

/** Whether a user id is that of an agent. */
export type IsAgent = (author: string) => boolean;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A session of the project as far as it passes a filter. */
export interface ShownSession extends ProjectSession {
  /** What was done to files and folders in it, oldest first. */
  readonly changes: readonly TreeChange[];
}

export function showsAuthor({ who }: WorkFilter, author: string, isAgent: IsAgent): boolean {
  if (who === 'everyone') return true;
  if (who === 'people') return !isAgent(author);
  if (who === 'agents') return isAgent(author);
  return who.author === author;
}

export function showsSpan({ since, until }: WorkFilter, { start, end }: Span): boolean {
  return (since === null || end >= since) && (until === null || start <= until);
}

/** Of the sessions of one text those that pass; the file is not asked for. */
export function filterSessions<S extends Span & { readonly author: string }>(
  sessions: readonly S[],
  filter: WorkFilter,
  isAgent: IsAgent,
): S[] {
  return sessions.filter((one) => showsSpan(filter, one) && showsAuthor(filter, one.author, isAgent));
}

/**
 * The sessions of a project with only what passes in them: work, changes of the tree, authors and times. Those in which
 * nothing is left are left out.
 */
export function filterProject(
  sessions: readonly ProjectSession[],
  changes: readonly TreeChange[],
  filter: WorkFilter,
  isAgent: IsAgent,
): ShownSession[] {
  const passes = (author: string, span: Span): boolean =>
    showsAuthor(filter, author, isAgent) && showsSpan(filter, span);
  const shownChanges = changes.filter(
    ({ node, author, time }) =>
      (filter.node === null || filter.node === node) && passes(author, { start: time, end: time }),
  );
  const isAll = filter.who === 'everyone' && filter.node === null;
  return sessions.flatMap((session): ShownSession[] => {
    const inside = shownChanges.filter(({ time }) => time >= session.start && time <= session.end);
    const work = session.work.filter(
      (one) => (filter.node === null || filter.node === one.node) && passes(one.author, one),
    );
    if (work.length + inside.length === 0) return [];
    if (isAll && work.length === session.work.length) return [{ ...session, changes: inside }];
    return [{ ...spanOf(work, inside), work, changes: inside, authors: authorsOf(session, work, inside) }];
  });
}

function spanOf(work: readonly Work[], changes: readonly TreeChange[]): Span {
  const starts = [...work.map(({ start }) => start), ...changes.map(({ time }) => time)];
  const ends = [...work.map(({ end }) => end), ...changes.map(({ time }) => time)];
  // Not `Math.min(...)`: a session can hold more than fits into the arguments of a call.
  return { start: starts.reduce((a, b) => Math.min(a, b)), end: ends.reduce((a, b) => Math.max(a, b)) };
}

/** Those who are left, in the order of the whole session. */
function authorsOf(session: ProjectSession, work: readonly Work[], changes: readonly TreeChange[]): string[] {
  const left = new Set([...work, ...changes].map(({ author }) => author));
  return session.authors.filter((author) => left.has(author));
}
