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

/** What a session changed in the text, for a mini-diff: the hunks from its beginning to its end in which its author has a part. */
export function changesOf(history: TextHistory, session: Session): Hunk[] {
  return history
    .diff(session.first - 1, session.last)
    .filter(({ pieces }) => pieces.some(({ by }) => by.author === session.author && by.last >= session.first));
}

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
