/**
 * The frame around what compaction stores: says what it is, in which version, and whether it is still what was written.
 *
 *     frame = "CW" · kind ("S" state, "G" segment) · version (1 byte)
 *           · method (1 byte: 0 stored, 1 deflate) · length (varuint, bytes of the content) · content · check (16 bytes)
 *     check = the first 16 bytes of SHA-256 over everything before
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { digest } from 'lib0/hash/sha256';
import { deflateSync, inflateSync } from 'fflate';

export type FrameKind = 'state' | 'segment';

/** The version that is written. Readers know this one and those before it. */
export const FRAME_VERSION = 1;

const MAGIC = [0x43, 0x57];
const KIND: Readonly<Record<FrameKind, number>> = { state: 0x53, segment: 0x47 };
const STORED = 0;
const DEFLATED = 1;
const CHECK_BYTES = 16;
/** The highest takes nearly twice as long for half a percent. */
const LEVEL = 6;

/** Why a frame cannot be read, in words for a log. */
export interface Damage {
  readonly damage: string;
}

export function isDamage(value: Uint8Array | object): value is Damage {
  return 'damage' in value;
}

export function encodeFrame(kind: FrameKind, content: Uint8Array): Uint8Array {
  const deflated = deflateSync(content, { level: LEVEL });
  const smaller = deflated.length < content.length;
  const encoder = encoding.createEncoder();
  encoding.writeUint8Array(
    encoder,
    Uint8Array.from([...MAGIC, KIND[kind], FRAME_VERSION, smaller ? DEFLATED : STORED]),
  );
  encoding.writeVarUint(encoder, content.length);
  encoding.writeUint8Array(encoder, smaller ? deflated : content);
  const body = encoding.toUint8Array(encoder);
  const frame = new Uint8Array(body.length + CHECK_BYTES);
  frame.set(body);
  frame.set(checkOf(body), body.length);
  return frame;
}

/** The content of a frame, verified; never throws. */
export function decodeFrame(kind: FrameKind, frame: Uint8Array): Uint8Array | Damage {
  const body = frame.subarray(0, Math.max(0, frame.length - CHECK_BYTES));
  if (body.length < MAGIC.length + 4) return { damage: 'too short to be a frame' };
  if (body[0] !== MAGIC[0] || body[1] !== MAGIC[1]) return { damage: 'not a frame' };
  if (!same(checkOf(body), frame.subarray(body.length))) return { damage: 'the checksum does not fit' };
  if (body[2] !== KIND[kind]) return { damage: `not a ${kind}` };
  if (body[3] !== FRAME_VERSION) return { damage: `written in version ${body[3]}, which this Cowrite does not know` };
  try {
    const decoder = decoding.createDecoder(body.subarray(4));
    const method = decoding.readUint8(decoder);
    const length = decoding.readVarUint(decoder);
    const packed = decoding.readTailAsUint8Array(decoder);
    const content = method === DEFLATED ? inflateSync(packed, { out: new Uint8Array(length) }) : packed;
    return content.length === length ? content : { damage: 'of another length than it says' };
  } catch (error) {
    return { damage: `cannot be unpacked: ${String(error)}` };
  }
}

function checkOf(bytes: Uint8Array): Uint8Array {
  return digest(bytes).subarray(0, CHECK_BYTES);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
