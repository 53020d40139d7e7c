import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ID } from 'node-appwrite';
import { connectByKey } from '../../src/backend/compaction-store.ts';
import { createNodeBackend } from '../../src/backend/node.ts';
import { DATABASE_ID } from '../../src/backend/tables.ts';
import { UPDATES_TABLE } from '../../src/backend/update-log.ts';
import { encodeUpdateRow } from '../../src/core/codec.ts';
import { Child } from '../support/child.ts';
import type { BenchmarkOptions } from '../support/contract.ts';
import type { Undo } from '../support/undo.ts';
import type { ServerReady } from '../sync/server.ts';
import { Stage, twice, type Person } from '../sync/stage.ts';
import type { Swept } from './sweep.ts';

export const PEOPLE = 20;
const ROWS = 150;
const AT_ONCE = 100;
/** Each person writes a row this often. */
const PAUSE_MS = 500;
const WARM_UP_MS = 2_000;

export interface Crowd {
  /** Milliseconds from handing a row to the server until the other of the pair is told of it. */
  readonly quiet: readonly number[];
  readonly swept: readonly number[];
  readonly sweep: Swept;
}

/** People in pairs write rows, first alone with the server, then while all long logs are swept. */
export async function crowd(
  { root, built }: BenchmarkOptions,
  dataDir: string,
  updates: readonly Uint8Array[],
  { documents, quietMs }: { readonly documents: number; readonly quietMs: number },
  undo: Undo,
): Promise<Crowd> {
  const [folder, pages] = [join(dataDir, 'server'), join(dataDir, 'pages')];
  for (const each of [folder, pages]) mkdirSync(each);
  const args = [folder, join(root, 'appwrite.json'), pages, 'off'];
  const server = new Child('the embedded server', join(built, 'server.js'), { args });
  undo.add(() => server.close());
  const { url, apiKey } = await server.first<ServerReady>();
  const endpoint = `${url}/v1`;
  const stage = new Stage(url, apiKey);
  const [first] = await twice(() => stage.person());
  await storeTails(endpoint, apiKey, await stage.project([first]), first.id, updates, documents);

  const people = new Typists(endpoint);
  undo.add(() => people.stop());
  for (let pair = 0; pair < PEOPLE / 2; pair++) {
    const both = await twice(() => stage.person());
    await people.open(await stage.project(both), both);
  }
  people.start(updates);
  await pause(WARM_UP_MS);
  people.take();
  await pause(quietMs);
  const quiet = people.take();
  const sweeper = new Child('the sweep', join(built, 'sweep.js'), { args: [endpoint, apiKey] });
  undo.add(() => sweeper.close());
  const sweep = await sweeper.first<Swept>();
  return { quiet, swept: people.take(), sweep };
}

async function storeTails(
  endpoint: string,
  key: string,
  project: string,
  author: string,
  updates: readonly Uint8Array[],
  documents: number,
): Promise<void> {
  const { tables } = connectByKey({ endpoint, project: 'cowrite', key });
  for (let document = 0; document < documents; document++) {
    const doc = `flong${document}`;
    const rows = updates.slice(0, ROWS).map((update) => {
      const { id, permissions, data } = encodeUpdateRow(ID.unique(), doc, update, { project, role: 'owner', author });
      return { $id: id, $permissions: permissions, project, doc, data };
    });
    for (let start = 0; start < rows.length; start += AT_ONCE) {
      const some = rows.slice(start, start + AT_ONCE);
      await tables.createRows({ databaseId: DATABASE_ID, tableId: UPDATES_TABLE, rows: some });
    }
  }
}

interface Typist {
  readonly project: string;
  readonly author: string;
  readonly role: 'owner' | 'editor';
  readonly log: ReturnType<typeof createNodeBackend>['log'];
}

/** Pairs that write rows and hear of each other's. */
class Typists {
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

  /** The times since the last call. */
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

function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}
