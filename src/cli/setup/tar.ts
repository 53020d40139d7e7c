const BLOCK = 512;
const MAX_NAME_BYTES = 100;

/** A tar archive (ustar) of files at its top; all have the same date, so equal files give equal bytes. */
export function tar(files: readonly (readonly [name: string, content: Uint8Array])[]): Buffer {
  const parts = files.flatMap(([name, content]) => [header(name, content.length), content, padding(content.length)]);
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw new Error(`The file name ${name} is too long for an archive.`);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write(octal(0o644, 7), 100);
  block.write(octal(0, 7), 108); // owner
  block.write(octal(0, 7), 116); // group
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136); // date
  block.write(' '.repeat(8), 148); // the checksum counts itself as blanks
  block.write('0', 156); // an ordinary file
  block.write('ustar\0', 257);
  block.write('00', 263);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}
