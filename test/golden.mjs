/**
 * `npm run test:golden`: compares the embedded server with recordings of a real Appwrite server, step by step.
 *
 * The recordings and their checker lie outside the project (`../shared/appwrite/golden`, or the folder in
 * COWRITE_GOLDEN); where they are absent this says so and passes. Differences that `docs/appwrite-differences.md` lists
 * count separately; any other one fails. Arguments: names of files (`golden-slow`), default all.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from '../src/cli/start/dependencies.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = resolve(root, process.env.COWRITE_GOLDEN ?? '../shared/appwrite/golden');
const DIFFERENCES = 'docs/appwrite-differences.md';
const PROJECT = 'golden';
/** A realtime step ends when no frame came for so long, in ms: the server is on this machine. */
const QUIET_MS = 100;

/** Each file wants a server of its own, so that none sees what another left. */
const FILES = [
  { name: 'golden', limits: 'off' },
  { name: 'golden-nosmtp', limits: 'off' },
  { name: 'golden-slow', limits: 'off' },
  { name: 'golden-limits', limits: 'appwrite' },
];

await main(process.argv.slice(2));

async function main(names) {
  const unknown = names.find((name) => !FILES.some((file) => file.name === name));
  if (unknown !== undefined) {
    console.error(`There is no recording "${unknown}". Recordings: ${FILES.map(({ name }) => name).join(', ')}.`);
    process.exit(1);
  }
  if (!existsSync(join(folder, 'golden.mjs'))) {
    console.log(
      `Skipped: there are no recordings of an Appwrite server in ${folder}. COWRITE_GOLDEN names another folder.`,
    );
    return;
  }
  await ensureDependencies(root, (line) => console.log(line));
  const known = knownDifferences(readFileSync(join(root, DIFFERENCES), 'utf8'));
  const checker = copyOfChecker();
  try {
    // `vite` only now: it may just have been installed.
    const { runnerImport } = await import('vite');
    const { module } = await runnerImport(join(root, 'src/emulator/server.ts'), { root, configFile: false });
    for (const file of FILES.filter(({ name }) => names.length === 0 || names.includes(name))) {
      const differences = await check(module.startServer, checker, file, known);
      if (differences > 0) process.exitCode = 1;
    }
  } finally {
    rmSync(checker, { recursive: true, force: true });
  }
}

/** The folder may be read-only and has no packages of its own; the checker needs `ws`, which this project has. */
function copyOfChecker() {
  const copy = mkdtempSync(join(tmpdir(), 'cowrite-golden-'));
  cpSync(folder, copy, { recursive: true, filter: (source) => !source.endsWith('node_modules') });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
  return copy;
}

/** Reason by `scenario: step`: the rows of all tables whose first cell is one step in backticks. */
function knownDifferences(text) {
  const rows = text.matchAll(/^\| *`([^`|]+: [^`|]+)` *\| *([^|]+?) *\|$/gm);
  return new Map([...rows].map(([, step, reason]) => [step, reason]));
}

/** Prints the result of one file and returns the number of differences that nobody wrote down. */
async function check(startServer, checker, { name, limits }, known) {
  const dataDir = mkdtempSync(join(tmpdir(), 'cowrite-golden-data-'));
  const server = await startServer({ dataDir, schema: {}, functionsRoot: dataDir, projectId: PROJECT, limits });
  let report;
  try {
    report = await run(checker, name, server);
  } finally {
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
  const failed = report.results.filter(({ ok }) => !ok);
  const unknown = failed.filter((result) => !known.has(nameOf(result)));
  for (const result of unknown) print(result);
  for (const result of report.results) {
    if (result.ok && known.has(nameOf(result)))
      console.log(`no longer different, see ${DIFFERENCES}: ${nameOf(result)}`);
  }
  const share = ((100 * report.matched) / report.steps).toFixed(1);
  console.log(
    `${name}: ${report.matched} of ${report.steps} steps match (${share} %), ` +
      `${failed.length - unknown.length} known differences, ${unknown.length} unknown, ${report.seconds} s`,
  );
  return unknown.length;
}

function run(checker, name, server) {
  const args = ['golden.mjs', 'check', '--json', '--golden', `${name}.json`, '--quiet', String(QUIET_MS)];
  const access = ['--endpoint', `${server.url}/v1`, '--project', PROJECT, '--key', server.apiKey];
  const child = spawn(process.execPath, [...args, ...access], { cwd: checker, stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', () => {
      try {
        done(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      } catch (error) {
        fail(new Error(`The checker gave no report for ${name}`, { cause: error }));
      }
    });
  });
}

function nameOf({ scenario, step }) {
  return `${scenario}: ${step}`;
}

function print(result) {
  console.log(`different: ${nameOf(result)}`);
  for (const { path, expected, actual, soft } of result.differences) {
    if (!soft) console.log(`    ${path}: expected ${short(expected)}, got ${short(actual)}`);
  }
}

function short(value) {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 200);
}
