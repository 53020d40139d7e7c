import { toBase64 } from 'lib0/buffer';
import { AppwriteException } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { QUARANTINE_TABLE } from '../../src/backend/compaction-store.ts';
import { SNAPSHOTS_TABLE } from '../../src/backend/snapshot-rows.ts';
import { DATABASE_ID } from '../../src/backend/tables.ts';
import { UPDATES_TABLE } from '../../src/backend/update-log.ts';
import {
  decodeUpdateRow,
  encodeUpdateRow,
  isQuarantined,
  type LogEntry,
  type UpdateRow,
} from '../../src/core/codec.ts';
import { compactDocument, type CompactionLimits, type CompactionReport } from '../../src/core/compaction/compact.ts';
import { readHistory } from '../../src/core/compaction/history.ts';
import {
  GONE_GRACE_MS,
  ORPHAN_AGE_MS,
  tidy,
  tidyDaily,
  TIDY_EVERY_MS,
} from '../../src/core/compaction/housekeeping.ts';
import { loadState } from '../../src/core/compaction/load.ts';
import type { CompactionStore } from '../../src/core/compaction/ports.ts';
import { purgeHistory } from '../../src/core/compaction/purge.ts';
import { KEPT_STATES, snapshotId } from '../../src/core/compaction/snapshot.ts';
import { SWEEP_FOLD_ROWS, SWEEP_LEAST_ROWS, SWEEP_QUIET_MS, sweep } from '../../src/core/compaction/sweep.ts';
import type { Outcome } from '../../src/core/failures.ts';
import { compactionStore, watched, withCall } from '../helpers/compaction-server.ts';
import { openTestServer, sdk, type AppwriteServer } from '../helpers/emulator.ts';
import { AppwriteWorlds, SCHEMA } from '../helpers/provider/appwrite-world.ts';
import type { Member, World } from '../helpers/provider/world.ts';

let server: AppwriteServer;
let worlds: AppwriteWorlds;

