import type { Moment } from './replica.ts';

/** The stores of a document that its server has told of: when how much of the text was on disk. */
export class StoreLog {
  private readonly stores: { readonly length: number; readonly at: number }[] = [];
  private readonly listeners = new Set<() => void>();
  private failure: Error | null = null;

  add(length: number, at: number): void {
    this.stores.push({ length, at });
    for (const listener of this.listeners) listener();
  }

  /** The server has ended: nothing more will be told. */
  fail(error: Error): void {
    this.failure = error;
    for (const listener of this.listeners) listener();
  }

  /** Resolves when the first `length` characters are stored. */
  until(length: number, patience: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const done = this.stores.some((store) => store.length >= length);
        if (!done && this.failure === null) return;
        clearTimeout(timer);
        this.listeners.delete(look);
        if (done) resolve();
        else reject(this.failure ?? new Error('nothing is stored'));
      };
      const timer = setTimeout(() => reject(new Error(`nothing stored within ${patience} ms`)), patience);
      this.listeners.add(look);
      look();
    });
  }

  /** When each of these keystrokes was stored first. */
  moments(keystrokes: readonly Moment[]): Moment[] {
    return keystrokes.flatMap(([keystroke]) => {
      const first = this.stores.find((store) => store.length > keystroke);
      return first ? [[keystroke, first.at] as const] : [];
    });
  }
}
