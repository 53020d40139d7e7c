/**
 * `npm run bench -- server`: how fast the embedded server stores, lists and tells rows, with how much memory. With
 * APPWRITE_ENDPOINT, APPWRITE_PROJECT_ID and APPWRITE_API_KEY set, that Appwrite is measured in turn with it.
 */
import type { BenchmarkOptions, BenchmarkResult } from '../support/contract.ts';
import { load } from '../support/machine.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { withUndo } from '../support/undo.ts';
import { deliver } from './events.ts';
import { fill, list } from './lists.ts';
import { report, type Figures } from './report.ts';
import { coldStart } from './start.ts';
import { embedded, real } from './target.ts';
import { throughput } from './throughput.ts';

const MOST_WRITERS = 64;
const WRITERS = [1, 16, MOST_WRITERS] as const;
const LISTS = [1_000, 5_000] as const;
const SOCKETS = 1_000;
/** 20 rows a second. */
const PAUSE_MS = 50;

interface Plan {
  readonly rounds: number;
  /** Of one round of writing. */
  readonly milliseconds: number;
  readonly rows: number;
  readonly lists: number;
  readonly fanOutRows: number;
  readonly starts: number;
}

const FULL: Plan = { rounds: 5, milliseconds: 3_000, rows: 400, lists: 15, fanOutRows: 300, starts: 5 };
const QUICK: Plan = { rounds: 2, milliseconds: 1_500, rows: 100, lists: 5, fanOutRows: 80, starts: 2 };

export function main(options: BenchmarkOptions): Promise<BenchmarkResult> {
  return withUndo(async (undo) => {
    const { quick, root, say } = options;
    const plan = quick ? QUICK : FULL;
    const busy = load();
    const data = temporaryFolder(options.built, undo);
    // The first start may have to build the product, and is not counted.
    say('Starting the product…');
    await coldStart(root, data, undo);
    const starts: number[] = [];
    for (let n = 0; n < plan.starts; n++) starts.push(await coldStart(root, data, undo));
    const targets = [await embedded(options, data, undo), await real(process.env, undo)].filter(
      (target) => target !== null,
    );
    const figures: Figures[] = targets.map((target) => ({
      target,
      rates: new Map(),
      processor: [],
      lists: new Map(),
      event: [],
      fanOut: [],
      memory: null,
    }));
    await measure(figures, plan, say);
    return report(figures, starts, busy);
  });
}

/** Each kind of figure of all servers in turn, so that what else the machine does meets them alike. */
async function measure(figures: readonly Figures[], plan: Plan, say: (line: string) => void): Promise<void> {
  for (const { target } of figures) await throughput(target, 16, plan.milliseconds / 2);
  for (let round = 0; round < plan.rounds; round++) {
    say(`Writing, round ${round + 1} of ${plan.rounds}`);
    for (const writers of WRITERS) {
      for (const { target, rates, processor } of figures) {
        const { rate, processor: taken } = await throughput(target, writers, plan.milliseconds);
        rates.set(writers, [...(rates.get(writers) ?? []), rate]);
        if (writers === MOST_WRITERS && taken !== null) processor.push(taken);
      }
    }
  }
  say('Listing');
  for (const { target, lists } of figures) {
    await fill(target, Math.max(...LISTS));
    for (const count of LISTS) lists.set(count, await list(target, count, plan.lists));
  }
  say('Telling one socket');
  for (const one of figures) {
    const { samples } = await deliver(one.target, { sockets: 1, rows: plan.rows, pause: 10 });
    one.event = samples;
  }
  say(`Telling ${SOCKETS} sockets`);
  for (const one of figures) await fanOut(one, plan);
}

async function fanOut(figures: Figures, plan: Plan): Promise<void> {
  try {
    const { samples, memory } = await deliver(figures.target, {
      sockets: SOCKETS,
      rows: plan.fanOutRows,
      pause: PAUSE_MS,
    });
    figures.fanOut = samples;
    figures.memory = memory;
  } catch (error) {
    figures.fanOutProblem = error instanceof Error ? error.message : String(error);
  }
}
