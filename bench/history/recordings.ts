import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as Y from 'yjs';
import type { Row } from './rows.ts';

export interface Recording {
  readonly name: string;
  readonly rows: readonly Row[];
  /** The text at the end. */
  readonly end: string;
  /** Why this is no recording but something of similar shape; `null` if it is one. */
  readonly madeUp: string | null;
}

type Patch = readonly [position: number, deleted: number, inserted: string];

interface Sequential {
  readonly endContent: string;
  readonly txns: readonly { readonly time: string; readonly patches: readonly Patch[] }[];
}

interface Concurrent {
  readonly endContent: string;
  readonly numAgents: number;
  readonly txns: readonly {
    readonly agent: number;
    readonly parents: readonly number[];
    readonly patches: readonly Patch[];
  }[];
}

/** Names of histories that are named elsewhere as well. */
export const FRIENDS = 'friendsforever';
export const REWRITTEN = 'rewritten everywhere';

const EPOCH = Date.UTC(2026, 0, 5, 9);
/** Between the edits of recordings that do not say when they were made. */
const PAUSE_MS = 700;

/** A paper written by one person, edit by edit. */
export function paper(root: string): Recording {
  const trace = read(root, 'automerge-paper') as Sequential | null;
  if (trace === null) return madeUp();
  const { rows, writer } = log();
  const ana = writer('ana', 1);
  for (const { time, patches } of trace.txns) {
    for (const patch of patches) ana.edit(Date.parse(time), [patch]);
  }
  return { name: 'automerge-paper', rows, end: trace.endContent, madeUp: null };
}

/** A text that two people wrote at once; `null` if the recording is missing. */
export function friends(root: string): Recording | null {
  const trace = read(root, FRIENDS) as Concurrent | null;
  if (trace === null) return null;
  const { rows, writer } = log();
  const people = Array.from({ length: trace.numAgents }, (_, agent) => writer(`person ${agent}`, agent + 1));
  /** The rows of each transaction, and which transactions each person knows. */
  const written: { from: number; to: number }[] = [];
  const known = people.map(() => new Set<number>());
  for (const [index, { agent, parents, patches }] of trace.txns.entries()) {
    const [person, knows] = [people[agent], known[agent]];
    if (!person || !knows) throw new Error('The recording names an unknown person');
    for (const parent of unknownOf(parents, knows, trace.txns)) {
      knows.add(parent);
      const span = written[parent];
      if (span) for (const row of rows.slice(span.from, span.to)) person.take(row.update);
    }
    const from = rows.length;
    person.edit(EPOCH + index * PAUSE_MS, patches);
    knows.add(index);
    written.push({ from, to: rows.length });
  }
  return { name: FRIENDS, rows, end: trace.endContent, madeUp: null };
}

/** What has to be taken before something can build on these, in order. */
function unknownOf(
  parents: readonly number[],
  known: ReadonlySet<number>,
  all: readonly { readonly parents: readonly number[] }[],
): number[] {
  const found = new Set<number>();
  const open = parents.filter((parent) => !known.has(parent));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(all[next]?.parents ?? []).filter((parent) => !known.has(parent)));
  }
  return [...found].sort((a, b) => a - b);
}

interface Writer {
  edit(time: number, patches: readonly Patch[]): void;
  take(update: Uint8Array): void;
}

function log(): { readonly rows: Row[]; readonly writer: (author: string, client: number) => Writer } {
  const rows: Row[] = [];
  const writer = (author: string, client: number): Writer => {
    const doc = new Y.Doc();
    doc.clientID = client;
    const text = doc.getText('text');
    let now = 0;
    doc.on('update', (update: Uint8Array, _origin: unknown, _doc: Y.Doc, { local }: Y.Transaction) => {
      if (local) rows.push({ author, time: now, update });
    });
    return {
      edit: (time, patches) => {
        now = time;
        doc.transact(() => {
          for (const [position, deleted, inserted] of patches) {
            if (deleted > 0) text.delete(position, deleted);
            if (inserted !== '') text.insert(position, inserted);
          }
        });
      },
      take: (update) => Y.applyUpdate(doc, update, 'remote'),
    };
  };
  return { rows, writer };
}

function read(root: string, name: string): unknown {
  const path = join(resolve(root, process.env['COWRITE_TRACES'] ?? '../shared/traces'), `${name}.json.gz`);
  return existsSync(path) ? JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) : null;
}

/** As many insertions and deletions as the paper has, in bursts at places all over the text. */
function madeUp(): Recording {
  const { rows, writer } = log();
  const ana = writer('ana', 1);
  let seed = 7;
  const below = (end: number): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % end;
  };
  let end = '';
  let at = 0;
  for (let edit = 0; edit < 259_778; edit++) {
    if (edit % 40 === 0) at = below(end.length + 1);
    const isDeletion = edit % 10 < 3 && at > 0;
    const patch: Patch = isDeletion ? [at - 1, 1, ''] : [at, 0, 'abcdefgh \n'.charAt(below(10))];
    end = end.slice(0, patch[0]) + patch[2] + end.slice(patch[0] + patch[1]);
    at += isDeletion ? -1 : 1;
    ana.edit(EPOCH + edit * PAUSE_MS, [patch]);
  }
  const reason = 'The recording automerge-paper is missing (COWRITE_TRACES names its folder): a text of similar shape.';
  return { name: 'made up', rows, end, madeUp: reason };
}

/**
 * The hardest case: a text of 10,000 characters that stays as long as it is, while single characters of it are replaced
 * at random places, twenty times over.
 */
export function rewritten(): Recording {
  const { rows, writer } = log();
  const ana = writer('ana', 1);
  const length = 10_000;
  let seed = 7;
  let end = 'x'.repeat(length);
  ana.edit(EPOCH, [[0, 0, end]]);
  for (let edit = 1; edit <= 20 * length; edit++) {
    seed = (seed * 48271) % 2147483647;
    const at = seed % length;
    const letter = 'abcdefgh \n'.charAt(edit % 10);
    end = end.slice(0, at) + letter + end.slice(at + 1);
    ana.edit(EPOCH + edit * PAUSE_MS, [[at, 1, letter]]);
  }
  return { name: REWRITTEN, rows, end, madeUp: null };
}
