import { isPassing, type Outcome } from '../../core/failures.ts';
import type { MemberChange } from '../../core/ports.ts';
import type { Role } from '../../core/roles.ts';
import type { Status } from '../../core/status.ts';
import type { AccessNotice, Observable } from './api.ts';
import { Signal } from './signal.ts';

export const REMOVED = 'You have been removed from this project.';

/** What comes of a status is not asked for more often than this; an announcement is followed at once. */
const PATIENCE_MS = 5_000;

export interface AccessOptions {
  /** Appwrite user id of the one who has the project open. */
  readonly user: string;
  /** The role in which the project is open; set when it turns out to be another. */
  readonly role: Signal<Role>;
  /** Asks the server for the role, and remembers the answer. */
  readonly ask: () => Promise<Outcome<Role>>;
  /** Ends the connection of the open project and says why. What is not sent stays on this device. */
  readonly deny: (reason: string) => void;
  /** The server says that the project is deleted: nothing is sent until it is restored. */
  readonly deleted: () => void;
  /** Tries anew what was refused, in the role that is known now. */
  readonly retry: () => void;
  readonly now: () => number;
  readonly report: (error: unknown) => void;
}

/**
 * Keeps the role in which a project is open true: the server is asked when an announcement says that it changed, after an
 * interruption, in which announcements are missed, and when something is refused.
 */
export class AccessWatch {
  /** What has become of the membership since the project was opened. */
  readonly notice = new Signal<AccessNotice | null>(null);
  /** Goes up with each change of the members or of their roles that is announced. */
  readonly memberChanges = new Signal(0);
  private readonly options: AccessOptions;
  private lastAsked = -Infinity;
  private asking: Promise<void> | null = null;
  private again = false;
  private later: ReturnType<typeof setTimeout> | null = null;
  private isOffline = false;
  private closed = false;

  constructor(options: AccessOptions) {
    this.options = options;
  }

  /** An announcement came. */
  heard({ user }: MemberChange): void {
    this.memberChanges.set(this.memberChanges.value + 1);
    // Servers that hide the members' ids say that somebody's role has changed, not whose.
    if (user === '' || user === this.options.user) this.ask();
  }

  /** Follows the status of the project; returns the undo. */
  watch(status: Observable<{ readonly status: Status }>): () => void {
    let last = status.value.status;
    return status.subscribe(({ status: next }) => {
      const before = last;
      last = next;
      this.isOffline = next === 'offline';
      if (next === before) return;
      const isBack = isAway(before) && !isAway(next);
      const isRefused = next === 'failed' && this.notice.value?.kind !== 'removed';
      if (!isBack && !isRefused) return;
      if (this.options.now() - this.lastAsked >= PATIENCE_MS) this.ask();
      else this.askLater();
    });
  }

  /** Asks now; announcements that come meanwhile lead to one more question. */
  ask(): void {
    if (this.closed) return;
    if (this.asking !== null) {
      this.again = true;
      return;
    }
    this.lastAsked = this.options.now();
    this.asking = this.askOnce()
      .catch(this.options.report)
      .finally(() => {
        this.asking = null;
        if (!this.again || this.closed) return;
        this.again = false;
        this.ask();
      });
  }

  /** The question may have been asked before what is to be found out, or could not be answered. */
  private askLater(): void {
    // Whoever is offline asks when that is over.
    if (this.closed || this.isOffline) return;
    this.later ??= setTimeout(() => {
      this.later = null;
      this.ask();
    }, PATIENCE_MS);
  }

  dismissNotice(): void {
    if (this.notice.value?.kind === 'role-changed') this.notice.set(null);
  }

  close(): void {
    this.closed = true;
    if (this.later) clearTimeout(this.later);
  }

  private async askOnce(): Promise<void> {
    const { role, ask, deny, deleted, retry } = this.options;
    const answer = await ask();
    if (this.closed) return;
    if (!answer.ok) {
      if (isPassing(answer.kind)) return this.askLater();
      if (answer.kind === 'unauthenticated') return;
      if (answer.kind === 'not-found') return deleted();
      if (answer.kind !== 'forbidden') return deny(answer.message);
      this.notice.set({ kind: 'removed' });
      // Whoever is not in the project changes nothing in it any more [P15].
      role.set('viewer');
      return deny(REMOVED);
    }
    const wasRemoved = this.notice.value?.kind === 'removed';
    if (answer.value === role.value && !wasRemoved) return;
    this.notice.set(wasRemoved ? null : { kind: 'role-changed', from: role.value, to: answer.value });
    role.set(answer.value);
    retry();
  }
}

/** What is announced meanwhile may be missed, or what is known may not hold any more. */
function isAway(status: Status): boolean {
  return status === 'offline' || status === 'failed' || status === 'deleted';
}
