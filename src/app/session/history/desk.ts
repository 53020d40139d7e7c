/** Asks a `Workbench`: in its Web Worker, or in this thread where there is none (tests). */
import { Workbench } from './workbench.ts';

/** The questions of a workbench. */
export type Method = {
  [M in keyof Workbench]: Workbench[M] extends (...args: never[]) => unknown ? M : never;
}[keyof Workbench];

export type Arguments<M extends Method> = Parameters<Workbench[M]>;
export type Answer<M extends Method> = Awaited<ReturnType<Workbench[M]>>;

export interface Desk {
  /** Rejects with the sentence that the workbench throws. */
  ask<M extends Method>(method: M, ...args: Arguments<M>): Promise<Answer<M>>;
  /** What was asked and is not answered yet rejects. Calling it twice is harmless. */
  close(): void;
}

export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

export type Reply =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly problem: string };

/** The workbench in this thread. */
export class LocalDesk implements Desk {
  private readonly workbench = new Workbench();

  async ask<M extends Method>(method: M, ...args: Arguments<M>): Promise<Answer<M>> {
    return (await run(this.workbench, method, args)) as Answer<M>;
  }

  close(): void {
    // Nothing is held but memory.
  }
}

/** The workbench in a worker, which starts with the first question. */
export class WorkerDesk implements Desk {
  private readonly start: () => Worker;
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  private asked = 0;
  private closed = false;

  constructor(start: () => Worker) {
    this.start = start;
  }

  ask<M extends Method>(method: M, ...args: Arguments<M>): Promise<Answer<M>> {
    if (this.closed) return Promise.reject(new Error('The project is closed.'));
    const worker = (this.worker ??= this.listen(this.start()));
    const request: Request = { id: ++this.asked, method, args };
    return new Promise<unknown>((resolve, reject) => {
      this.waiting.set(request.id, { resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
      worker.postMessage(request);
    }) as Promise<Answer<M>>;
  }

  close(): void {
    this.closed = true;
    this.worker?.terminate();
    this.worker = null;
    this.failAll('The project is closed.');
  }

  private listen(worker: Worker): Worker {
    worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
      const asker = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if ('problem' in data) asker?.reject(new Error(data.problem));
      else asker?.resolve(data.value);
    });
    worker.addEventListener('error', () => this.failAll('The history could not be worked on. Reload the page.'));
    return worker;
  }

  private failAll(problem: string): void {
    for (const { reject } of this.waiting.values()) reject(new Error(problem));
    this.waiting.clear();
  }
}

/** Carries out one question. */
export async function run(workbench: Workbench, method: Method, args: readonly unknown[]): Promise<unknown> {
  const carryOut = workbench[method] as (...all: readonly unknown[]) => unknown;
  return carryOut.apply(workbench, [...args]);
}
