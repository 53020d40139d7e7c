import * as Y from 'yjs';

/**
 * Lets Yjs look again at all updates that wait for others.
 *
 * By itself it does so only when the first thing that was missing has been integrated. Two updates that arrive before
 * what they need, each needing the other's author, then wait for each other although everything is there: a batch of
 * updates in any order can leave some behind until somebody types again.
 */
export function retryPending(doc: Y.Doc, origin: unknown): void {
  for (;;) {
    const pending = doc.store.pendingStructs;
    if (pending === null) return;
    const before = integrated(doc);
    doc.store.pendingStructs = null;
    Y.applyUpdateV2(doc, pending.update, origin);
    if (integrated(doc) === before) return;
  }
}

/** How much of all clients together is integrated. */
function integrated(doc: Y.Doc): number {
  let sum = 0;
  for (const clock of Y.decodeStateVector(Y.encodeStateVector(doc)).values()) sum += clock;
  return sum;
}
