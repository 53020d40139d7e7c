/**
 * `npm run bench -- open`: how long it takes to open documents that have been worked on for long, on an empty device and
 * on one that has them, beside y-websocket and Hocuspocus with SQLite.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { toBase64 } from 'lib0/buffer';
import { Child } from '../support/child.ts';
import type { BenchmarkOptions, BenchmarkResult } from '../support/contract.ts';
import { freePort } from '../support/free-port.ts';
import { load } from '../support/machine.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { withUndo, type Undo } from '../support/undo.ts';
import type { ServerReady } from '../sync/server.ts';
import { Stage } from '../sync/stage.ts';
import { opener } from './asked.ts';
import { productKey, report, type Product, type Results, type Subject } from './report.ts';
import type { Answer, Asked } from './serve.ts';
import { stock, type Keystroke } from './stock.ts';
import { lengthOf, readTrace, TITLES, TRACES, type Trace } from './traces.ts';

const KEYS_A_DAY = 5_000;
/** Recordings in generations of this many keystrokes. */
const TRACE_FOLD = 50_000;
const ROUNDS = 20;
const QUICK_ROUNDS = 3;

/** A document that can be opened again and again. */
interface Openable {
  readonly product: Product;
  readonly subject: Subject;
  /** Characters that its text has to have. */
  readonly length: number;
  readonly open: (asked: Asked) => Promise<Answer>;
}

export function main(options: BenchmarkOptions): Promise<BenchmarkResult> {
  return withUndo(async (undo) => {
    const { root, built, quick, say } = options;
    const results: Results = { answers: new Map(), notes: new Map(), stored: null, load: load() };
    say('Replaying the recordings…');
    const traces = TRACES.flatMap((name) => {
      const trace = readTrace(root, name);
      const note =
        trace === null ? `the recording ${TITLES[name]} is missing (COWRITE_TRACES names its folder)` : trace.madeUp;
      if (note !== null) results.notes.set(name, note);
      return trace ?? [];
    });
    const dataDir = temporaryFolder(built, undo);
    say('Storing the documents…');
    const all = [
      ...(await prepareCowrite(options, dataDir, traces, results, undo)),
      ...(await preparePeers(options, dataDir, traces, results, undo)),
    ];
    const failed = new Set<Openable>();
    for (let round = 0; round < (quick ? QUICK_ROUNDS : ROUNDS); round++) {
      say(`Opening, round ${round + 1}`);
      for (const each of all) {
        if (failed.has(each)) continue;
        try {
          await openOnce(each, results);
        } catch (error) {
          // Cowrite has to work; of a peer that does not, the rest is measured.
          if (each.product === 'cowrite') throw error;
          results.notes.set(productKey(each.product, each.subject), String(error));
          failed.add(each);
        }
      }
    }
    return report(results);
  });
}

/** On an empty device, then on the one that is left by that. */
async function openOnce({ product, subject, length, open }: Openable, { answers }: Results): Promise<void> {
  const key = productKey(product, subject);
  const [cold, warm] = [await open({ warm: false }), await open({ warm: true })];
  for (const answer of [cold, warm]) {
    if (answer.length !== length) throw new Error(`${key}: ${answer.length} characters of ${length}`);
  }
  answers.set(key, [...(answers.get(key) ?? []), { cold, warm }]);
}

