/**
 * How an update row is written and read.
 *
 *     row    = { rowId, project, doc, data: base64(update), permissions: stamp, presence? }
 *     update = a Yjs update, format V1
 *
 * Reading never throws: a row is either an entry of the log or a reason why it is quarantined [STAMP-4].
 */
import { fromBase64, toBase64 } from 'lib0/buffer';
import * as Y from 'yjs';
import { MAX_UPDATE_BYTES } from './limits.ts';
import { acceptStamp, stampPermissions, type Stamp } from './stamps.ts';

/** An update row as a client sends it. */
export interface NewUpdateRow {
  readonly id: string;
  readonly project: string;
  readonly doc: string;
  readonly data: string;
  readonly permissions: readonly string[];
  /** The author's cursor after this update, as `encodePresence` writes it: it saves a presence row. */
  readonly presence?: string;
}

/** An update row as the server gives it; nothing in it can be trusted but `permissions` and `createdAt`. */
export interface UpdateRow extends NewUpdateRow {
  /** ISO 8601, milliseconds, the server's clock. */
  readonly createdAt: string;
}

/** A row that counts. */
export interface LogEntry {
  readonly id: string;
  readonly doc: string;
  readonly update: Uint8Array;
  readonly stamp: Stamp;
  readonly createdAt: string;
}

/** A row that does not count, and why. */
export interface QuarantinedRow {
  readonly id: string;
  readonly reason: string;
}

/** Encodes an update as the row that stores it. */
export function encodeUpdateRow(id: string, doc: string, update: Uint8Array, stamp: Stamp): NewUpdateRow {
  return { id, project: stamp.project, doc, data: toBase64(update), permissions: stampPermissions(stamp) };
}

/** Reads a row as an entry of the log of `doc` in `project`. */
export function decodeUpdateRow(row: UpdateRow, project: string, doc: string): LogEntry | QuarantinedRow {
  const quarantine = (reason: string): QuarantinedRow => ({ id: row.id, reason });
  if (row.project !== project || row.doc !== doc) return quarantine('belongs to another document');
  const stamp = acceptStamp(row.permissions, project, doc);
  if ('invalid' in stamp) return quarantine(stamp.invalid);
  if (row.data.length > Math.ceil(MAX_UPDATE_BYTES / 3) * 4) return quarantine('larger than a row may be');
  const update = decodeBase64(row.data);
  if (update === null) return quarantine('not base64');
  if (!isYjsUpdate(update)) return quarantine('not a Yjs update');
  return { id: row.id, doc, update, stamp, createdAt: row.createdAt };
}

export function isQuarantined(row: LogEntry | QuarantinedRow): row is QuarantinedRow {
  return 'reason' in row;
}

/** Decodes standard base64; `null` if the text is anything else. */
export function decodeBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  return fromBase64(text);
}

/** Whether the bytes decode as a Yjs update from the first to the last. */
function isYjsUpdate(bytes: Uint8Array): boolean {
  try {
    Y.decodeUpdate(bytes);
    return true;
  } catch {
    return false;
  }
}
