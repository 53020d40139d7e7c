import { documentDigest } from '../core/digest.ts';
import { digestIn, type PresenceState } from '../core/presence.ts';
import type { DocumentSync } from './document-sync.ts';
import type { Environment } from './environment.ts';
import type { Journal } from './journal.ts';
import type { PresenceSync } from './presence-sync.ts';

/** A document is at rest when nothing has changed in it for this long. */
const REST_MS = 2_000;

/** In larger groups not everybody has to say the same: who has heard it from this many others keeps silent. */
const ENOUGH_VOICES = 3;
const SMALL_GROUP = 8;
/** In larger groups each waits a random part of this, times the number of replicas, so that few speak at once. */
const STAGGER_MS = 100;

/** A difference counts when it lasts so long: what made it may be on its way. */
const GRACE_MS = 1_000;

/** Between two attempts to heal a document: doubling from the first to the second. */
const FIRST_HEAL_MS = 4_000;
const LONGEST_HEAL_MS = 60_000;

/** What is known of another replica's copy of a document. */
export interface Agreement {
  /** Yjs client id in the project's awareness. */
  readonly client: number;
  readonly user: string;
  readonly name: string;
  readonly same: boolean;
  /** Nothing has changed here since. */
  readonly current: boolean;
  /** When it was so, in epoch milliseconds on this device's clock. */
  readonly at: number;
}

/** What another replica has told. */
interface Copy {
  readonly digest: string;
  /** Of the awareness state that told it. */
  readonly clock: number;
  readonly heardAt: number;
}

/**
 * Proof that replicas hold the same [LOG-5]: each publishes a digest of a document that is open and at rest, and compares it
 * with those of others. Whoever finds a difference reads everything again.
 *
 * Equal digests mean the same content (but for emojis that a foreign client has cut in halves: Yjs then replaces them where
 * it had to split them, and deletes and vectors tell nothing of it; EDIT-4). Different ones mean something only if the other was heard after the last
 * change here: before, it may have been of an older state.
 */
export class Agreements {
  private readonly env: Environment;
  private readonly presence: PresenceSync;
  private readonly journal: Journal;
  private readonly onChange: () => void;
  private readonly watched = new Map<string, WatchedDocument>();
  private readonly unsubscribe: () => void;

  constructor(env: Environment, presence: PresenceSync, journal: Journal, onChange: () => void) {
    this.env = env;
    this.presence = presence;
    this.journal = journal;
    this.onChange = onChange;
    const heard = (): void => this.heard();
    presence.awareness.on('update', heard);
    this.unsubscribe = () => presence.awareness.off('update', heard);
    presence.digests = () => this.published();
  }

  /** Begins with a document; the returned function ends it. */
  watch(document: DocumentSync): () => void {
    const watched = new WatchedDocument(this.env, document, this.presence, this.journal, this.onChange);
    this.watched.set(document.id, watched);
    return () => {
      watched.close();
      if (this.watched.get(document.id) === watched) this.watched.delete(document.id);
    };
  }

  /** What is known of the copies of others, the most recent first. */
  of(doc: string): readonly Agreement[] {
    return this.watched.get(doc)?.agreements ?? [];
  }

  /** The status of a document has changed. */
  statusChanged(doc: string): void {
    this.watched.get(doc)?.statusChanged();
  }

  digestOf(doc: string): string | null {
    return this.watched.get(doc)?.digest ?? null;
  }

  /** How often a document was read anew because another replica held something else. */
  healsOf(doc: string): number {
    return this.watched.get(doc)?.heals ?? 0;
  }

  close(): void {
    this.unsubscribe();
    for (const watched of this.watched.values()) watched.close();
    this.watched.clear();
  }

  private published(): Readonly<Record<string, string>> {
    const digests: Record<string, string> = {};
    for (const [id, { digest }] of this.watched) if (digest !== null) digests[id] = digest;
    return digests;
  }

  private heard(): void {
    for (const watched of this.watched.values()) watched.heard();
  }
}

class WatchedDocument {
  /** Of the document as it rests; `null` while it does not. */
  digest: string | null = null;
  heals = 0;
  private readonly env: Environment;
  private readonly document: DocumentSync;
  private readonly presence: PresenceSync;
  private readonly journal: Journal;
  private readonly onChange: () => void;
  private readonly copies = new Map<number, Copy>();
  private readonly verdicts = new Map<number, { same: boolean; at: number; current: boolean }>();
  /** Since when another's copy seems to differ, by client. */
  private readonly suspects = new Map<number, number>();
  private changedAt: number;
  /** The digest was published since the last change. */
  private told = false;
  private attempt = 0;
  private nextHeal = 0;
  private cancelTimer: (() => void) | null = null;
  private readonly changed = (): void => {
    this.changedAt = this.env.clock.now();
    this.digest = null;
    this.told = false;
    this.suspects.clear();
    for (const [client, verdict] of this.verdicts) this.verdicts.set(client, { ...verdict, current: false });
    this.lookLater(this.restTime());
  };

