/**
 * A segment: the exact updates that one compaction folded, each with the id of its row, author, role and server time
 * [SNAP-3]. It is written column by column, since what is alike then stands together; docs/segments.md has the format.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { LogEntry } from '../codec.ts';
import { isRole } from '../roles.ts';
import { decodeFrame, encodeFrame, isDamage, type Damage } from './frame.ts';

export interface Segment {
  readonly project: string;
  readonly doc: string;
  readonly generation: number;
  /** Oldest first. */
  readonly entries: readonly LogEntry[];
}

/** Ids that Cowrite makes: 25 characters of base 36, which fit into 17 bytes. */
const PACKED_ID = /^[0-9a-z]{25}$/;
const PACKED_ID_CHARS = 25;
const PACKED_ID_BYTES = 17;
/** Characters that are taken at a time: a limb of the number times their base, and the carry, fit into a double exactly. */
const CHUNK_CHARS = 5;
const CHUNK_BASE = 36 ** CHUNK_CHARS;
const LIMB = 2 ** 24;
const LIMBS = 6;
const PACKED = 0;
const TEXT = 1;

export function encodeSegment(segment: Segment): Uint8Array {
  const { entries } = segment;
  const encoder = encoding.createEncoder();
  encoding.writeVarString(encoder, segment.project);
  encoding.writeVarString(encoder, segment.doc);
  encoding.writeVarUint(encoder, segment.generation);
  encoding.writeVarUint(encoder, entries.length);
  writeStamps(encoder, entries);
  let time = 0;
  for (const entry of entries) {
    const at = Date.parse(entry.createdAt);
    encoding.writeVarInt(encoder, at - time);
    time = at;
  }
  const kinds = Uint8Array.from(entries, ({ id }) => (PACKED_ID.test(id) ? PACKED : TEXT));
  encoding.writeUint8Array(encoder, kinds);
  const packed = new Uint8Array(PACKED_ID_BYTES);
  for (const [at, { id }] of entries.entries()) {
    if (kinds[at] === PACKED) encoding.writeUint8Array(encoder, packId(id, packed));
    else encoding.writeVarString(encoder, id);
  }
  for (const { update } of entries) encoding.writeVarUint(encoder, update.length);
  writeUpdates(encoder, entries);
  return encodeFrame('segment', encoding.toUint8Array(encoder));
}

/** Reads a segment, verified; never throws. */
export function decodeSegment(frame: Uint8Array): Segment | Damage {
  const content = decodeFrame('segment', frame);
  if (isDamage(content)) return content;
  try {
    return readSegment(decoding.createDecoder(content));
  } catch (error) {
    return { damage: `not a segment: ${String(error)}` };
  }
}

function readSegment(decoder: decoding.Decoder): Segment | Damage {
  const project = decoding.readVarString(decoder);
  const doc = decoding.readVarString(decoder);
  const generation = decoding.readVarUint(decoder);
  const count = decoding.readVarUint(decoder);
  const stamps = readStamps(decoder, project, count);
  if (isDamage(stamps)) return stamps;
  const times: string[] = [];
  for (let i = 0, time = 0; i < count; i++) {
    time += decoding.readVarInt(decoder);
    times.push(new Date(time).toISOString());
  }
  const kinds = decoding.readUint8Array(decoder, count);
  const ids = Array.from(kinds, (kind) =>
    kind === PACKED ? unpackId(decoding.readUint8Array(decoder, PACKED_ID_BYTES)) : decoding.readVarString(decoder),
  );
  const lengths = Array.from({ length: count }, () => decoding.readVarUint(decoder));
  let before: Uint8Array = new Uint8Array();
  const entries = lengths.map((length, at): LogEntry => {
    before = undelta(decoding.readUint8Array(decoder, length), before);
    return { id: itemAt(ids, at), doc, update: before, stamp: itemAt(stamps, at), createdAt: itemAt(times, at) };
  });
  return { project, doc, generation, entries };
}

type Stamp = LogEntry['stamp'];

