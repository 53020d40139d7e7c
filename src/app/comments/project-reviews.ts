import {
  editComment,
  mark,
  recordAcceptance,
  reopen,
  reply,
  startThread,
  suggest,
  type Act,
  type Draft,
} from '../../core/review/actions.ts';
import type { Anchor, Span } from '../../core/review/anchors.ts';
import {
  announceReview,
  introduceReviewer,
  reviewedFiles,
  reviewers,
  watchReviews,
} from '../../core/review/directory.ts';
import type { MarkKind } from '../../core/review/events.ts';
import type { Outcome } from '../../core/failures.ts';
import { NODE_ID_LENGTH, randomId } from '../../core/ids.ts';
import { mayWrite } from '../../core/roles.ts';
import type { Thread } from '../../core/review/review.ts';
import { countThreads, othersComments, unreadIn, type ReviewCounts } from '../../core/review/unread.ts';
import type { Person } from '../../core/tree.ts';
import { safeColor } from '../presence/people.ts';
import { colorOf } from '../session/colors.ts';
import type { Observable, ProjectSession, ReviewSession } from '../session/api.ts';
import { Signal } from '../session/signal.ts';
import { FileReview } from './file-review.ts';
import { SeenThreads } from './seen-threads.ts';

/** How long the server is waited for when a file's comments are read in the background. */
const READ_PATIENCE_MS = 10_000;

/** What is known of the comments of a file. */
export interface FileSummary extends ReviewCounts {
  readonly threads: readonly Thread[];
}

/** Something that is being written about a place in the open file. */
export interface Composing {
  readonly file: string;
  readonly kind: 'comment' | 'suggestion';
  readonly anchor: Anchor;
  /** The text of the place, for a suggestion. */
  readonly replaced: string;
  /** What a comment begins with, and the user ids of those who are named in it. */
  readonly text?: string;
  readonly mentions?: readonly string[];
}

/** How somebody is shown. */
export interface Shown {
  readonly id: string;
  readonly name: string;
  readonly color: string;
}

/**
 * The comments of a project, for the panel, the editor and the tree: those of the open file live, those of all other
 * files read one after the other whenever the directory says that they have changed.
 */
export class ProjectReviews {
  readonly session: ProjectSession;
  /** Of the open file. */
  readonly current = new Signal<FileReview | null>(null);
  /** By node id. */
  readonly summaries = new Signal<ReadonlyMap<string, FileSummary>>(new Map());
  /** Unread comments in files that are in the tree. */
  readonly unread = new Signal(0);
  /** By user id: those who may write the tree, and those who introduced themselves as reviewers. */
  readonly people = new Signal<ReadonlyMap<string, Person>>(new Map());
  /** Id of the thread that the user looks at. */
  readonly selected = new Signal<string | null>(null);
  readonly composing = new Signal<Composing | null>(null);
  readonly seen: SeenThreads;
  private readonly directory: ReviewSession;
  private readonly undo: (() => void)[] = [];
  private readonly queue = new Set<string>();
  /** Files that could be read from this device only. */
  private readonly stale = new Set<string>();
  private isReading = false;
  private reading: FileReview | null = null;
  private unfollow: (() => void) | null = null;
  private wake: (() => void) | null = null;
  private closed = false;

  constructor(session: ProjectSession) {
    this.session = session;
    this.seen = new SeenThreads(session.user.id, session.id);
    this.directory = session.openReview(session.id);
    const { doc, caughtUp, stamps, loaded } = this.directory;
    const people = (): void => this.readPeople();
    const entries = doc.getMap('people');
    entries.observe(people);
    this.undo.push(
      () => entries.unobserve(people),
      stamps.subscribe(people),
      session.people.subscribe(people),
      session.participants.subscribe(people),
      session.tree.subscribe(() => this.count()),
      this.seen.seen.subscribe(() => this.recount()),
      watchReviews(doc, (nodes) => this.enqueue(nodes)),
      caughtUp.subscribe((isCaughtUp) => {
        if (isCaughtUp) this.enqueue(this.stale);
      }),
    );
    people();
    loaded.then(
      () => this.enqueue(reviewedFiles(doc)),
      (error: unknown) => console.error(error),
    );
  }

