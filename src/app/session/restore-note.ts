import type { Interrupted } from './restore-api.ts';

/**
 * What this browser remembers of a restore while it runs, so that it can be told after a reload that it did not end. As long
 * as the page that carries it out lives, it holds a lock: to others it is not interrupted.
 */
export class RestoreNote {
  private readonly key: string;
  private readonly closed = new AbortController();
  private release: () => void = () => undefined;

  constructor(userId: string, project: string) {
    this.key = `cowrite:restoring:${userId}:${project}`;
  }

  /** One begins here. */
  begin(restore: Interrupted): void {
    try {
      localStorage.setItem(this.key, JSON.stringify(restore));
    } catch {
      // Storage that is full or blocked: then nobody is told, and the version from before is still there.
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.release = resolve;
    navigator.locks?.request(this.key, () => promise).catch(() => undefined);
  }

  /** It has ended, or nobody wants to know of it any more. */
  end(): void {
    localStorage.removeItem(this.key);
    this.release();
  }

  /** The page goes away from the project: what is remembered stays. */
  close(): void {
    this.closed.abort();
    this.release();
  }

  /** The one that did not end; waits while a page carries it out. `null`: there is none. */
  async left(): Promise<Interrupted | null> {
    if (navigator.locks === undefined || this.read() === null) return this.read();
    const { signal } = this.closed;
    return navigator.locks.request(this.key, { signal }, () => this.read()).catch(() => null);
  }

  private read(): Interrupted | null {
    let value: unknown;
    try {
      value = JSON.parse(localStorage.getItem(this.key) ?? 'null');
    } catch {
      // A damaged entry: as if nothing were remembered.
      return null;
    }
    if (typeof value !== 'object' || value === null) return null;
    const { name, time, before, nodes } = value as Record<string, unknown>;
    if (typeof name !== 'string' || typeof time !== 'number' || typeof before !== 'number') return null;
    if (!Array.isArray(nodes)) return null;
    return { name, time, before, nodes: nodes.filter((node) => typeof node === 'string') };
  }
}
