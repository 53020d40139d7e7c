import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import type { AppwriteConfig } from '../../src/emulator/server.ts';
import { PROJECT } from './emulator.ts';

export interface BuiltServer {
  folder: string;
  /** Removes what was built. */
  remove(): void;
}

/** Builds the server so that plain Node can run it as a process of its own. */
export async function buildServer(schema: AppwriteConfig): Promise<BuiltServer> {
  const folder = mkdtempSync(join(tmpdir(), 'cowrite-built-'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  await build({
    configFile: false,
    root: resolve('.'),
    logLevel: 'error',
    build: { ssr: 'src/emulator/server.ts', outDir: join(folder, 'server'), emptyOutDir: true },
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const options = { schema, functionsRoot: folder, projectId: PROJECT };
  writeFileSync(
    join(folder, 'child.js'),
    `import { startServer } from './server/server.js';
     const { url, apiKey } = await startServer({ dataDir: process.argv[2], ...${JSON.stringify(options)} });
     console.log(JSON.stringify({ url, apiKey }));`,
  );
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Answer {
  status: number;
  body: Buffer;
}

/** A server that can be killed. Requests are made by hand: the machine is for the server. */
export class ServerProcess {
  readonly url: string;
  readonly #key: string;
  readonly #child: ChildProcess;
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(child: ChildProcess, url: string, key: string) {
    this.#child = child;
    this.url = url;
    this.#key = key;
  }

  static async start({ folder }: BuiltServer, dataDir: string): Promise<ServerProcess> {
    const child = spawn(process.execPath, [join(folder, 'child.js'), dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { url, apiKey } = JSON.parse(line.toString()) as { url: string; apiKey: string };
    return new ServerProcess(child, url, apiKey);
  }

  /** A request with the key; `body` is sent as JSON unless it is a form. Rejects if no whole answer comes. */
  async send(method: string, path: string, body?: object | FormData): Promise<Answer> {
    const form = body instanceof FormData ? new Response(body) : undefined;
    const bytes = form ? Buffer.from(await form.arrayBuffer()) : Buffer.from(body ? JSON.stringify(body) : '');
    return new Promise((resolvePromise, reject) => {
      const headers = {
        'x-appwrite-project': PROJECT,
        'x-appwrite-key': this.#key,
        'content-type': form?.headers.get('content-type') ?? 'application/json',
        'content-length': bytes.length,
      };
      const outgoing = request(`${this.url}/v1${path}`, { method, agent: this.#agent, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => resolvePromise({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }));
      });
      outgoing.on('error', reject);
      outgoing.end(bytes);
    });
  }

  async json<T>(method: string, path: string, body?: object | FormData): Promise<T> {
    const answer = await this.send(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body.toString()}`);
    return JSON.parse(answer.body.toString()) as T;
  }

  /** SIGKILL: no chance to write anything more. */
  async kill(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
    this.#agent.destroy();
  }
}
