import * as Y from 'yjs';
import { retryPending } from './pending.ts';

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
