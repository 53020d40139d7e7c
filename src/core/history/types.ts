/**
 * The words of the history of a document.
 *
 * A **position** is a moment: so many of the document's updates have been applied, in order of server time, then row id.
 * 0 is the beginning (or what was left when older history was purged), `history.length` is now. Positions move when an
 * update arrives late; what has to last is kept as a row id and a time (see versions.ts).
 * All indexes and lengths in texts count UTF-16 code units; all times are epoch milliseconds by the server's clock.
 */
import type { Role } from '../roles.ts';

/** One saved update: who, as the server proved it, and when [STAMP-3]. */
export interface HistoryEntry {
  /** From 1: the moment just after this update. */
  readonly position: number;
  /** Id of its row, the same before and after compaction. */
  readonly row: string;
  /** Appwrite user id. */
  readonly author: string;
  readonly role: Role;
  readonly time: number;
  /** It brought content under a Yjs client id that another author had used before: shown under its own stamp, and marked. */
  readonly borrowedClient: boolean;
  /** Code units of text that it brought, and that it was the first to delete. */
  readonly inserted: number;
  readonly deleted: number;
}

/**
 * Whose work a part of a text is: of one author, in one go. `author` is `null` for what was there before the history
 * begins; `start`, `end`, `first` and `last` are 0 then.
 */
export interface Credit {
  readonly author: string | null;
  /** Positions of the first and the last update that are meant. */
  readonly first: number;
  readonly last: number;
  /** Their times. */
  readonly start: number;
  readonly end: number;
}

/** A part of a text and who wrote it; `to` is behind it. */
export interface BlameRange extends Credit {
  readonly from: number;
  readonly to: number;
}

/** A line of a text: the newest of its changes, and all who wrote in it, the one with the most characters first. */
export interface BlameLine {
  /** From 0. */
  readonly line: number;
  readonly from: number;
  /** Behind the last character, before the line feed. */
  readonly to: number;
  readonly newest: HistoryEntry | null;
  readonly authors: readonly (string | null)[];
}

/** A piece of a hunk. `index` is where it stands: in the text before if deleted, in the text after if inserted. */
export interface Piece {
  readonly kind: 'inserted' | 'deleted';
  readonly index: number;
  readonly text: string;
  /** Who inserted or deleted it; where changes are taken back: whose change that was. */
  readonly by: Credit;
  /** Who wrote the text. */
  readonly written: Credit;
}

/** A place where two texts differ: `removed` at `before.index` became `inserted` at `after.index`. */
export interface Hunk {
  /** Index in the text before. */
  readonly before: number;
  /** Index in the text after. */
  readonly after: number;
  readonly removed: string;
  readonly inserted: string;
  /** In the order of the text. The deleted ones together are `removed`, the inserted ones `inserted`. */
  readonly pieces: readonly Piece[];
}

/** A continuous time of work of one author in one document. */
export interface Session {
  readonly author: string;
  /** Positions of its first and its last update; others' updates may lie between. */
  readonly first: number;
  readonly last: number;
  readonly start: number;
  readonly end: number;
  /** Its updates, by position. */
  readonly positions: readonly number[];
  /** Code units. */
  readonly inserted: number;
  readonly deleted: number;
}

/** A pause longer than this ends a session, and parts blame and pieces. */
export const SESSION_GAP_MS = 10 * 60_000;
