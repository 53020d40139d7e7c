import { SESSION_GAP_MS, type Credit } from './types.ts';

/** Where updates are looked up by position. */
export interface Updates {
  /** `null` for position 0. */
  authorAt(position: number): string | null;
  timeAt(position: number): number;
}

/** The credit for a part of a text, put together from its updates as long as they belong together. */
export class CreditBuilder {
  private readonly updates: Updates;
  private readonly gap: number;
  private author: string | null;
  private first: number;
  private last: number;

  /** @param gap updates of one author belong together that are at most so many milliseconds apart */
  constructor(updates: Updates, position: number, gap: number = SESSION_GAP_MS) {
    this.updates = updates;
    this.gap = gap;
    this.author = updates.authorAt(position);
    this.first = position;
    this.last = position;
  }

  /** Whether one more update belongs to this credit. */
  fits(position: number): boolean {
    if (position === this.last || position === this.first) return true;
    if (this.author !== this.updates.authorAt(position)) return false;
    const time = this.updates.timeAt(position);
    return time >= this.updates.timeAt(this.first) - this.gap && time <= this.updates.timeAt(this.last) + this.gap;
  }

  /** Takes one more update; false if it does not belong to this credit. */
  take(position: number): boolean {
    if (!this.fits(position)) return false;
    if (position < this.first) this.first = position;
    else if (position > this.last) this.last = position;
    return true;
  }

  get credit(): Credit {
    const { author, first, last, updates } = this;
    return { author, first, last, start: updates.timeAt(first), end: updates.timeAt(last) };
  }
}
