import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import type { ReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** MD5 and kind of a whole content. */
export interface ContentFacts {
  signature: string;
  mimeType: string;
}

export function describeContent(bytes: Buffer): ContentFacts {
  return { signature: createHash('md5').update(bytes).digest('hex'), mimeType: mimeTypeOf(bytes) };
}

/** A write may take only a part of what it is given. */
export async function writeAll(file: Pick<FileHandle, 'write'>, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten === 0) throw new Error('The disk takes no more bytes');
    done += bytesWritten;
  }
}

/** The contents of files, in a folder. Names are made by this server. */
export class Blobs {
  readonly #dir: string;
  /** The last work of each key. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Runs work on one file after the other works on it that were asked for before. */
  async inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(key) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(key) === turn) this.#turns.delete(key);
    }
  }

  /** Resolves when the bytes are on disk at that position. */
  async write(blob: string, position: number, bytes: Uint8Array): Promise<void> {
    const file = await open(join(this.#dir, blob), constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      await writeAll(file, bytes, position);
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#syncNames();
  }

  /** Resolves when a whole content is on disk. Under its name there is all of it or nothing. */
  async put(blob: string, bytes: Uint8Array): Promise<void> {
    const unfinished = `${blob}.new`;
    try {
      await this.write(unfinished, 0, bytes);
      await rename(join(this.#dir, unfinished), join(this.#dir, blob));
    } catch (error) {
      await this.delete(unfinished);
      throw error;
    }
    await this.#syncNames();
  }

  /** What is to be known of a whole content. */
  async describe(blob: string): Promise<ContentFacts & { size: number }> {
    const bytes = await readFile(join(this.#dir, blob));
    return { ...describeContent(bytes), size: bytes.length };
  }

  /** Bytes on the disk; 0 if there is no such content. */
  async size(blob: string): Promise<number> {
    try {
      return (await stat(join(this.#dir, blob))).size;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
      throw error;
    }
  }

  read(blob: string, range?: { start: number; end: number }): ReadStream {
    return createReadStream(join(this.#dir, blob), range);
  }

  /** Removes contents that no file has, left over from a crash. */
  async sweep(known: ReadonlySet<string>): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
    for (const blob of await readdir(this.#dir)) if (!known.has(blob)) await this.delete(blob);
  }

  /** A new file outlives a power failure only if its name does. */
  async #syncNames(): Promise<void> {
    if (process.platform === 'win32') return; // which cannot open folders, and keeps names itself
    const folder = await open(this.#dir);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  async delete(blob: string): Promise<void> {
    await rm(join(this.#dir, blob), { force: true });
  }
}

const SIGNATURES: readonly (readonly [string, number[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
  ['application/pdf', [0x25, 0x50, 0x44, 0x46]],
  ['application/zip', [0x50, 0x4b, 0x03, 0x04]],
  ['application/gzip', [0x1f, 0x8b]],
];

/** The kind of a content, told by its bytes and never by what the client says. */
function mimeTypeOf(bytes: Buffer): string {
  if (bytes.length === 0) return 'application/x-empty';
  for (const [type, start] of SIGNATURES) if (start.every((byte, i) => bytes[i] === byte)) return type;
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return 'image/webp';
  const head = bytes.subarray(0, 4096);
  return head.every((byte) => byte >= 0x20 || [0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte)) && isUtf8(head)
    ? 'text/plain'
    : 'application/octet-stream';
}

/** True for UTF-8, also if the last character is cut. */
function isUtf8(bytes: Buffer): boolean {
  const text = bytes.toString('utf8');
  const bad = text.indexOf('\u{FFFD}');
  return bad < 0 || bad >= text.length - 3;
}
