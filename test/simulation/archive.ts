import * as Y from 'yjs';
import type { LogEntry } from '../../src/core/codec.ts';
import { isDamage } from '../../src/core/compaction/frame.ts';
import { decodeSegment } from '../../src/core/compaction/segment.ts';
import type { MemoryCompaction } from '../helpers/compaction-store.ts';

/** All segments, read as they are written: what the server holds of rows that are not in the log any more. */
export class Archive {
  private readonly tables: MemoryCompaction;
  private readonly read: LogEntry[] = [];
  private readonly doc = new Y.Doc();
  private encoded: Uint8Array | null = null;
  private snapshots = 0;

  constructor(tables: MemoryCompaction) {
    this.tables = tables;
  }

  get entries(): readonly LogEntry[] {
    this.catchUp();
    return this.read;
  }

  /** What the segments say, as one update. */
  get state(): Uint8Array {
    this.catchUp();
    this.encoded ??= Y.encodeStateAsUpdate(this.doc);
    return this.encoded;
  }

  /** Rows of snapshots are only ever added, in the order of their generations. */
  private catchUp(): void {
    for (const { segment } of [...this.tables.snapshots.values()].slice(this.snapshots)) {
      this.snapshots++;
      this.encoded = null;
      const decoded = segment === null ? { damage: 'missing' } : decodeSegment(segment);
      if (isDamage(decoded)) throw new Error(decoded.damage);
      this.read.push(...decoded.entries);
      for (const { update } of decoded.entries) Y.applyUpdate(this.doc, update);
    }
  }
}
