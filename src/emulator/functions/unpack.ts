const BLOCK = 512;
const FILE_TYPES = new Set(['0', '\0', '7']);
const FOLDER = '5';
/** Records that say more about the next entry: of GNU tar (its name), of POSIX (attributes of it, of all). */
const [LONG_NAME, EXTENDED, EXTENDED_ALL] = ['L', 'x', 'g'] as const;

export interface UnpackedFile {
  /** With `/`, below the top of the archive. */
  path: string;
  content: Buffer;
}

/**
 * The files of a tar archive (ustar, with the long names of GNU and POSIX). Throws with a sentence for archives that are
 * damaged, and for links, devices and names that lead out of the archive.
 */
export function unpack(archive: Buffer): UnpackedFile[] {
  const files: UnpackedFile[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length;) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    checkSum(header);
    const size = readNumber(header, 124, 12);
    const content = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (content.length < size) throw new Error('The archive ends too early.');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = header.toString('latin1', 156, 157);
    if (type === LONG_NAME) longName = readText(content, 0, size);
    else if (type === EXTENDED) longName = extendedName(content) ?? longName;
    else if (type !== EXTENDED_ALL) {
      const path = safePath(longName ?? shortName(header));
      longName = undefined;
      if (FILE_TYPES.has(type)) files.push({ path, content });
      else if (type !== FOLDER) throw new Error(`The archive holds something that is no file: ${path}`);
    }
  }
  throw new Error('The archive has no end.');
}

/** A path without `.` and empty parts. */
function safePath(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (name.startsWith('/') || /[\\\0]/.test(name) || parts.includes('..')) {
    throw new Error(`The archive holds a name that leads out of it: ${name}`);
  }
  return parts.join('/');
}

function shortName(header: Buffer): string {
  const name = readText(header, 0, 100);
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? readText(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** The `path` among lines like `23 path=some/name\n`, each of which begins with its own length in bytes. */
function extendedName(content: Buffer): string | undefined {
  let name: string | undefined;
  for (let at = 0; at < content.length;) {
    const length = Number.parseInt(content.toString('latin1', at, at + 20), 10);
    if (!(length > 0)) throw new Error('The archive is damaged.');
    const line = content.toString('utf8', at, at + length);
    name = / path=(.*)\n$/s.exec(line)?.[1] ?? name;
    at += length;
  }
  return name;
}

function readText(bytes: Buffer, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

function readNumber(bytes: Buffer, start: number, length: number): number {
  const text = readText(bytes, start, length).trim();
  if (!/^[0-7]*$/.test(text)) throw new Error('The archive is damaged.');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

/** The sum of all bytes of the header, its own field counted as blanks. */
function checkSum(header: Buffer): void {
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (sum !== readNumber(header, 148, 8)) throw new Error('The archive is damaged.');
}
