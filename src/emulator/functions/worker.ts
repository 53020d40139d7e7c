import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { WORKER_SOURCE } from './worker-source.ts';

export interface FunctionRequest {
  body: string;
  headers: Record<string, string>;
  method: string;
  path: string;
  query: string;
  scheme: string;
  host: string;
  port: number;
}

export interface FunctionResult {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  logs: string;
  errors: string;
}

interface Pending {
  resolve: (result: FunctionResult) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

export interface WorkerPorts {
  onConsole: (text: string) => void;
  /** The thread is gone. */
  onEnd: () => void;
}

/** Longer outputs of a function's console are cut. */
const MAX_CONSOLE_CHARS = 2000;
/** A function that needs more memory crashes, and nothing else does. */
const MAX_HEAP_MB = 512;

/**
 * One function in a thread of its own. The thread stays warm and serves several requests at a time. If it crashes, what it
 * was doing fails. If a request takes too long, that one fails, and the thread ends once it has answered the others.
 */
export class FunctionWorker {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  #dead: Error | undefined;
  #retired = false;

  constructor(bundle: string, version: number, env: Record<string, string>, { onConsole, onEnd }: WorkerPorts) {
    const url = `${pathToFileURL(bundle).href}?v=${version}`;
    const resourceLimits = { maxOldGenerationSizeMb: MAX_HEAP_MB };
    const own = { env, workerData: { url }, resourceLimits, stdout: true, stderr: true };
    this.#worker = new Worker(WORKER_SOURCE, { eval: true, ...own });
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.on('data', (chunk: Buffer) => onConsole(chunk.toString('utf8').slice(0, MAX_CONSOLE_CHARS)));
    }
    this.#worker.on('message', ({ id, result }: { id: number; result: FunctionResult }) => {
      const pending = this.#take(id);
      pending?.resolve(result);
      this.#endIfIdle();
    });
    this.#worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', (code) => {
      this.#fail(new Error(`The function ended with exit code ${code}`));
      onEnd();
    });
  }

  get alive(): boolean {
    return this.#dead === undefined && !this.#retired;
  }

  /** Rejects if the function crashes or takes longer than `timeout` milliseconds. */
  run(request: FunctionRequest, timeout: number): Promise<FunctionResult> {
    if (this.#dead) return Promise.reject(this.#dead);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#take(id)?.reject(new Error(`Execution timed out after ${timeout / 1000} seconds.`));
        this.retire();
      }, timeout);
      this.#pending.set(id, { resolve, reject, timer });
      const message = { id, request };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
      this.#worker.postMessage(message);
    });
  }

  /** Ends the thread when it has answered everything. */
  retire(): void {
    this.#retired = true;
    this.#endIfIdle();
  }

  async close(): Promise<void> {
    this.#fail(new Error('The server is closing'));
    await this.#worker.terminate();
  }

  #endIfIdle(): void {
    if (this.#retired && this.#pending.size === 0) this.#kill(new Error('The function was replaced'));
  }

  #kill(reason: Error): void {
    this.#fail(reason);
    void this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#dead ??= error;
    for (const id of this.#pending.keys()) this.#take(id)?.reject(error);
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending) clearTimeout(pending.timer);
    this.#pending.delete(id);
    return pending;
  }
}
