import type { StoredProject } from '../../core/compaction/storage.ts';
import type { SyncReport } from '../../sync/report.ts';

/** What one document costs on the server; `null`: not known. */
export interface StorageRow {
  readonly doc: string;
  /** Of the log. */
  readonly rows: number | null;
  /** Of these rows; known of open documents. */
  readonly logBytes: number | null;
  /** Of all snapshots. */
  readonly stateBytes: number | null;
  readonly segmentBytes: number | null;
  readonly snapshots: number | null;
}

export interface StorageTable {
  /** Those that cost most first. */
  readonly rows: readonly StorageRow[];
  /** What is known, summed up. */
  readonly together: Omit<StorageRow, 'doc'>;
  /** Of how many documents the bytes of the log are not known, since they are not open. */
  readonly unknownLogs: number;
}

/** @param project what was last heard of the whole project; `null`: nothing yet */
export function storageTable(
  { documents }: Pick<SyncReport, 'documents'>,
  project: StoredProject | null,
): StorageTable {
  const open = new Map(documents.map(({ id, stored }) => [id, stored]));
  const docs = [...open.keys(), ...(project?.snapshots.keys() ?? []), ...(project?.log.counts.keys() ?? [])];
  const rows = [...new Set(docs)].map((doc): StorageRow => {
    const stored = open.get(doc);
    const none = project === null ? null : 0;
    const sum = project?.snapshots.get(doc);
    const count = stored?.rows ?? project?.log.counts.get(doc) ?? (project?.log.isComplete === true ? 0 : null);
    return {
      doc,
      rows: count,
      logBytes: stored?.logBytes ?? (stored === undefined && count === 0 ? 0 : null),
      stateBytes: sum?.stateBytes ?? none,
      segmentBytes: sum?.segmentBytes ?? none,
      snapshots: sum?.snapshots ?? none,
    };
  });
  const sum = (of: (row: StorageRow) => number | null): number | null => {
    const known = rows.map(of).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((all, value) => all + value, 0);
  };
  return {
    rows: rows.sort((a, b) => bytesOf(b) - bytesOf(a) || (a.doc < b.doc ? -1 : 1)),
    together: {
      rows: sum((row) => row.rows),
      logBytes: sum((row) => row.logBytes),
      stateBytes: sum((row) => row.stateBytes),
      segmentBytes: sum((row) => row.segmentBytes),
      snapshots: sum((row) => row.snapshots),
    },
    unknownLogs: rows.filter(({ logBytes }) => logBytes === null).length,
  };
}

/** All that is known of what a document costs. */
export function bytesOf({ logBytes, stateBytes, segmentBytes }: Omit<StorageRow, 'doc'>): number {
  return (logBytes ?? 0) + (stateBytes ?? 0) + (segmentBytes ?? 0);
}

/** “0 B”, “1.2 KB”, “3.4 MB”. */
export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
