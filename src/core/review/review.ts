/** What the events of a review document amount to: threads of comments, some of them with a suggested edit. */
import type * as Y from 'yjs';
import { mayWrite, type Role } from '../roles.ts';
import type { Anchor, Span } from './anchors.ts';
import { readEvents, type ReviewEvent, type StoredEvent } from './events.ts';
import type { Mention } from './mentions.ts';
import { UNKNOWN, type Proof, type ProofOf } from './stamped.ts';

/**
 * Who wrote something [STAMP-3].
 *
 * - `stamped`: a row of this person brought it
 * - `claimed`: it says so itself, and no row with it was seen here yet
 * - `contradicted`: it claims somebody else than its stamp; `id` is whom the stamp proves
 */
export interface Author {
  /** User id. */
  readonly id: string;
  readonly proof: 'stamped' | 'claimed' | 'contradicted';
  /** User id that it claims. */
  readonly claimed: string;
}

export interface Comment {
  /** The first comment of a thread has the id of the thread. */
  readonly id: string;
  readonly author: Author;
  /** Epoch milliseconds, by the clock of the author. */
  readonly at: number;
  /** Empty where a suggestion speaks for itself. */
  readonly text: string;
  readonly mentions: readonly Mention[];
  readonly editedAt: number | null;
  readonly deletedAt: number | null;
}

export interface Decision {
  /** Id of its event. */
  readonly id: string;
  readonly by: Author;
  readonly at: number;
}

export type SuggestionState =
  | { readonly kind: 'open' }
  /** `inserted`: the characters in the file that come from it; `null` if it only removed some. */
  | ({ readonly kind: 'accepted'; readonly inserted: Span | null } & Decision)
  | ({ readonly kind: 'declined' } & Decision);

/** A proposed edit: to put `insert` where `replaced` stands. */
export interface Suggestion {
  readonly replaced: string;
  readonly insert: string;
  readonly state: SuggestionState;
}

export interface Thread {
  readonly id: string;
  readonly anchor: Anchor;
  /** The first, then the replies; deleted ones are among them. */
  readonly comments: readonly Comment[];
  readonly suggestion: Suggestion | null;
  readonly resolved: Decision | null;
}

export interface Review {
  readonly threads: readonly Thread[];
  /** Entries that are no events, or do not count: malformed, or of somebody who may not do that. */
  readonly skipped: number;
  /**
   * What came into the file with a suggestion that somebody else had accepted at the same time: to be taken out again.
   * Only where all is proven.
   */
  readonly doubled: readonly Span[];
}

export const EMPTY_REVIEW: Review = { threads: [], skipped: 0, doubled: [] };

/**
 * Reads a review document. Never throws: what is malformed is skipped.
 *
 * - Comments are edited, deleted and restored by their author only.
 * - Suggestions are accepted by those who may write the file, and declined by them or by their author. An acceptance counts
 *   although somebody declined at the same time, since the text has changed; of two, the first counts.
 */
export function readReview(doc: Y.Doc, proofOf: ProofOf = () => UNKNOWN): Review {
  const { events, skipped } = readEvents(doc);
  const reading = new Reading();
  let refused = 0;
  // Nobody answers what they have not seen; somebody may yet put an answer in front of it.
  for (const stored of [...events].sort((a, b) => rankOf(a) - rankOf(b))) {
    if (!reading.take(stored.event, attribute(stored, proofOf))) refused++;
  }
  return { threads: reading.threads(), skipped: skipped + refused, doubled: reading.doubled };
}

/** Whether somebody still has to do something about it. */
export function isOpen({ suggestion, resolved }: Thread): boolean {
  return resolved === null && (suggestion === null || suggestion.state.kind === 'open');
}

/** Everything in it has been deleted by those who wrote it. */
export function isEmpty({ comments }: Thread): boolean {
  return comments.every(({ deletedAt }) => deletedAt !== null);
}

function rankOf({ event: { kind } }: StoredEvent): number {
  return kind === 'thread' ? 0 : kind === 'reply' ? 1 : 2;
}

interface Attribution {
  readonly author: Author;
  /** `null`: nothing proves one. */
  readonly role: Role | null;
}

function attribute({ event, client, clock }: StoredEvent, proofOf: ProofOf): Attribution {
  const proof = proofOf(client, clock);
  return { author: authorOf(event.by, proof), role: proof.kind === 'one' ? proof.stamp.role : null };
}

