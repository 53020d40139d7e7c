import { readHistory } from '../compaction/history.ts';
import type { SnapshotReader } from '../compaction/ports.ts';
import { success, type Outcome } from '../failures.ts';
import type { StructStamps } from './stamped.ts';

/**
 * Takes note of the stamps of rows that a compaction has folded: a snapshot's state does not say who wrote what, its
 * segment does [SNAP-3] [STAMP-3].
 */
export async function learnFolded(
  reader: SnapshotReader,
  project: string,
  doc: string,
  stamps: StructStamps,
): Promise<Outcome<void>> {
  const history = await readHistory(reader, project, doc, []);
  if (!history.ok) return history;
  const { unplaced, entries } = history.value;
  stamps.learnAll([...unplaced, ...entries]);
  return success(undefined);
}
