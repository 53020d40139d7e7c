import { toBase64 } from 'lib0/buffer';
import * as sha256 from 'lib0/hash/sha256';
import * as Y from 'yjs';

/** 96 bits: two documents that differ have the same digest less often than disks flip bits unnoticed. */
const DIGEST_BYTES = 12;

/**
 * What a document holds, in 16 characters: the hash of its state vector and its delete set [LOG-5]. Yjs writes both in one
 * order whatever order the updates came in. Takes time in proportion to the document; what waits for missing updates is
 * not in it.
 */
export function documentDigest(doc: Y.Doc): string {
  return toBase64(sha256.digest(Y.encodeSnapshot(Y.snapshot(doc))).subarray(0, DIGEST_BYTES));
}