/** A dictionary of authors with their roles, then runs of [index in it, how many rows in a row]. */
function writeStamps(encoder: encoding.Encoder, entries: readonly LogEntry[]): void {
  const names = new Map<string, number>();
  const runs: [index: number, count: number][] = [];
  const dictionary: Stamp[] = [];
  for (const { stamp } of entries) {
    const name = `${stamp.role} ${stamp.author}`;
    const index = names.get(name) ?? dictionary.push(stamp) - 1;
    names.set(name, index);
    const last = runs.at(-1);
    if (last?.[0] === index) last[1]++;
    else runs.push([index, 1]);
  }
  encoding.writeVarUint(encoder, dictionary.length);
  for (const { role, author } of dictionary) {
    encoding.writeVarString(encoder, role);
    encoding.writeVarString(encoder, author);
  }
  encoding.writeVarUint(encoder, runs.length);
  for (const [index, count] of runs) {
    encoding.writeVarUint(encoder, index);
    encoding.writeVarUint(encoder, count);
  }
}

function readStamps(decoder: decoding.Decoder, project: string, count: number): Stamp[] | Damage {
  const dictionary: Stamp[] = [];
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    const role = decoding.readVarString(decoder);
    const author = decoding.readVarString(decoder);
    if (!isRole(role)) return { damage: `knows no role ${role}` };
    dictionary.push({ project, role, author });
  }
  const stamps: Stamp[] = [];
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    const stamp = itemAt(dictionary, decoding.readVarUint(decoder));
    for (let times = decoding.readVarUint(decoder); times > 0 && stamps.length < count; times--) stamps.push(stamp);
  }
  return stamps.length === count ? stamps : { damage: 'does not name an author for each row' };
}

/**
 * Each update as its difference, byte by byte, from the one before if both are of one length: keystrokes in a row then
 * differ in a byte or two, and deflate takes care of the rest.
 */
function writeUpdates(encoder: encoding.Encoder, entries: readonly LogEntry[]): void {
  const size = entries.reduce((sum, { update }) => sum + update.length, 0);
  const all = new Uint8Array(size);
  let at = 0;
  let before: Uint8Array = new Uint8Array();
  for (const { update } of entries) {
    all.set(update, at);
    if (update.length === before.length) subtract(all, at, before);
    at += update.length;
    before = update;
  }
  encoding.writeUint8Array(encoder, all);
}

/** Modulo 256, from this place on. */
function subtract(bytes: Uint8Array, at: number, other: Uint8Array): void {
  for (let i = 0; i < other.length; i++) bytes[at + i] = (bytes[at + i] ?? 0) - (other[i] ?? 0);
}

function undelta(bytes: Uint8Array, before: Uint8Array): Uint8Array {
  // A copy, so that an entry does not keep the whole segment in memory.
  return bytes.length === before.length ? bytes.map((byte, at) => byte + (before[at] ?? 0)) : bytes.slice();
}

/** Writes the id into `bytes` as a number of 136 bits, big-endian. */
function packId(id: string, bytes: Uint8Array): Uint8Array {
  const limbs = new Float64Array(LIMBS);
  for (let from = 0; from < PACKED_ID_CHARS; from += CHUNK_CHARS) {
    let carry = Number.parseInt(id.slice(from, from + CHUNK_CHARS), 36);
    for (let i = 0; i < LIMBS; i++) {
      const product = (limbs[i] ?? 0) * CHUNK_BASE + carry;
      carry = Math.floor(product / LIMB);
      limbs[i] = product - carry * LIMB;
    }
  }
  for (let at = 0; at < PACKED_ID_BYTES; at++) {
    const limb = limbs[Math.floor(at / 3)] ?? 0;
    bytes[PACKED_ID_BYTES - 1 - at] = limb >> (8 * (at % 3));
  }
  return bytes;
}

function unpackId(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (BigInt(view.getUint8(0)) << 128n) | (view.getBigUint64(1) << 64n) | view.getBigUint64(9);
  return number.toString(36).padStart(PACKED_ID_CHARS, '0');
}

function itemAt<T>(items: readonly T[], at: number): T {
  const item = items[at];
  if (item === undefined) throw new RangeError('points outside');
  return item;
}
