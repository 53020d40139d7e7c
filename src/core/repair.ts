import * as Y from 'yjs';
import { contentOf, contentOfSnapshot, IdRanges } from './id-ranges.ts';
import { retryPending } from './pending.ts';

/**
 * Whether a document on this device may hold what the server lacks, told without the server's state: from what its newest
 * snapshot holds (`Y.encodeSnapshotV2`; `null` without one) and the updates of the rows that came after. `true` can be wrong:
 * Yjs deletes some things by itself, such as the value that lost when two wrote the same key, and no row says so.
 */
export function mayHoldMore(local: Y.Doc, holds: Uint8Array | null, updates: readonly Uint8Array[]): boolean {
  const structs = new IdRanges();
  const deletes = new IdRanges();
  const contents = updates.map(contentOf);
  if (holds) contents.push(contentOfSnapshot(Y.decodeSnapshotV2(holds)));
  for (const content of contents) {
    for (const range of content.structs) structs.add(range);
    for (const range of content.deletes) deletes.add(range);
  }
  const mine = contentOfSnapshot(Y.snapshot(local));
  return IdRanges.of(mine.structs).minus(structs).length > 0 || IdRanges.of(mine.deletes).minus(deletes).length > 0;
}

/**
 * What a document on this device holds and the server does not, as one update; `null` if nothing is missing.
 *
 * `server` must hold everything the server (and the outbox) has; it is brought up to date by the call. Equal state
 * vectors would not be enough to tell, deletes do not move them [LOG-2]; the update that Yjs emits while the local
 * state is applied holds exactly the structs and deletes that were new.
 */
export function missingOnServer(local: Y.Doc, server: Y.Doc): Uint8Array | null {
  // What only waits to be looked at again is on the server as well.
  retryPending(server, null);
  const found: Uint8Array[] = [];
  const collect = (update: Uint8Array): number => found.push(update);
  server.on('update', collect);
  Y.applyUpdate(server, Y.encodeStateAsUpdate(local, Y.encodeStateVector(server)));
  server.off('update', collect);
  if (found.length === 0) return null;
  return found.length === 1 ? (found[0] ?? null) : Y.mergeUpdates(found);
}
