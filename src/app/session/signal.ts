import type { Observable } from './api.ts';

/** An observable whose value is set by its owner. */
export class Signal<T> implements Observable<T> {
  private current: T;
  private readonly listeners = new Set<(value: T) => void>();

  constructor(initial: T) {
    this.current = initial;
  }

  get value(): T {
    return this.current;
  }

  /** Calls the listeners, unless the value is the very same. */
  set(value: T): void {
    if (Object.is(this.current, value)) return;
    this.current = value;
    for (const listener of this.listeners) listener(value);
  }

  subscribe(listener: (value: T) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
