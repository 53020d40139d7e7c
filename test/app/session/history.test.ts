import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { ready } from '../../../src/app/history/ready.ts';
import { OpenHistory } from '../../../src/app/session/history.ts';
import type { HistoryState } from '../../../src/app/session/history-api.ts';
import { WorkerDesk } from '../../../src/app/session/history/desk.ts';
import type { Overview } from '../../../src/app/session/history/workbench.ts';
import { decodeUpdateRow, encodeUpdateRow, isQuarantined, type UpdateRow } from '../../../src/core/codec.ts';
import { encodeState } from '../../../src/core/compaction/load.ts';
import { encodeSegment } from '../../../src/core/compaction/segment.ts';
import type { SnapshotRecord } from '../../../src/core/compaction/snapshot.ts';
import { failure, success } from '../../../src/core/failures.ts';
import { randomId } from '../../../src/core/ids.ts';
import type { Feed, FeedListener, UpdateLog } from '../../../src/core/ports.ts';
import { HistoryStore } from '../../../src/store/history-store.ts';
import { until } from '../ui/support.ts';

const PROJECT = 'p1';
const DOC = 'fnode';
const randomBytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));

/** A server with rows and segments, and a device that outlives the page. */
class World {
  readonly rows: UpdateRow[] = [];
  readonly records: SnapshotRecord[] = [];
  readonly frames = new Map<string, Uint8Array>();
  readonly states = new Map<string, Uint8Array>();
  /** How often it was asked for purged histories. */
  asked = 0;
  offline = false;
  lists = 0;
  downloads = 0;
  listener: FeedListener | null = null;
  private readonly name = `history-test:${randomId(randomBytes)}`;
  private readonly doc = new Y.Doc();
  private readonly open = new Set<{ history: OpenHistory; store: HistoryStore }>();

  /** A page: its history works in a worker and keeps what it reads on the device. */
  start(): OpenHistory {
    const store = new HistoryStore(this.name);
    const log: Pick<UpdateLog, 'list'> = {
      list: ({ since = '' }, take) => {
        this.lists++;
        if (this.offline) return Promise.resolve(failure('offline', 'There is no network.'));
        take(this.rows.filter(({ createdAt }) => createdAt >= since));
        return Promise.resolve(success(undefined));
      },
    };
    const history = new OpenHistory({
      project: PROJECT,
      log: log as UpdateLog,
      snapshots: {
        list: (_project, _doc, count, bounds) => {
          const found = this.records.filter(({ generation }) => generation < (bounds?.below ?? Infinity));
          return Promise.resolve(success(found.slice(-count).reverse()));
        },
        state: ({ id }) => Promise.resolve(success(this.states.get(id) ?? null)),
        bases: () => {
          this.asked++;
          return Promise.resolve(success(this.records.filter(({ isBase }) => isBase)));
        },
        segment: ({ id }) => {
          this.downloads++;
          return Promise.resolve(success(this.frames.get(id) ?? null));
        },
      },
      store,
      desk: new WorkerDesk(
        () => new Worker(new URL('../../../src/app/session/history/worker.ts', import.meta.url), { type: 'module' }),
      ),
      recentWork: () => Promise.resolve(success([])),
      now: () => 5_000_000,
      author: () => 'ana',
      randomBytes,
      assertMayWrite: () => undefined,
      report: (error) => console.error(error),
    });
    const feed: Feed = {
      open: (_project, listener) => {
        this.listener = listener;
        return () => undefined;
      },
      nudge: () => undefined,
    };
    const nothing = (): void => undefined;
    const all = {
      live: nothing,
      down: nothing,
      update: nothing,
      presence: nothing,
      presenceGone: nothing,
      project: nothing,
    };
    history.overhear(feed).open(PROJECT, all);
    this.open.add({ history, store });
    return history;
  }

  write(author: string, text: string): UpdateRow {
    const before = Y.encodeStateVector(this.doc);
    this.doc.getText('text').insert(0, text);
    const stamp = { project: PROJECT, role: 'editor' as const, author };
    const update = Y.encodeStateAsUpdate(this.doc, before);
    const createdAt = new Date(1_000_000 + 1000 * (this.rows.length + 100 * this.records.length)).toISOString();
    const row = { ...encodeUpdateRow(randomId(randomBytes), DOC, update, stamp), createdAt };
    this.rows.push(row);
    return row;
  }

