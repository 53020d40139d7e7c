/**
 * A folder as one file: a gzipped tar whose first entry lists every other one with its size and hash. Common tools can
 * read it; ours also notices if anything is missing or changed.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { Problem } from '../problem.ts';
import { decodeHeader, encodeHeader, END_OF_ARCHIVE, padding, PieceReader } from './tar-entries.ts';

const MANIFEST = 'cowrite-backup.json';
const FORMAT = 1;
/** Whatever the rights were: backups hold keys and what people write. */
const OWNER_ONLY = 0o700;
const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;
/** Contents are mostly base64; higher levels take much longer for little. */
const COMPRESSION_LEVEL = 3;

const entrySchema = z.object({
  /** With forward slashes; never leads out of the folder. */
  path: z.string().refine((path) => path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')),
  size: z.number().int().nonnegative(),
  mode: z.number().int(),
  sha256: z.string(),
});
const manifestSchema = z.object({
  cowrite: z.literal('backup'),
  format: z.number().int(),
  created: z.string(),
  entries: z.array(entrySchema),
});
type Entry = z.infer<typeof entrySchema>;
export type Manifest = z.infer<typeof manifestSchema>;

/** Writes everything below a folder into a file that appears only when it is whole, on disk and read again. */
export async function packFolder(folder: string, file: string, created: Date): Promise<Manifest> {
  const entries: Entry[] = [];
  for (const path of await filesBelow(folder)) entries.push(await describe(folder, path));
  const manifest: Manifest = { cowrite: 'backup', format: FORMAT, created: created.toISOString(), entries };
  const partial = `${file}.partial`;
  await rm(partial, { force: true }); // with the rights that it had
  try {
    await pipeline(
      archived(folder, manifest),
      createGzip({ level: COMPRESSION_LEVEL }),
      createWriteStream(partial, { mode: 0o600, flags: 'wx' }),
    );
    await sync(partial);
    await readArchive(partial, () => null);
    await rename(partial, file);
    await sync(dirname(resolve(file)));
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return manifest;
}

/** Writes what an archive holds into an empty folder. Throws a Problem if it is not a whole backup. */
export async function unpackArchive(file: string, folder: string): Promise<Manifest> {
  const manifest = await readArchive(file, async ({ path, mode }) => {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    return createWriteStream(target, { mode: mode & OWNER_ONLY, flags: 'wx', flush: true });
  });
  for (const path of new Set(manifest.entries.map((entry) => dirname(join(folder, entry.path))))) await sync(path);
  return manifest;
}

type Open = (entry: Entry) => Writable | null | Promise<Writable | null>;

/** Reads all of an archive and compares it with its list; `openTarget` says where a content goes, null for nowhere. */
async function readArchive(file: string, openTarget: Open): Promise<Manifest> {
  const source = createReadStream(file);
  const plain = createGunzip();
  source.once('error', (error) => plain.destroy(error)).pipe(plain);
  try {
    const reader = new PieceReader(plain);
    const manifest = await readManifest(reader);
    for (const entry of manifest.entries) {
      const header = decodeHeader(await reader.block());
      if (header?.name !== entry.path || header.size !== entry.size) throw new Error(`${entry.path} is missing`);
      await readContent(reader, entry, await openTarget(entry));
    }
    if (decodeHeader(await reader.block()) !== undefined) throw new Error('it holds more than its list says');
    return manifest;
  } catch (error) {
    if (error instanceof Problem || isSystemError(error)) throw error;
    throw new Problem(`${file} is not a whole backup of Cowrite: ${error instanceof Error ? error.message : ''}.`, {
      cause: error,
    });
  } finally {
    source.destroy();
    plain.destroy();
  }
}

async function readManifest(reader: PieceReader): Promise<Manifest> {
  const header = decodeHeader(await reader.block());
  if (header?.name !== MANIFEST || header.size > MAX_MANIFEST_BYTES) throw new Error('it does not begin with its list');
  const text = (await reader.block(header.size)).toString('utf8');
  await reader.block(padding(header.size).length);
  const manifest = manifestSchema.parse(JSON.parse(text));
  if (manifest.format > FORMAT)
    throw new Problem('This backup was made by a newer version of Cowrite. Update Cowrite.');
  return manifest;
}

async function readContent(reader: PieceReader, { path, size, sha256 }: Entry, target: Writable | null): Promise<void> {
  const hash = createHash('sha256');
  const hashed = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of reader.take(size)) {
      hash.update(piece);
      yield piece;
    }
  };
  await pipeline(hashed, target ?? nowhere());
  if (hash.digest('hex') !== sha256) throw new Error(`${path} is damaged`);
  await reader.block(padding(size).length);
}

function nowhere(): Writable {
  return new Writable({ write: (_piece, _encoding, done) => done() });
}

async function* archived(folder: string, manifest: Manifest): AsyncGenerator<Buffer> {
  const list = Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`);
  yield encodeHeader({ name: MANIFEST, size: list.length, mode: 0o600 });
  yield list;
  yield padding(list.length);
  for (const { path, size, mode } of manifest.entries) {
    yield encodeHeader({ name: path, size, mode });
    for await (const piece of createReadStream(join(folder, path))) yield piece as Buffer;
    yield padding(size);
  }
  yield END_OF_ARCHIVE;
}

async function describe(folder: string, path: string): Promise<Entry> {
  const { size, mode } = await stat(join(folder, path));
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(folder, path)), hash);
  return { path, size, mode: mode & OWNER_ONLY, sha256: hash.digest('hex') };
}

async function filesBelow(folder: string, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) found.push(...(await filesBelow(folder, `${path}/`)));
    else if (entry.isFile()) found.push(path);
  }
  return found.sort();
}

/** Writes a file, or the names in a folder, to disk. */
async function sync(path: string): Promise<void> {
  if (process.platform === 'win32') return; // which cannot open folders, and keeps names itself
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Full disks and missing rights are not the fault of the archive; a damaged compression has a code as well. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
