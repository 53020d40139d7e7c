import type { Sqlite } from './sqlite.ts';

/** Called after the commit, in the order of the writes. */
export type AfterCommit = () => void;
type Work<T> = (afterCommit: (action: AfterCommit) => void) => T;

interface Job {
  run(): void;
  settle(): void;
  fail(error: unknown): void;
}

/** Who wants to know what happens to writes. */
export interface WriterObserver {
  /** An action after a commit threw; the write itself has succeeded. */
  actionFailed: (error: unknown) => void;
  /** So many writes are on disk, after so many milliseconds. */
  committed: (milliseconds: number, writes: number) => void;
}

/**
 * All writes of the server. Writes that arrive in the same turn of the event loop share one transaction and thereby
 * one flush to disk; each runs in a savepoint of its own, so that a failing one leaves nothing behind and does not
 * harm its neighbours. Work runs synchronously: readers never see half a batch.
 */
export class Writer {
  readonly #sql: Sqlite;
  readonly #observer: WriterObserver;
  #queue: Job[] = [];
  #scheduled = false;
  #closed = false;

  constructor(sql: Sqlite, observer: WriterObserver) {
    this.#sql = sql;
    this.#observer = observer;
  }

  /** Writes that wait for their commit. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Resolves with the result when it is on disk; rejects with what the work threw, or if the commit failed. */
  write<T>(work: Work<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('The server is closed'));
    return new Promise((resolve, reject) => {
      let settle: () => void = () => reject(new Error('The write did not run'));
      const run = (): void => {
        const actions: AfterCommit[] = [];
        this.#sql.exec('SAVEPOINT one');
        try {
          const result = work((action) => actions.push(action));
          settle = () => {
            for (const action of actions) this.#attempt(action);
            resolve(result);
          };
        } catch (error) {
          this.#sql.exec('ROLLBACK TO one');
          settle = () => reject(error as Error);
        }
        this.#sql.exec('RELEASE one');
      };
      this.#queue.push({ run, settle: () => settle(), fail: (error) => reject(error as Error) });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => this.#commit());
    });
  }

  /** Writes what is queued and refuses anything later. */
  close(): void {
    this.#commit();
    this.#closed = true;
  }

  #commit(): void {
    this.#scheduled = false;
    const jobs = this.#queue;
    if (jobs.length === 0) return;
    this.#queue = [];
    const started = performance.now();
    try {
      this.#sql.exec('BEGIN IMMEDIATE');
      for (const job of jobs) job.run();
      this.#sql.exec('COMMIT');
    } catch (error) {
      this.#rollback();
      for (const job of jobs) job.fail(error);
      return;
    }
    this.#observer.committed(performance.now() - started, jobs.length);
    for (const job of jobs) job.settle();
  }

  #attempt(action: AfterCommit): void {
    try {
      action();
    } catch (error) {
      this.#observer.actionFailed(error);
    }
  }

  #rollback(): void {
    try {
      this.#sql.exec('ROLLBACK');
    } catch {
      return; // BEGIN itself had failed: there is nothing to roll back
    }
  }
}