  /** Folds all rows into a segment, as the compaction does. */
  compact(): void {
    const generation = this.records.length + 1;
    const entries = this.rows.splice(0).flatMap((row) => {
      const entry = decodeUpdateRow(row, PROJECT, DOC);
      return isQuarantined(entry) ? [] : [entry];
    });
    const id = `snap.${generation}`;
    const frame = encodeSegment({ project: PROJECT, doc: DOC, generation, entries });
    this.frames.set(id, frame);
    this.records.push({
      id,
      project: PROJECT,
      doc: DOC,
      generation,
      format: 1,
      holds: new Uint8Array(),
      stateBytes: 0,
      stateBlob: null,
      segmentBytes: frame.length,
      segmentBlob: null,
      isBase: false,
      firstTime: entries[0]?.createdAt ?? null,
      lastTime: entries.at(-1)?.createdAt ?? null,
      authors: [...new Set(entries.map(({ stamp }) => stamp.author))],
      updateCount: entries.length,
      byteCount: 0,
    });
  }

  /** The state of the newest generation is kept. */
  keepState(): void {
    const last = this.records.pop();
    if (last === undefined) throw new Error('nothing is folded');
    const state = encodeState(Y.encodeStateAsUpdateV2(this.doc));
    this.states.set(last.id, state);
    this.records.push({ ...last, stateBytes: state.length });
  }

  /** One bit of a segment is another one; returns the segment as it was. */
  damage(id: string): Uint8Array {
    const good = this.frames.get(id);
    if (good === undefined) throw new Error('there is no such segment');
    this.frames.set(
      id,
      good.map((byte, at) => (at === good.length >> 1 ? byte ^ 1 : byte)),
    );
    return good;
  }

  /** Somebody removes the history of all that is folded. */
  purge(): void {
    const last = this.records.splice(0).at(-1);
    if (last === undefined) throw new Error('nothing is folded');
    const state = encodeState(Y.encodeStateAsUpdateV2(this.doc));
    this.states.set(last.id, state);
    this.frames.clear();
    this.records.push({ ...last, isBase: true, stateBytes: state.length, segmentBytes: 0, updateCount: 0 });
  }

  /** Whether this device keeps the segment of a generation. */
  async keeps(generation: number): Promise<boolean> {
    const store = new HistoryStore(this.name);
    const kept = await store.frame(`snap.${generation}`, 'segment');
    await store.close();
    return kept.ok && kept.value !== null;
  }

  async end(): Promise<void> {
    for (const { history, store } of this.open) {
      history.close();
      await store.close();
    }
    indexedDB.deleteDatabase(this.name);
  }
}

let world: World;

beforeEach(() => {
  world = new World();
});

afterEach(() => world.end());

function overviewOf(state: HistoryState<Overview>): Overview | null {
  return state.kind === 'ready' ? state.overview : null;
}

