const LOCK_PREFIX = 'cowrite:page:';

/**
 * Tells other pages of this browser that this one lives: it holds a lock by its name, which the browser takes back
 * when the page ends in whatever way.
 *
 * Pages without a secure origin have no locks; to them every other page seems gone, and the worst that follows is that
 * two send the same row.
 */
export class PageLife {
  private release: (() => void) | null = null;

  constructor(owner: string) {
    const held = new Promise<void>((resolve) => {
      this.release = resolve;
    });
    // Rejects only if the page is being torn down, and then nobody is left to hear of it.
    navigator.locks?.request(LOCK_PREFIX + owner, () => held).catch(() => undefined);
  }

  /** Whether the page of this name still lives. */
  async isAlive(owner: string): Promise<boolean> {
    const locks = await navigator.locks?.query();
    return locks?.held?.some((lock) => lock.name === LOCK_PREFIX + owner) ?? false;
  }

  /** This page stops being one; calling it twice is harmless. */
  end(): void {
    this.release?.();
  }
}