async function prepareCowrite(
  { root, built }: BenchmarkOptions,
  dataDir: string,
  traces: readonly Trace[],
  results: Results,
  undo: Undo,
): Promise<Openable[]> {
  const folder = join(dataDir, 'server');
  const pages = join(dataDir, 'pages');
  for (const each of [folder, pages]) mkdirSync(each);
  const args = [folder, join(root, 'appwrite.json'), pages, 'off'];
  const server = new Child('the embedded server', join(built, 'server.js'), { args });
  undo.add(() => server.close());
  const { url, apiKey } = await server.first<ServerReady>();
  const stage = new Stage(url, apiKey);
  const [person, other] = [await stage.person(), await stage.person()];
  const { id: author, session } = person;
  const endpoint = `${url}/v1`;
  const ask = opener('the replica of Cowrite', join(built, 'bundled/cowrite.js'), undo);
  const prepare = async (subject: Subject, edits: readonly Keystroke[], fold: number, length: number) => {
    const project = await stage.project([person, other]);
    const authors = [author, other.id];
    const stored = await stock({ endpoint, key: apiKey }, { project, authors }, edits, fold);
    const member = { project, author, role: 'owner', letter: 'a', profile: 'embedded', endpoint, session } as const;
    const open = ({ warm }: Asked): Promise<Answer> => ask({ member, warm });
    return { stored, openable: { product: 'cowrite', subject, length, open } as const };
  };
  const all: Openable[] = [];
  for (const { name, edits, text } of traces) {
    all.push((await prepare(name, edits, TRACE_FOLD, text.length)).openable);
  }
  const paper = traces.find(({ name }) => name === 'paper');
  for (const [subject, days] of [
    ['1_day', 1],
    ['10_days', 10],
  ] as const) {
    if (paper === undefined) break;
    const edits = paper.edits.slice(0, days * KEYS_A_DAY);
    const { stored, openable } = await prepare(subject, edits, KEYS_A_DAY, lengthOf(edits));
    if (subject === '10_days') results.stored = stored;
    all.push(openable);
  }
  return all;
}

async function preparePeers(
  { root, built, peers }: BenchmarkOptions,
  dataDir: string,
  traces: readonly Trace[],
  results: Results,
  undo: Undo,
): Promise<Openable[]> {
  const all: Openable[] = [];
  const prepare = async (product: 'ywebsocket' | 'hocuspocus', url: string, server: Child): Promise<void> => {
    const ask = opener(product, join(built, `bundled/${product}.js`), undo);
    const ended = new Promise<never>((_resolve, reject) => server.listen(() => undefined, reject));
    // A server that ends while nobody asks is heard of with the next question.
    ended.catch(() => undefined);
    for (const { name, state, text } of traces) {
      const where = { url, room: name };
      const open = (asked: Asked): Promise<Answer> => Promise.race([ask({ ...where, ...asked }), ended]);
      try {
        await Promise.race([ask({ ...where, warm: false, state: toBase64(state) }), ended]);
        all.push({ product, subject: name, length: text.length, open });
      } catch (error) {
        results.notes.set(productKey(product, name), String(error));
      }
    }
  };
  const cannot = (product: Product, reason: string): void => {
    for (const { name } of traces) results.notes.set(productKey(product, name), reason);
  };
  if (peers.missing !== null) {
    cannot('ywebsocket', peers.missing);
    cannot('hocuspocus', peers.missing);
    return all;
  }
  const port = await freePort();
  const env = { PORT: String(port), HOST: 'localhost' };
  const ywebsocket = new Child('y-websocket', join(root, 'bench/relay/ywebsocket/server.mjs'), { env });
  undo.add(() => ywebsocket.close());
  await ywebsocket.first();
  await prepare('ywebsocket', `ws://localhost:${port}`, ywebsocket);

  const { sqliteMissing, hocuspocusNode: node } = peers;
  if (sqliteMissing !== null || node === null) {
    cannot('hocuspocus', sqliteMissing ?? 'no Node that Hocuspocus accepts');
    return all;
  }
  const args = [join(dataDir, 'hocuspocus.sqlite')];
  const hocuspocus = new Child('Hocuspocus', join(root, 'bench/relay/hocuspocus/server.mjs'), { node, args });
  undo.add(() => hocuspocus.close());
  const ready = await hocuspocus.first<{ port: number }>();
  await prepare('hocuspocus', `ws://localhost:${ready.port}`, hocuspocus);
  return all;
}
