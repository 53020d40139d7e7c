import { ID } from 'node-appwrite';
import { createNodeBackend } from '../../src/backend/node.ts';
import { encodeUpdateRow } from '../../src/core/codec.ts';
import type { Person } from '../sync/stage.ts';

/** Each person writes a row this often. */
const PAUSE_MS = 500;

interface Typist {
  readonly project: string;
  readonly author: string;
  readonly role: 'owner' | 'editor';
  readonly log: ReturnType<typeof createNodeBackend>['log'];
}

/** Pairs that write rows and hear of each other's. */
export class Typists {
  private readonly endpoint: string;
  private readonly typists: Typist[] = [];
  private readonly undo: (() => void)[] = [];
  /** When each row was handed over, by its id. */
  private readonly sent = new Map<string, number>();
  private times: number[] = [];
  private stopped = false;

  constructor(endpoint: string) {
    this.endpoint = endpoint;
  }

  /** Resolves when both hear what the other writes. */
  async open(project: string, both: readonly [Person, Person]): Promise<void> {
    for (const [at, { id: author, session }] of both.entries()) {
      const backend = createNodeBackend({ endpoint: this.endpoint, project: 'cowrite', session });
      await new Promise<void>((live) => {
        const close = backend
          .newFeed(() => 100)
          .open(project, {
            live,
            down: () => undefined,
            update: (row) => this.heard(row.id, row.permissions.includes(`read("user:${author}")`)),
            presence: () => undefined,
            presenceGone: () => undefined,
            project: () => undefined,
          });
        this.undo.push(close);
      });
      this.typists.push({ project, author, role: at === 0 ? 'owner' : 'editor', log: backend.log });
    }
  }

  start(updates: readonly Uint8Array[]): void {
    for (const typist of this.typists) {
      let count = 0;
      const timer = setInterval(
        () => {
          const update = updates[count++ % updates.length] ?? new Uint8Array([0, 0]);
          this.write(typist, update).catch((error: unknown) => console.error(error));
        },
        PAUSE_MS * (0.8 + 0.4 * Math.random()),
      );
      this.undo.push(() => clearInterval(timer));
    }
  }

  /** Milliseconds from handing a row to the server until the other of the pair was told of it; those since the last call. */
  take(): number[] {
    const { times } = this;
    this.times = [];
    return times;
  }

  stop(): void {
    this.stopped = true;
    for (const undo of this.undo.splice(0)) undo();
  }

  private async write({ log, ...stamp }: Typist, update: Uint8Array): Promise<void> {
    const row = encodeUpdateRow(ID.unique(), `f${stamp.author}`, update, stamp);
    this.sent.set(row.id, performance.now());
    const stored = await log.append(row);
    if (!stored.ok && !this.stopped) throw new Error(stored.message);
  }

  private heard(id: string, isOwn: boolean): void {
    const sent = this.sent.get(id);
    if (sent === undefined || isOwn) return;
    this.sent.delete(id);
    this.times.push(performance.now() - sent);
  }
}
