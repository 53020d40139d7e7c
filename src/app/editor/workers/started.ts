/** The first message of each worker: its script, and all that this imports, is there. */
const STARTED = 'started';

/** For the worker. */
export function sayStarted(): void {
  // What `postMessage` of a window asks for as well, a worker has not.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
  (globalThis as unknown as { postMessage(message: string): void }).postMessage(STARTED);
}

/** For the page: resolves when the worker says so, rejects if its script cannot be had. Nothing else hears of either. */
export function whenStarted(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (event: Event): void => {
      event.stopImmediatePropagation();
      event.preventDefault();
      worker.removeEventListener('message', settle);
      worker.removeEventListener('error', settle);
      if (event instanceof MessageEvent && event.data === STARTED) resolve();
      else reject(new Error('The script of a worker cannot be had.'));
    };
    worker.addEventListener('message', settle);
    worker.addEventListener('error', settle);
  });
}
