import { isEmpty, isOpen, type Thread } from './review.ts';

/** How many comments of others somebody has seen, by thread id: kept on the device. */
export type Seen = Readonly<Record<string, number>>;

/** Comments of others, deleted ones included, so that the number never becomes smaller. */
export function othersComments({ comments }: Thread, me: string): number {
  return comments.filter(({ author }) => author.id !== me).length;
}

/** How many comments of others in a thread are new to somebody; deleted ones are nothing to read. */
export function unreadIn(thread: Thread, me: string, seen: Seen): number {
  const known = Object.hasOwn(seen, thread.id) ? (seen[thread.id] ?? 0) : 0;
  const others = thread.comments.filter(({ author }) => author.id !== me);
  return others.slice(known).filter(({ deletedAt }) => deletedAt === null).length;
}

export interface ReviewCounts {
  readonly open: number;
  readonly resolved: number;
  /** Comments. */
  readonly unread: number;
  /** Unread comments that mention this person. */
  readonly mentions: number;
}

/** What there is to read in the threads of a file, for one person. */
export function countThreads(threads: readonly Thread[], me: string, seen: Seen): ReviewCounts {
  let open = 0;
  let resolved = 0;
  let unread = 0;
  let mentions = 0;
  for (const thread of threads) {
    if (isEmpty(thread)) continue;
    if (isOpen(thread)) open++;
    else resolved++;
    const fresh = unreadIn(thread, me, seen);
    unread += fresh;
    if (fresh > 0)
      mentions += Number(thread.comments.some((comment) => comment.mentions.some(({ user }) => user === me)));
  }
  return { open, resolved, unread, mentions };
}
