import { encodeUpdateRow } from '../core/codec.ts';
import { isPassing, type Failure } from '../core/failures.ts';
import { documentKind, randomId } from '../core/ids.ts';
import { MAX_UPDATE_BYTES } from '../core/limits.ts';
import { mayWrite } from '../core/roles.ts';
import { backoffDelay } from './backoff.ts';
import type { Environment } from './environment.ts';
import { Outbox } from './outbox.ts';

/**
 * Sends the outbox of one document: one row in flight, the oldest first, each until the server has it [LOG-6]. What is
 * typed meanwhile goes into the next row.
 *
 * A failure that can pass is retried with back-off; any other stops the sender with `problem` set, and everything
 * stays in the outbox until `kick` is called.
 */
export class Sender {
  readonly outbox: Outbox;
  /** Why sending has stopped until somebody does something, as a sentence; `null` while it goes on. */
  problem: string | null = null;
  /** Rows that this page has stored. */
  readonly stored = new Set<string>();
  private readonly env: Environment;
  private readonly doc: string;
  private readonly onChange: () => void;
  private running: Promise<void> | null = null;
  private attempt = 0;
  private cancelWait: (() => void) | null = null;
  private closed = false;

  /** @param onChange called after each change of `problem` or of what is pending */
  constructor(env: Environment, doc: string, onChange: () => void) {
    this.env = env;
    this.doc = doc;
    this.onChange = onChange;
    this.outbox = new Outbox({
      project: env.project,
      doc,
      store: env.device.outbox,
      newRowId: () => randomId(env.randomBytes),
      onChange,
    });
  }

  /** Takes an update of this replica's user and sends it as soon as it can. */
  add(update: Uint8Array): void {
    this.outbox.add(update);
    this.pump();
  }

  /** Tries again at once: the connection is back, the session was renewed, a person asked for it. */
  kick(): void {
    this.attempt = 0;
    this.problem = null;
    this.cancelWait?.();
    this.pump();
  }

  /** Stops after the request in flight; nothing that waits is lost. */
  async close(): Promise<void> {
    this.closed = true;
    this.cancelWait?.();
    await this.outbox.flush();
    await this.running;
  }

  private pump(): void {
    if (this.running || this.closed || this.problem !== null) return;
    this.running = this.run()
      .catch((error: unknown) => {
        this.stop('Sending has failed unexpectedly.');
        this.env.report(error);
      })
      .finally(() => {
        this.running = null;
        // Something may have been added between the last look into the outbox and now.
        if (this.outbox.pending.count > 0) this.pump();
      });
  }

  private async run(): Promise<void> {
    while (!this.closed && this.problem === null) {
      const batch = await this.outbox.next();
      if (batch === null) return;
      const refusal = this.refusal(batch.update);
      if (refusal !== null) return this.stop(refusal);
      const { author, role } = this.env.identity();
      const stamp = { project: this.env.project, author, role };
      const outcome = await this.env.log.append(encodeUpdateRow(batch.row, this.doc, batch.update, stamp));
      if (outcome.ok) {
        this.attempt = 0;
        this.stored.add(batch.row);
        await this.outbox.acknowledge(batch.row);
      } else if (isPassing(outcome.kind)) {
        await this.wait(outcome);
      } else {
        return this.stop(sentence(outcome));
      }
    }
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
    this.onChange();
  }

  private async wait(outcome: Failure): Promise<void> {
    const now = this.env.clock.now();
    const delay =
      outcome.retryAt === undefined
        ? backoffDelay(this.attempt++, this.env.random())
        : Math.max(0, outcome.retryAt - now) + 250 * this.env.random();
    await new Promise<void>((resolve) => {
      const cancel = this.env.clock.after(delay, resolve);
      this.cancelWait = () => {
        cancel();
        resolve();
      };
    });
    this.cancelWait = null;
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
