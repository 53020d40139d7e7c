import { MAX_NAME_CHARS, MAX_IMPORT_BYTES } from '../../core/limits.ts';
import { nameProblem } from '../../core/names.ts';
import { wellFormedText } from '../../core/text.ts';
import { LOCALE } from '../ui/locale.ts';

export type Imported =
  | { readonly ok: true; readonly name: string; readonly content: string }
  | { readonly ok: false; readonly problem: string };

/** Reads a text file as it is to be stored; its line endings are told apart and made one where the file is created. */
export async function readImport(file: File): Promise<Imported> {
  const refuse = (reason: string): Imported => ({ ok: false, problem: `“${file.name}” was not imported: ${reason}` });
  if (file.size > MAX_IMPORT_BYTES) {
    return refuse(`it has ${megabytes(file.size)}, and files have at most ${megabytes(MAX_IMPORT_BYTES)}.`);
  }
  const name = file.name.normalize('NFC').slice(0, MAX_NAME_CHARS);
  const problem = nameProblem(name);
  if (problem !== null) return refuse(problem);
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return refuse('it could not be read. Folders cannot be imported yet.');
  }
  const content = decodeText(bytes);
  return content === null ? refuse('it is not a text file.') : { ok: true, name, content: wellFormedText(content) };
}

/** The text of UTF-8 or (by its mark) UTF-16 bytes, without the mark; `null` if the bytes are no text. */
export function decodeText(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toLocaleString(LOCALE, { maximumFractionDigits: 1 })} MB`;
}
