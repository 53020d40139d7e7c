import * as Y from 'yjs';
import { baseOf } from './fold.ts';

/** What a row says of its state's content, as `Y.encodeSnapshotV2` writes it; empty where that cannot be read. */
export function readableHolds(stored: Uint8Array | null): Uint8Array {
  if (stored === null || stored.length === 0) return new Uint8Array();
  try {
    Y.decodeSnapshotV2(stored);
    return stored;
  } catch {
    return new Uint8Array();
  }
}

/** What a state (format V2) holds, as `Y.encodeSnapshotV2` writes it. */
export function holdsOfState(state: Uint8Array): Uint8Array {
  const { doc } = baseOf(state);
  const holds = Y.encodeSnapshotV2(Y.snapshot(doc));
  doc.destroy();
  return holds;
}
