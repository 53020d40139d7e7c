/** What this device cannot do at the moment, by who found out: one reason a source, none while all is well [LOCAL-2]. */
export class DeviceHealth {
  private readonly problems = new Map<string, string>();
  private readonly listeners = new Set<() => void>();

  set(source: string, problem: string | null): void {
    if ((this.problems.get(source) ?? null) === problem) return;
    if (problem === null) this.problems.delete(source);
    else this.problems.set(source, problem);
    for (const listener of this.listeners) listener();
  }

  /** The first reason among the sources, or `null`. */
  problemOf(...sources: string[]): string | null {
    for (const source of sources) {
      const problem = this.problems.get(source);
      if (problem !== undefined) return problem;
    }
    return null;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** A short reason for a failure of IndexedDB, to stand in brackets. */
export function storageProblem(error: unknown): string {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'QuotaExceededError') return 'its storage is full';
  if (name === 'SecurityError') return 'the browser blocks storage for this site';
  if (name === 'TimeoutError') return 'its storage does not answer';
  if (name === 'InvalidStateError') return 'its storage was cleared or closed';
  return 'its storage fails';
}

/** Rejects with a `TimeoutError` if `work` takes longer: a blocked IndexedDB can hang for ever. */
export function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DOMException('storage does not answer', 'TimeoutError')), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
