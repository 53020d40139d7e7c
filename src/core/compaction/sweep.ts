import { success, type Outcome } from '../failures.ts';
import { compactDocument } from './compact.ts';
import type { CompactionStore } from './ports.ts';

/** Logs with fewer rows to fold are left alone by a sweep: they fit into the first page that a replica reads. */
export const SWEEP_LEAST_ROWS = 100;

/** Rows that a sweep folds at a time: their deletion holds up a server on one machine for some 20 ms. */
export const SWEEP_FOLD_ROWS = 500;

/** A sweep leaves rows in the log this long, so that replicas which missed them find them there. */
export const SWEEP_QUIET_MS = 120_000;

export interface DocumentAddress {
  readonly project: string;
  readonly doc: string;
}

/** What a sweep needs beside the compaction of one document. */
export interface SweepStore extends CompactionStore {
  /** The first document after this one (the first of all without) whose log has rows; `null` after the last. */
  nextDocument(after: DocumentAddress | null): Promise<Outcome<DocumentAddress | null>>;
  /** Whether the log of a document has this many rows that were created at this moment (ISO 8601) or before. */
  hasRows(project: string, doc: string, count: number, until: string): Promise<Outcome<boolean>>;
  /** Where the last sweep stopped for want of time; `null`: at the end. */
  readCursor(): Promise<Outcome<DocumentAddress | null>>;
  writeCursor(cursor: DocumentAddress | null): Promise<Outcome<void>>;
}

export interface SweepOptions {
  /** Epoch milliseconds, the server's clock as nearly as it is known. */
  readonly now: number;
  /** Whether time is up; asked between documents and between generations. */
  readonly isOver: () => boolean;
  /** Told about each document that could not be compacted, in words. */
  readonly onProblem: (problem: string) => void;
}

export interface SweepReport {
  /** `more`: the next sweep goes on where this one stopped. */
  readonly end: 'done' | 'more';
  readonly documents: number;
  readonly folded: number;
  readonly quarantined: number;
}

/**
 * Compacts every document with a long log, one after the other, from where the last sweep stopped [SNAP-5]. What fails for
 * one document does not keep the others from being compacted.
 */
export async function sweep(store: SweepStore, options: SweepOptions): Promise<Outcome<SweepReport>> {
  const until = new Date(options.now - SWEEP_QUIET_MS).toISOString();
  const counts = { documents: 0, folded: 0, quarantined: 0 };
  const started = await store.readCursor();
  if (!started.ok) return started;
  let cursor = started.value;
  for (;;) {
    if (options.isOver()) {
      const written = await store.writeCursor(cursor);
      return written.ok ? success({ end: 'more', ...counts }) : written;
    }
    const found = await store.nextDocument(cursor);
    if (!found.ok) return found;
    if (found.value === null) break;
    const { project, doc } = found.value;
    const problem = (message: string): void => options.onProblem(`${doc} of ${project}: ${message}`);
    const long = await store.hasRows(project, doc, SWEEP_LEAST_ROWS, until);
    if (!long.ok) return long;
    if (long.value) {
      const done = await attempt(store, found.value, {
        until,
        isOver: options.isOver,
        foldRows: SWEEP_FOLD_ROWS,
      });
      if (!done.ok) problem(done.message);
      else {
        counts.documents++;
        counts.folded += done.value.folded;
        counts.quarantined += done.value.quarantined;
        for (const damage of done.value.repaired) problem(`made good: ${damage}`);
        // Time was up in the middle of it: the next sweep begins with it.
        if (done.value.end === 'more') continue;
      }
    }
    cursor = found.value;
  }
  const written = started.value === null ? success(undefined) : await store.writeCursor(null);
  return written.ok ? success({ end: 'done', ...counts }) : written;
}

async function attempt(
  store: CompactionStore,
  { project, doc }: DocumentAddress,
  limits: Parameters<typeof compactDocument>[3],
): ReturnType<typeof compactDocument> {
  try {
    return await compactDocument(store, project, doc, limits);
  } catch (error) {
    return { ok: false, kind: 'rejected', message: String(error) };
  }
}
