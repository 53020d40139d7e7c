import type { Documents } from './documents.ts';
import type { Membership, Session, User } from './people.ts';

/** Who holds a session, and the roles of that user. */
export interface KnownCaller {
  user: User;
  session: Session;
  roles: ReadonlySet<string>;
}

const MAX_REMEMBERED = 10_000;

/**
 * Remembers whose the sessions are that requests carry. Everything is forgotten when any user, session or membership is
 * written, so that nothing remembered is ever out of date.
 */
export class CallerCache {
  readonly #sources: readonly { readonly revision: number }[];
  readonly #known = new Map<string, KnownCaller>();
  #revision = 0;

  constructor(users: Documents<User>, sessions: Documents<Session>, memberships: Documents<Membership>) {
    this.#sources = [users, sessions, memberships];
  }

  /** What `find` says about this session; asked again only after a change. */
  get(encoded: string, find: () => KnownCaller | undefined): KnownCaller | undefined {
    let revision = 0;
    for (const source of this.#sources) revision += source.revision;
    if (revision !== this.#revision || this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#revision = revision;
    let known = this.#known.get(encoded);
    if (!known) {
      known = find();
      if (known) this.#known.set(encoded, known);
    }
    if (known && Date.parse(known.session.expire) < Date.now()) return undefined;
    return known;
  }
}
