import type * as Y from 'yjs';
import { type Anchor, type Place, resolveAnchors } from '../../core/review/anchors.ts';
import { EMPTY_REVIEW, readReview, type Review, type Thread } from '../../core/review/review.ts';
import { applyToText, doubledText, wasTakenBack } from '../../core/review/suggestions.ts';
import type { ReviewSession } from '../session/api.ts';
import { Signal } from '../session/signal.ts';

/** Anchors are looked for again when the text has rested for so long: between that, the editor moves its marks itself. */
const TEXT_REST_MS = 150;

/** Origin of the transactions that take out what two people accepted at once: nobody's undo. */
const CLEANUP = { source: 'review' } as const;

export type Places = ReadonlyMap<string, Place>;

/** The threads of a file, and, while its text is open, where each of them is. */
export class FileReview {
  /** Node id of the file. */
  readonly node: string;
  readonly review = new Signal<Review>(EMPTY_REVIEW);
  /** By thread id; empty while the text is not open. */
  readonly places = new Signal<Places>(new Map());
  /** Ids of the threads whose suggestion was accepted and then undone; it changes with `places`. */
  takenBack: ReadonlySet<string> = new Set();
  /** The content of this device has been read. */
  readonly loaded = new Signal(false);
  private readonly session: ReviewSession;
  private readonly mayEdit: () => boolean;
  private readonly undo: (() => void)[] = [];
  private text: Y.Text | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private queued = false;
  private closed = false;

  /** @param mayEdit whether the user may write the file */
  constructor(session: ReviewSession, mayEdit: () => boolean) {
    this.node = session.id;
    this.session = session;
    this.mayEdit = mayEdit;
    const onTransaction = (transaction: Y.Transaction): void => {
      if (transaction.changed.size > 0) this.refreshSoon();
    };
    session.doc.on('afterTransaction', onTransaction);
    this.undo.push(
      () => session.doc.off('afterTransaction', onTransaction),
      session.stamps.subscribe(() => this.refreshSoon()),
    );
    session.loaded.then(
      () => {
        if (this.closed) return;
        this.refresh();
        this.loaded.set(true);
      },
      (error: unknown) => console.error(error),
    );
  }

  get doc(): Y.Doc {
    return this.session.doc;
  }

  /** All rows of the server were read. */
  get caughtUp(): ReviewSession['caughtUp'] {
    return this.session.caughtUp;
  }

  thread(id: string): Thread | undefined {
    return this.review.value.threads.find((thread) => thread.id === id);
  }

  /** The text of the file is open: places are kept up to date until it is not any more (`null`). */
  attach(text: Y.Text | null): void {
    if (text === this.text) return;
    this.text?.unobserve(this.textChanged);
    clearTimeout(this.timer);
    this.text = text;
    text?.observe(this.textChanged);
    this.locate();
    this.cleanUp();
  }

  /** Looks for the anchors now. */
  locate(): void {
    clearTimeout(this.timer);
    const { text } = this;
    const { threads } = this.review.value;
    if (text === null) {
      this.takenBack = new Set();
      this.places.set(new Map());
      return;
    }
    const found = resolveAnchors(
      text,
      threads.map(({ anchor }) => anchor),
    );
    const places = new Map<string, Place>();
    const takenBack = new Set<string>();
    const content = text.toJSON();
    threads.forEach((thread, index) => {
      const place = found[index];
      if (!place) return;
      places.set(thread.id, place);
      if (wasTakenBack(text, content, place, thread)) takenBack.add(thread.id);
    });
    this.takenBack = takenBack;
    this.places.set(places);
  }

  /** Where these anchors are now; `orphaned` while the text is not open. */
  placesOf(anchors: readonly Anchor[]): Place[] {
    return this.text === null ? anchors.map(() => ({ kind: 'orphaned' })) : resolveAnchors(this.text, anchors);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.attach(null);
    for (const undo of this.undo) undo();
    this.session.close();
  }

  private readonly textChanged = (): void => {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.locate(), TEXT_REST_MS);
  };

  private refreshSoon(): void {
    if (this.queued) return;
    this.queued = true;
    queueMicrotask(() => {
      this.queued = false;
      if (!this.closed) this.refresh();
    });
  }

  private refresh(): void {
    this.review.set(readReview(this.session.doc, this.session.stamps.proofOf));
    this.locate();
    this.cleanUp();
  }

  /** A suggestion that two people accepted at the same time came into the text twice: takes the second out. */
  private cleanUp(): void {
    const { text } = this;
    const { doubled } = this.review.value;
    if (text === null || doubled.length === 0 || !this.mayEdit()) return;
    for (const operation of doubledText(text, doubled)) applyToText(text, operation, CLEANUP);
  }
}
