import { isEmpty, readReview } from '../../core/review/review.ts';
import type { ProjectSession } from '../session/api.ts';
import { Signal } from '../session/signal.ts';

/** How many comments of a file quote text that does not stand in it any more: a purge leaves their quotes as they are. */
export class QuotingComments {
  /** `null` until it is known. */
  readonly count = new Signal<number | null>(null);
  private readonly undo: (() => void)[] = [];
  private closed = false;

  /** @param file node id */
  constructor(session: Pick<ProjectSession, 'openReview' | 'readText'>, file: string) {
    const review = session.openReview(file);
    this.undo.push(() => review.close());
    const read = async (): Promise<void> => {
      await review.loaded;
      const text = await session.readText(file);
      if (this.closed || !review.caughtUp.value) return;
      const threads = readReview(review.doc, review.stamps.proofOf).threads.filter((thread) => !isEmpty(thread));
      this.count.set(threads.filter(({ anchor }) => !text.includes(anchor.quote)).length);
    };
    const look = (): void => void read().catch((error: unknown) => console.error(error));
    this.undo.push(review.caughtUp.subscribe(look));
    look();
  }

  /** Calling it twice is harmless. */
  close(): void {
    this.closed = true;
    for (const undo of this.undo.splice(0)) undo();
  }
}
