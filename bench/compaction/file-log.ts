import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { encodeUpdateRow, type UpdateRow } from '../../src/core/codec.ts';
import type { CompactionStore, NewSnapshot } from '../../src/core/compaction/ports.ts';
import type { SnapshotRecord } from '../../src/core/compaction/snapshot.ts';
import { success } from '../../src/core/failures.ts';
import { randomId } from '../../src/core/ids.ts';

export const PROJECT = 'bench';
export const DOC = 'fbench';

/** Rows a page, as Appwrite gives them. */
const PAGE = 500;
const PAUSE_MS = 250;
const START = Date.UTC(2026, 0, 5, 9);
/** Before each page: its length in bytes. */
const HEADER = 4;

/** Writes updates as the log of a document that another process reads: pages of rows, as JSON. */
export function writeLog(path: string, updates: readonly Uint8Array[]): void {
  const file = openSync(path, 'w');
  for (let start = 0; start < updates.length; start += PAGE) {
    const rows = updates.slice(start, start + PAGE).map((update, at): UpdateRow => {
      const id = randomId((length) => new Uint8Array(randomBytes(length)));
      const row = encodeUpdateRow(id, DOC, update, { project: PROJECT, role: 'editor', author: 'martin' });
      return { ...row, createdAt: new Date(START + (start + at) * PAUSE_MS).toISOString() };
    });
    const page = Buffer.from(JSON.stringify(rows));
    const header = Buffer.alloc(HEADER);
    header.writeUInt32LE(page.length);
    writeSync(file, header);
    writeSync(file, page);
  }
  closeSync(file);
}

/**
 * The log in a file, and snapshots on disk: nothing of either stays in memory, so that what a fold takes is its own.
 * Pages are read in the order of the log and not again.
 */
export class FileLog implements CompactionStore {
  readonly snapshots: SnapshotRecord[] = [];
  private readonly file: number;
  private readonly folder: string;
  private readonly count: number;
  private readonly frames = new Map<string, string>();
  private read = 0;

  constructor(path: string, folder: string, count: number) {
    this.file = openSync(path, 'r');
    this.folder = folder;
    this.count = count;
  }

  close(): void {
    closeSync(this.file);
  }

  rows(): ReturnType<CompactionStore['rows']> {
    const header = this.bytes(HEADER);
    const page = JSON.parse(this.bytes(header.readUInt32LE()).toString('latin1')) as UpdateRow[];
    const rows = page.slice(0, this.count - this.read);
    this.read += rows.length;
    const last = rows.at(-1);
    const next = last === undefined || this.read === this.count ? null : { since: last.createdAt, skip: 0 };
    return Promise.resolve(success({ rows, next }));
  }

  list(...[, , count, bounds = {}]: Parameters<CompactionStore['list']>): ReturnType<CompactionStore['list']> {
    const { below = Infinity, above = -Infinity } = bounds;
    const found = this.snapshots.filter(({ generation }) => generation < below && generation > above);
    return Promise.resolve(success(found.reverse().slice(0, count)));
  }

  state(): ReturnType<CompactionStore['state']> {
    throw new Error('No state is read in a fold of an empty document');
  }

  segment(): ReturnType<CompactionStore['segment']> {
    return Promise.resolve(success(null));
  }

  writeBlob(_project: string, snapshot: string, bytes: Uint8Array): ReturnType<CompactionStore['writeBlob']> {
    const id = `${snapshot}.${this.frames.size}`;
    this.frames.set(id, this.keep(id, bytes));
    return Promise.resolve(success(id));
  }

  deleteBlob(id: string): ReturnType<CompactionStore['deleteBlob']> {
    this.frames.delete(id);
    return Promise.resolve(success(undefined));
  }

  commit({ record, state, segment }: NewSnapshot): ReturnType<CompactionStore['commit']> {
    if (state) this.keep(`${record.id}.state`, state);
    if (segment) this.keep(`${record.id}.segment`, segment);
    this.snapshots.push(record);
    return Promise.resolve(success('committed' as const));
  }

  retire(): ReturnType<CompactionStore['retire']> {
    return Promise.resolve(success(undefined));
  }

  quarantine(): ReturnType<CompactionStore['quarantine']> {
    throw new Error('No row of a recording is refused');
  }

  dropState(record: SnapshotRecord): ReturnType<CompactionStore['dropState']> {
    const at = this.snapshots.findIndex(({ id }) => id === record.id);
    this.snapshots.splice(at, 1, { ...record, stateBytes: 0, stateBlob: null });
    return Promise.resolve(success(undefined));
  }

  get head(): SnapshotRecord | undefined {
    return this.snapshots.at(-1);
  }

  /** The frame of the newest state. */
  get headState(): Uint8Array {
    const { head } = this;
    if (head === undefined) throw new Error('Nothing was folded');
    return readFileSync(this.frames.get(head.stateBlob ?? '') ?? join(this.folder, `${head.id}.state`));
  }

  private bytes(count: number): Buffer {
    const bytes = Buffer.alloc(count);
    readSync(this.file, bytes);
    return bytes;
  }

  private keep(name: string, bytes: Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, bytes);
    return path;
  }
}