/** Who wrote what claims to be by `claimed`. */
export function authorOf(claimed: string, proof: Proof): Author {
  switch (proof.kind) {
    case 'unknown':
      return { id: claimed, proof: 'claimed', claimed };
    case 'one':
      return { id: proof.stamp.author, proof: proof.stamp.author === claimed ? 'stamped' : 'contradicted', claimed };
    case 'several':
      return {
        id: proof.authors.includes(claimed) ? claimed : (proof.authors[0] ?? claimed),
        proof: 'contradicted',
        claimed,
      };
  }
}

interface OpenThread {
  readonly id: string;
  readonly anchor: Anchor;
  readonly comments: Comment[];
  readonly edit: { readonly replaced: string; readonly insert: string } | null;
  readonly author: string;
  resolved: Decision | null;
  state: SuggestionState;
  acceptance: { readonly proven: boolean } | null;
}

class Reading {
  readonly doubled: Span[] = [];
  private readonly byId = new Map<string, OpenThread>();
  /** The thread and the place in it of each comment. */
  private readonly commentAt = new Map<string, { readonly thread: OpenThread; readonly index: number }>();

  /** Returns whether the event counts. */
  take(event: ReviewEvent, { author, role }: Attribution): boolean {
    switch (event.kind) {
      case 'thread': {
        if (this.commentAt.has(event.id)) return false;
        const thread: OpenThread = {
          id: event.id,
          anchor: event.anchor,
          comments: [],
          edit: event.suggestion,
          author: author.id,
          resolved: null,
          state: { kind: 'open' },
          acceptance: null,
        };
        this.byId.set(event.id, thread);
        this.addComment(thread, event, author);
        return true;
      }
      case 'reply': {
        const thread = this.byId.get(event.of);
        if (!thread || this.commentAt.has(event.id)) return false;
        this.addComment(thread, event, author);
        return true;
      }
      case 'edit':
        return this.changeOwn(event.of, author, (comment) => ({
          ...comment,
          text: event.text,
          mentions: event.mentions,
          editedAt: event.at,
        }));
      case 'delete':
        return this.changeOwn(event.of, author, (comment) => ({ ...comment, deletedAt: event.at }));
      case 'restore':
        return this.changeOwn(event.of, author, (comment) => ({ ...comment, deletedAt: null }));
      case 'resolve': {
        const thread = this.byId.get(event.of);
        if (!thread || thread.edit !== null) return false;
        thread.resolved ??= { id: event.id, by: author, at: event.at };
        return true;
      }
      case 'decline':
      case 'accept':
      case 'reopen':
        return this.decide(event, author, role);
    }
  }

  threads(): Thread[] {
    return [...this.byId.values()].map(({ id, anchor, comments, edit, resolved, state }) => ({
      id,
      anchor,
      comments,
      resolved,
      suggestion: edit === null ? null : { ...edit, state },
    }));
  }

  private decide(
    event: Extract<ReviewEvent, { kind: 'decline' | 'accept' | 'reopen' }>,
    author: Author,
    role: Role | null,
  ): boolean {
    const thread = this.byId.get(event.of);
    if (!thread) return false;
    const { state } = thread;
    const decision: Decision = { id: event.id, by: author, at: event.at };
    const mayEdit = role === null || mayWrite(role, 'file');
    const mayDecide = mayEdit || author.id === thread.author;
    switch (event.kind) {
      case 'reopen':
        if (thread.edit === null) {
          if (thread.resolved?.id === event.decision) thread.resolved = null;
          return true;
        }
        if (!mayDecide) return false;
        if (state.kind !== 'open' && state.id === event.decision) {
          thread.state = { kind: 'open' };
          thread.acceptance = null;
        }
        return true;
      case 'decline':
        if (thread.edit === null || !mayDecide) return false;
        if (state.kind === 'open') thread.state = { kind: 'declined', ...decision };
        return true;
      case 'accept': {
        if (thread.edit === null || !mayEdit) return false;
        const proven = role !== null;
        if (thread.acceptance === null) {
          thread.acceptance = { proven };
          thread.state = { kind: 'accepted', inserted: event.inserted, ...decision };
        } else if (proven && thread.acceptance.proven && event.inserted) this.doubled.push(event.inserted);
        return true;
      }
    }
  }

  private addComment(
    thread: OpenThread,
    { id, at, text, mentions }: Extract<ReviewEvent, { kind: 'thread' | 'reply' }>,
    author: Author,
  ): void {
    this.commentAt.set(id, { thread, index: thread.comments.length });
    thread.comments.push({ id, author, at, text, mentions, editedAt: null, deletedAt: null });
  }

  private changeOwn(id: string, author: Author, change: (comment: Comment) => Comment): boolean {
    const found = this.commentAt.get(id);
    const comment = found?.thread.comments[found.index];
    if (!found || !comment || comment.author.id !== author.id) return false;
    found.thread.comments[found.index] = change(comment);
    return true;
  }
}
