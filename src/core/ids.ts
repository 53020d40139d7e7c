/**
 * Ids of rows, documents and replicas.
 *
 * Every id is made of [0-9a-z] only: some of Appwrite's databases compare text without regard to case, so ids that
 * differ by case alone would collide. 25 characters of base 36 hold 129 random bits.
 */

/** Returns `count` random bytes. Callers outside `core` pass `crypto.getRandomValues`. */
export type RandomBytes = (count: number) => Uint8Array;

export const ROW_ID_LENGTH = 25;
export const NODE_ID_LENGTH = 20;

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
/** Bytes at or above this would favour some letters, so they are thrown away. */
const FAIR_LIMIT = 256 - (256 % ALPHABET.length);

/** An id of `length` characters, uniformly random. */
export function randomId(random: RandomBytes, length: number = ROW_ID_LENGTH): string {
  let id = '';
  while (id.length < length) {
    for (const byte of random(length)) {
      if (byte < FAIR_LIMIT && id.length < length) id += ALPHABET[byte % ALPHABET.length];
    }
  }
  return id;
}

/** What a document holds. Its id starts with the letter of its kind. */
export type DocumentKind = 'tree' | 'file' | 'review' | 'chat';

const KIND_BY_LETTER: Readonly<Record<string, DocumentKind>> = { t: 'tree', f: 'file', r: 'review', c: 'chat' };

/** The kind of a document by its id, or `null` if the id is none that Cowrite makes. */
export function documentKind(documentId: string): DocumentKind | null {
  if (!/^[tfrc][0-9a-z]{1,27}$/.test(documentId)) return null;
  return KIND_BY_LETTER[documentId.charAt(0)] ?? null;
}

/** The tree document of a project: one a project. */
export function treeDocumentId(projectId: string): string {
  return `t${projectId}`;
}

/** The document with the comments and suggestions on the file with this node id. */
export function reviewDocumentId(nodeId: string): string {
  return `r${nodeId}`;
}

/** The text document of the file with this node id. */
export function fileDocumentId(nodeId: string): string {
  return `f${nodeId}`;
}
