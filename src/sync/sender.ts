import { encodeUpdateRow, type NewUpdateRow } from '../core/codec.ts';
import { isPassing, success, type Failure, type Outcome } from '../core/failures.ts';
import { documentKind, randomId } from '../core/ids.ts';
import { MAX_UPDATE_BYTES } from '../core/limits.ts';
import { mayWrite } from '../core/roles.ts';
import { backoffDelay } from './backoff.ts';
import type { Environment } from './environment.ts';
import type { Governor } from './governor.ts';
import type { Journal } from './journal.ts';
import { Outbox, type Kept } from './outbox.ts';

/** How soon it is looked after another page that had something to send. */
const WATCH_OTHERS_MS = 3_000;

/** How long nothing is sent after a refusal that does not say until when. */
const REFUSED_MS = 10_000;
const SPREAD_MS = 250;

/** What may travel with a row: the cursor. */
export interface Passenger {
  /** Its text, if there is something to tell. */
  takeRide(): string | undefined;
  /** The row was not stored, or that is not known. */
  missed(): void;
}

/** What the senders of a project share. */
export interface Shared {
  readonly governor: Governor;
  readonly passenger: Passenger;
  readonly journal: Journal;
}

/**
 * Sends the outbox of one document: one row in flight, the oldest first, each until the server has it [LOG-6]. What is
 * typed meanwhile goes into the next row. When a row may go is said by the governor.
 *
 * A failure that can pass is retried with back-off; any other stops the sender with `problem` set, and everything
 * stays in the outbox until `kick` is called.
 */
export class Sender {
  readonly outbox: Outbox;
  /** Why sending has stopped until somebody does something, as a sentence; `null` while it goes on. */
  problem: string | null = null;
  /** Why the last try failed, as a sentence, while it is tried again; `null` when all goes well. */
  delay: string | null = null;
  /** Rows that this page has stored. */
  readonly stored = new Set<string>();
  private readonly env: Environment;
  private readonly doc: string;
  private readonly shared: Shared;
  private readonly onChange: () => void;
  private running: Promise<void> | null = null;
  /** A row whose id was taken and that was not there when it was looked for. */
  private vanished: string | null = null;
  private inFlight: { readonly row: NewUpdateRow; readonly announced: () => void } | null = null;
  private forgetting: Promise<unknown> = Promise.resolve();
  private attempt = 0;
  /** How many rows are not to wait for the governor's interval: those that waited when it was asked for. */
  private urgent = 0;
  private cancelWait: (() => void) | null = null;
  private cancelWatch: (() => void) | null = null;
  private paused = false;
  private closed = false;

  /** @param onChange called after each change of `problem` or of what is pending */
  constructor(env: Environment, doc: string, shared: Shared, onChange: () => void) {
    this.env = env;
    this.doc = doc;
    this.shared = shared;
    this.onChange = onChange;
    this.outbox = new Outbox({
      project: env.project,
      doc,
      device: env.device,
      newRowId: () => randomId(env.randomBytes),
      onChange,
    });
  }

  /**
   * Takes an update of this page's user, sends it as soon as it can, and tells the other tabs once it is on the device:
   * what they build upon must not vanish with this page.
   */
  add(update: Uint8Array): void {
    this.outbox
      .add(update)
      .then((kept) => {
        if (kept !== null) this.env.tabs.post({ type: 'update', doc: this.doc, ...kept, update });
      })
      .catch(this.env.report);
    this.pump();
  }

  /**
   * Takes over what pages that live no more have left; returns all updates that wait on this device. Looks again as
   * long as another page has something to send: it may end before it could.
   */
  async adopt(): Promise<readonly Uint8Array[]> {
    const waiting = await this.outbox.adopt();
    this.pump();
    this.watchOthers();
    return waiting;
  }

  /** Another page tells of an update that it has put on this device. */
  heardUpdate(kept: Kept): void {
    this.outbox.heardUpdate(kept);
    this.watchOthers();
  }

