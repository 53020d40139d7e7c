import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as Y from 'yjs';

/** The recording of a paper that one person typed, as one update for each keystroke. */
export interface Paper {
  readonly updates: readonly Uint8Array[];
  /** The document at the end, format V2. */
  readonly state: Uint8Array;
  readonly text: string;
}

type Patch = readonly [position: number, deleted: number, inserted: string];

/** @param count of its keystrokes; resolves to `null` if the recording is missing (COWRITE_TRACES names its folder) */
export function readPaper(root: string, count = Infinity): Paper | null {
  const path = join(resolve(root, process.env['COWRITE_TRACES'] ?? '../shared/traces'), 'automerge-paper.json.gz');
  if (!existsSync(path)) return null;
  const trace = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as { txns: { patches: Patch[] }[] };
  const doc = new Y.Doc();
  doc.clientID = 1_234_567_890;
  const text = doc.getText('text');
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (const { patches } of trace.txns) {
    if (updates.length >= count) break;
    for (const [position, deleted, inserted] of patches) {
      if (deleted > 0) text.delete(position, deleted);
      if (inserted !== '') text.insert(position, inserted);
    }
  }
  const paper = { updates, state: Y.encodeStateAsUpdateV2(doc), text: text.toJSON() };
  doc.destroy();
  return paper;
}

export const MISSING_PAPER = 'the recording automerge-paper is missing (COWRITE_TRACES names its folder)';
