import { readFileSync, writeFileSync } from 'node:fs';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { LogEntry } from '../../src/core/codec.ts';

/** One saved update of a recording. */
export interface Row {
  readonly author: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly update: Uint8Array;
}

export const DOC = 'fhistory';

/** Writes rows where another process reads them. */
export function writeRows(path: string, rows: Iterable<Row>): void {
  const encoder = encoding.createEncoder();
  for (const { author, time, update } of rows) {
    encoding.writeVarString(encoder, author);
    encoding.writeVarUint(encoder, time);
    encoding.writeVarUint8Array(encoder, update);
  }
  writeFileSync(path, encoding.toUint8Array(encoder));
}

/** Reads them as the entries of a log. */
export function readEntries(path: string): LogEntry[] {
  const decoder = decoding.createDecoder(readFileSync(path));
  const entries: LogEntry[] = [];
  while (decoding.hasContent(decoder)) {
    const author = decoding.readVarString(decoder);
    const createdAt = new Date(decoding.readVarUint(decoder)).toISOString();
    // A copy, as it comes from a segment.
    const update = decoding.readVarUint8Array(decoder).slice();
    const id = entries.length.toString(36).padStart(25, '0');
    entries.push({ id, doc: DOC, update, stamp: { project: 'bench', role: 'editor', author }, createdAt });
  }
  return entries;
}

/**
 * A history so many times: the copies stand side by side in one document, each written by Yjs clients of its own and after
 * the one before.
 */
export function* repeated(rows: readonly Row[], times: number): Generator<Row> {
  const span = (rows.at(-1)?.time ?? 0) - (rows[0]?.time ?? 0) + 60_000;
  for (let copy = 0; copy < times; copy++) {
    for (const { author, time, update } of rows) {
      yield { author, time: time + copy * span, update: shifted(Y.decodeUpdate(update), copy * CLIENTS) };
    }
  }
}

/** More than any recording has. */
const CLIENTS = 100;

/** Writes the update of one client with other client ids. */
function shifted({ structs, ds }: ReturnType<typeof Y.decodeUpdate>, by: number): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  const { restEncoder } = encoder;
  const shift = (id: Y.ID | null): Y.ID | null => (id === null ? null : Y.createID(id.client + by, id.clock));
  const first = structs[0];
  encoding.writeVarUint(restEncoder, first ? 1 : 0);
  if (first) {
    encoding.writeVarUint(restEncoder, structs.length);
    encoder.writeClient(first.id.client + by);
    encoding.writeVarUint(restEncoder, first.id.clock);
  }
  for (const struct of structs) {
    if (!(struct instanceof Y.Item) || struct.id.client !== first?.id.client) {
      throw new Error('Updates of recordings hold nothing but the text of one client');
    }
    struct.origin = shift(struct.origin);
    struct.rightOrigin = shift(struct.rightOrigin);
    struct.write(encoder, 0);
  }
  encoding.writeVarUint(restEncoder, ds.clients.size);
  for (const [client, ranges] of ds.clients) {
    encoder.resetDsCurVal();
    encoding.writeVarUint(restEncoder, client + by);
    encoding.writeVarUint(restEncoder, ranges.length);
    for (const { clock, len } of ranges) {
      encoder.writeDsClock(clock);
      encoder.writeDsLen(len);
    }
  }
  return encoder.toUint8Array();
}
