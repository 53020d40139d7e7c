import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as Y from 'yjs';
import { Random } from './random.ts';

/** What somebody did at once: at `position` so many characters go, and a text comes. */
export type Patch = readonly [position: number, deleted: number, inserted: string];

export interface Transaction {
  /** Who did it, from 0. */
  readonly agent: number;
  /** Indexes of the transactions upon whose merge it was done. */
  readonly parents: readonly number[];
  readonly patches: readonly Patch[];
}

/** A recorded history of several people in one text. */
export interface ConcurrentTrace {
  readonly numAgents: number;
  readonly endContent: string;
  /** Parents come before their children. */
  readonly txns: readonly Transaction[];
}

const FOLDER = resolve(import.meta.dirname, '../..', process.env['COWRITE_TRACES'] ?? '../shared/traces');

/**
 * Reads a recorded trace, which lies outside the project (`COWRITE_TRACES` names its folder). Where it is missing, a text of
 * similar shape is made up, always the same, and that is said: `friendsforever` two people in one text at once,
 * `automerge-paper` one person and 259,778 keystrokes.
 */
export function readTrace(name: 'friendsforever' | 'automerge-paper'): ConcurrentTrace {
  const path = join(FOLDER, `${name}.json.gz`);
  if (existsSync(path)) return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as ConcurrentTrace;
  console.warn(`The recording ${path} is missing: a text of similar shape takes its place.`);
  return name === 'friendsforever' ? twoAtOnce(6_000) : oneByOne(182_315, 77_463);
}

/** Two people who type, delete, and see of each other's text now and then what there is. */
function twoAtOnce(count: number): ConcurrentTrace {
  const random = new Random(1);
  const docs = [1, 2].map((clientID) => Object.assign(new Y.Doc(), { clientID }));
  const unseen: [Uint8Array[], Uint8Array[]] = [[], []];
  for (const [agent, doc] of docs.entries()) {
    doc.on('update', (update: Uint8Array, _origin: unknown, _doc: Y.Doc, { local }: Y.Transaction) => {
      if (local) unseen[agent === 0 ? 1 : 0].push(update);
    });
  }
  const see = (agent: 0 | 1): void => {
    for (const update of unseen[agent].splice(0)) Y.applyUpdate(docs[agent] ?? new Y.Doc(), update);
  };
  const own: [number[], number[]] = [[], []];
  const seen: [number | null, number | null] = [null, null];
  const txns: Transaction[] = [];
  let agent: 0 | 1 = 0;
  for (let index = 0; index < count; index++) {
    if (random.below(6) === 0) agent = agent === 0 ? 1 : 0;
    const last = own[agent].at(-1);
    let news: number | null = null;
    if (random.below(12) === 0) {
      see(agent);
      news = own[agent === 0 ? 1 : 0].at(-1) ?? null;
      if (news === seen[agent]) news = null;
      else seen[agent] = news;
    }
    const text = docs[agent]?.getText('text') ?? new Y.Text();
    const position = random.below(text.length + 1);
    const deleted = Math.min(text.length - position, random.below(4) === 0 ? 1 : 0);
    const inserted = deleted > 0 ? '' : String.fromCodePoint(97 + random.below(26));
    text.doc?.transact(() => {
      text.delete(position, deleted);
      text.insert(position, inserted);
    });
    own[agent].push(index);
    txns.push({
      agent,
      parents: [last, news].filter((each) => each !== undefined && each !== null),
      patches: [[position, deleted, inserted]],
    });
  }
  see(0);
  return { numAgents: 2, endContent: docs[0]?.getText('text').toJSON() ?? '', txns };
}

/** One person who types in one place for a while, takes a part of it back, and goes on elsewhere. */
function oneByOne(inserts: number, deletes: number): ConcurrentTrace {
  const random = new Random(2);
  let content = '';
  let [left, gone, position] = [inserts, deletes, 0];
  const txns: Transaction[] = [];
  while (left + gone > 0) {
    if (random.below(40) === 0) position = random.below(content.length + 1);
    const goesBack = left === 0 || (gone > 0 && position > 0 && random.below(10) < 3);
    if (goesBack && position === 0) position = content.length;
    const patch: Patch = goesBack ? [--position, 1, ''] : [position++, 0, String.fromCodePoint(97 + random.below(26))];
    content = content.slice(0, patch[0]) + patch[2] + content.slice(patch[0] + patch[1]);
    if (goesBack) gone--;
    else left--;
    txns.push({ agent: 0, parents: txns.length === 0 ? [] : [txns.length - 1], patches: [patch] });
  }
  return { numAgents: 1, endContent: content, txns };
}
