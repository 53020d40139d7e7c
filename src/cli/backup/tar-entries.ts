/** Tar archives (ustar) as streams: entries one after the other, each written and read without being held in memory. */

const BLOCK = 512;
const MAX_NAME_BYTES = 100;
const ORDINARY_FILE = '0';

export interface TarHeader {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Permissions of the file, such as 0o600. */
  readonly mode: number;
}

export function encodeHeader({ name, size, mode }: TarHeader): Buffer {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw new Error(`The name ${name} is too long for an archive`);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108); // owner
  block.write(octal(0, 7), 116); // group
  writeSize(block, size);
  block.write(octal(0, 11), 136); // date
  block.write(ORDINARY_FILE, 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  block.write(`${octal(checksum(block), 6)}\0 `, 148);
  return block;
}

/** Undefined for the empty block at the end; throws for anything but an ordinary file. */
export function decodeHeader(block: Buffer): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const field = (from: number, length: number): string =>
    block.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  const sum = Number.parseInt(field(148, 8), 8);
  if (sum !== checksum(block) || field(156, 1) !== ORDINARY_FILE) throw new Error('The archive is damaged');
  return { name: field(0, MAX_NAME_BYTES), size: readSize(block), mode: Number.parseInt(field(100, 8), 8) };
}

/** What fills the last block of an entry. */
export function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

export const END_OF_ARCHIVE = Buffer.alloc(2 * BLOCK);

/** Reads a stream in pieces of chosen length. */
export class PieceReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes, in pieces; throws if the stream ends before. */
  async *take(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0;) {
      if (this.#rest.length === 0) {
        const next = await this.#source.next();
        if (next.done) throw new Error('The archive ends too early');
        this.#rest = next.value;
      }
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async block(bytes = BLOCK): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.take(bytes)) pieces.push(piece);
    return Buffer.concat(pieces);
  }
}

/** The checksum counts its own field as blanks. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (const [at, byte] of block.entries()) if (at < 148 || at >= 156) sum += byte;
  return sum;
}

/** Sizes that do not fit into eleven octal digits (8 GiB) are binary, as GNU tar writes them. */
function writeSize(block: Buffer, size: number): void {
  if (size < 8 ** 11) {
    block.write(octal(size, 11), 124);
    return;
  }
  block[124] = 0x80;
  block.writeBigUInt64BE(BigInt(size), 128);
}

function readSize(block: Buffer): number {
  if (block[124] === 0x80) return Number(block.readBigUInt64BE(128));
  return Number.parseInt(block.toString('latin1', 124, 135), 8);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
