import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ExecutionStatus, Functions, ID, Query } from 'node-appwrite';
import { COMPACT_FUNCTION } from '../../src/backend/snapshot-store.ts';
import { connectByKey } from '../../src/backend/compaction-store.ts';
import { DATABASE_ID } from '../../src/backend/tables.ts';
import { UPDATES_TABLE } from '../../src/backend/update-log.ts';
import { encodeUpdateRow } from '../../src/core/codec.ts';
import type { SweepReport } from '../../src/core/compaction/sweep.ts';
import { Child } from '../support/child.ts';
import type { BenchmarkOptions } from '../support/contract.ts';
import type { Undo } from '../support/undo.ts';
import type { ServerReady } from '../sync/server.ts';
import { Stage, twice } from '../sync/stage.ts';
import { Typists } from './typists.ts';

export const PEOPLE = 20;
const ROWS = 150;
const AT_ONCE = 100;
/** Longer than a sweep leaves rows in the log. */
const AGE_MS = 3_600_000;
const SETTLE_MS = 1_000;
const ASK_MS = 200;
const LONGEST_QUIET = 2;

export interface CrowdPlan {
  readonly documents: number;
  /** Quiet times and sweeps take turns this often, in either order; each sweep has its share of the documents. */
  readonly turns: number;
  /** A quiet time is as long as the sweep before, and between this long and twice that. */
  readonly quietMs: number;
  /** No turn begins after this time: on a busy machine sweeps rest long, and fewer documents are swept. */
  readonly budgetMs: number;
}

export interface Crowd {
  /** Milliseconds from handing a row to the server until the other of the pair is told of it. */
  readonly quiet: readonly number[];
  readonly swept: readonly number[];
  readonly documents: number;
  readonly folded: number;
  /** Milliseconds of all sweeps. */
  readonly took: number;
}

/**
 * People in pairs write rows, in turns alone with the server and while all long logs are swept: by the Function `compact`,
 * which the server runs as the product does.
 */
export async function crowd(
  { root, built }: BenchmarkOptions,
  dataDir: string,
  updates: readonly Uint8Array[],
  { documents, turns, quietMs, budgetMs }: CrowdPlan,
  undo: Undo,
): Promise<Crowd> {
  const [folder, pages] = [join(dataDir, 'server'), join(dataDir, 'pages')];
  for (const each of [folder, pages]) mkdirSync(each);
  await buildFunctions(root, join(folder, 'dist/functions'));
  const server = new Child('the embedded server', join(built, 'server.js'), {
    args: [folder, unscheduled(root, folder), pages, 'off'],
  });
  undo.add(() => server.close());
  const { url, apiKey } = await server.first<ServerReady>();
  const endpoint = `${url}/v1`;
  const stage = new Stage(url, apiKey);
  const [owner] = await twice(() => stage.person());
  const project = await stage.project([owner]);

  const people = new Typists(endpoint);
  undo.add(() => people.stop());
  const theirs: string[] = [];
  for (let pair = 0; pair < PEOPLE / 2; pair++) {
    const both = await twice(() => stage.person());
    const shared = await stage.project(both);
    theirs.push(shared);
    await people.open(shared, both);
  }
  people.start(updates);
  const [quiet, swept]: [number[], number[]] = [[], []];
  const sums = { documents: 0, folded: 0, took: 0 };
  const begun = performance.now();
  let last = quietMs;
  const phases = [
    async (): Promise<void> => {
      await pause(Math.min(Math.max(quietMs, last), LONGEST_QUIET * quietMs));
      quiet.push(...people.take());
    },
    async (): Promise<void> => {
      const start = performance.now();
      const done = await sweep(endpoint, apiKey);
      last = performance.now() - start;
      swept.push(...people.take());
      sums.took += last;
      sums.documents += done.documents;
      sums.folded += done.folded;
    },
  ];
  for (let turn = 0; turn < turns && performance.now() - begun < budgetMs; turn++) {
    const names = Array.from({ length: Math.ceil(documents / turns) }, (_, at) => `flong${turn}x${at}`);
    // Their logs would soon be as long, and more to sweep with each turn.
    await forget(endpoint, apiKey, theirs);
    for (const doc of names) await storeTail(endpoint, apiKey, { project, doc, author: owner.id }, updates);
    await pause(SETTLE_MS);
    people.take();
    // Whichever comes first could be the better one.
    for (const phase of turn % 2 === 0 ? phases : phases.toReversed()) await phase();
  }
  return { quiet, swept, ...sums };
}

/** The Functions as they are deployed. */
async function buildFunctions(root: string, folder: string): Promise<void> {
  const path = pathToFileURL(join(root, 'src/cli/build/node.mjs')).href;
  const builder = (await import(path)) as { buildFunctions: (root: string, folder: string) => Promise<void> };
  await builder.buildFunctions(root, folder);
}

/** The project's appwrite.json without schedules: the benchmark says when there is a sweep. */
function unscheduled(root: string, folder: string): string {
  const path = join(folder, 'appwrite.json');
  writeFileSync(
    path,
    readFileSync(join(root, 'appwrite.json'), 'utf8').replace(/"schedule": "[^"]+"/g, '"schedule": ""'),
  );
  return path;
}

async function storeTail(
  endpoint: string,
  key: string,
  { project, doc, author }: { readonly project: string; readonly doc: string; readonly author: string },
  updates: readonly Uint8Array[],
): Promise<void> {
  const { tables } = connectByKey({ endpoint, project: 'cowrite', key });
  const start = Date.now() - AGE_MS;
  const rows = updates.slice(0, ROWS).map((update, at) => {
    const { id, permissions, data } = encodeUpdateRow(ID.unique(), doc, update, { project, role: 'owner', author });
    const $createdAt = new Date(start + at * 300).toISOString();
    return { $id: id, $permissions: permissions, $createdAt, project, doc, data };
  });
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    await tables.createRows({ databaseId: DATABASE_ID, tableId: UPDATES_TABLE, rows: rows.slice(at, at + AT_ONCE) });
  }
}

/** Deletes the logs of projects. */
async function forget(endpoint: string, key: string, projects: readonly string[]): Promise<void> {
  const { tables } = connectByKey({ endpoint, project: 'cowrite', key });
  const queries = [Query.equal('project', [...projects])];
  await tables.deleteRows({ databaseId: DATABASE_ID, tableId: UPDATES_TABLE, queries });
}

/** Executes the Function until all is swept. */
async function sweep(endpoint: string, key: string): Promise<Omit<SweepReport, 'end' | 'quarantined'>> {
  const functions = new Functions(connectByKey({ endpoint, project: 'cowrite', key }).tables.client);
  const functionId = COMPACT_FUNCTION;
  const sums = { documents: 0, folded: 0 };
  for (;;) {
    const { $id: executionId } = await functions.createExecution({ functionId, body: '', async: true });
    for (;;) {
      await pause(ASK_MS);
      const { status, logs, errors } = await functions.getExecution({ functionId, executionId });
      if (status === ExecutionStatus.Failed || errors !== '') throw new Error(`The sweep failed: ${errors}`);
      if (status !== ExecutionStatus.Completed) continue;
      const done = JSON.parse(logs) as SweepReport;
      sums.documents += done.documents;
      sums.folded += done.folded;
      if (done.end === 'done') return sums;
      break;
    }
  }
}

function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}
