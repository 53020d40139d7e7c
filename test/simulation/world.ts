import * as Y from 'yjs';
import { decodeUpdateRow, isQuarantined } from '../../src/core/codec.ts';
import { readHistory } from '../../src/core/compaction/history.ts';
import { loadState } from '../../src/core/compaction/load.ts';
import { contentOf } from '../../src/core/id-ranges.ts';
import { retryPending } from '../../src/core/pending.ts';
import { missingOnServer } from '../../src/core/repair.ts';
import type { DocumentSync } from '../../src/sync/document-sync.ts';
import { ProjectSync } from '../../src/sync/project-sync.ts';
import { settle, VirtualClock } from '../helpers/virtual-clock.ts';
import { Archive } from './archive.ts';
import { SimulatedCompactor } from './compactor.ts';
import { SimulatedDevice } from './device.ts';
import { count } from './faults.ts';
import { Life } from './life.ts';
import { Weather } from './network.ts';
import { Random } from './random.ts';
import { SimulatedServer, type Connection, type SimulatedSocket } from './server.ts';

const PROJECT = 'p';
export const DOC = 'fa';

/** One thing that happens in a run. */
export type Happening =
  | { readonly do: 'insert'; readonly who: number; readonly at: number; readonly length: number }
  | { readonly do: 'delete'; readonly who: number; readonly at: number; readonly length: number }
  | { readonly do: 'wait'; readonly time: number }
  | {
      readonly do:
        | ('offline' | 'online' | 'drop' | 'freeze' | 'crash' | 'close' | 'sign-in' | 'tab')
        // A device that is away opens no page until it returns; `compact` starts a run, `damage` breaks the newest state.
        | ('away' | 'return' | 'compact' | 'damage');
      readonly who: number;
    };

/**
 * A happening with the seed of the delays and faults that follow it, so that leaving out a step of a plan leaves the
 * others as they were. Pages are counted modulo how many there are.
 */
export type Step = Happening & { readonly luck: number };

/** An edit of somebody, and what is known of it. */
interface Edit {
  readonly update: Uint8Array;
  readonly device: SimulatedDevice;
}

/** A page of somebody. */
interface Page {
  readonly user: string;
  readonly device: SimulatedDevice;
  readonly life: Life;
  readonly connection: Connection;
  readonly socket: SimulatedSocket;
  readonly project: ProjectSync;
  readonly file: DocumentSync;
  readonly edits: Edit[];
}

/** People with a browser each, one server, and everything that can happen to them. */
export class World {
  readonly clock = new VirtualClock();
  readonly weather: Weather;
  readonly server: SimulatedServer;
  readonly archive: Archive;
  readonly reports: unknown[] = [];
  edits = 0;
  private readonly random: Random;
  private readonly devices: SimulatedDevice[];
  private readonly pages: Page[] = [];
  /** Edits that may not get lost any more, whatever happens: their page said `saved`. */
  private readonly saved: Uint8Array[] = [];
  private readonly away = new Set<SimulatedDevice>();
  private compactors: SimulatedCompactor[] = [];
  private letters = 0;

