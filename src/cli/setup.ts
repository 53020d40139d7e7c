/** `npm run setup:appwrite`: makes an Appwrite project (Cloud or self-hosted) ready for Cowrite. Running it again is harmless. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyStep, waitForTable } from './setup/apply.ts';
import { parseProjectFile } from './setup/config.ts';
import { codeHash } from './setup/deploy.ts';
import { describeStep, planSetup, type Step } from './setup/plan.ts';
import { readExisting } from './setup/read.ts';
import { connect, explainRequest, type Access } from './setup/services.ts';

export interface SetupOptions extends Access {
  /** Top folder of Cowrite: holds appwrite.json and dist. */
  readonly root: string;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  /** Leave databases and buckets as they are; default false. */
  readonly functionsOnly?: boolean;
  readonly say: (line: string) => void;
}

/** Brings the project in line with appwrite.json. Throws a Problem with the sentence for what went wrong. */
export async function setup(options: SetupOptions): Promise<void> {
  const { root, dryRun, say, endpoint, project } = options;
  const file = parseProjectFile(readFileSync(join(root, 'appwrite.json'), 'utf8'));
  const config = options.functionsOnly ? { ...file, tablesDB: [], tables: [], buckets: [] } : file;
  const code = new Map(config.functions.map((fn) => [fn.$id, codeHash(fn, root)]));
  const services = connect(options);
  try {
    say(`Reading project ${project} at ${endpoint}…`);
    const steps = planSetup(config, await readExisting(services, config, endpoint), code);
    for (const [at, step] of steps.entries()) {
      say(`[${at + 1}/${steps.length}] ${describeStep(step)}`);
      if (!dryRun) await applyStep(services, step, root);
    }
    if (!dryRun) {
      const touched = config.tables.filter((table) => steps.some((step) => 'table' in step && step.table === table));
      for (const table of touched) await waitForTable(services, table, 'everything');
    }
    say(summary(steps, dryRun));
  } catch (error) {
    throw explainRequest(error, options);
  }
}

function summary(steps: readonly Step[], dryRun: boolean): string {
  if (steps.length === 0) return 'Nothing to do: the project has everything that Cowrite needs.';
  const created = steps.filter((step) => step.do.startsWith('create-')).length;
  const updated = steps.filter((step) => step.do.startsWith('update-') || step.do === 'set-variable').length;
  const deployed = steps.filter((step) => step.do === 'deploy').length;
  const counts = `${created} created, ${updated} updated, ${deployed} deployed`;
  return dryRun ? `Nothing was done (--dry-run). To do: ${counts}.` : `Done: ${counts}.`;
}
