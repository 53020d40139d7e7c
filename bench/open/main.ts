/**
 * `npm run bench -- open`: how long it takes to open a document that has been worked on for long, on an empty device and
 * on one that has it, beside y-websocket and Hocuspocus with SQLite.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { toBase64 } from 'lib0/buffer';
import { Child } from '../support/child.ts';
import type { BenchmarkOptions, BenchmarkResult } from '../support/contract.ts';
import { freePort } from '../support/free-port.ts';
import { load } from '../support/machine.ts';
import { MISSING_PAPER, readPaper, type Paper } from '../support/paper.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { withUndo, type Undo } from '../support/undo.ts';
import type { ServerReady } from '../sync/server.ts';
import { Stage, type Person } from '../sync/stage.ts';
import { opener } from './asked.ts';
import { report, type Key, type Results } from './report.ts';
import type { Answer } from './serve.ts';
import { stock } from './stock.ts';

const KEYS_A_DAY = 5_000;
/** The paper in generations of this many keystrokes. */
const PAPER_FOLD = 50_000;
const ROUNDS = 20;
const QUICK_ROUNDS = 3;

/** Opens a document once. */
type Open = () => Promise<Answer>;

export function main(options: BenchmarkOptions): Promise<BenchmarkResult> {
  return withUndo(async (undo) => {
    const { root, built, quick, say } = options;
    const results: Results = { times: new Map(), notes: new Map(), stored: null, load: load() };
    const paper = readPaper(root);
    if (paper === null) {
      results.notes.set('cold_cowrite_paper', MISSING_PAPER);
      return report(results);
    }
    const dataDir = temporaryFolder(built, undo);
    const opens = new Map<Key, Open>();
    say('Storing the documents…');
    await prepareCowrite(options, dataDir, paper, opens, results, undo);
    await preparePeers(options, dataDir, paper, opens, results, undo);
    for (let round = 0; round < (quick ? QUICK_ROUNDS : ROUNDS); round++) {
      say(`Opening, round ${round + 1}`);
      for (const [key, open] of opens) {
        try {
          const { took, length } = await open();
          const isWhole = EXPECTED[key] === 'days' || length === paper.text.length;
          if (!isWhole) throw new Error(`${length} characters of ${paper.text.length}`);
          results.times.set(key, [...(results.times.get(key) ?? []), took]);
        } catch (error) {
          // Cowrite has to work; of a peer that does not, the rest is measured.
          if (key.includes('cowrite')) throw error;
          results.notes.set(key, String(error));
          opens.delete(key);
        }
      }
    }
    return report(results);
  });
}

/** Whose text has to come out. */
const EXPECTED: Readonly<Record<Key, 'paper' | 'days'>> = {
  cold_cowrite_paper: 'paper',
  warm_cowrite_paper: 'paper',
  cold_ywebsocket_paper: 'paper',
  cold_hocuspocus_paper: 'paper',
  cold_cowrite_1_day: 'days',
  cold_cowrite_10_days: 'days',
};

async function prepareCowrite(
  { root, built }: BenchmarkOptions,
  dataDir: string,
  paper: Paper,
  opens: Map<Key, Open>,
  results: Results,
  undo: Undo,
): Promise<void> {
  const folder = join(dataDir, 'server');
  const pages = join(dataDir, 'pages');
  for (const each of [folder, pages]) mkdirSync(each);
  const args = [folder, join(root, 'appwrite.json'), pages, 'off'];
  const server = new Child('the embedded server', join(built, 'server.js'), { args });
  undo.add(() => server.close());
  const { url, apiKey } = await server.first<ServerReady>();
  const stage = new Stage(url, apiKey);
  const person = await stage.person();
  const access = { endpoint: `${url}/v1`, key: apiKey };
  const ask = opener('the replica of Cowrite', join(built, 'bundled/cowrite.js'), undo);
  const store = async (updates: readonly Uint8Array[], fold: number) =>
    stock(access, { project: await stage.project([person]), author: person.id }, updates, fold);
  const opening = (project: string, warm: boolean): Open => {
    return () => ask({ member: memberOf(project, person, access.endpoint), warm });
  };
  const whole = await store(paper.updates, PAPER_FOLD);
  opens.set('cold_cowrite_paper', opening(whole.project, false));
  // Right after a cold opening, which leaves on the device what it has read.
  opens.set('warm_cowrite_paper', opening(whole.project, true));
  const day = await store(paper.updates.slice(0, KEYS_A_DAY), KEYS_A_DAY);
  opens.set('cold_cowrite_1_day', opening(day.project, false));
  const days = await store(paper.updates.slice(0, 10 * KEYS_A_DAY), KEYS_A_DAY);
  opens.set('cold_cowrite_10_days', opening(days.project, false));
  results.stored = days.stored;
}

function memberOf(project: string, { id, session }: Person, endpoint: string) {
  return { project, author: id, role: 'owner', letter: 'a', profile: 'embedded', endpoint, session } as const;
}

async function preparePeers(
  { root, built, peers }: BenchmarkOptions,
  dataDir: string,
  paper: Paper,
  opens: Map<Key, Open>,
  results: Results,
  undo: Undo,
): Promise<void> {
  const state = toBase64(paper.state);
  const prepare = async (key: Key, name: string, url: string, server: Child): Promise<void> => {
    const ask = opener(name, join(built, `bundled/${name}.js`), undo);
    const ended = new Promise<never>((_resolve, reject) => server.listen(() => undefined, reject));
    // A server that ends while nobody asks is heard of with the next question.
    ended.catch(() => undefined);
    const room = { url, room: 'paper' };
    try {
      await Promise.race([ask({ ...room, state }), ended]);
      opens.set(key, () => Promise.race([ask(room), ended]));
    } catch (error) {
      results.notes.set(key, String(error));
    }
  };
  if (peers.missing !== null) {
    for (const key of ['cold_ywebsocket_paper', 'cold_hocuspocus_paper'] as const)
      results.notes.set(key, peers.missing);
    return;
  }
  const port = await freePort();
  const env = { PORT: String(port), HOST: 'localhost' };
  const ywebsocket = new Child('y-websocket', join(root, 'bench/relay/ywebsocket/server.mjs'), { env });
  undo.add(() => ywebsocket.close());
  await ywebsocket.first();
  await prepare('cold_ywebsocket_paper', 'ywebsocket', `ws://localhost:${port}`, ywebsocket);

  const unusable = peers.sqliteMissing ?? (peers.hocuspocusNode === null ? 'no Node that Hocuspocus accepts' : null);
  if (unusable !== null || peers.hocuspocusNode === null) {
    results.notes.set('cold_hocuspocus_paper', unusable ?? '');
    return;
  }
  const path = join(root, 'bench/relay/hocuspocus/server.mjs');
  const settings = { node: peers.hocuspocusNode, args: [join(dataDir, 'hocuspocus.sqlite')] };
  const hocuspocus = new Child('Hocuspocus', path, settings);
  undo.add(() => hocuspocus.close());
  const ready = await hocuspocus.first<{ port: number }>();
  await prepare('cold_hocuspocus_paper', 'hocuspocus', `ws://localhost:${ready.port}`, hocuspocus);
}
