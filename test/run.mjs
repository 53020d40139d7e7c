/**
 * `npm test`: every check of the project, also when an earlier one failed. The last line is
 * `N passed, N failed`; the exit code is 1 if anything failed or a suite ran no test. `--fast` (`npm run check`) is the
 * part of it that takes less than a minute.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from '../src/cli/start/dependencies.mjs';
import { nodeProblem } from '../src/cli/start/node-version.mjs';
import { run } from '../src/cli/start/run.mjs';
import { audit } from './audit.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const CHROMIUM = '/usr/bin/chromium';
const MINUTE_MS = 60_000;
const say = (line) => console.log(line);

const PRETTIER = 'prettier/bin/prettier.cjs';
const OXLINT = 'oxlint/bin/oxlint';
const TSC = 'typescript/bin/tsc';
const VITEST = 'vitest/vitest.mjs';

/** `withNext`: it waits more than it works, and runs at the same time as the step after it. */
const STEPS = [
  { name: 'format', fast: true, run: () => check([tool(PRETTIER), '--check', '.', '--log-level', 'warn']) },
  { name: 'lint', fast: true, run: () => check([tool(OXLINT), '--type-aware', '--deny-warnings']) },
  {
    name: 'types',
    fast: true,
    run: () => check([tool(TSC), '-p', 'tsconfig.json'], [tool(TSC), '-p', 'src/core/tsconfig.json']),
  },
  { name: 'build', run: () => check([join(root, 'src/cli/build.mjs')]) },
  { name: 'audit', run: () => audit(root) },
  { name: 'unit', fast: true, run: () => suite('unit', 10) },
  { name: 'contract', run: () => suite('contract', 10), withNext: true },
  { name: 'browser', browser: true, run: () => suite('browser', 15) },
  { name: 'e2e', browser: true, run: () => suite('e2e', 30) },
];

await main(process.argv.slice(2));

async function main(args) {
  const problem = nodeProblem() ?? unknownOption(args);
  if (problem !== null) {
    console.error(problem);
    process.exit(1);
  }
  try {
    await ensureDependencies(root, say);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }

  const steps = args.includes('--fast') ? STEPS.filter((step) => step.fast) : STEPS;
  const withoutBrowser = steps.some((step) => step.browser) ? await chromiumProblem() : null;
  const results = [];
  let together = [];
  for (const step of steps) {
    together.push(step);
    if (step.withNext) continue;
    const run = together.map((each) => measured(each, each.browser ? withoutBrowser : null));
    results.push(...(await Promise.all(run)));
    together = [];
  }
  report(results);
  process.exit(results.some(({ failed }) => failed > 0) ? 1 : 0);
}

function unknownOption(args) {
  const unknown = args.find((arg) => arg !== '--fast');
  return unknown === undefined ? null : `Unknown option ${unknown}. The only one is --fast.`;
}

async function measured(step, problem) {
  say(`\n── ${step.name} ${'─'.repeat(Math.max(0, 60 - step.name.length))}`);
  const started = performance.now();
  let result;
  try {
    result = problem === null ? await step.run() : failed(problem);
  } catch (error) {
    result = failed(error instanceof Error ? error.message : String(error));
  }
  if (result.note !== undefined) say(result.note);
  return { ...result, name: step.name, seconds: (performance.now() - started) / 1000 };
}

/** Programs that all have to end with code 0; together they count as one check. */
async function check(...programs) {
  let code = 0;
  for (const program of programs) code ||= await node(program, 10);
  return code === 0 ? { passed: 1, failed: 0 } : failed();
}

/** A project of vitest, counted by the report that it writes. */
async function suite(project, minutes) {
  const folder = mkdtempSync(join(tmpdir(), 'cowrite-test-'));
  const file = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const code = await node([tool(VITEST), 'run', '--project', project, ...reporters], minutes);
    if (!existsSync(file)) return failed(`The suite ${project} ended without a report (exit code ${code}).`);
    return count(JSON.parse(readFileSync(file, 'utf8')), code, project);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(summary, code, project) {
  const unloadable = summary.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  const counts = {
    passed: summary.numPassedTests,
    failed: summary.numFailedTests + unloadable,
    skipped: summary.numPendingTests + summary.numTodoTests,
  };
  if (counts.failed > 0) return counts;
  if (counts.passed === 0) return { ...counts, failed: 1, note: `The suite ${project} ran no test.` };
  if (code !== 0) return { ...counts, failed: 1, note: `The suite ${project} ended with exit code ${code}.` };
  return counts;
}

function failed(note) {
  return { passed: 0, failed: 1, note };
}

function node(args, minutes) {
  return run(process.execPath, args, { cwd: root, timeoutMs: minutes * MINUTE_MS });
}

function tool(path) {
  return join(root, 'node_modules', path);
}

/** Installs Chromium where it is missing and that is possible; else says what the reader has to do. */
async function chromiumProblem() {
  if (existsSync(CHROMIUM)) return null;
  const byHand = `The browser tests need Chromium at ${CHROMIUM}. Install it (Debian, Ubuntu: sudo apt-get install chromium).`;
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return byHand;
  say('Chromium is missing: installing it with apt-get…');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => run('apt-get', args, { cwd: root, env, timeoutMs: 15 * MINUTE_MS });
  await apt('update');
  await apt('install', '-y', '-o', 'DPkg::Lock::Timeout=300', 'chromium');
  return existsSync(CHROMIUM) ? null : `${byHand} apt-get could not (its message is above).`;
}

function report(results) {
  const total = (key) => results.reduce((sum, result) => sum + (result[key] ?? 0), 0);
  say('');
  for (const { name, passed, failed, skipped, seconds } of results) {
    const state = failed > 0 ? 'FAILED' : passed === 0 ? 'NOT RUN' : 'ok';
    const counts = `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
    say(`${state.padEnd(7)} ${name.padEnd(9)} ${counts.padEnd(34)} ${seconds.toFixed(1).padStart(6)} s`);
  }
  say('');
  say(`${total('passed')} passed, ${total('failed')} failed`);
}
