import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

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

/** Reads a trace, which lies outside the project. @param name as `friendsforever`; throws with what to do if it is missing */
export function readTrace(name: string): ConcurrentTrace {
  const path = join(FOLDER, `${name}.json.gz`);
  if (!existsSync(path)) {
    throw new Error(
      `The recording ${path} is missing. Get ${name}.json.gz from the concurrent traces of ` +
        'https://github.com/josephg/editing-traces, and name its folder in COWRITE_TRACES.',
    );
  }
  return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as ConcurrentTrace;
}
