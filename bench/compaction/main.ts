/**
 * `npm run bench -- compaction`: what folding a log costs, how large what it stores is, and how what is stored grows over
 * ten working days with and without it.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../support/child.ts';
import type { BenchmarkOptions, BenchmarkResult } from '../support/contract.ts';
import { load } from '../support/machine.ts';
import { readPaper } from '../support/paper.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { withUndo, type Undo } from '../support/undo.ts';
import { crowd, PEOPLE } from './crowd.ts';
import { writeLog } from './file-log.ts';
import type { Folded } from './fold.ts';
import { growth } from './growth.ts';
import { report, type Measured } from './report.ts';

const SIZES = [1_000, 10_000, 50_000, 259_778] as const;
const ROUNDS = 3;
const CROWD = { documents: 200, turns: 20, quietMs: 8_000, budgetMs: 600_000 };
const QUICK_CROWD = { documents: 6, turns: 3, quietMs: 2_000, budgetMs: 10_000 };

export function main(options: BenchmarkOptions): Promise<BenchmarkResult> {
  return withUndo(async (undo) => {
    const { root, built, quick, say } = options;
    const busy = load();
    const folder = temporaryFolder(built, undo);
    say('Replaying the recording…');
    const paper = readPaper(root);
    if (paper === null) return report({ folds: [], growth: null, crowd: null, directBytes: null, load: busy });
    const log = join(folder, 'log');
    writeLog(log, paper.updates);
    const folds: Measured[] = SIZES.map((rows) => ({ rows, runs: [] }));
    for (let round = 0; round < (quick ? 1 : ROUNDS); round++) {
      for (const { rows, runs } of folds) {
        say(`Folding ${rows} rows, round ${round + 1}`);
        const place = join(folder, `${rows}-${round}`);
        mkdirSync(place);
        runs.push(await foldAlone(join(built, 'fold.js'), [log, place, String(rows)], undo));
      }
    }
    say('Ten working days…');
    const days = await growth(paper);
    const plan = quick ? QUICK_CROWD : CROWD;
    say(`${PEOPLE} people edit while ${plan.documents} documents are swept`);
    const swept = await undo.scope((inner) => crowd(options, folder, paper.updates, plan, inner));
    return report({ folds, growth: days, crowd: swept, directBytes: paper.state.length, load: busy });
  });
}

function foldAlone(script: string, args: string[], undo: Undo): Promise<Folded> {
  return undo.scope(async (inner) => {
    const child = new Child('The folding process', script, { args });
    inner.add(() => child.close());
    return child.first<Folded>();
  });
}