  constructor(
    env: Environment,
    document: DocumentSync,
    presence: PresenceSync,
    journal: Journal,
    onChange: () => void,
  ) {
    this.env = env;
    this.document = document;
    this.presence = presence;
    this.journal = journal;
    this.onChange = onChange;
    this.changedAt = env.clock.now();
    document.doc.on('update', this.changed);
    this.lookLater(this.restTime());
  }

  get agreements(): readonly Agreement[] {
    const found: Agreement[] = [];
    for (const [client, { same, at, current }] of this.verdicts) {
      const user = (this.presence.awareness.getStates().get(client) as PresenceState | undefined)?.user;
      if (user) found.push({ client, user: user.id, name: user.name, same, current, at });
    }
    return found.sort((a, b) => b.at - a.at);
  }

  close(): void {
    this.document.doc.off('update', this.changed);
    this.cancelTimer?.();
  }

  /** The document may have come to rest: the rest is looked at, not asked for again and again. */
  statusChanged(): void {
    if (this.digest === null && this.document.isCaughtUp) this.lookLater(this.restTime());
  }

  /** Something was heard of somebody: perhaps a digest. */
  heard(): void {
    const states = this.presence.awareness.getStates() as Map<number, PresenceState>;
    for (const [client, state] of states) {
      if (client === this.presence.awareness.clientID) continue;
      const digest = digestIn(state, this.document.id);
      const clock = this.presence.awareness.meta.get(client)?.clock ?? 0;
      if (digest === null) this.copies.delete(client);
      else if (this.copies.get(client)?.clock !== clock) {
        this.copies.set(client, { digest, clock, heardAt: this.env.clock.now() });
        this.compare(client);
      }
    }
    for (const client of this.copies.keys()) {
      if (states.has(client)) continue;
      this.copies.delete(client);
      this.verdicts.delete(client);
    }
  }

  private restTime(): number {
    const { others } = this.presence.company;
    return others <= SMALL_GROUP ? REST_MS : REST_MS + this.env.random() * STAGGER_MS * others;
  }

  private lookLater(delay: number): void {
    this.cancelTimer ??= this.env.clock.after(delay, () => {
      this.cancelTimer = null;
      this.look();
    });
  }

  private look(): void {
    const rested = this.env.clock.now() - this.changedAt;
    if (rested < REST_MS) return this.lookLater(this.restTime() - rested);
    if (!this.document.isSettled) return;
    this.digest = documentDigest(this.document.doc);
    for (const client of this.copies.keys()) this.compare(client);
    const { others } = this.presence.company;
    const voices = [...this.copies.values()].filter(({ digest }) => digest === this.digest).length;
    if (this.told || others === 0 || (others > SMALL_GROUP && voices >= ENOUGH_VOICES)) return;
    this.told = true;
    this.presence.renew();
  }

  private compare(client: number): void {
    const copy = this.copies.get(client);
    if (!copy || this.digest === null) return;
    const same = copy.digest === this.digest;
    if (!same && (copy.heardAt <= this.changedAt || this.isFresh(client))) return;
    if (same) this.suspects.delete(client);
    this.verdicts.set(client, { same, at: copy.heardAt, current: true });
    if (same) {
      this.attempt = 0;
      this.nextHeal = 0;
    } else this.heal(client);
    this.onChange();
  }

  /** Whether a difference has only just come up; it is looked at again then. */
  private isFresh(client: number): boolean {
    const now = this.env.clock.now();
    const since = this.suspects.get(client) ?? now;
    this.suspects.set(client, since);
    if (now - since >= GRACE_MS) return false;
    this.lookLater(GRACE_MS);
    return true;
  }

  private heal(client: number): void {
    const now = this.env.clock.now();
    // Whoever is being written to has changed since: what was true when it rested need not be any more.
    if (now < this.nextHeal || !this.document.isSettled) return this.lookLater(REST_MS);
    this.nextHeal = now + Math.min(LONGEST_HEAL_MS, FIRST_HEAL_MS * 2 ** this.attempt++);
    this.heals++;
    const name = this.agreements.find((each) => each.client === client)?.name ?? 'another replica';
    this.journal.add(`differs from ${name}: everything is read again`, this.document.id);
    this.document.heal();
    this.lookLater(REST_MS);
  }
}
