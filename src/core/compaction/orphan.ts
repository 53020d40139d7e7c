import * as Y from 'yjs';
import { contentOfSnapshot, IdRanges } from '../id-ranges.ts';
import { baseOf, heldAlready } from './fold.ts';
import { decodeFrame, isDamage } from './frame.ts';
import { decodeSegment } from './segment.ts';

/**
 * Whether a file that no snapshot names says nothing that a document does not hold; `null`: it can be read neither as a
 * state nor as a segment.
 *
 * @param holds what the document holds with its log, as `Y.encodeSnapshotV2` writes it
 */
export function isHeld(frame: Uint8Array, holds: Uint8Array): boolean | null {
  try {
    const segment = decodeSegment(frame);
    if (!isDamage(segment)) return heldAlready(holds, segment.entries).length === segment.entries.length;
    const state = decodeFrame('state', frame);
    if (isDamage(state)) return null;
    const { doc } = baseOf(state);
    const [mine, theirs] = [contentOfSnapshot(Y.snapshot(doc)), contentOfSnapshot(Y.decodeSnapshotV2(holds))];
    doc.destroy();
    return (
      IdRanges.of(mine.structs).minus(IdRanges.of(theirs.structs)).length === 0 &&
      IdRanges.of(mine.deletes).minus(IdRanges.of(theirs.deletes)).length === 0
    );
  } catch {
    // Yjs throws at what is no update.
    return null;
  }
}
