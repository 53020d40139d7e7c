import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, 'localhost', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}

/** The product as `npm start` runs it: a process of its own, so that it can be killed and started again. */
export class Product {
  readonly port: number;
  readonly dataDir: string;
  output = '';
  private readonly options: readonly string[];
  private process: ChildProcess | null = null;

  private constructor(port: number, dataDir: string, options: readonly string[]) {
    this.port = port;
    this.dataDir = dataDir;
    this.options = options;
  }

  /** Starts it with a data folder of its own and without the demo project, unless options say otherwise. */
  static async start(options: readonly string[] = ['--no-demo']): Promise<Product> {
    const product = new Product(await freePort(), mkdtempSync(join(tmpdir(), 'cowrite-e2e-')), options);
    await product.run();
    return product;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Resolves when the line with the address is printed; rejects with the output if it ends before. */
  async run(): Promise<void> {
    const child = spawn(
      process.execPath,
      ['src/cli/start.mjs', '--port', String(this.port), '--data', this.dataDir, ...this.options],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.process = child;
    this.output = '';
    await new Promise<void>((resolve, reject) => {
      const take = (chunk: Buffer): void => {
        this.output += chunk.toString();
        if (this.output.includes('Cowrite is running at')) resolve();
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      child.once('exit', (code) => reject(new Error(`ended with ${code} before it was ready:\n${this.output}`)));
    });
  }

  /** SIGKILL: no chance to write anything more. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Stops it and removes its data. */
  async close(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = null;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}
