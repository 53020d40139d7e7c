/** What one snapshot costs in storage. */
export interface SnapshotSize {
  readonly doc: string;
  /** Bytes as they are stored; 0: dropped, or purged. */
  readonly stateBytes: number;
  readonly segmentBytes: number;
}

/** What all snapshots of one document cost. */
export interface StoredSnapshots {
  readonly snapshots: number;
  readonly stateBytes: number;
  readonly segmentBytes: number;
}

/** How many rows of the log the documents of a project have. */
export interface LogRows {
  /** By document id. */
  readonly counts: ReadonlyMap<string, number>;
  /** There are no more than these. */
  readonly isComplete: boolean;
}

/** What a project costs on the server, whoever has its documents open. */
export interface StoredProject {
  /** By document id. */
  readonly snapshots: ReadonlyMap<string, StoredSnapshots>;
  readonly log: LogRows;
}

/** The sums for each document of a project. */
export function sumSnapshots(sizes: Iterable<SnapshotSize>): ReadonlyMap<string, StoredSnapshots> {
  const sums = new Map<string, StoredSnapshots>();
  for (const { doc, stateBytes, segmentBytes } of sizes) {
    const sum = sums.get(doc);
    sums.set(doc, {
      snapshots: (sum?.snapshots ?? 0) + 1,
      stateBytes: (sum?.stateBytes ?? 0) + stateBytes,
      segmentBytes: (sum?.segmentBytes ?? 0) + segmentBytes,
    });
  }
  return sums;
}