  /** Another page tells that the server has one of its rows. */
  heardStored(row: string): void {
    this.outbox.heardStored(row);
  }

  /** Tries again at once: the connection is back, the session was renewed, a person asked for it. */
  kick(): void {
    this.attempt = 0;
    this.problem = null;
    this.urgent = this.outbox.rows;
    this.cancelWait?.();
    this.pump();
  }

  /** Sends nothing after the request in flight until it is over: this user may not go on here. */
  suspend(paused: boolean): void {
    this.paused = paused;
    this.pump();
  }

  /** Sends what waits now without waiting for more: the person has turned to something else. */
  flush(): void {
    if (this.outbox.isEmpty || this.problem !== null) return;
    this.urgent = this.outbox.rows;
    if (this.delay === null) this.cancelWait?.();
  }

  /** How many updates are on their way to the server. */
  get sending(): number {
    return this.inFlight === null ? 0 : this.outbox.sizeOf(this.inFlight.row.id);
  }

  /** Stops after the request in flight; nothing that waits is lost. */
  async close(): Promise<void> {
    this.closed = true;
    this.cancelWait?.();
    this.cancelWatch?.();
    await this.outbox.flush();
    await this.running;
    await this.forgetting;
  }

  /** Hands what waits to the browser to be sent, since the page may end now. It stays in the outbox all the same. */
  sendWhileClosing(): void {
    if (this.problem !== null || this.paused) return;
    for (const { row, update } of this.outbox.sealAll()) {
      if (this.refusal(update) !== null) continue;
      this.shared.governor.count(this.env.clock.now());
      this.env.log.appendWhileClosing(this.encode(row, update));
    }
  }

  private encode(row: string, update: Uint8Array, presence?: string): NewUpdateRow {
    const { author, role } = this.env.identity();
    const encoded = encodeUpdateRow(row, this.doc, update, { project: this.env.project, author, role });
    return presence === undefined ? encoded : { ...encoded, presence };
  }

  /** The feed brought a row. Returns whether it is one of this page's own. */
  announced(row: NewUpdateRow): boolean {
    const { inFlight } = this;
    if (inFlight?.row.id === row.id && inFlight.row.data === row.data) {
      // Often sooner than the answer, and it comes as well when the answer is lost.
      inFlight.announced();
      return true;
    }
    return this.stored.has(row.id);
  }

  private watchOthers(): void {
    if (this.closed || this.cancelWatch || !this.outbox.waitsElsewhere) return;
    this.cancelWatch = this.env.clock.after(WATCH_OTHERS_MS, () => {
      this.cancelWatch = null;
      this.adopt().catch(this.env.report);
    });
  }

  private pump(): void {
    if (this.running || this.closed || this.paused || this.problem !== null) return;
    this.running = this.run()
      .catch((error: unknown) => {
        this.stop('Sending has failed unexpectedly.');
        this.env.report(error);
      })
      .finally(() => {
        this.running = null;
        // Something may have been added between the last look into the outbox and now.
        if (!this.outbox.isEmpty) this.pump();
      });
  }

  private async run(): Promise<void> {
    while (!this.closed && !this.paused && this.problem === null) {
      if (!this.outbox.isEmpty) await this.turn();
      const batch = this.closed || this.paused ? null : await this.outbox.next();
      if (batch === null) return;
      const refusal = this.refusal(batch.update);
      if (refusal !== null) return this.stop(refusal);
      const row = this.encode(batch.row, batch.update, this.shared.passenger.takeRide());
      const outcome = await Promise.race([this.env.log.append(row), this.announcement(row)]);
      this.inFlight = null;
      if (!outcome.ok && row.presence !== undefined) this.shared.passenger.missed();
      const result = !outcome.ok && outcome.kind === 'conflict' ? await this.resolveConflict(row) : outcome;
      if (result.ok) {
        this.attempt = 0;
        this.delay = null;
        if (result.value === 'renewed') continue;
        this.stored.add(batch.row);
        this.env.refused?.(this.doc, null);
        // The next row need not wait until this device has forgotten this one.
        this.forgetting = Promise.all([this.forgetting, this.outbox.acknowledge(batch.row)]);
        this.env.tabs.post({ type: 'stored', doc: this.doc, row: batch.row });
      } else if (isPassing(result.kind)) {
        await this.wait(result);
      } else {
        // Want of a session or a right has nothing to do with what is sent.
        const forGood = result.kind !== 'unauthenticated' && result.kind !== 'forbidden';
        if (forGood) this.env.refused?.(this.doc, sentence(result));
        return this.stop(sentence(result));
      }
    }
  }

