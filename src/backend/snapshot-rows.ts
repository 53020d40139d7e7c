import { toBase64 } from 'lib0/buffer';
import { decodeBase64 } from '../core/codec.ts';
import { readableHolds } from '../core/compaction/holds.ts';
import type { GenerationBounds, SnapshotReader } from '../core/compaction/ports.ts';
import type { SnapshotRecord } from '../core/compaction/snapshot.ts';
import type { SnapshotSize } from '../core/compaction/storage.ts';
import { failure, success, type Outcome } from '../core/failures.ts';
import { request } from './failures.ts';
import { above, ascending, below, descending, equal, limit, offset, select } from './queries.ts';
import { asRow, DATABASE_ID, textOf, type Row, type Tables } from './tables.ts';

export const SNAPSHOTS_TABLE = 'snapshots';
export const BLOBS_BUCKET = 'blobs';

/** Every column but those of the state and the segment themselves. */
const RECORD_COLUMNS = [
  'project',
  'doc',
  'generation',
  'format',
  'stateVector',
  'stateBytes',
  'stateBlob',
  'segmentBytes',
  'segmentBlob',
  'isBase',
  'firstTime',
  'lastTime',
  'authors',
  'updateCount',
  'byteCount',
];

const SIZES_AT_ONCE = 500;
const MAX_SKIPPED = 5_000;

/** More purged histories in one project are not looked at. */
const MAX_BASES = 1_000;

/** A file may take this long, beside what it takes for its size on a slow line. */
const FILE_PATIENCE_MS = 30_000;
const BYTES_PER_MS = 100;

/** Snapshots in Appwrite's table `snapshots` and bucket `blobs`. */
export class AppwriteSnapshotReader implements SnapshotReader {
  private readonly source: Pick<Tables, 'listRows'>;
  private readonly download: (file: string) => Promise<ArrayBuffer>;

  /** @param download reads a file of the bucket; rejects as the SDKs do */
  constructor(tables: Pick<Tables, 'listRows'>, download: (file: string) => Promise<ArrayBuffer>) {
    this.source = tables;
    this.download = download;
  }

  /**
   * The newest snapshot, read with the state if that stands in its row: one request where most documents need no more.
   * The reader that comes with it has that state at hand.
   */
  async newest(
    project: string,
    doc: string,
  ): Promise<Outcome<{ readonly record: SnapshotRecord; readonly reader: SnapshotReader } | null>> {
    const queries = [...ofDocument(project, doc), descending('generation'), limit(1)];
    const found = await this.find([...queries, select([...RECORD_COLUMNS, 'state'])]);
    if (!found.ok) return found;
    const [row] = found.value;
    if (row === undefined) return success(null);
    const record = toRecord(row);
    if (record === null) return failure('rejected', `The snapshot ${row.$id} cannot be read.`);
    const inline = bytesOf(row, 'state');
    const reader: SnapshotReader = {
      list: (...given) => this.list(...given),
      segment: (each) => this.segment(each),
      state: (each) =>
        each === record && record.stateBlob === null ? Promise.resolve(success(inline)) : this.state(each),
    };
    return success({ record, reader });
  }

  async list(
    project: string,
    doc: string,
    count: number,
    bounds: GenerationBounds = {},
  ): Promise<Outcome<SnapshotRecord[]>> {
    const found = await this.find([
      ...ofDocument(project, doc),
      ...(bounds.below === undefined ? [] : [below('generation', bounds.below)]),
      ...(bounds.above === undefined ? [] : [above('generation', bounds.above)]),
      descending('generation'),
      limit(count),
      select(RECORD_COLUMNS),
    ]);
    if (!found.ok) return found;
    const records: SnapshotRecord[] = [];
    for (const row of found.value) {
      const record = toRecord(row);
      if (record === null) return failure('rejected', `The snapshot ${row.$id} cannot be read.`);
      records.push(record);
    }
    return success(records);
  }

  /** The snapshots of a project with which purged histories begin. */
  async bases(project: string): Promise<Outcome<Pick<SnapshotRecord, 'id' | 'doc' | 'generation' | 'stateBytes'>[]>> {
    const columns = select(['doc', 'generation', 'stateBytes']);
    const found = await this.find([equal('project', project), equal('isBase', true), limit(MAX_BASES), columns]);
    if (!found.ok) return found;
    return success(
      found.value.map((row) => ({
        id: row.$id,
        doc: textOf(row, 'doc'),
        generation: numberOf(row, 'generation'),
        stateBytes: numberOf(row, 'stateBytes'),
      })),
    );
  }

