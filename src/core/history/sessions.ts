import { HunkBuilder } from './diff.ts';
import type { TextHistory } from './text-history.ts';
import { SESSION_GAP_MS, type Hunk, type Session } from './types.ts';

/** What sessions are read from: a text's history, a tree's, or one of one's own. */
export interface SessionSource {
  readonly length: number;
  authorAt(position: number): string | null;
  timeAt(position: number): number;
  /** Code units of text that an update brought and deleted. */
  amountAt?(position: number): { readonly inserted: number; readonly deleted: number };
}

/**
 * Who worked when: the updates of each author, parted where that author paused for longer than `gap` milliseconds. Sessions
 * of several authors can overlap. In the order of their beginnings.
 */
export function sessionsOf(source: SessionSource, gap: number = SESSION_GAP_MS): Session[] {
  const open = new Map<string, Growing>();
  const sessions: Growing[] = [];
  for (let position = 1; position <= source.length; position++) {
    const author = source.authorAt(position) ?? '';
    const time = source.timeAt(position);
    const { inserted, deleted } = source.amountAt?.(position) ?? { inserted: 0, deleted: 0 };
    let session = open.get(author);
    if (!session || time - session.end > gap) {
      session = {
        author,
        first: position,
        last: position,
        start: time,
        end: time,
        positions: [],
        inserted: 0,
        deleted: 0,
      };
      open.set(author, session);
      sessions.push(session);
    }
    session.last = position;
    session.end = time;
    session.positions.push(position);
    session.inserted += inserted;
    session.deleted += deleted;
  }
  return sessions;
}

/**
 * What the author of a session wrote and deleted in it, and nothing of what others did meanwhile: as if the author had worked
 * alone on the text at the end of the session. What the author wrote and deleted again within it is left out.
 */
export function changesOf(history: TextHistory, { author, first, last }: SessionBounds): Hunk[] {
  const { runs } = history;
  const isOwn = (row: number): boolean => row >= first && row <= last && history.authorAt(row) === author;
  const hunks = new HunkBuilder(history, runs, false);
  for (let run = 0; run < runs.length; run++) {
    if (runs.since.at(run) > last || runs.until.at(run) < first) continue;
    const isGone = runs.until.at(run) <= last;
    const isDeleted = isGone && isOwn(runs.deleter.at(run));
    if (isOwn(runs.row.at(run))) {
      if (!isDeleted) hunks.insert(run);
    } else if (isDeleted) hunks.remove(run);
    else if (!isGone) hunks.keep(runs.endOf(run) - runs.start.at(run));
  }
  return hunks.end();
}

/** Whose session, and the positions of its first and its last update. */
export type SessionBounds = Pick<Session, 'author' | 'first' | 'last'>;

interface Growing {
  readonly author: string;
  readonly first: number;
  last: number;
  readonly start: number;
  end: number;
  readonly positions: number[];
  inserted: number;
  deleted: number;
}