  constructor(seed: number, people = 3) {
    this.random = new Random(seed);
    this.weather = new Weather(this.clock, new Random(seed ^ 0x5eed));
    this.server = new SimulatedServer(this.weather);
    this.archive = new Archive(this.server.compaction);
    this.devices = Array.from({ length: people }, () => new SimulatedDevice(this.weather));
    for (const device of this.devices) this.openPage(device);
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      this.weather.random.reseed(step.luck);
      await this.perform(step);
      this.checkStatus();
    }
  }

  /** Ends all faults, waits until everything must have arrived, and checks what has to hold then. */
  async quiet(): Promise<void> {
    this.weather.calm = true;
    this.away.clear();
    // What a crash kept out of the outbox is found when the next page starts.
    const fresh = this.devices.map((device) => this.openPage(device));
    for (const page of this.pages) {
      page.connection.online = true;
      page.connection.signedIn = true;
      page.project.nudge();
    }
    await this.clock.advance(180_000);
    for (const page of this.pages) page.project.nudge();
    await this.clock.advance(60_000);
    // Runs under way cannot fail any more; one that begins now finishes what crashed ones have left.
    await Promise.all(this.compactors.map((each) => each.done));
    this.compactors = [];
    await this.check();
    if (this.random.chance(0.5)) {
      this.startCompactor();
      await this.clock.advance(120_000);
      await this.check();
    }
    for (const page of fresh) await this.close(page);
    this.weather.calm = false;
  }

  /** Closes every page. */
  async end(): Promise<void> {
    this.weather.calm = true;
    const closing = Promise.all(this.pages.map((page) => page.project.close()));
    await this.clock.advance(60_000);
    await closing;
  }

  private async perform(step: Step): Promise<void> {
    if (step.do === 'wait') return this.clock.advance(step.time);
    if (step.do === 'compact' || step.do === 'damage' || step.do === 'return')
      return this.performAlone(step.do, step.who);
    const page = this.pages[step.who % this.pages.length];
    if (!page) return;
    const text = page.file.doc.getText('text');
    switch (step.do) {
      case 'insert':
        text.insert(step.at % (text.length + 1), this.nextLetters(step.length));
        this.edits++;
        break;
      case 'delete':
        if (text.length === 0) return;
        text.delete(step.at % text.length, Math.min(step.length, text.length - (step.at % text.length)));
        this.edits++;
        break;
      case 'offline':
        page.connection.online = false;
        page.socket.drop();
        break;
      case 'online':
        page.connection.online = true;
        page.project.nudge();
        break;
      case 'drop':
        page.socket.drop();
        break;
      case 'freeze':
        page.socket.freeze();
        break;
      case 'sign-in':
        page.connection.signedIn = true;
        page.project.nudge();
        break;
      case 'tab':
        if (this.pages.length < 6) this.openPage(page.device);
        break;
      case 'crash':
        this.crash(page);
        break;
      case 'close':
        await this.close(page);
        break;
      case 'away':
        this.away.add(page.device);
        for (const each of this.pages.filter(({ device }) => device === page.device)) await this.close(each);
        break;
    }
    count(this.weather.counts, step.do);
    await settle();
  }

  /** What happens whether or not anybody has a page open. */
  private async performAlone(what: 'compact' | 'damage' | 'return', who: number): Promise<void> {
    switch (what) {
      case 'compact':
        this.startCompactor();
        break;
      case 'damage': {
        const newest = [...this.server.compaction.snapshots.values()].at(-1);
        const { state } = newest ?? {};
        if (!state) return;
        state.fill(0, state.length >> 1);
        break;
      }
      case 'return': {
        const device = [...this.away][who % this.away.size];
        if (!device) return;
        this.away.delete(device);
        this.openPage(device);
        break;
      }
    }
    count(this.weather.counts, what);
    await settle();
  }

  private startCompactor(): void {
    // More than four at a time is more than a schedule and impatient readers can start.
    if (this.compactors.length >= 4) return;
    const report = (error: unknown): number => this.reports.push(error);
    const started = new SimulatedCompactor(this.server.compaction, this.weather, PROJECT, DOC, report);
    this.compactors.push(started);
    void started.done.then(() => {
      this.compactors = this.compactors.filter((each) => each !== started);
    });
  }

  /** Nobody stays without a page, but who is away. */
  private reopen(device: SimulatedDevice): void {
    if (!this.away.has(device) && !this.pages.some((each) => each.device === device)) this.openPage(device);
  }

  private openPage(device: SimulatedDevice): Page {
    const user = `user${this.devices.indexOf(device)}`;
    const life = new Life();
    const connection: Connection = { online: true, signedIn: true };
    const socket = this.server.feed(life, connection);
    const project = new ProjectSync(
      {
        project: PROJECT,
        profile: this.random.pick(['cloud', 'self-hosted', 'embedded']),
        identity: () => ({ author: user, role: 'editor' }),
        log: this.server.log(life, connection),
        snapshots: this.server.snapshots(life, connection),
        feed: socket,
        presence: this.server.presence(life),
        device: device.store(life),
        tabs: device.tab(life),
        clock: {
          now: () => this.clock.now(),
          after: (delay, run) => this.clock.after(delay, () => life.over || run()),
        },
        randomBytes: (length) => this.random.bytes(length),
        random: () => this.random.next(),
        projectChanged: () => undefined,
        report: (error) => this.reports.push(error),
      },
      () => undefined,
    );
    const file = project.openDocument(DOC);
    // Yjs takes a random one; a run depends on nothing but its seed.
    file.doc.clientID = this.random.below(2 ** 31);
    const edits: Edit[] = [];
    file.doc.on('update', (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      if (transaction.local) edits.push({ update, device });
    });
    const page = { user, device, life, connection, socket, project, file, edits };
    this.pages.push(page);
    return page;
  }

  private crash(page: Page): void {
    // Of some pages the browser announces the end, others are just gone.
    if (this.random.chance(0.5)) page.project.leave();
    page.life.crash();
    page.project.presence.awareness.destroy();
    this.pages.splice(this.pages.indexOf(page), 1);
    this.reopen(page.device);
  }

  private async close(page: Page): Promise<void> {
    this.pages.splice(this.pages.indexOf(page), 1);
    const closing = page.project.close();
    await this.clock.advance(30_000);
    await closing;
    page.life.crash();
    this.reopen(page.device);
  }

  private nextLetters(length: number): string {
    return Array.from({ length }, () => String.fromCodePoint(0x4e00 + (this.letters++ % 20_000))).join('');
  }

  /** Status never lies: whoever says `saved` has nothing that the server lacks. */
  private checkStatus(): void {
    for (const page of this.pages) {
      if (page.edits.length === 0 || page.file.status.status !== 'saved') continue;
      const lost = missing(
        page.edits.map((edit) => edit.update),
        this.serverDoc(),
      );
      if (lost) throw new Error(`${page.user} says saved, but the server lacks an edit`);
      this.saved.push(...page.edits.splice(0).map((edit) => edit.update));
    }
  }

  private async check(): Promise<void> {
    const server = this.serverDoc();
    if (server.store.pendingStructs || server.store.pendingDs) throw new Error('a row depends on one that nobody sent');
    if (missing(this.saved, server)) throw new Error('an edit that was said to be saved is not on the server');
    for (const device of this.devices) {
      if (missing(device.contentOf(PROJECT, DOC), server))
        throw new Error('an edit on a device did not get to the server');
    }
    for (const page of this.pages) {
      const { status, sentence } = page.file.status;
      if (status !== 'saved') throw new Error(`${page.user} is ${status} in the calm: ${sentence}`);
      if (
        missing(
          page.edits.map((edit) => edit.update),
          server,
        )
      )
        throw new Error('an edit of a living page is lost');
      const same = page.file.doc.getText('text').toString() === server.getText('text').toString();
      if (!same || !Y.equalSnapshots(Y.snapshot(page.file.doc), Y.snapshot(server))) {
        throw new Error(`${page.user} does not hold what the server holds`);
      }
    }
    await this.checkHistory(server);
    if (this.reports.length > 0) throw this.reports[0];
  }

  /**
   * Nothing is forgotten and nothing there twice: the history has each row that was ever stored, once, in the name of its
   * author, and its replay gives what the server holds. So does the newest snapshot with the log.
   */
  private async checkHistory(server: Y.Doc): Promise<void> {
    const { rows, stored, compaction } = this.server;
    if (new Set(rows.map((row) => row.id)).size !== rows.length) throw new Error('a row twice');
    if (compaction.quarantined.size > 0) throw new Error('a row of a replica was quarantined');
    const folded = this.archive.entries.map((entry) => entry.id);
    if (new Set(folded).size !== folded.length) throw new Error('a row was folded twice');
    const live = rows.map((row) => decodeUpdateRow(row, PROJECT, DOC));
    const entries = live.flatMap((entry) => (isQuarantined(entry) ? [] : [entry]));
    if (entries.length < live.length) throw new Error('a row of a replica does not count');
    const tables = compaction.through(() => Promise.resolve());
    const history = await readHistory(tables, PROJECT, DOC, entries);
    if (!history.ok) throw new Error(history.message);
    const ids = new Set(history.value.entries.map((entry) => entry.id));
    for (const id of stored) if (!ids.has(id)) throw new Error(`the history has forgotten ${id}`);
    if (ids.size !== stored.size) throw new Error('the history knows rows that nobody stored');
    const authors = new Map<number, string>();
    const replay = new Y.Doc();
    for (const { update, stamp } of history.value.entries) {
      for (const { client } of contentOf(update).structs) {
        const author = authors.get(client) ?? stamp.author;
        if (author !== stamp.author) throw new Error('a row carries what another wrote');
        authors.set(client, author);
      }
      Y.applyUpdate(replay, update);
    }
    retryPending(replay, null);
    const holds = Y.snapshot(server);
    if (!Y.equalSnapshots(Y.snapshot(replay), holds)) throw new Error('the replay of the history is something else');
    const loaded = await loadState(tables, PROJECT, DOC);
    if (!loaded.ok) throw new Error(loaded.message);
    const opened = new Y.Doc();
    if (loaded.value.state) Y.applyUpdateV2(opened, loaded.value.state);
    if (opened.store.pendingStructs || opened.store.pendingDs) throw new Error('a snapshot keeps what waits');
    const { head } = loaded.value;
    if (head && !Y.equalSnapshots(Y.decodeSnapshotV2(head.holds), Y.snapshot(opened))) {
      throw new Error('a snapshot holds something else than it says');
    }
    for (const { update } of entries) Y.applyUpdate(opened, update);
    retryPending(opened, null);
    if (!Y.equalSnapshots(Y.snapshot(opened), holds))
      throw new Error('the newest snapshot with the log is something else');
  }

  private serverDoc(): Y.Doc {
    const doc = new Y.Doc();
    doc.transact(() => {
      Y.applyUpdate(doc, this.archive.state);
      for (const row of this.server.rows) {
        const entry = decodeUpdateRow(row, PROJECT, DOC);
        if (!isQuarantined(entry)) Y.applyUpdate(doc, entry.update);
      }
      retryPending(doc, null);
    });
    return doc;
  }
}

/** Whether `server` lacks anything of these updates. */
function missing(updates: readonly Uint8Array[], server: Y.Doc): boolean {
  if (updates.length === 0) return false;
  // Updates of one client in order; what they depend on may come from others, so they are laid over the server's state.
  const before = Y.encodeStateAsUpdate(server);
  const both = new Y.Doc();
  Y.applyUpdate(both, before);
  both.transact(() => {
    for (const update of updates) Y.applyUpdate(both, update);
  });
  const copy = new Y.Doc();
  Y.applyUpdate(copy, before);
  return missingOnServer(both, copy) !== null;
}
