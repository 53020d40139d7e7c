/**
 * `npm run bench -- history`: how long it takes to build the history of a text, and to ask it: the text at a random
 * moment, who wrote each line, the difference of two moments; and how that grows with the history.
 */
import { join } from 'node:path';
import { Child } from '../support/child.ts';
import type { BenchmarkOptions, BenchmarkResult } from '../support/contract.ts';
import { load } from '../support/machine.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { withUndo, type Undo } from '../support/undo.ts';
import type { Figures } from './figures.ts';
import { friends, FRIENDS, paper, REWRITTEN, rewritten, type Recording } from './recordings.ts';
import { report, type Measured } from './report.ts';
import { repeated, writeRows } from './rows.ts';

interface Plan {
  readonly rounds: number;
  /** Of the histories that are so many times as long, and of the rewritten text; each takes a minute or two. */
  readonly longRounds: number;
  readonly seeks: number;
  readonly yjsSeeks: number;
}

const FULL: Plan = { rounds: 3, longRounds: 1, seeks: 1_000, yjsSeeks: 40 };
const QUICK: Plan = { rounds: 1, longRounds: 0, seeks: 200, yjsSeeks: 5 };

export function main({ root, built, quick, say }: BenchmarkOptions): Promise<BenchmarkResult> {
  return withUndo(async (undo) => {
    const plan = quick ? QUICK : FULL;
    const busy = load();
    const folder = temporaryFolder(built, undo);
    say('Replaying the recordings…');
    const recordings = [paper(root), friends(root)].filter((recording) => recording !== null);
    const measured: Measured[] = [];
    for (const recording of recordings) measured.push(prepare(recording, folder));
    if (plan.longRounds > 0) {
      for (const recording of recordings) {
        const times = recording.name === FRIENDS ? 100 : 10;
        measured.push(prepare(recording, folder, times));
      }
      measured.push(prepare(rewritten(), folder));
    }
    for (let round = 0; round < plan.rounds; round++) {
      for (const one of measured) {
        if (isLong(one) && round >= plan.longRounds) continue;
        say(`Round ${round + 1} of ${plan.rounds}: ${one.name}${one.times === 1 ? '' : ` × ${one.times}`}`);
        one.cowrite.push(await run(join(built, 'cowrite.js'), one.path, plan.seeks, undo));
        // Long histories take Yjs minutes and say nothing new.
        if (!isLong(one)) one.yjs.push(await run(join(built, 'yjs.js'), one.path, plan.yjsSeeks, undo));
      }
    }
    for (const one of measured) compareTexts(one);
    return report(measured, busy);
  });
}

function isLong({ name, times }: Measured): boolean {
  return times > 1 || name === REWRITTEN;
}

function prepare({ name, rows, end, madeUp }: Recording, folder: string, times = 1): Measured {
  const path = join(folder, `${measuredName(name, times)}.rows`);
  writeRows(path, times === 1 ? rows : repeated(rows, times));
  return { name, times, path, characters: times * end.length, madeUp, cowrite: [], yjs: [] };
}

function measuredName(name: string, times: number): string {
  return times === 1 ? name : `${name}-${times}`;
}

async function run(script: string, path: string, seeks: number, undo: Undo): Promise<Figures> {
  return undo.scope(async (inner) => {
    const child = new Child('The measuring process', script, { args: [path, String(seeks)] });
    inner.add(() => child.close());
    return child.first<Figures>();
  });
}

/** Figures of wrong texts would be worth nothing. */
function compareTexts({ name, times, characters, cowrite, yjs }: Measured): void {
  const [expected] = [...yjs, ...cowrite];
  for (const { texts, characters: found } of [...cowrite, ...yjs]) {
    if (found !== characters || String(texts) !== String(expected?.texts))
      throw new Error(`The texts of ${name} × ${times} differ`);
  }
}
