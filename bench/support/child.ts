import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface ChildOptions {
  readonly args?: readonly string[];
  /** The Node that runs it; default this one. */
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const GOODBYE_MS = 3_000;

/** What still runs when this process ends, in whatever way, ends with it. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process of Node that talks to this one by messages and ends when it is disconnected. */
export class Child {
  private readonly name: string;
  private readonly process: ChildProcess;
  private closing = false;

  /** @param name for error messages */
  constructor(name: string, path: string, { args = [], node = process.execPath, env = {} }: ChildOptions = {}) {
    this.name = name;
    this.process = fork(path, [...args], {
      execPath: node,
      execArgv: [],
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    running.add(this.process);
    this.process.once('exit', () => running.delete(this.process));
  }

  /** `take` gets each message; `fail` is called if the process cannot be started or ends before `close`. */
  listen(take: (message: unknown) => void, fail: (error: Error) => void): void {
    this.process.on('message', take);
    this.process.on('error', fail);
    this.process.once('exit', (code, signal) => {
      if (!this.closing) fail(new Error(`${this.name} has ended (${signal ?? code})`));
    });
  }

  /** The first message: a server says where it listens. */
  first<T>(): Promise<T> {
    return new Promise((resolve, reject) => {
      this.process.once('message', (message) => resolve(message as T));
      this.listen(() => undefined, reject);
    });
  }

  send(message: object): void {
    this.process.send?.(message);
  }

  /** Lets it end, and makes it end if it does not. Calling it twice is harmless. */
  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    if (this.process.connected) this.process.disconnect();
    const timer = setTimeout(() => this.process.kill('SIGKILL'), GOODBYE_MS);
    await ended;
    clearTimeout(timer);
  }
}