  /** Resolves when the governor lets a row go. */
  private async turn(): Promise<void> {
    while (!this.closed) {
      const wait = this.shared.governor.take(this.env.clock.now(), this.urgent > 0);
      if (wait <= 0) {
        this.urgent = Math.max(0, this.urgent - 1);
        return;
      }
      await this.pause(wait);
    }
  }

  /** Resolves after `delay`, or when something calls `cancelWait`. */
  private async pause(delay: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.env.clock.after(delay, resolve);
      this.cancelWait = () => {
        cancel();
        resolve();
      };
    });
    this.cancelWait = null;
  }

  /** Resolves when the feed announces the row: rows are announced after they are committed. */
  private announcement(row: NewUpdateRow): Promise<Outcome<void>> {
    return new Promise((resolve) => {
      this.inFlight = { row, announced: () => resolve(success(undefined)) };
    });
  }

  /**
   * A taken id is this very row after a lost answer [LOG-1]. If it should ever be another one, what waits here is not
   * stored, and goes under a new id.
   */
  private async resolveConflict(row: NewUpdateRow): Promise<Outcome<'renewed' | void>> {
    const found = await this.env.log.read(row.id);
    if (!found.ok) return found;
    const same = found.value?.data === row.data && found.value.doc === row.doc && found.value.project === row.project;
    if (same) return success(undefined);
    if (found.value === null && this.vanished !== row.id) {
      // It was compacted away in between. Sent again it is told as a double by its id, which a new one would hide.
      this.vanished = row.id;
      return success('renewed');
    }
    await this.outbox.renew(row.id);
    return success('renewed');
  }

  /** Why a batch must not even be sent. */
  private refusal(update: Uint8Array): string | null {
    const kind = documentKind(this.doc);
    const { role } = this.env.identity();
    if (kind === null || !mayWrite(role, kind)) return `As a ${role} you cannot change this.`;
    if (update.byteLength > MAX_UPDATE_BYTES) return 'One edit is larger than 8 MB, which the server does not take.';
    return null;
  }

  private stop(problem: string): void {
    this.problem = problem;
    this.shared.journal.add(`sending has stopped: ${problem}`, this.doc);
    this.onChange();
  }

  private async wait(outcome: Failure): Promise<void> {
    this.delay = outcome.message;
    this.shared.journal.add(`not sent (${outcome.kind}): ${outcome.message}`, this.doc);
    this.onChange();
    if (outcome.kind === 'rate-limited') {
      // Not all at the very moment at which the window is over.
      const until = (outcome.retryAt ?? this.env.clock.now() + REFUSED_MS) + SPREAD_MS * this.env.random();
      this.shared.governor.refused(until);
    } else await this.pause(backoffDelay(this.attempt++, this.env.random()));
  }
}

function sentence(outcome: Failure): string {
  switch (outcome.kind) {
    case 'unauthenticated':
      return 'Your session has ended. Sign in again and the edits will be sent.';
    case 'forbidden':
      return 'The server refuses your edits: your role in this project may have changed.';
    case 'not-found':
      return 'The server does not know this project any more.';
    case 'too-large':
      return 'One edit is larger than the server takes.';
    case 'conflict':
    case 'rejected':
    case 'offline':
    case 'rate-limited':
    case 'server':
      return `The server refuses an edit: ${outcome.message}`;
  }
}