  /** What each snapshot of a project costs in storage: as many as a list may skip on Appwrite. */
  async sizes(project: string): Promise<Outcome<SnapshotSize[]>> {
    const sizes = new Map<string, SnapshotSize>();
    const columns = select(['doc', 'stateBytes', 'segmentBytes']);
    for (let skipped = 0; skipped < MAX_SKIPPED; skipped += SIZES_AT_ONCE) {
      const place = [equal('project', project), ascending('$id'), limit(SIZES_AT_ONCE), offset(skipped)];
      const found = await this.find([...place, columns]);
      if (!found.ok) return found;
      for (const row of found.value) {
        const [stateBytes, segmentBytes] = [numberOf(row, 'stateBytes'), numberOf(row, 'segmentBytes')];
        sizes.set(row.$id, { doc: textOf(row, 'doc'), stateBytes, segmentBytes });
      }
      if (found.value.length < SIZES_AT_ONCE) break;
    }
    return success([...sizes.values()]);
  }

  state({ id, stateBlob, stateBytes }: SnapshotRecord): Promise<Outcome<Uint8Array | null>> {
    return stateBlob === null ? this.inline(id, 'state') : this.file(stateBlob, stateBytes);
  }

  segment({ id, segmentBlob, segmentBytes }: SnapshotRecord): Promise<Outcome<Uint8Array | null>> {
    return segmentBlob === null ? this.inline(id, 'segment') : this.file(segmentBlob, segmentBytes);
  }

  private async inline(id: string, column: 'state' | 'segment'): Promise<Outcome<Uint8Array | null>> {
    const found = await this.find([equal('$id', id), limit(1), select([column])]);
    if (!found.ok) return found;
    const [row] = found.value;
    return success(row === undefined ? null : bytesOf(row, column));
  }

  private async file(id: string, bytes: number): Promise<Outcome<Uint8Array | null>> {
    const found = await request(() => this.download(id), FILE_PATIENCE_MS + bytes / BYTES_PER_MS);
    if (found.ok) return success(new Uint8Array(found.value));
    return found.kind === 'not-found' ? success(null) : found;
  }

  private async find(queries: string[]): Promise<Outcome<Row[]>> {
    const found = await request(() =>
      this.source.listRows({ databaseId: DATABASE_ID, tableId: SNAPSHOTS_TABLE, queries }),
    );
    return found.ok ? success(found.value.rows.map(asRow).filter((row) => row !== null)) : found;
  }
}

/** The columns of a snapshot's row. */
export function fromRecord(
  record: SnapshotRecord,
  state: Uint8Array | null,
  segment: Uint8Array | null,
): Record<string, unknown> {
  const { id: _id, holds, authors, ...columns } = record;
  return {
    ...columns,
    stateVector: toBase64(holds),
    authors: JSON.stringify(authors),
    state: state === null ? null : toBase64(state),
    segment: segment === null ? null : toBase64(segment),
  };
}

/** `null` for a row of which not even the generation can be told. */
function toRecord(row: Row): SnapshotRecord | null {
  if (typeof row['generation'] !== 'number') return null;
  return {
    id: row.$id,
    project: textOf(row, 'project'),
    doc: textOf(row, 'doc'),
    generation: row['generation'],
    format: numberOf(row, 'format'),
    holds: readableHolds(decodeBase64(textOf(row, 'stateVector'))),
    stateBytes: numberOf(row, 'stateBytes'),
    stateBlob: textOf(row, 'stateBlob') || null,
    segmentBytes: numberOf(row, 'segmentBytes'),
    segmentBlob: textOf(row, 'segmentBlob') || null,
    isBase: row['isBase'] === true,
    firstTime: textOf(row, 'firstTime') || null,
    lastTime: textOf(row, 'lastTime') || null,
    authors: namesOf(textOf(row, 'authors')),
    updateCount: numberOf(row, 'updateCount'),
    byteCount: numberOf(row, 'byteCount'),
  };
}

function ofDocument(project: string, doc: string): string[] {
  return [equal('project', project), equal('doc', doc)];
}

/** `null` where the column is empty or holds no base64. */
function bytesOf(row: Row, column: string): Uint8Array | null {
  const text = textOf(row, column);
  return text === '' ? null : decodeBase64(text);
}

function numberOf(row: Row | undefined, column: string): number {
  const value = row?.[column];
  return typeof value === 'number' ? value : 0;
}

/** The column `authors`: user ids as JSON. What cannot be read names nobody. */
export function namesOf(text: string): string[] {
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
