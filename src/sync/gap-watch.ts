import { GAP_PATIENCE_MS } from '../core/limits.ts';
import type { Clock } from '../core/ports.ts';

export interface GapWatchParts {
  readonly clock: Clock;
  readonly hasGap: () => boolean;
  /** The gap has stayed: everything is to be read again. */
  readonly onGap: () => void;
}

/**
 * Missing dependencies are normal for a moment. If they stay, the rows are read again from the beginning; if even that
 * does not bring them, they are not on the server yet, and the periodic re-reads go on looking [P1].
 */
export class GapWatch {
  private readonly parts: GapWatchParts;
  private cancel: (() => void) | null = null;
  /** A complete re-read did not close the gap: what is missing is not on the server, so nothing is held up by it. */
  private isKnown = false;

  constructor(parts: GapWatchParts) {
    this.parts = parts;
  }

  /** To be called after rows were applied. */
  look(): void {
    const { clock, hasGap, onGap } = this.parts;
    if (!hasGap()) {
      this.isKnown = false;
      this.close();
      return;
    }
    if (this.cancel || this.isKnown) return;
    this.cancel = clock.after(GAP_PATIENCE_MS, () => {
      this.cancel = null;
      if (hasGap()) onGap();
    });
  }

  /** Everything was read. */
  allRead(): void {
    this.isKnown = this.parts.hasGap();
  }

  close(): void {
    this.cancel?.();
    this.cancel = null;
  }
}
