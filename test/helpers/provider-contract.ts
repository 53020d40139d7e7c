import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as Y from 'yjs';
import { encodeUpdateRow, type UpdateRow } from '../../src/core/codec.ts';
import { failure } from '../../src/core/failures.ts';
import { fileDocumentId, randomId } from '../../src/core/ids.ts';
import { ANTI_ENTROPY_MS, PAGE_ROWS, POLL_AFTER_MS, POLL_EVERY_MS } from '../../src/core/limits.ts';
import { createNode, deleteNode, readTree, restoreNode } from '../../src/core/tree.ts';
import { MemoryDevice, MemoryTabs } from './memory-device.ts';
import { FILE, ProviderReplica, type ReplicaOptions } from './provider/replica.ts';
import type { Member, World } from './provider/world.ts';

/**
 * What replicas must do together, whatever server is behind them: `open` gives a new project on it. A replica is the
 * real synchronisation of a page; faults of the network happen on its `line`.
 */
export function providerContract(open: () => Promise<World>): void {
  let world: World;
  let replicas: ProviderReplica[] = [];

  beforeEach(async () => {
    world = await open();
  });
  afterEach(async () => {
    const closing = replicas.map(({ sync }) => sync.close());
    // What is still under way may have to wait for its next try.
    await world.time.pass(60_000);
    await Promise.all(closing);
    replicas = [];
  });

  const replica = (member: Member, options: ReplicaOptions = {}): ProviderReplica => {
    const made = new ProviderReplica(world, member, options);
    replicas.push(made);
    return made;
  };
  const until = (check: () => void | Promise<void>): Promise<void> => world.time.until(check);
  const saved = (...which: ProviderReplica[]): Promise<void> =>
    until(() => expect(which.map(({ status }) => status)).toEqual(which.map(() => 'saved')));
  /** All are saved and hold the same, deletes included; returns the text. */
  const settled = async (...which: ProviderReplica[]): Promise<string> => {
    await until(() => {
      expect(which.map(({ status }) => status)).toEqual(which.map(() => 'saved'));
      const [first, ...others] = which.map(({ file }) => Y.snapshot(file.doc));
      for (const other of others) expect(Y.equalSnapshots(first ?? Y.emptySnapshot, other)).toBe(true);
    });
    const texts = new Set(which.map(({ content }) => content));
    expect([...texts]).toHaveLength(1);
    for (const { file, reports } of which) {
      expect([file.doc.store.pendingStructs, file.doc.store.pendingDs]).toEqual([null, null]);
      expect(reports).toEqual([]);
    }
    return which[0]?.content ?? '';
  };
  /** What somebody reads who comes now. */
  const freshly = async (): Promise<string> => {
    const fresh = replica(world.bob);
    await saved(fresh);
    return fresh.content;
  };
  /** The rows of a document that are on the server, each once. */
  const stored = async (doc = FILE): Promise<UpdateRow[]> => {
    const rows = new Map<string, UpdateRow>();
    const listed = await world.portsOf(world.ana).log.list({ project: world.project, doc }, (page) => {
      for (const row of page) rows.set(row.id, row);
    });
    expect(listed).toEqual({ ok: true, value: undefined });
    return [...rows.values()];
  };
  const rowId = (): string => randomId((count) => randomBytes(count));
  /** The row that a client of `member` would send. */
  const rowOf = (member: Member, update: Uint8Array) =>
    encodeUpdateRow(rowId(), FILE, update, { project: world.project, author: member.id, role: member.role });
  /** Stores an update that no replica of the test has made. */
  const write = async (member: Member, update: Uint8Array): Promise<void> =>
    expect(await world.portsOf(member).log.append(rowOf(member, update))).toEqual({ ok: true, value: undefined });
  /** An insertion into the file by nobody here. */
  const insertion = (text: string): Uint8Array => {
    const doc = new Y.Doc();
    doc.getText('text').insert(0, text);
    return Y.encodeStateAsUpdate(doc);
  };

  it('two who type at once end equal, with every character, and so does who comes later', async () => {
    const [one, two] = [replica(world.ana), replica(world.bob)];
    await saved(one, two);
    for (let i = 0; i < 60; i++) {
      one.text.insert(Math.floor(one.text.length / 2), 'a');
      two.text.insert(0, 'b');
      if (i % 7 === 0) await world.time.pass(30);
    }
    const text = await settled(one, two);
    expect([text.match(/a/g)?.length, text.match(/b/g)?.length]).toEqual([60, 60]);
    expect(await freshly()).toBe(text);
  });

  it('[LOG-2] what both wrote offline merges', async () => {
    const [one, two] = [replica(world.ana), replica(world.bob)];
    await saved(one, two);
    one.text.insert(0, 'The middle.');
    await settled(one, two);
    for (const { line } of [one, two]) line.unplug();
    one.text.insert(0, 'Before. ');
    two.text.insert(two.text.length, ' After.');
    await world.time.pass(100);
    expect([one.status, two.status]).toEqual(['offline', 'offline']);
    expect([one.file.status.pending, two.file.status.pending]).toEqual([1, 1]);
    for (const { line } of [one, two]) line.plug();
    expect(await settled(one, two)).toBe('Before. The middle. After.');
  });

  it('[P2] [LOG-2] what was only deleted offline counts as pending and reaches the other', async () => {
    const [one, two] = [replica(world.ana), replica(world.bob)];
    await saved(one, two);
    one.text.insert(0, 'keep this, not that');
    await settled(one, two);
    one.line.unplug();
    one.text.delete(9, 10);
    expect(Y.encodeStateVector(one.file.doc)).toEqual(Y.encodeStateVector(two.file.doc));
    expect(one.content).not.toBe(two.content);
    expect(one.file.status.pending).toBe(1);
    one.line.plug();
    expect(await settled(one, two)).toBe('keep this');
    expect(await freshly()).toBe('keep this');
  });

  it('[P2] [LOG-2] a delete that a crash kept out of the outbox is found by the next page', async () => {
    const device = new MemoryDevice();
    const one = replica(world.ana, { device });
    await saved(one);
    one.text.insert(0, 'hello world');
    await saved(one);
    one.die();
    const kept = new Y.Doc();
    const key = `${world.project}:${FILE}`;
    Y.applyUpdate(kept, device.documents.get(key) ?? new Uint8Array());
    kept.getText('text').delete(0, 6);
    device.documents.set(key, Y.encodeStateAsUpdate(kept));
    const again = replica(world.ana, { device: new MemoryDevice(device) });
    await saved(again);
    expect(again.content).toBe('world');
    expect(await freshly()).toBe('world');
  });

  it('[P1] [LOG-4] an event that gets lost is noticed by what comes after it, and healed without a reload', async () => {
    const [one, two] = [replica(world.ana), replica(world.bob)];
    await saved(one, two);
    let lost = 0;
    two.line.dropEvent = () => lost++ === 0;
    for (const letter of 'abcdef') {
      one.text.insert(one.text.length, letter);
      await saved(one);
    }
    await until(() => expect(lost).toBeGreaterThan(1));
    expect(await settled(one, two)).toBe('abcdef');
  });

  it('[P1] [LOG-4] the very last event gets lost: the periodic re-read finds its row', async () => {
    const [one, two] = [replica(world.ana), replica(world.bob)];
    await saved(one, two);
    let lost = 0;
    two.line.dropEvent = () => ++lost > 0;
    one.text.insert(0, 'last');
    await saved(one);
    await until(() => expect(lost).toBe(1));
    await world.time.pass(ANTI_ENTROPY_MS * 1.3);
    expect(await settled(one, two)).toBe('last');
  });

  it('[P22] waking up looks at once, although the socket seems well', async () => {
    const [one, two] = [replica(world.ana), replica(world.bob)];
    await saved(one, two);
    two.line.dropEvent = () => true;
    one.text.insert(0, 'while you slept');
    await saved(one);
    const { reads } = two.file;
    two.sync.nudge();
    await until(() => expect(two.content).toBe('while you slept'));
    expect(two.file.reads).toBe(reads + 1);
  });

  it('[P3] [P23] what the server could not take is not called saved, and is sent until it is stored', async () => {
    const one = replica(world.ana);
    await saved(one);
    one.line.refusals.push(failure('server', 'no'), failure('offline', 'no'), failure('server', 'no'));
    one.text.insert(0, 'in the end');
    await until(() => expect(one.line.attempts).toHaveLength(1));
    expect([one.status, one.file.status.pending]).toEqual(['saving', 1]);
    expect(await stored()).toEqual([]);
    await settled(one);
    expect(one.line.attempts).toHaveLength(4);
    expect(await freshly()).toBe('in the end');
  });

  it('[P23] where no socket gets through, edits are stored, those of others are polled, and both are said as they are', async () => {
    const [one, two] = [replica(world.ana, { sockets: false }), replica(world.bob)];
    await saved(two);
    one.text.insert(0, 'sent ');
    await until(() => expect(two.content).toBe('sent '));
    // Nothing was read yet.
    expect([one.file.reads, one.status]).not.toEqual([0, 'saved']);
    await world.time.pass(POLL_AFTER_MS);
    await saved(one);
    expect(one.file.status.sentence).toContain('no live connection');
    two.text.insert(5, 'and polled');
    await saved(two);
    await world.time.pass(POLL_EVERY_MS);
    expect(await settled(one, two)).toBe('sent and polled');
    one.line.unplug();
    await world.time.pass(POLL_EVERY_MS);
    await until(() => expect(one.status).toBe('offline'));
  });

  it('[P4] [LOG-1] the answer gets lost: the retry carries the same id and makes no second row', async () => {
    const [one, two] = [replica(world.ana), replica(world.bob)];
    await saved(one, two);
    // The announcement would tell that the row is stored.
    one.line.dropEvent = () => true;
    one.line.lostReplies = 2;
    one.text.insert(0, 'once');
    await until(() => expect(one.line.attempts).toHaveLength(3));
    expect(await settled(one, two)).toBe('once');
    expect(new Set(one.line.attempts.map(({ id }) => id)).size).toBe(1);
    expect((await stored()).map(({ id }) => id)).toEqual([one.line.attempts[0]?.id]);
  });

  it('[P4] [LOG-1] the page dies between the write and its answer: the next one doubles nothing', async () => {
    const device = new MemoryDevice();
    const one = replica(world.ana, { device });
    await saved(one);
    one.line.dropEvent = () => true;
    one.line.lostReplies = 1;
    one.text.insert(0, 'once');
    await until(async () => expect(await stored()).toHaveLength(1));
    one.die();
    expect(device.entries).toHaveLength(1);
    const again = replica(world.ana, { device: new MemoryDevice(device) });
    expect(await settled(again)).toBe('once');
    expect(await stored()).toHaveLength(1);
    expect(device.entries).toEqual([]);
  });

  it('[P5] [LOG-3] rows between subscription and list, and between list and snapshot, are not missed', async () => {
    await write(world.bob, insertion('one '));
    const late = replica(world.ana);
    late.line.beforeList = () => write(world.bob, insertion('two '));
    late.line.afterList = () => write(world.bob, insertion('three '));
    await saved(late);
    await until(() => expect(late.content.split(' ').sort()).toEqual(['', 'one', 'three', 'two']));
    expect(late.file.reads).toBe(1);
  });

  it('a long log comes in pages, complete and without doubles', async () => {
    const writer = new Y.Doc();
    const updates: Uint8Array[] = [];
    writer.on('update', (update: Uint8Array) => updates.push(update));
    const count = 2 * PAGE_ROWS + 30;
    for (let i = 0; i < count; i++) writer.getText('text').insert(i, String(i % 10));
    for (let at = 0; at < count; at += 40) {
      await Promise.all(updates.slice(at, at + 40).map((update) => write(world.bob, update)));
    }
    const late = replica(world.ana);
    await saved(late);
    expect(late.content).toBe(writer.getText('text').toJSON());
    late.text.insert(count, '!');
    await saved(late);
    expect(await stored()).toHaveLength(count + 1);
  });

  it('[P14] [STAMP-2] [STAMP-4] rows that do not count are skipped and counted, and hold up nobody', async () => {
    const [one, two] = [replica(world.ana), replica(world.bob)];
    await saved(one, two);
    one.text.insert(0, 'good');
    await settled(one, two);
    const { outsider } = world;
    const open = { permissions: ['read("any")'] };
    const { log } = world.portsOf(outsider);
    const bad = {
      outsider: { ...rowOf(outsider, insertion('evil')), ...open },
      malformed: { ...rowOf(world.bob, insertion('evil')), data: 'no base64!' },
      random: rowOf(world.bob, randomBytes(300)),
      truncated: rowOf(world.bob, insertion('a longer text').subarray(0, 12)),
    };
    expect(await log.append(bad.outsider)).toEqual({ ok: true, value: undefined });
    const bobs = world.portsOf(world.bob).log;
    for (const row of [bad.malformed, bad.random, bad.truncated]) {
      expect(await bobs.append(row)).toEqual({ ok: true, value: undefined });
    }
    one.text.insert(4, ' and better');
    expect(await settled(one, two)).toBe('good and better');
    const ids = Object.values(bad).map(({ id }) => id);
    const fresh = replica(world.bob);
    await settled(one, two, fresh);
    for (const { file } of [one, two, fresh]) {
      await until(() => expect([...file.inbox.quarantined.keys()].sort()).toEqual([...ids].sort()));
    }
  });

  it('[P15] what a viewer writes into the document is not queued, not sent, and not called saved', async () => {
    const [one, viewer] = [replica(world.ana), replica(world.viewer)];
    await saved(one);
    await until(() => expect(viewer.status).toBe('read-only'));
    viewer.text.insert(0, 'mine');
    await world.time.pass(ANTI_ENTROPY_MS * 1.3);
    expect(viewer.line.attempts).toEqual([]);
    expect(viewer.device.entries).toEqual([]);
    expect(viewer.status).toBe('read-only');
    expect(viewer.reports).toHaveLength(1);
    one.text.insert(0, 'ours');
    await until(() => expect(viewer.content).toContain('ours'));
    expect(await freshly()).toBe('ours');
  });

  it('[P15] [P16] [STAMP-1] who takes himself for an editor is refused: the edits stay on the device, visibly', async () => {
    const viewer = replica(world.viewer, { role: 'editor' });
    await saved(viewer);
    viewer.text.insert(0, 'mine');
    await until(() => expect(viewer.status).toBe('failed'));
    expect(viewer.file.status.sentence).toContain('1 edit kept on this device');
    expect(viewer.device.entries).toHaveLength(1);
    expect(await freshly()).toBe('');
  });

  it('[P12] [LOCAL-3] two tabs of one device type at once, offline and online, and each row is sent once', async () => {
    const tabs = new MemoryTabs();
    const device = new MemoryDevice();
    const one = replica(world.ana, { device, tabs: tabs.tab() });
    const two = replica(world.ana, { device: new MemoryDevice(device), tabs: tabs.tab() });
    await saved(one, two);
    expect(one.file.doc.clientID).not.toBe(two.file.doc.clientID);
    for (const { line } of [one, two]) line.unplug();
    for (let i = 0; i < 20; i++) {
      one.text.insert(0, 'a');
      two.text.insert(0, 'b');
    }
    await until(() => expect(one.content).toBe(two.content));
    expect([one.content.match(/a/g)?.length, one.content.match(/b/g)?.length]).toEqual([20, 20]);
    for (const { line } of [one, two]) line.plug();
    const text = await settled(one, two);
    expect(await freshly()).toBe(text);
    const sent = [...one.line.attempts, ...two.line.attempts].map(({ id }) => id);
    expect(new Set(sent).size).toBe(sent.length);
    expect((await stored()).map(({ id }) => id).sort()).toEqual(sent.sort());
    expect(device.entries).toEqual([]);
  });

  it('[P12] [LOCAL-3] what a tab that died has left is sent by the other', async () => {
    const tabs = new MemoryTabs();
    const device = new MemoryDevice();
    const one = replica(world.ana, { device, tabs: tabs.tab() });
    const two = replica(world.ana, { device: new MemoryDevice(device), tabs: tabs.tab() });
    await saved(one, two);
    one.line.unplug();
    one.text.insert(0, 'orphan');
    await until(() => expect(two.content).toBe('orphan'));
    expect(two.file.status.pending).toBe(1);
    one.die();
    await world.time.pass(ANTI_ENTROPY_MS * 1.3);
    await settled(two);
    expect(await freshly()).toBe('orphan');
    expect(device.entries).toEqual([]);
  });

  it('[P21] a document that was closed with unsent edits goes on being sent, at once when the line is back', async () => {
    const one = replica(world.ana);
    await saved(one);
    one.line.unplug();
    one.text.insert(0, 'closed too early');
    await one.sync.closeDocument(FILE);
    for (let tries = 0; tries < 8; tries++) await world.time.pass(15_000);
    expect(one.sync.status).toMatchObject({ status: 'offline', pending: 1 });
    const back = world.time.now();
    one.line.plug();
    await until(() => expect(one.sync.status.pending).toBe(0));
    // By itself the next try would come 15 s later at the earliest.
    expect(world.time.now() - back).toBeLessThan(10_000);
    expect(await freshly()).toBe('closed too early');
  });

  it('[P11] [TREE-4] only its creator seeds a file: whoever else opens it while it is empty writes nothing', async () => {
    const [creator, early] = [replica(world.ana), replica(world.bob)];
    await saved(creator, early);
    creator.line.unplug();
    const again = replica(world.bob);
    await saved(again);
    creator.text.insert(0, 'hello');
    creator.text.insert(5, ' world');
    creator.line.dropEvent = () => true;
    creator.line.lostReplies = 1;
    creator.line.plug();
    expect(await settled(creator, early, again)).toBe('hello world');
    expect(await freshly()).toBe('hello world');
    expect([...early.line.attempts, ...again.line.attempts]).toEqual([]);
    const clients = new Set(replicas.map(({ file }) => file.doc.clientID));
    expect(clients.size).toBe(replicas.length);
  });

  it('[TREE-2] [P38] a file that one deletes keeps what another types into it', async () => {
    const [one, two] = [replica(world.ana), replica(world.bob)];
    await saved(one, two);
    createNode(one.tree.doc, { id: 'main', kind: 'file', name: 'main.ts', parent: null, createdAt: 1 });
    await until(() => expect(readTree(two.tree.doc).byId.get('main')?.path).toBe('main.ts'));
    two.text.insert(0, 'before ');
    await settled(one, two);
    two.line.unplug();
    deleteNode(one.tree.doc, 'main', 2);
    two.text.insert(7, 'and after');
    two.line.plug();
    await until(() => expect(readTree(two.tree.doc).trash).toMatchObject([{ id: 'main' }]));
    expect(await settled(one, two)).toBe('before and after');
    restoreNode(two.tree.doc, 'main');
    await until(() => expect(readTree(one.tree.doc).byId.get('main')?.path).toBe('main.ts'));
    expect(await freshly()).toBe('before and after');
  });

  it('[P10] a file made anew at the path of a deleted one is another document: who slept edits the old one', async () => {
    const [one, sleeper] = [replica(world.ana), replica(world.bob)];
    await saved(one, sleeper);
    const create = (id: string): void =>
      createNode(one.tree.doc, { id, kind: 'file', name: 'main.ts', parent: null, createdAt: 1 });
    create('main');
    one.text.insert(0, 'old');
    await settled(one, sleeper);
    await until(() => expect(readTree(sleeper.tree.doc).byId.has('main')).toBe(true));
    sleeper.line.unplug();
    sleeper.text.insert(3, ' and typed while asleep');

    deleteNode(one.tree.doc, 'main', 2);
    create('anew');
    const anew = replica(world.ana, { file: fileDocumentId('anew') });
    await saved(anew);
    anew.text.insert(0, 'new');
    await settled(anew);

    sleeper.line.plug();
    expect(await settled(one, sleeper)).toBe('old and typed while asleep');
    await until(() => expect([...readTree(sleeper.tree.doc).byId.keys()]).toEqual(['anew']));
    const reader = replica(world.bob, { file: fileDocumentId('anew') });
    await saved(reader);
    expect([reader.content, anew.content]).toEqual(['new', 'new']);
    expect(await freshly()).toBe('old and typed while asleep');
  });
}
