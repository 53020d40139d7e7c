/**
 * Runs the embedded server with the app on one port. `start.mjs` has read the command line; this wires the parts.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { isAbsolute, join } from 'node:path';
import { isLoopback } from '../emulator/cors.ts';
import { startServer, type RunningServer, type ServerOptions } from '../emulator/server.ts';
import { explainFolder, prepareDataFolder } from './data-folder.ts';
import { createDemo, readDemo, type Demo } from './demo.ts';
import { Problem, systemCall, systemCode } from './problem.ts';
import { parseProjectFile } from './setup/config.ts';

export interface ServeOptions {
  /** Top folder of Cowrite: holds appwrite.json and dist. */
  readonly root: string;
  readonly app: { dir: string } | { handle(req: IncomingMessage, res: ServerResponse): void };
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host?: string | undefined;
  /** Folder for what is stored; relative to the working directory. */
  readonly data: string;
  /** Delete what is stored first. */
  readonly fresh: boolean;
  /** Create the demo project if the data folder has none. */
  readonly demo: boolean;
  readonly apiKey?: string | undefined;
  /** Hosts under which browsers may reach it, beside those of this machine. */
  readonly platforms?: readonly string[];
  /** Default `off`. */
  readonly limits?: 'off' | 'appwrite';
  /** Default `text`: only problems, for people. `json`: everything, one object a line, on standard output. */
  readonly log?: 'text' | 'json';
  readonly say: (line: string) => void;
}

/** Resolves once the server answers; `close` ends when everything is on disk and the port is free. */
export async function serve(given: ServeOptions): Promise<RunningServer> {
  const say = given.log === 'json' ? (line: string) => logJson({ level: 'info', message: line }) : given.say;
  const options: ServeOptions = { ...given, say };
  const config = parseProjectFile(readFileSync(join(options.root, 'appwrite.json'), 'utf8'));
  await checkPort(options);
  const folder = prepareDataFolder(options.data, { fresh: options.fresh });
  const base: ServerOptions = {
    dataDir: folder,
    schema: config,
    projectId: config.projectId,
    functionsRoot: options.root,
    app: options.app,
    log: options.log === 'json' ? logJson : logProblems,
    platforms: [...(options.platforms ?? [])],
    ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }),
  };
  const demo = options.demo ? await prepareDemo(options, base) : null;
  const limits = options.limits ?? 'off';
  const shown = { profile: limits === 'appwrite' ? 'cloud' : 'embedded', ...(demo !== null && { demo }) };
  const server = await listen(options, { ...base, config: shown, limits });
  announce(options, server, folder);
  return server;
}

/** Before anything is created or deleted, whether the port can be had. Throws a Problem if not. */
async function checkPort(options: ServeOptions): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen(options.port, options.host ?? 'localhost', resolve);
    });
  } catch (error) {
    throw explain(error, options, options.data);
  }
  await new Promise((resolve) => probe.close(resolve));
}

/**
 * The demo project, created if the data folder has none yet: by a server on a port of its own, so that nobody meets a
 * project that is half there. It is no reason not to start: what is missing is made at the next start.
 */
async function prepareDemo(options: ServeOptions, base: ServerOptions): Promise<Demo | null> {
  const demo = readDemo(base.dataDir);
  if (demo !== null) return demo;
  options.say('Creating the demo project…');
  const server = await listen({ ...options, port: 0, host: '127.0.0.1' }, base);
  try {
    const projectId = base.projectId ?? '';
    return await createDemo(base.dataDir, { endpoint: `${server.url}/v1`, projectId, apiKey: server.apiKey });
  } catch (error) {
    options.say(`The demo project could not be created: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  } finally {
    await server.close();
  }
}

async function listen(options: ServeOptions, base: ServerOptions): Promise<RunningServer> {
  try {
    return await startServer({
      ...base,
      port: options.port,
      ...(options.host === undefined ? {} : { host: options.host }),
    });
  } catch (error) {
    throw explain(error, options, base.dataDir);
  }
}

/** What goes wrong inside the server, and what Functions print; the rest is of no interest to who runs it. */
function logProblems({ level, ...entry }: LogEntry): void {
  if (level !== 'info') console.error(`[server] ${level}:`, entry);
}

type LogEntry = Parameters<NonNullable<ServerOptions['log']>>[0];

function logJson(entry: LogEntry): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), ...entry }));
}

function announce(options: ServeOptions, server: RunningServer, folder: string): void {
  const { host = 'localhost', say } = options;
  const shown = isLoopback(host) || isEveryAddress(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  if (!isLoopback(host)) {
    say(
      `Warning: listening on ${host}, so everyone who reaches this machine over the network can sign up and use it, ` +
        'without encryption. Use it only in a network you trust.',
    );
  }
  say(`What is stored is in ${folder}${isAbsolute(options.data) ? '' : ` (--data ${options.data})`}. Ctrl+C stops.`);
  say(`Cowrite is running at http://${shown}:${server.port}`);
}

function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function explain(error: unknown, { port, host = 'localhost' }: ServeOptions, folder: string): unknown {
  switch (systemCode(error) ?? '') {
    case 'EADDRINUSE':
      return new Problem(
        `Port ${port} is taken by another program. Stop it, or choose another port: npm start -- --port ${port + 1}`,
      );
    case 'EACCES':
      if (systemCall(error) !== 'listen') return explainFolder(error, folder);
      return new Problem(`This user may not listen on port ${port}. Choose one above 1023: npm start -- --port 4321`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Problem(`This machine has no address "${host}" to listen on. Leave --host away, or use 0.0.0.0.`);
    default:
      return explainFolder(error, folder);
  }
}
