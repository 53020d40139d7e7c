import { acceptedSuggestions, type AcceptedSuggestion } from '../../core/review/accepted.ts';
import { reviewers } from '../../core/review/directory.ts';
import type { Person } from '../../core/tree.ts';
import { FileReview } from '../comments/file-review.ts';
import type { ProjectSession, ReviewSession } from '../session/api.ts';
import { Signal } from '../session/signal.ts';

/** The accepted suggestions of a file, and the names of all who may have made them. */
export class SuggestionsOfFile {
  /** Resolves when what this device has of them is known; the network is not waited for. */
  readonly loaded: Promise<void>;
  /** Who is who, reviewers among them. */
  readonly who: { readonly user: ProjectSession['user']; readonly people: Signal<ReadonlyMap<string, Person>> };
  private readonly session: ProjectSession;
  private readonly review: FileReview;
  /** The one in which reviewers, who cannot write the tree, say their names. */
  private readonly directory: ReviewSession;
  private readonly undo: (() => void)[] = [];

  constructor(session: ProjectSession, node: string) {
    this.session = session;
    this.who = { user: session.user, people: new Signal(session.people.value) };
    const opened = session.openReview(node);
    this.review = new FileReview(opened, () => false);
    this.directory = session.openReview(session.id);
    this.loaded = Promise.all([opened.loaded, this.directory.loaded]).then(() => this.readPeople());
    this.loaded.catch((error: unknown) => console.error(error));
    const read = (): void => this.readPeople();
    const entries = this.directory.doc.getMap('people');
    entries.observe(read);
    this.undo.push(
      () => entries.unobserve(read),
      this.directory.stamps.subscribe(read),
      session.people.subscribe(read),
      session.participants.subscribe(read),
    );
    read();
  }

  get accepted(): readonly AcceptedSuggestion[] {
    return acceptedSuggestions(this.review.review.value);
  }

  /** Calls back when there may be others, or others' names; returns the undo. */
  subscribe(listener: () => void): () => void {
    const undo = [this.review.review.subscribe(listener), this.who.people.subscribe(listener)];
    return () => {
      for (const each of undo) each();
    };
  }

  /** Calling it twice is harmless. */
  close(): void {
    for (const undo of this.undo.splice(0)) undo();
    this.review.close();
    this.directory.close();
  }

  private readPeople(): void {
    const { doc, stamps } = this.directory;
    const people = new Map(this.session.people.value);
    for (const [id, person] of reviewers(doc, stamps.proofOf)) people.set(id, person);
    for (const { user } of this.session.participants.value) people.set(user.id, user);
    this.who.people.set(people);
  }
}
