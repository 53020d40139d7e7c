import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureDependencies } from './dependencies.mjs';
import { staleParts } from './freshness.mjs';
import { HELP, parseOptions } from './options.mjs';
import { isProblem, Problem } from './problem.mjs';
import { run } from './run.mjs';
import { stopOnSignal } from './signals.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const say = (line) => console.log(line);

/** Does what the command line asks for; failures end in a message and exit code 1. */
export async function main(args) {
  try {
    await start(parseOptions(args, process.env));
  } catch (error) {
    console.error(isProblem(error) ? error.message : error);
    process.exit(1);
  }
}

async function start(command) {
  if (command.kind === 'help') return say(HELP);
  await ensureDependencies(root, say);
  if (command.kind === 'setup') {
    const { setup } = await builtServer('setup.js', ['server', 'functions']);
    await setup({ ...command, root, say });
    return;
  }
  if (command.kind === 'backup') {
    const { backup } = await builtServer('backup.js', ['server']);
    await backup({ ...command, say });
    return;
  }
  if (command.kind === 'restore') {
    const { restore } = await builtServer('restore.js', ['server']);
    await restore({ ...command, say });
    return;
  }
  if (command.kind === 'doctor') {
    const { doctor } = await builtServer('doctor.js', ['server']);
    if (!(await doctor({ ...command, root, say, progress: process.stderr }))) process.exitCode = 1;
    return;
  }
  const serve = command.dev ? await serveInDevelopment() : await serveBuilt();
  await serve(command);
}

async function serveBuilt() {
  const { serve } = await builtServer('serve.js', ['app', 'server', 'functions']);
  return (command) => keepRunning(() => serve({ ...command, root, app: { dir: join(root, 'dist/app') }, say }));
}

/** The app and the server from their sources, through Vite; the Functions are built, as Appwrite would get them. */
async function serveInDevelopment() {
  await buildStale(['functions']);
  const { openDevelopment } = await import('./development.mjs');
  return (command) =>
    keepRunning(async () => {
      const development = await openDevelopment(root);
      try {
        const { serve } = await development.load('src/cli/serve.ts');
        const server = await serve({ ...command, root, app: { handle: development.handle }, say });
        return { close: () => server.close().finally(development.close) };
      } catch (error) {
        await development.close();
        throw error;
      }
    });
}

/** Opens something that has `close()` and keeps it until a signal asks to stop. */
async function keepRunning(open) {
  const signals = stopOnSignal(say);
  const running = await open();
  signals.closeWith(running.close);
}

async function builtServer(file, parts) {
  await buildStale(parts);
  return import(pathToFileURL(join(root, 'dist/server', file)).href);
}

/** In a process of its own, so that the memory of the bundler does not stay with the server. */
async function buildStale(parts) {
  const stale = staleParts(root, parts);
  if (stale.length === 0) return;
  say(`Building ${stale.join(', ')}…`);
  const code = await run(process.execPath, [join(root, 'src/cli/build.mjs'), ...stale], { cwd: root });
  if (code !== 0) throw new Problem('The build failed: its message is above.');
}