beforeAll(async () => {
  server = await openTestServer(SCHEMA);
  worlds = await AppwriteWorlds.open(server);
});
afterAll(async () => {
  await worlds.close();
  await server.close();
});

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.kind}: ${outcome.message}`);
  return outcome.value;
}

let rows = 0;

/** A document that members write to, row by row. */
class Pad {
  readonly world: World;
  readonly id: string;
  readonly doc = new Y.Doc();
  private update: Uint8Array = new Uint8Array();

  constructor(world: World, id: string) {
    this.world = world;
    this.id = id;
    this.doc.on('update', (update: Uint8Array) => (this.update = update));
  }

  get text(): string {
    return this.doc.getText('text').toString();
  }

  async type(letters: string, by: Member = this.world.ana): Promise<string> {
    this.doc.getText('text').insert(this.text.length, letters);
    return this.send(this.update, by);
  }

  /** So many letters of Ana, a row each, written many at a time. */
  async typeMany(letters: number): Promise<void> {
    const { project, ana } = this.world;
    const permissions = [`read("team:${project}")`, `read("team:${project}/owner")`, `read("user:${ana.id}")`];
    const written: Record<string, unknown>[] = [];
    const text = this.doc.getText('text');
    for (let i = 0; i < letters; i++) {
      text.insert(text.length, 'abcdefghij'.charAt(i % 10));
      const data = toBase64(this.update);
      written.push({ $id: `row${rows++}`, $permissions: permissions, project, doc: this.id, data });
    }
    const key = sdk(server, { key: server.apiKey });
    for (let at = 0; at < written.length; at += 100) {
      await key.rows.createRows({ ...table(UPDATES_TABLE), rows: written.slice(at, at + 100) });
    }
  }

  async send(update: Uint8Array, by: Member = this.world.ana, id = `row${rows++}`): Promise<string> {
    const stamp = { project: this.world.project, role: by.role, author: by.id };
    valueOf(await this.world.portsOf(by).log.append(encodeUpdateRow(id, this.id, update, stamp)));
    return id;
  }

  async compact(
    limits: CompactionLimits = {},
    store: CompactionStore = compactionStore(server),
  ): Promise<CompactionReport> {
    return valueOf(await compactDocument(store, this.world.project, this.id, limits));
  }

  async live(): Promise<LogEntry[]> {
    const found: UpdateRow[] = [];
    const { project } = this.world;
    const { log } = this.world.portsOf(this.world.ana);
    valueOf(await log.list({ project, doc: this.id }, (page) => found.push(...page)));
    const entries = found.map((row) => decodeUpdateRow(row, project, this.id));
    return [...new Map(entries.flatMap((entry) => (isQuarantined(entry) ? [] : [[entry.id, entry]]))).values()];
  }

  /** Text and history as the server has them now have to be what was written. */
  async check(count: number): Promise<readonly LogEntry[]> {
    const live = await this.live();
    const { state } = valueOf(await loadState(compactionStore(server), this.world.project, this.id));
    const opened = new Y.Doc();
    if (state) Y.applyUpdateV2(opened, state);
    for (const entry of live) Y.applyUpdate(opened, entry.update);
    expect(opened.getText('text').toString()).toBe(this.text);
    const { entries } = valueOf(await readHistory(compactionStore(server), this.world.project, this.id, live));
    expect(entries).toHaveLength(count);
    const replayed = new Y.Doc();
    for (const entry of entries) Y.applyUpdate(replayed, entry.update);
    expect(replayed.getText('text').toString()).toBe(this.text);
    return entries;
  }
}

/** How many ids of rows a list of operations names in its queries. */
function idsIn(params: unknown): number {
  const { operations = [] } = params as { operations?: { data: { queries?: string[] } }[] };
  const queries = operations.flatMap(({ data }) => data.queries ?? []);
  return queries.reduce((sum, query) => sum + (JSON.parse(query) as { values: unknown[] }).values.length, 0);
}

async function pad(id = 'fpad'): Promise<Pad> {
  return new Pad(await worlds.world(), id);
}

const table = (tableId: string) => ({ databaseId: server.id(DATABASE_ID), tableId });

async function rowsOf(tableId: string, project: string): Promise<{ $id: string; $permissions: string[] }[]> {
  const { rows: service } = sdk(server, { key: server.apiKey });
  const query = (method: string, attribute: string | undefined, values: unknown[]): string =>
    JSON.stringify({ method, attribute, values });
  const queries = [query('equal', 'project', [project]), query('limit', undefined, [500])];
  return (await service.listRows({ ...table(tableId), queries })).rows;
}

describe('compaction on an Appwrite server', () => {
  it('[SNAP-1] [SNAP-2] [SNAP-3] folds a log of many pages; members read the snapshot, others do not', async () => {
    const desk = await pad();
    const written: string[] = [];
    for (let i = 0; i < 260; i++) written.push(await desk.type('x', i % 2 ? desk.world.bob : desk.world.ana));
    expect(await desk.compact({ foldRows: 100 })).toMatchObject({ end: 'done', folded: 260 });
    expect(await desk.live()).toEqual([]);
    const entries = await desk.check(260);
    expect(new Set(entries.map((entry) => entry.id))).toEqual(new Set(written));
    expect(new Set(entries.map((entry) => entry.stamp.author))).toEqual(
      new Set([desk.world.ana.id, desk.world.bob.id]),
    );
    const snapshots = await rowsOf(SNAPSHOTS_TABLE, desk.world.project);
    expect(snapshots.length).toBeGreaterThan(1);
    for (const row of snapshots) expect(row.$permissions).toEqual([`read("team:${desk.world.project}")`]);
  });

  it.each([
    { what: 'empty', stateVector: '' },
    { what: 'no base64', stateVector: '%%%' },
    { what: 'cut short', stateVector: 'AAGQ' },
  ])(
    '[SNAP-3] a newest row whose stateVector is $what: the document opens, and it is said',
    async ({ stateVector }) => {
      const desk = await pad();
      for (const letter of 'abc') {
        await desk.type(letter);
        await desk.compact();
      }
      const { project, ana } = desk.world;
      const { snapshots } = desk.world.portsOf(ana);
      const whole = valueOf(await snapshots.newest(project, desk.id));
      const rowId = snapshotId(project, desk.id, 3);
      const { rows: service } = sdk(server, { key: server.apiKey });
      await service.updateRow({ ...table(SNAPSHOTS_TABLE), rowId, data: { stateVector } });
      const repaired = ['row 3: what its state holds cannot be read'];
      expect(valueOf(await snapshots.newest(project, desk.id))).toEqual({ ...whole, repaired });
      expect(valueOf(await snapshots.head(project, desk.id, 2))?.holds).toEqual(whole?.holds);
      // Nor with its state: the generation before and the segment.
      await service.updateRow({ ...table(SNAPSHOTS_TABLE), rowId, data: { state: '' } });
      const again = valueOf(await snapshots.newest(project, desk.id));
      expect(again).toMatchObject({ generation: 3, holds: whole?.holds, repaired: [...repaired, 'state 3: missing'] });
      await desk.type('d');
      expect(await desk.compact()).toMatchObject({ generation: 4, folded: 1 });
      await desk.check(4);
      expect(valueOf(await snapshots.newest(project, desk.id))).toMatchObject({ generation: 4, repaired: [] });
    },
  );

  it('[SNAP-1] [P8] 3,000 keystrokes fold to what Yjs itself would write', async () => {
    const desk = await pad();
    await desk.typeMany(3_000);
    expect(await desk.compact()).toMatchObject({ end: 'done', folded: 3_000, generation: 2 });
    const { state } = valueOf(await loadState(compactionStore(server), desk.world.project, desk.id));
    expect(state?.length).toBe(Y.encodeStateAsUpdateV2(desk.doc).length);
    await desk.check(3_000);
  });

  it('[P7] [SNAP-2] of two compactors one is lost, and nothing is folded twice', async () => {
    const desk = await pad();
    for (let i = 0; i < 40; i++) await desk.type('y');
    let others = 0;
    const slow = compactionStore(server, (services) =>
      withCall(services, 'tables', 'updateTransaction', async (call) => {
        if (others++ === 0) await desk.compact();
        return call();
      }),
    );
    expect(await desk.compact({}, slow)).toMatchObject({ end: 'lost', folded: 0 });
    await desk.check(40);
    await Promise.all(Array.from({ length: 3 }, () => desk.compact()));
    await desk.check(40);
  });

  it.each(['createTransaction', 'createOperations', 'updateTransaction', 'createFile', 'updateRows'])(
    '[P7] [SNAP-2] survives the end of the run before and after %s',
    async (method) => {
      const desk = await pad();
      // What only a file can hold, and states that have to be dropped.
      const large = Array.from({ length: 120_000 }, (_, i) => String.fromCharCode(97 + ((i * i * 7) % 23))).join('');
      await desk.type(
        Array.from({ length: 90_000 }, () => String.fromCharCode(0x4e00 + Math.random() * 20_000)).join(''),
      );
      for (let i = 0; i <= KEPT_STATES; i++) {
        await desk.type(large.charAt(i));
        await desk.compact();
      }
      let written = KEPT_STATES + 2;
      for (const when of ['before', 'after']) {
        await desk.type('z');
        written++;
        const dying = compactionStore(server, (services) =>
          withCall(services, method === 'createFile' ? 'storage' : 'tables', method, async (call) => {
            if (when === 'after') await call();
            throw new AppwriteException('gone', 0);
          }),
        );
        const outcome = await compactDocument(dying, desk.world.project, desk.id);
        expect(outcome).toMatchObject({ ok: false, kind: 'offline' });
        await desk.check(written);
        await desk.compact();
        expect(await desk.live()).toEqual([]);
        await desk.check(written);
      }
    },
  );

  it('[SNAP-2] without transactions the row comes first, and what a crash leaves is not folded again', async () => {
    const desk = await pad();
    for (let i = 0; i < 5; i++) await desk.type('a');
    const old = compactionStore(server, (services) =>
      withCall(
        withCall(services, 'tables', 'createTransaction', () =>
          Promise.reject(new AppwriteException('Route not found', 404, 'general_route_not_found')),
        ),
        'tables',
        'deleteRows',
        () => Promise.reject(new AppwriteException('gone', 0)),
      ),
    );
    expect(await compactDocument(old, desk.world.project, desk.id)).toMatchObject({ ok: false, kind: 'offline' });
    expect(await desk.live()).toHaveLength(5);
    await desk.check(5);
    await desk.type('b');
    expect(await desk.compact()).toMatchObject({ folded: 1, duplicates: 5, generation: 2 });
    expect(await desk.live()).toEqual([]);
    await desk.check(6);
  });

  it('[SNAP-2] whoever listens for new rows hears nothing of the ones that are folded', async () => {
    const desk = await pad();
    const heard: string[] = [];
    const close = await new Promise<() => void>((resolve) => {
      const stop = desk.world.portsOf(desk.world.bob).feed.open(desk.world.project, {
        live: () => resolve(() => stop()),
        down: () => undefined,
        update: (row) => heard.push(row.id),
        presence: () => undefined,
        presenceGone: () => undefined,
        project: () => undefined,
      });
    });
    const ids = [await desk.type('a'), await desk.type('b')];
    await desk.compact();
    ids.push(await desk.type('c'));
    await expect.poll(() => heard).toContain(ids[2]);
    expect(heard).toEqual(ids);
    close();
  });

  it('[P6] a row that becomes visible after later rows were folded is folded by the next run', async () => {
    const desk = await pad();
    desk.doc.getText('text').insert(0, 'first');
    const late = Y.encodeStateAsUpdate(desk.doc);
    await desk.type(' second');
    expect(await desk.compact()).toMatchObject({ folded: 0, waiting: 1 });
    await desk.send(late);
    expect(await desk.compact()).toMatchObject({ folded: 2, waiting: 0 });
    await desk.check(2);
  });

  it('[LOG-1] [P4] a row that is sent again after it was folded does not come into the history again', async () => {
    const desk = await pad();
    desk.doc.getText('text').insert(0, 'once');
    const update = Y.encodeStateAsUpdate(desk.doc);
    const id = await desk.send(update);
    await desk.compact();
    await desk.send(update, desk.world.ana, id);
    await desk.check(1);
    expect(await desk.compact()).toMatchObject({ folded: 0, duplicates: 1 });
    await desk.check(1);
  });

  it('[STAMP-2] [STAMP-4] [P14] keeps apart what outsiders put into the log, for owners to see', async () => {
    const desk = await pad();
    await desk.type('ours');
    const { project } = desk.world;
    const key = sdk(server, { key: server.apiKey });
    const data = { project, doc: desk.id, data: 'bm9pc2U=' };
    await key.rows.createRow({
      ...table(UPDATES_TABLE),
      rowId: `noise-${project}`,
      data,
      permissions: ['read("any")'],
    });
    // Other letters, which some databases do not tell apart: no document of Cowrite has such an id.
    const loud = { ...data, doc: desk.id.toUpperCase() };
    await key.rows.createRow({ ...table(UPDATES_TABLE), rowId: `loud-${project}`, data: loud, permissions: [] });
    expect(await desk.compact()).toMatchObject({ folded: 1 });
    expect((await desk.compact()).folded).toBe(0);
    expect(await compactDocument(compactionStore(server), project, desk.id.toUpperCase())).toMatchObject({ ok: true });
    await desk.check(1);
    const kept = await rowsOf(QUARANTINE_TABLE, project);
    expect(kept.map((row) => row.$id).sort()).toEqual([`loud-${project}`, `noise-${project}`]);
    expect(kept[0]?.$permissions).toEqual([`read("team:${project}/owner")`]);
    expect(kept.find((row) => row.$id === `noise-${project}`)).toMatchObject({ data: 'bm9pc2U=', doc: desk.id });
    expect(await rowsOf(UPDATES_TABLE, project)).toEqual([]);
  });

  it('[P9] somebody who was away for many generations merges with a compacted log', async () => {
    const desk = await pad();
    await desk.type('base');
    const away = new Y.Doc();
    Y.applyUpdate(away, Y.encodeStateAsUpdate(desk.doc));
    away.getText('text').delete(0, 1);
    away.getText('text').insert(0, 'B');
    for (let i = 0; i < KEPT_STATES + 2; i++) {
      desk.doc.getText('text').delete(0, 1);
      await desk.type(`${i}`);
      await desk.send(Y.encodeStateAsUpdate(desk.doc));
      await desk.compact();
    }
    const update = Y.encodeStateAsUpdate(away);
    Y.applyUpdate(desk.doc, update);
    await desk.send(update, desk.world.bob);
    const { text } = desk;
    expect(text).toContain('B');
    await desk.compact();
    expect(desk.text).toBe(text);
    expect(await desk.live()).toEqual([]);
    const { state } = valueOf(await loadState(compactionStore(server), desk.world.project, desk.id));
    const opened = new Y.Doc();
    if (state) Y.applyUpdateV2(opened, state);
    expect(opened.getText('text').toString()).toBe(text);
  });

  it('[SNAP-3] [P10] an owner purges history; the text stays, and who slept through it merges with it', async () => {
    const desk = await pad();
    await desk.type('old');
    const early = Y.encodeStateAsUpdate(desk.doc);
    await desk.compact();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const ids = [await desk.type(' new')];
    const newest = (await desk.live())[0]?.createdAt ?? '';
    expect(valueOf(await purgeHistory(compactionStore(server), desk.world.project, desk.id, newest))).toEqual({
      purged: 1,
    });
    const store = compactionStore(server);
    const history = valueOf(await readHistory(store, desk.world.project, desk.id, await desk.live()));
    expect(history.entries.map((entry) => entry.id)).toEqual(ids);
    const replayed = new Y.Doc();
    if (history.base) Y.applyUpdateV2(replayed, history.base);
    expect(replayed.getText('text').toString()).toBe('old');
    for (const entry of history.entries) Y.applyUpdate(replayed, entry.update);
    expect(replayed.getText('text').toString()).toBe('old new');
    const asleep = new Y.Doc();
    Y.applyUpdate(asleep, early);
    asleep.getText('text').insert(0, '>');
    const update = Y.encodeStateAsUpdate(asleep);
    Y.applyUpdate(desk.doc, update);
    await desk.send(update, desk.world.bob);
    await desk.compact();
    expect(desk.text).toBe('>old new');
    const { state } = valueOf(await loadState(store, desk.world.project, desk.id));
    if (state) Y.applyUpdateV2(asleep, state);
    expect(asleep.getText('text').toString()).toBe('>old new');
  });
});

describe('a sweep', () => {
  const quiet = { isOver: () => false, onProblem: (problem: string) => expect.fail(problem) };
  const later = (): number => Date.now() + SWEEP_QUIET_MS + 1_000;

  it('[SNAP-5] compacts the long logs of all projects, and goes on where it stopped', async () => {
    const store = compactionStore(server);
    const pads = [await pad('fa'), await pad('fb'), await pad('fa')];
    for (const each of pads) {
      for (let i = 0; i < SWEEP_LEAST_ROWS; i++) await each.type('s');
      await new Pad(each.world, 'fshort').type('short');
    }
    let rounds = 0;
    const first = valueOf(await sweep(store, { ...quiet, now: later(), isOver: () => rounds++ > 1 }));
    expect(first).toMatchObject({ end: 'more' });
    let folded = first.folded;
    for (;;) {
      const report = valueOf(await sweep(store, { ...quiet, now: later() }));
      folded += report.folded;
      if (report.end === 'done') break;
    }
    // What stood before the cursor of the first sweep is reached by one that begins anew.
    folded += valueOf(await sweep(store, { ...quiet, now: later() })).folded;
    expect(folded).toBeGreaterThanOrEqual(3 * SWEEP_LEAST_ROWS);
    for (const each of pads) {
      expect(await each.live()).toEqual([]);
      await each.check(SWEEP_LEAST_ROWS);
      expect(await new Pad(each.world, 'fshort').live()).toHaveLength(1);
    }
  });

  it('[SNAP-5] rests before each request, and deletes few rows at a time', async () => {
    const desk = await pad();
    const letters = SWEEP_FOLD_ROWS + SWEEP_LEAST_ROWS;
    await desk.typeMany(letters);
    let rests = 0;
    const restsBefore: number[] = [];
    const deleted: number[] = [];
    const note = (method: string, params: unknown): void => {
      restsBefore.push(rests);
      if (method === 'createOperations') deleted.push(idsIn(params));
    };
    const rest = (): Promise<void> => {
      rests++;
      return Promise.resolve();
    };
    const store = compactionStore(server, (services) => watched(services, note), rest);
    const report = valueOf(await sweep(store, { ...quiet, now: later() }));
    expect(report.folded).toBeGreaterThanOrEqual(letters);
    await desk.check(letters);
    expect(restsBefore).toEqual(restsBefore.map((_, requests) => requests));
    expect(rests).toBe(restsBefore.length);
    expect(deleted.reduce((sum, count) => sum + count)).toBe(report.folded);
    expect(Math.max(...deleted)).toBeLessThanOrEqual(SWEEP_FOLD_ROWS);
  });

  it('leaves what is quite new', async () => {
    const desk = await pad();
    for (let i = 0; i < SWEEP_LEAST_ROWS; i++) await desk.type('n');
    const requests: string[] = [];
    const note = (_method: string, params: unknown): unknown => requests.push(JSON.stringify(params));
    const store = compactionStore(server, (services) => watched(services, note));
    valueOf(await sweep(store, { ...quiet, now: Date.now() }));
    expect(await desk.live()).toHaveLength(SWEEP_LEAST_ROWS);
    // It is asked how long the log is, and where the next document begins; its rows and snapshots are not read.
    expect(requests.filter((params) => params.includes(desk.world.project))).toHaveLength(3);
  });

  it('removes files that no snapshot names, and keeps the others', async () => {
    const desk = await pad();
    const store = compactionStore(server);
    await desk.type(
      Array.from({ length: 90_000 }, () => String.fromCharCode(0x4e00 + Math.random() * 20_000)).join(''),
    );
    await desk.compact();
    const writeFor = async (generation: number): Promise<string> => {
      const rowId = snapshotId(desk.world.project, desk.id, generation);
      return valueOf(await store.writeBlob(desk.world.project, rowId, Uint8Array.from([1])));
    };
    const orphan = await writeFor(1);
    // Its row may have been lost.
    const alone = await writeFor(2);
    const young = valueOf(await tidy(store, Date.now(), quiet.isOver));
    expect(young.orphans).toBe(0);
    const report = valueOf(await tidy(store, Date.now() + ORPHAN_AGE_MS + 60_000, quiet.isOver));
    expect(report.orphans).toBeGreaterThanOrEqual(1);
    const [head] = valueOf(await store.list(desk.world.project, desk.id, 1));
    if (head === undefined) throw new Error('there is a snapshot');
    expect(await store.state({ ...head, stateBlob: orphan })).toEqual({ ok: true, value: null });
    expect(await store.state({ ...head, stateBlob: alone })).toMatchObject({
      value: expect.any(Uint8Array) as unknown,
    });
    await desk.check(1);
    expect(valueOf(await tidy(store, Date.now() + ORPHAN_AGE_MS + 60_000, quiet.isOver)).orphans).toBe(0);
  });

  it('tidies up once in 24 hours, whatever the time of day', async () => {
    const desk = await pad();
    const store = compactionStore(server);
    await desk.type('x');
    await desk.compact();
    const rowId = snapshotId(desk.world.project, desk.id, 1);
    const [soon, late] = [Date.now() + ORPHAN_AGE_MS + 60_000, Date.now() + 2 * TIDY_EVERY_MS];
    const begun: boolean[] = [];
    for (const now of [late, soon, late]) {
      const orphan = valueOf(await store.writeBlob(desk.world.project, rowId, Uint8Array.from([1])));
      const report = valueOf(await tidyDaily(store, now, quiet.isOver));
      begun.push(report !== null);
      const [head] = valueOf(await store.list(desk.world.project, desk.id, 1));
      if (head === undefined) throw new Error('there is a snapshot');
      expect(valueOf(await store.state({ ...head, stateBlob: orphan })) === null).toBe(report !== null);
    }
    expect(begun).toEqual([true, false, true]);
  });

  it('removes what vanished projects have left, after the time of grace', async () => {
    const desk = await pad();
    const there = await pad();
    const { project } = desk.world;
    await desk.type('left');
    await desk.compact();
    await desk.type('behind');
    await there.type('stays');
    const { teams } = sdk(server, { key: server.apiKey });
    await teams.delete({ teamId: project });
    const store = compactionStore(server);
    valueOf(await tidy(store, Date.now(), quiet.isOver));
    valueOf(await tidy(store, Date.now() + GONE_GRACE_MS / 2, quiet.isOver));
    expect(await rowsOf(UPDATES_TABLE, project)).toHaveLength(1);
    const { projects } = valueOf(await tidy(store, Date.now() + GONE_GRACE_MS + 60_000, quiet.isOver));
    expect(projects).toBe(1);
    expect(await rowsOf(UPDATES_TABLE, project)).toEqual([]);
    expect(await rowsOf(SNAPSHOTS_TABLE, project)).toEqual([]);
    await there.check(1);
    // So that the end of this file finds it.
    await teams.create({ teamId: project, name: 'Test' });
  });
});
