import { afterEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { IndexedDbDevice } from '../../src/store/indexeddb-device.ts';
import { useProject, whileProjectIsClosed } from '../../src/store/project-use.ts';
import { dropStoredCopy, readStoredCopy } from '../../src/store/stored-copy.ts';

let count = 0;
const newUser = (): string => `test-rescue-${Date.now()}-${count++}`;
const entry = (row: string, doc: string, sequence: number, bytes: number) => ({
  row,
  doc,
  owner: 'page1',
  sequence,
  update: new Uint8Array(bytes),
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('an overview of what waits', () => {
  it('[LOG-2] tells projects, documents, rows, the largest edit and since when', async () => {
    const device = new IndexedDbDevice(newUser(), 'page1');
    const before = Date.now();
    await device.outbox.put('p', [entry('r1', 'fa', 1, 3), entry('r1', 'fa', 2, 9), entry('r2', 'fa', 3, 1)]);
    const between = Date.now();
    await device.outbox.put('q', [entry('r3', 'fa', 4, 2)]);
    const overview = await device.outbox.overview();
    expect(overview).toMatchObject({
      ok: true,
      value: [
        { project: 'p', doc: 'fa', rows: ['r1', 'r1', 'r2'], largest: 9 },
        { project: 'q', doc: 'fa', rows: ['r3'], largest: 2 },
      ],
    });
    const [first] = overview.ok ? overview.value : [];
    expect(first?.since).toBeGreaterThanOrEqual(before);
    expect(first?.since).toBeLessThanOrEqual(between);
    // The time is the device's own affair: the synchronisation gets what it put.
    expect(await device.outbox.load('q', 'fa')).toEqual({ ok: true, value: [entry('r3', 'fa', 4, 2)] });
    await device.close();
  });
});

describe('a stored document, read beside the one who keeps it', () => {
  it('[LOCAL-4] gives all its updates while it is open elsewhere, and creates nothing', async () => {
    const user = newUser();
    const device = new IndexedDbDevice(user, 'page1');
    const doc = new Y.Doc();
    const stored = device.openDocument('p', 'fa', doc, () => undefined);
    await stored.loaded;
    doc.getText('text').insert(0, 'hello');
    await stored.flush();
    const read = await device.readDocument('p', 'fa');
    const copy = new Y.Doc();
    for (const update of read.ok ? read.value : []) Y.applyUpdate(copy, update);
    expect(copy.getText('text').toJSON()).toBe('hello');
    expect(await device.readDocument('p', 'fnone')).toEqual({ ok: true, value: [] });
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names.filter((name) => name?.startsWith(`cowrite:${user}:p:`) === true)).toEqual([`cowrite:${user}:p:fa`]);
    await stored.close();
    expect(await device.dropDocument('p', 'fa')).toEqual({ ok: true, value: undefined });
    expect(await device.readDocument('p', 'fa')).toEqual({ ok: true, value: [] });
    await device.close();
  });

  it('[P47] a device that cannot be read or does not let go is said, never a hang', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError');
    });
    vi.spyOn(indexedDB, 'deleteDatabase').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError');
    });
    for (const outcome of [await readStoredCopy('any'), await dropStoredCopy('any')]) {
      expect(outcome).toMatchObject({ ok: false, message: expect.stringContaining('blocks storage') });
    }
  });
});

describe('the use of a project', () => {
  it('[LOCAL-3] keeps others from working on it as long as any tab has it open', async () => {
    const user = newUser();
    const ends = [useProject(user, 'p'), useProject(user, 'p')];
    const held = async (): Promise<number> =>
      (await navigator.locks.query()).held?.filter(({ name }) => name?.includes(user) === true).length ?? 0;
    await expect.poll(held).toBe(2);
    const work = vi.fn<() => Promise<string>>(() => Promise.resolve('done'));
    expect(await whileProjectIsClosed(user, 'p', work)).toBeNull();
    expect(await whileProjectIsClosed(user, 'other', work)).toBe('done');
    ends[0]?.();
    await expect.poll(held).toBe(1);
    expect(await whileProjectIsClosed(user, 'p', work)).toBeNull();
    ends[1]?.();
    await expect.poll(held).toBe(0);
    expect(await whileProjectIsClosed(user, 'p', work)).toBe('done');
    expect(work).toHaveBeenCalledTimes(2);
  });
});