describe('the history of a file, in a worker', () => {
  it('[SNAP-3] is the same before and after a compaction; each segment is fetched once', async () => {
    world.write('ana', 'one ');
    world.write('bob', 'two ');
    const before = world.start().file('node');
    const first = await ready(before.state);
    world.compact();
    world.write('ana', 'three ');
    const history = world.start().file('node');
    const overview = await ready(history.state);
    expect(overview.length).toBe(3);
    expect(await history.ask('text')).toBe('three two one ');
    expect(await history.ask('text', 2)).toBe(await before.ask('text', 2));
    expect(await history.ask('entry', 2)).toEqual(first.last);
    await ready(world.start().file('node').state);
    expect(world.downloads).toBe(1);
  });

  it('[LOCAL-1] is read from this device where there is no network, and says up to when', async () => {
    world.write('ana', 'one ');
    world.compact();
    world.write('bob', 'two ');
    await ready(world.start().file('node').state);
    world.offline = true;
    const history = world.start().file('node');
    await ready(history.state);
    expect(history.state.value).toMatchObject({ kind: 'ready', keptAt: 5_000_000 });
    expect(await history.ask('text')).toBe('two one ');
  });

  it('says so where a part of it is not on this device', async () => {
    world.offline = true;
    const history = world.start().file('node');
    await expect(ready(history.state)).rejects.toThrow('no network');
    expect(history.state.value).toMatchObject({ kind: 'failed', offline: true });
  });

  it('says so where what is stored is damaged', async () => {
    world.write('ana', 'one ');
    world.compact();
    world.frames.set('snap.1', Uint8Array.of(1, 2, 3));
    await expect(ready(world.start().file('node').state)).rejects.toThrow('damaged');
  });

  it('[SNAP-3] shows the rest where one segment is damaged, and says up to when something is missing', async () => {
    for (const text of ['one ', 'two ', 'three ', 'four ']) {
      world.write('ana', text);
      world.compact();
      world.keepState();
    }
    const row = world.write('bob', 'five ');
    world.damage('snap.2');
    world.damage('snap.3');
    const open = world.start();
    const history = open.file('node');
    const overview = await ready(history.state);
    const knownSince = Date.parse(world.records[2]?.lastTime ?? '');
    expect(overview).toMatchObject({
      isDamaged: true,
      isPurged: false,
      length: 2,
      authors: ['ana', 'bob'],
      knownSince,
    });
    expect(await history.ask('text', 0)).toBe('three two one ');
    expect(await history.ask('text')).toBe('five four three two one ');
    expect(overview.last?.time).toBe(Date.parse(row.createdAt));
    const whole = open.whole();
    expect((await ready(whole.state)).isDamaged).toBe(true);
  });

  it('[SNAP-3] takes a segment anew from the server where only what this device keeps is damaged', async () => {
    for (const text of ['one ', 'two ']) {
      world.write('ana', text);
      world.compact();
      world.keepState();
    }
    const good = world.damage('snap.1');
    expect(await ready(world.start().file('node').state)).toMatchObject({ isDamaged: true, length: 1 });
    world.frames.set('snap.1', good);
    expect(await ready(world.start().file('node').state)).toMatchObject({ isDamaged: false, length: 2 });
    const { downloads } = world;
    expect(await ready(world.start().file('node').state)).toMatchObject({ isDamaged: false, length: 2 });
    expect(world.downloads, 'and keeps it').toBe(downloads);
  });

  it('takes in rows that the feed brings, ignores those that do not count, and reads again after a gap', async () => {
    world.write('ana', 'one ');
    const open = world.start();
    const history = open.file('node');
    await ready(history.state);
    const heard: string[] = [];
    open.watch(({ author }) => heard.push(author));
    world.listener?.update(world.write('bob', 'two '));
    await until(() => overviewOf(history.state.value)?.length === 2);
    const forged = world.write('eve', 'bad ');
    world.rows.pop();
    world.listener?.update({ ...forged, permissions: ['read("any")'] });
    world.listener?.down('gone');
    world.write('bob', 'three ');
    world.listener?.live();
    await until(() => (overviewOf(history.state.value)?.length ?? 0) >= 3);
    expect(overviewOf(history.state.value)?.authors).toEqual(['ana', 'bob']);
    expect(heard).toEqual(['bob']);
  });

  it('is loaded once for all who look at it, and ends with the last of them', async () => {
    world.write('ana', 'one ');
    const open = world.start();
    const [first, second] = [open.file('node'), open.file('node')];
    await Promise.all([ready(first.state), ready(second.state)]);
    expect(world.lists).toBe(1);
    first.close();
    first.close();
    expect(await second.ask('text')).toBe('one ');
    second.close();
    await expect(second.ask('text')).rejects.toThrow('not loaded');
    open.close();
    await expect(first.ask('text')).rejects.toThrow('closed');
  });
});

describe('a history that is purged while it is open', () => {
  /** Two generations and a row, read by a page. */
  async function opened() {
    for (const text of ['one ', 'two ']) {
      world.write('ana', text);
      world.compact();
    }
    const open = world.start();
    const history = open.file('node');
    expect((await ready(history.state)).length).toBe(2);
    expect(await Promise.all([world.keeps(1), world.keeps(2)])).toEqual([true, true]);
    return { open, history, isPurged: () => overviewOf(history.state.value)?.isPurged === true };
  }

  it('[SNAP-3] is shown so at once to who purged it, and nothing of it stays on the device', async () => {
    const { open, history, isPurged } = await opened();
    world.purge();
    open.purged('node');
    await until(isPurged);
    expect(overviewOf(history.state.value)).toMatchObject({ length: 0, authors: [] });
    expect(await history.ask('text')).toBe('two one ');
    expect(await Promise.all([world.keeps(1), world.keeps(2)])).toEqual([false, false]);
  });

  it('[SNAP-3] is noticed by others who look at it, and by nobody who does not', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const { history, isPurged } = await opened();
      await vi.advanceTimersByTimeAsync(20_000);
      await until(() => world.asked === 1);
      expect(isPurged()).toBe(false);
      world.purge();
      await vi.advanceTimersByTimeAsync(20_000);
      await until(isPurged);
      const { lists } = world;
      await vi.advanceTimersByTimeAsync(20_000);
      expect(world.lists, 'and is not read again and again').toBe(lists);
      history.close();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(world.asked).toBe(3);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what is new since a time', () => {
  it('names others only, also where their rows have been folded', async () => {
    world.write('bob', 'one ');
    const mine = world.write('ana', 'two ');
    const open = world.start();
    const time = Date.parse(mine.createdAt);
    expect(await open.news('node', null)).toEqual({ newest: time, others: [] });
    expect(await open.news('node', time - 1)).toEqual({ newest: time, others: [] });
    expect(await open.news('node', time - 1001)).toEqual({ newest: time, others: ['bob'] });
    world.compact();
    expect((await open.news('node', time - 1)).others).toEqual(['bob']);
    expect((await open.news('node', time)).others).toEqual([]);
  });
});
