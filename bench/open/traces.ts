import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as Y from 'yjs';
import { friends, paper, type Recording } from '../history/recordings.ts';

export const TRACES = ['paper', 'friends', 'svelte'] as const;
export type TraceName = (typeof TRACES)[number];

/** The names of the recordings. */
export const TITLES: Readonly<Record<TraceName, string>> = {
  paper: 'automerge-paper',
  friends: 'friendsforever',
  svelte: 'sveltecomponent',
};

export interface Trace {
  readonly name: TraceName;
  /** Each edit as one update, with the number of who made it. */
  readonly edits: readonly { readonly author: number; readonly update: Uint8Array }[];
  /** The document at the end, format V2. */
  readonly state: Uint8Array;
  readonly text: string;
  /** Why this is no recording but something of similar shape; `null` if it is one. */
  readonly madeUp: string | null;
}

/** A recording, edit by edit; `null` if it is missing (COWRITE_TRACES names its folder). */
export function readTrace(root: string, name: TraceName): Trace | null {
  const recording = name === 'paper' ? paper(root) : name === 'friends' ? friends(root) : svelte(root);
  if (recording === null) return null;
  const { rows, end, madeUp } = recording;
  const doc = new Y.Doc();
  const authors: string[] = [];
  const edits = rows.map(({ author, update }) => {
    if (!authors.includes(author)) authors.push(author);
    return { author: authors.indexOf(author), update };
  });
  doc.transact(() => {
    for (const { update } of edits) Y.applyUpdate(doc, update);
  });
  const [state, text] = [Y.encodeStateAsUpdateV2(doc), doc.getText('text').toJSON()];
  doc.destroy();
  if (text !== end) throw new Error(`${TITLES[name]} ends with another text`);
  return { name, edits, state, text, madeUp };
}

/** A component that one person wrote in an editor. */
function svelte(root: string): Recording | null {
  const name = TITLES.svelte;
  const path = join(resolve(root, process.env['COWRITE_TRACES'] ?? '../shared/traces'), `${name}.json.gz`);
  if (!existsSync(path)) return null;
  const trace = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as {
    readonly startContent: string;
    readonly endContent: string;
    readonly txns: readonly { readonly time: string; readonly patches: readonly [number, number, string][] }[];
  };
  const doc = new Y.Doc();
  const text = doc.getText('text');
  const rows: Recording['rows'][number][] = [];
  let time = 0;
  doc.on('update', (update: Uint8Array) => rows.push({ author: 'ana', time, update }));
  const start = { time: trace.txns[0]?.time ?? '', patches: [[0, 0, trace.startContent]] as const };
  for (const edit of [start, ...trace.txns]) {
    time = Date.parse(edit.time);
    doc.transact(() => {
      for (const [position, deleted, inserted] of edit.patches) {
        if (deleted > 0) text.delete(position, deleted);
        if (inserted !== '') text.insert(position, inserted);
      }
    });
  }
  doc.destroy();
  return { name, rows, end: trace.endContent, madeUp: null };
}

/** Of the text after these edits. */
export function lengthOf(edits: Trace['edits']): number {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const { update } of edits) Y.applyUpdate(doc, update);
  });
  const { length } = doc.getText('text');
  doc.destroy();
  return length;
}
