/** Who listens to which channel, so that an event costs nothing to those who do not. */
export class ChannelIndex<T> {
  readonly #listeners = new Map<string, Set<T>>();

  add(channel: string, listener: T): void {
    const listeners = this.#listeners.get(channel);
    if (listeners) listeners.add(listener);
    else this.#listeners.set(channel, new Set([listener]));
  }

  remove(channel: string, listener: T): void {
    const listeners = this.#listeners.get(channel);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#listeners.delete(channel);
  }

  /** Those who listen to any of the channels, each once. */
  listeners(channels: readonly string[]): ReadonlySet<T> {
    let found: ReadonlySet<T> | undefined;
    let union: Set<T> | undefined;
    for (const channel of channels) {
      const listeners = this.#listeners.get(channel);
      if (!listeners || listeners === found) continue;
      if (!found) {
        found = listeners;
        continue;
      }
      union ??= new Set(found);
      for (const listener of listeners) union.add(listener);
    }
    return union ?? found ?? new Set();
  }
}
