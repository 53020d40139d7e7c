/** Limits and times that the whole of Cowrite agrees on. Sizes are in bytes, times in milliseconds. */

/**
 * The largest Yjs update that one row may carry. In base64 that is 11.2 MB, which stays under the 12 MB request body
 * and the 16.7 MB `mediumtext` of Appwrite.
 */
export const MAX_UPDATE_BYTES = 8 * 1024 * 1024;

/**
 * The longest text of a file, in bytes of UTF-8. Whatever is done to such a text at once, also to undo the deletion of all
 * of it, stays under `MAX_UPDATE_BYTES`.
 */
export const MAX_TEXT_BYTES = 6 * 1024 * 1024;

/** The largest file that can be imported, in bytes: there is room to write on. */
export const MAX_IMPORT_BYTES = 5 * 1024 * 1024;

/** Updates that wait are merged into one row up to this size. */
export const MAX_BATCH_BYTES = 1024 * 1024;

/** How many waiting updates one call of Yjs' `mergeUpdates` takes: it is quadratic in their number. */
export const MERGE_FAN_IN = 100;

/**
 * A re-read starts this much before the newest row that is known: rows can become visible after rows with a later
 * `$createdAt` [LOG-4].
 */
export const CATCH_UP_OVERLAP_MS = 60_000;

/**
 * One of so many lists is complete: the server's clock may have been set back by more than the overlap, and then new rows
 * are older than those that are known.
 */
export const COMPLETE_LIST_EVERY = 16;

/** While a project is open its rows are re-read at least this often, whatever the socket says [LOG-4]. */
export const ANTI_ENTROPY_MS = 20_000;

/**
 * Without a live connection for this long the rows are read again and again: some networks let requests through, but no
 * WebSocket.
 */
export const POLL_AFTER_MS = 10_000;
export const POLL_EVERY_MS = 10_000;

/** Missing dependencies are normal for this long (rows arrive out of order); after that the rows are re-read [LOG-4]. */
export const GAP_PATIENCE_MS = 400;

/** A replica that finds more rows than this in the log of a document asks for its compaction [SNAP-5]. */
export const LONG_TAIL_ROWS = 500;

/** It asks after a random time of up to this, unless somebody else's request was carried out by then. */
export const COMPACTION_SPREAD_MS = 60_000;

/** A page asks for the compaction of one document at most this often. */
export const COMPACTION_EVERY_MS = 600_000;

/** Rows a page of a list. */
export const PAGE_ROWS = 100;

/** The longest presence state that is sent or taken, in characters (the column holds 65,535 bytes). */
export const MAX_PRESENCE_CHARS = 16_000;

/** The longest name of a file, folder, project or person, in characters. */
export const MAX_NAME_CHARS = 128;