  /** The user may write comments. */
  get mayComment(): boolean {
    return this.session.deletion.value === null && mayWrite(this.session.role.value, 'review');
  }

  /** Why the user may not write comments, as a sentence. */
  get whyReadOnly(): string {
    return this.session.deletion.value === null
      ? 'As a viewer you can read comments, but not write them.'
      : 'This project is deleted: comments can be read, but not written.';
  }

  /** The user may write files, and so accept suggestions. */
  get mayEdit(): boolean {
    return this.session.deletion.value === null && mayWrite(this.session.role.value, 'file');
  }

  get me(): string {
    return this.session.user.id;
  }

  person(id: string): Shown {
    const known = this.people.value.get(id);
    return { id, name: known?.name ?? 'Somebody', color: safeColor(known?.color ?? colorOf(id)) };
  }

  /** The people who can be mentioned, the user aside, by name. */
  get mentionable(): readonly Shown[] {
    return [...this.people.value.keys()]
      .filter((id) => id !== this.me)
      .map((id) => this.person(id))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  unreadIn(thread: Thread): number {
    return unreadIn(thread, this.me, this.seen.seen.value);
  }

  markSeen(thread: Thread): void {
    this.seen.mark(thread.id, othersComments(thread, this.me));
  }

  /** The file that is open; its comments are live until another is. */
  show(node: string | null): void {
    if (this.closed || (this.current.value?.node ?? null) === node) return;
    const before = this.current.value;
    this.unfollow?.();
    this.unfollow = null;
    this.queue.delete(node ?? '');
    const review = node === null ? null : this.open(node);
    if (review) {
      this.unfollow = review.review.subscribe(() => this.summarise(review));
      if (review.loaded.value) this.summarise(review);
    }
    if (this.composing.value?.file !== node) this.composing.set(null);
    this.current.set(review);
    before?.close();
  }

  comment(anchor: Anchor, draft: Draft): Outcome<string> | null {
    return this.write(({ doc }) => startThread(doc, this.act(), anchor, draft));
  }

  suggest(anchor: Anchor, edit: { replaced: string; insert: string }, draft: Draft): Outcome<string> | null {
    return this.write(({ doc }) => suggest(doc, this.act(), anchor, edit, draft));
  }

  reply(thread: string, draft: Draft): Outcome<string> | null {
    return this.write(({ doc }) => reply(doc, this.act(), thread, draft));
  }

  edit(comment: string, draft: Draft): Outcome<string> | null {
    return this.write(({ doc }) => editComment(doc, this.act(), comment, draft));
  }

  /** @param node the file, if it may not be the open one any more */
  mark(kind: MarkKind, of: string, node?: string): void {
    const open = this.current.value;
    if (node === undefined || node === open?.node) {
      this.write(({ doc }) => mark(doc, this.act(), kind, of));
      return;
    }
    if (!this.mayComment || this.closed) return;
    const elsewhere = this.session.openReview(node);
    mark(elsewhere.doc, this.act(), kind, of);
    announceReview(this.directory.doc, node);
    elsewhere.loaded.then(
      () => {
        elsewhere.close();
        this.enqueue([node]);
      },
      (error: unknown) => console.error(error),
    );
  }

  /** Takes back that a thread was resolved, or a suggestion accepted or declined. */
  reopen({ id, resolved, suggestion }: Thread): void {
    const state = suggestion?.state;
    const decision = state && state.kind !== 'open' ? state.id : resolved?.id;
    if (decision !== undefined) this.write(({ doc }) => reopen(doc, this.act(), id, decision));
  }

  recordAcceptance(thread: string, inserted: Span | null): void {
    this.write(({ doc }) => recordAcceptance(doc, this.act(), thread, inserted));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.queue.clear();
    this.wake?.();
    this.unfollow?.();
    for (const undo of this.undo) undo();
    this.current.value?.close();
    this.current.set(null);
    this.reading?.close();
    this.directory.close();
    this.seen.close();
  }

  private open(node: string): FileReview {
    return new FileReview(this.session.openReview(node), () => this.mayEdit);
  }

  private act(): Act {
    const random = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));
    return { id: randomId(random, NODE_ID_LENGTH), by: this.me, at: Date.now() };
  }

  /** Writes into the review of the open file; `null` if none is open or the user may not. */
  private write<T>(run: (review: FileReview) => T): T | null {
    const review = this.current.value;
    if (!review || !this.mayComment) return null;
    const { id, name } = this.session.user;
    if (!this.mayEdit) introduceReviewer(this.directory.doc, id, { name, color: this.person(id).color });
    const done = run(review);
    announceReview(this.directory.doc, review.node);
    return done;
  }

  private readPeople(): void {
    const { doc, stamps } = this.directory;
    const people = new Map<string, Person>();
    // Any editor could write another's entry in the tree; what comes after it is proven [STAMP-3].
    for (const [id, person] of this.session.people.value) people.set(id, person);
    for (const [id, person] of reviewers(doc, stamps.proofOf)) people.set(id, person);
    for (const { user } of this.session.participants.value) people.set(user.id, user);
    const { id, name, color } = this.session.user;
    if (!people.has(id)) people.set(id, { name, color });
    this.people.set(people);
  }

  private enqueue(nodes: Iterable<string>): void {
    for (const node of nodes) if (node !== this.current.value?.node) this.queue.add(node);
    if (this.isReading || this.queue.size === 0) return;
    this.isReading = true;
    this.readAll()
      .catch((error: unknown) => console.error(error))
      .finally(() => (this.isReading = false));
  }

  /** One file after the other, so that opening a project costs little. */
  private async readAll(): Promise<void> {
    for (const node of this.queue) {
      if (this.closed) return;
      this.queue.delete(node);
      if (!/^[0-9a-z]{1,27}$/.test(node) || node === this.current.value?.node) continue;
      const review = this.open(node);
      this.reading = review;
      await this.until(review.loaded, READ_PATIENCE_MS);
      // Offline it is what this device has; once the directory is caught up, it is read again.
      const online = this.directory.caughtUp.value;
      const complete = online && (await this.until(review.caughtUp, READ_PATIENCE_MS));
      if (complete) this.stale.delete(node);
      else this.stale.add(node);
      this.reading = null;
      if (!this.closed && node !== this.current.value?.node) this.summarise(review);
      review.close();
    }
  }

  /** Resolves to whether the observable became true in time. */
  private until(observable: Observable<boolean>, patience: number): Promise<boolean> {
    if (observable.value || this.closed) return Promise.resolve(observable.value);
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        unsubscribe();
        this.wake = null;
        resolve(observable.value);
      };
      const unsubscribe = observable.subscribe(done);
      const timer = setTimeout(done, patience);
      this.wake = done;
    });
  }

  private summarise({ node, review }: FileReview): void {
    const { threads } = review.value;
    const { doc, caughtUp } = this.directory;
    const isMissing = threads.length > 0 && caughtUp.value && !reviewedFiles(doc).includes(node);
    if (isMissing && this.mayComment) announceReview(doc, node);
    const counts = countThreads(threads, this.me, this.seen.seen.value);
    this.summaries.set(new Map([...this.summaries.value, [node, { ...counts, threads }]]));
    this.count();
  }

  private recount(): void {
    const seen = this.seen.seen.value;
    const counted = [...this.summaries.value].map(
      ([node, { threads }]) => [node, { ...countThreads(threads, this.me, seen), threads }] as const,
    );
    this.summaries.set(new Map(counted));
    this.count();
  }

  private count(): void {
    const { byId } = this.session.tree.value;
    let unread = 0;
    for (const [node, summary] of this.summaries.value) if (byId.has(node)) unread += summary.unread;
    this.unread.set(unread);
  }
}
