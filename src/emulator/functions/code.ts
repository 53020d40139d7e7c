import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { unpack } from './unpack.ts';

/** Unpacked code may be this large. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;
const inflate = promisify(gunzip);

/** The code that was uploaded: `<id>.tar.gz` while it arrives, the folder `<id>` once it is unpacked. */
export class CodeStore {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  folder(id: string): string {
    return join(this.#dir, id);
  }

  /** Resolves when the bytes are on disk at that position of the archive. */
  async write(id: string, position: number, bytes: Uint8Array): Promise<void> {
    const path = this.#archive(id);
    const file = await open(path, existsSync(path) ? 'r+' : 'w+');
    try {
      await file.write(bytes, 0, bytes.length, position);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Turns the archive into a folder, all of it or nothing; returns the size in bytes. Rejects for a bad archive. */
  async unpack(id: string): Promise<number> {
    const archive = await readFile(this.#archive(id));
    const files = unpack(await inflate(archive, { maxOutputLength: MAX_UNPACKED_BYTES }));
    const unfinished = `${this.folder(id)}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    for (const { path, content } of files) {
      const target = join(unfinished, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content, { flush: true });
    }
    await rename(unfinished, this.folder(id));
    await rm(this.#archive(id), { force: true });
    return files.reduce((sum, { content }) => sum + content.length, 0);
  }

  async remove(id: string): Promise<void> {
    await rm(this.folder(id), { recursive: true, force: true });
    await rm(this.#archive(id), { force: true });
  }

  /** Removes what belongs to no known deployment, left over from a crash. */
  async sweep(known: ReadonlySet<string>): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
    for (const name of await readdir(this.#dir)) {
      const id = name.replace(/\.tar\.gz$/, '');
      if (!known.has(id)) await rm(join(this.#dir, name), { recursive: true, force: true });
    }
  }

  #archive(id: string): string {
    return `${this.folder(id)}.tar.gz`;
  }
}
