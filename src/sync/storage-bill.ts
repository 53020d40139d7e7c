import type { UpdateRow } from '../core/codec.ts';
import type { SnapshotHead } from '../core/ports.ts';

/** What one document costs on the server, as far as this replica has read it; `null`: not known. */
export interface StoredReport {
  /** Rows of the log at the last complete list, and those that came since. */
  readonly rows: number | null;
  /** Characters of these rows, which are base64. */
  readonly logBytes: number | null;
  /** Of the newest snapshot that was read; 0: there is none. Segments of older ones come on top. */
  readonly generation: number | null;
  readonly stateBytes: number | null;
  readonly segmentBytes: number | null;
}

/** Counts what passes by anyway: nothing is read for it. */
export class StorageBill {
  private rows: Map<string, number> | null = null;
  private head: SnapshotHead | null = null;
  private readHead = false;

  /** A row that is in the log, from a list or from the feed. */
  add({ id, data }: UpdateRow): void {
    this.rows?.set(id, data.length);
  }

  /** All rows that a list from the beginning brought, by id with their characters. */
  listed(rows: ReadonlyMap<string, number>): void {
    this.rows = new Map(rows);
  }

  /** The newest snapshot; `null`: there is none that is newer than the one read before. */
  snapshot(head: SnapshotHead | null): void {
    this.head = head ?? this.head;
    this.readHead = true;
  }

  get report(): StoredReport {
    const { rows, head, readHead } = this;
    const none = readHead && head === null ? 0 : null;
    return {
      rows: rows === null ? null : rows.size,
      logBytes: rows === null ? null : [...rows.values()].reduce((sum, bytes) => sum + bytes, 0),
      generation: head?.generation ?? none,
      stateBytes: head?.stateBytes ?? none,
      segmentBytes: head?.segmentBytes ?? none,
    };
  }
}
