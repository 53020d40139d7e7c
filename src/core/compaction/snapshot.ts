import { digest } from 'lib0/hash/sha256';
import type { LogEntry } from '../codec.ts';

/** How states and segments are written; see docs/segments.md. */
export const SNAPSHOT_FORMAT = 1;

/** States of this many generations are kept; older ones are dropped, their segments stay [SNAP-3]. */
export const KEPT_STATES = 3;

/** A state or segment of up to this many bytes stands in the row of its snapshot; a longer one in a file. */
export const INLINE_BYTES = 64 * 1024;

/** What the row of a snapshot says, without the state and the segment themselves. */
export interface SnapshotRecord {
  readonly id: string;
  readonly project: string;
  readonly doc: string;
  /** 1, 2, 3 …; 0 stands for what was left when the history before it was purged. */
  readonly generation: number;
  readonly format: number;
  /** What the state holds: state vector and delete set, as `Y.encodeSnapshotV2` writes them; empty: that cannot be read. */
  readonly holds: Uint8Array;
  /** Bytes of the stored state; 0: dropped. */
  readonly stateBytes: number;
  /** Id of the file of the state; `null`: in the row, if there is one. */
  readonly stateBlob: string | null;
  /** Bytes of the stored segment; 0: there is none. */
  readonly segmentBytes: number;
  readonly segmentBlob: string | null;
  /** The history before this snapshot was purged: its state is never dropped. */
  readonly isBase: boolean;
  /**
   * ISO 8601: server times of the oldest and the newest folded row; `null` where there is none. Of a base only the newest is
   * known, and nothing of one that was written by an early version.
   */
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  /** User ids of those who wrote the folded rows. */
  readonly authors: readonly string[];
  readonly updateCount: number;
  /** Bytes of the folded updates. */
  readonly byteCount: number;
}

/**
 * The row id of a snapshot: two compactors that fold on top of the same generation want the same one, and only one gets
 * it [SNAP-2]. The project is part of it, as a hash: documents of two projects can have one id, if somebody wants that.
 */
export function snapshotId(project: string, doc: string, generation: number): string {
  return `${hashId(`${project}/${doc}`)}.${generation}`;
}

/** 25 characters of base 36 that stand for a text. */
export function hashId(text: string): string {
  const bytes = digest(Uint8Array.from(text, (letter) => letter.charCodeAt(0))).subarray(0, 17);
  let number = 0n;
  for (const byte of bytes) number = (number << 8n) | BigInt(byte);
  return number.toString(36).padStart(25, '0').slice(-25);
}

/** What a snapshot says about the entries that it folded. */
export function summaryOf(
  entries: readonly LogEntry[],
): Pick<SnapshotRecord, 'firstTime' | 'lastTime' | 'authors' | 'updateCount' | 'byteCount'> {
  const times = entries.map((entry) => entry.createdAt).sort();
  return {
    firstTime: times[0] ?? null,
    lastTime: times.at(-1) ?? null,
    authors: [...new Set(entries.map((entry) => entry.stamp.author))].sort(),
    updateCount: entries.length,
    byteCount: entries.reduce((sum, entry) => sum + entry.update.length, 0),
  };
}
