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
 * A history so many times: the copies stand side by side in one document, each written by a Yjs client of its own and after
 * the one before.
 */
export function repeated(rows: readonly Row[], times: number): Row[] {
  const span = (rows.at(-1)?.time ?? 0) - (rows[0]?.time ?? 0) + 60_000;
  const copies = Array.from({ length: times }, (): Row[] => []);
  for (const { author, time, update } of rows) {
    const decoded = Y.decodeUpdate(update);
    for (const [copy, into] of copies.entries()) {
      into.push({ author, time: time + copy * span, update: withClient(decoded, copy + 1) });
    }
  }
  return copies.flat();
}

/** Writes an update as that of another client; changes what it is given. */
function withClient({ structs, ds }: ReturnType<typeof Y.decodeUpdate>, client: number): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  const { restEncoder } = encoder;
  const first = structs[0];
  encoding.writeVarUint(restEncoder, first ? 1 : 0);
  if (first) {
    encoding.writeVarUint(restEncoder, structs.length);
    encoder.writeClient(client);
    encoding.writeVarUint(restEncoder, first.id.clock);
  }
  for (const struct of structs) {
    if (!(struct instanceof Y.Item)) throw new Error('Recordings hold nothing but text');
    if (struct.origin) struct.origin = Y.createID(client, struct.origin.clock);
    if (struct.rightOrigin) struct.rightOrigin = Y.createID(client, struct.rightOrigin.clock);
    struct.write(encoder, 0);
  }
  const deletes = [...ds.clients.values()].flat();
  encoding.writeVarUint(restEncoder, deletes.length > 0 ? 1 : 0);
  if (deletes.length > 0) {
    encoder.resetDsCurVal();
    encoding.writeVarUint(restEncoder, client);
    encoding.writeVarUint(restEncoder, deletes.length);
    for (const { clock, len } of deletes) {
      encoder.writeDsClock(clock);
      encoder.writeDsLen(len);
    }
  }
  return encoder.toUint8Array();
}
