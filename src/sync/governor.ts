/**
 * Spends a budget of requests a minute: the first at once, then in ever wider intervals as the budget goes down, with a
 * reserve for what must not wait. Pure: it is told the time and keeps no timer.
 *
 * A bucket of `burst` requests is filled up again at `sustained` a minute, so any 60 s see at most `burst + sustained +
 * reserve` of them. Between two of them lies `(1 - filling) × 60 s / sustained`: nothing while the bucket is full, and as
 * much as it takes to refill when it is empty, so there is never a long stop after a fast beginning.
 */
export interface Budget {
  /** Requests that can follow each other at once. */
  readonly burst: number;
  /** Requests a minute in the long run. */
  readonly sustained: number;
  /** Requests of any 60 s that only urgent ones get. */
  readonly reserve: number;
}

/** Where the server runs: Appwrite Cloud, somebody's own Appwrite, or Cowrite's embedded server. */
export type EndpointProfile = 'cloud' | 'self-hosted' | 'embedded';

/**
 * Appwrite allows 120 creations and 120 upserts a minute and user, for all tables together. 110 leaves room for the
 * rare others (a project, a link) and for a window of the server that is cut differently.
 */
const APPWRITE: Budget = { burst: 16, sustained: 84, reserve: 10 };

const MINUTE_MS = 60_000;

/** The interval while nobody else is there to see it: fewer rows to store, to compact and to read for ever after. */
const UNWATCHED_MS = 1_000;
const UNWATCHED_EMBEDDED_MS = 250;

/**
 * The budget to begin with; `null` is none. An own Appwrite may have its limits switched off: it is believed to until
 * it refuses something for the first time.
 */
function budgetOf(profile: EndpointProfile): Budget | null {
  switch (profile) {
    case 'cloud':
      return APPWRITE;
    case 'self-hosted':
    case 'embedded':
      return null;
  }
}

export class Governor {
  private budget: Budget | null;
  private tokens: number;
  private filledAt: number;
  /** Times of the last minute's requests, oldest first. */
  private spent: number[] = [];
  private lastAt = Number.NEGATIVE_INFINITY;
  private closedUntil = Number.NEGATIVE_INFINITY;
  private latest: number;
  private replicas = 1;
  private watched = true;
  private learned = false;
  private readonly unwatchedInterval: number;

  /** @param now milliseconds, on the clock of all later calls */
  constructor(profile: EndpointProfile, now: number) {
    this.budget = budgetOf(profile);
    this.tokens = this.budget?.burst ?? 0;
    this.filledAt = now;
    this.latest = now;
    this.unwatchedInterval = profile === 'embedded' ? UNWATCHED_EMBEDDED_MS : UNWATCHED_MS;
  }

  /** How many replicas of this user share the budget, this one included. */
  share(replicas: number): void {
    this.replicas = Math.max(1, replicas);
  }

  /** Whether anybody else would see it soon; if not, requests are saved. */
  watch(watched: boolean): void {
    this.watched = watched;
  }

  /**
   * Spends one request if it may go now, and returns 0; else returns after how many milliseconds to ask again. Urgent
   * ones do not wait for the interval and may use the reserve, but wait where the server has refused for a time.
   */
  take(now: number, urgent = false): number {
    this.rebase(now);
    const wait = this.waitingTime(now, urgent);
    // Whole milliseconds: clocks do not move by less.
    if (wait > 0) return Math.ceil(wait);
    this.count(now);
    // What is urgent has the reserve: it does not slow down what comes after it.
    if (!urgent) this.tokens -= 1;
    return 0;
  }

  /** Counts a request that goes whatever the budget says: the page is being closed. */
  count(now: number): void {
    this.lastAt = now;
    this.spent.push(now);
    this.forget(now);
  }

  /** The server has refused a request until this moment: from now on there is a budget, whatever was believed. */
  refused(until: number): void {
    this.closedUntil = Math.max(this.closedUntil, until);
    this.learned ||= this.budget === null;
    this.budget ??= APPWRITE;
    this.tokens = Math.min(this.tokens, 0);
  }

  /** What the inspector shows. `limit` is `null` where there is none. */
  report(now: number): { readonly lastMinute: number; readonly limit: number | null; readonly learned: boolean } {
    this.forget(now);
    const { budget, learned } = this;
    const limit = budget && budget.burst + budget.sustained + budget.reserve;
    return { lastMinute: this.spent.length, limit: limit && Math.floor(limit / this.replicas), learned };
  }

  private waitingTime(now: number, urgent: boolean): number {
    if (now < this.closedUntil) return this.closedUntil - now;
    const unwatched = urgent || this.watched ? 0 : this.lastAt + this.unwatchedInterval - now;
    const { budget } = this;
    if (budget === null) return unwatched;
    this.fill(now);
    this.forget(now);
    const { burst, sustained, reserve } = budget;
    const most = (burst + sustained + (urgent ? reserve : 0)) / this.replicas;
    // The oldest that has to leave the last minute first, should more than the budget have gone (closing pages, tabs).
    const excess = this.spent[this.spent.length - Math.floor(most)];
    if (excess !== undefined) return excess + MINUTE_MS - now;
    if (urgent) return 0;
    const refill = (MINUTE_MS / sustained) * this.replicas;
    const filling = Math.max(0, this.tokens) / (burst / this.replicas);
    const interval = this.lastAt + refill * (1 - Math.min(1, filling)) - now;
    const token = this.tokens >= 1 ? 0 : (1 - this.tokens) * refill;
    return Math.max(interval, token, unwatched);
  }

  /** A clock that was set back: everything that is known moves with it. */
  private rebase(now: number): void {
    const back = Math.max(0, this.latest - now);
    this.latest = now;
    if (back === 0) return;
    this.lastAt -= back;
    this.closedUntil -= back;
    this.filledAt -= back;
    this.spent = this.spent.map((time) => time - back);
  }

  private fill(now: number): void {
    if (this.budget === null) {
      this.filledAt = now;
      return;
    }
    const { burst, sustained } = this.budget;
    const gained = ((now - this.filledAt) * sustained) / this.replicas / MINUTE_MS;
    this.tokens = Math.min(burst / this.replicas, this.tokens + gained);
    this.filledAt = now;
  }

  private forget(now: number): void {
    while (this.spent[0] !== undefined && this.spent[0] <= now - MINUTE_MS) this.spent.shift();
  }
}
