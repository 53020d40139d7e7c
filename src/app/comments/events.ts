import type { Anchor } from '../../core/review/anchors.ts';

/** A comment that somebody is to write about a place in the open file. */
export interface CommentBeginning {
  readonly anchor: Anchor;
  /** What it begins with. */
  readonly text: string;
  /** User ids of those who are named in it. */
  readonly mentions: readonly string[];
  /** Called when it has been written, or not. */
  readonly back: () => void;
}

/** Asks for the place where comments are written. */
export class CommentBeginEvent extends CustomEvent<CommentBeginning> {
  constructor(beginning: CommentBeginning) {
    super('comment-begin', { detail: beginning, bubbles: true });
  }
}

declare global {
  interface HTMLElementEventMap {
    'comment-begin': CommentBeginEvent;
  }
}
