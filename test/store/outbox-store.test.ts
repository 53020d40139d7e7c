import { afterEach, describe, expect, it, vi } from 'vitest';
import { DeviceHealth } from '../../src/store/device-health.ts';
import { IndexedDbOutbox } from '../../src/store/outbox-store.ts';
import { PageLife } from '../../src/store/page-life.ts';
import { BroadcastTabs } from '../../src/store/tab-channel.ts';
import type { TabMessage } from '../../src/core/ports.ts';

let count = 0;
const databaseName = (): string => `test-outbox-${Date.now()}-${count++}`;
const entry = (row: string, doc: string, ...bytes: number[]) => ({
  row,
  doc,
  owner: 'page1',
  sequence: bytes[0] ?? 0,
  update: Uint8Array.from(bytes),
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the outbox of this device', () => {
  it('[LOG-2] keeps entries in order over a restart, by document', async () => {
    const name = databaseName();
    const outbox = new IndexedDbOutbox(name, new DeviceHealth());
    const added = await Promise.all([
      outbox.put('p', [entry('r1', 'fa', 1)]),
      outbox.put('p', [entry('r1', 'fa', 2)]),
      outbox.put('p', [entry('r2', 'fb', 3)]),
      outbox.put('q', [entry('r3', 'fa', 4)]),
    ]);
    expect(added.every((outcome) => outcome.ok)).toBe(true);
    await outbox.close();
    const again = new IndexedDbOutbox(name, new DeviceHealth());
    expect(await again.load('p', 'fa')).toEqual({ ok: true, value: [entry('r1', 'fa', 1), entry('r1', 'fa', 2)] });
    expect(await again.waiting('p')).toEqual({ ok: true, value: ['fa', 'fb'] });
    expect(await again.waiting('q')).toEqual({ ok: true, value: ['fa'] });
    await again.close();
  });

  it('[LOG-2] forgets exactly what it is told to', async () => {
    const outbox = new IndexedDbOutbox(databaseName(), new DeviceHealth());
    await Promise.all([outbox.put('p', [entry('r1', 'fa', 1)]), outbox.put('p', [entry('r2', 'fa', 2)])]);
    await outbox.forget('p', [entry('r1', 'fa', 1)]);
    await outbox.forget('p', [entry('unknown', 'fa', 9)]);
    expect(await outbox.load('p', 'fa')).toEqual({ ok: true, value: [entry('r2', 'fa', 2)] });
    await outbox.close();
  });

  it('[P47] [LOCAL-2] failures are values, are shown, and pass when the storage is back', async () => {
    const health = new DeviceHealth();
    const outbox = new IndexedDbOutbox(databaseName(), health);
    const spy = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError');
    });
    expect(await outbox.put('p', [entry('r1', 'fa', 1)])).toMatchObject({ ok: false });
    expect(health.problemOf('outbox')).toBe('the browser blocks storage for this site');
    spy.mockRestore();
    expect(await outbox.put('p', [entry('r2', 'fa', 2)])).toEqual({ ok: true, value: undefined });
    expect(health.problemOf('outbox')).toBeNull();
    await outbox.close();
  });

  it('[P47] a database deleted by another tab is opened again', async () => {
    const name = databaseName();
    const outbox = new IndexedDbOutbox(name, new DeviceHealth());
    await outbox.put('p', [entry('r1', 'fa', 1)]);
    await new Promise((resolve, reject) => {
      const deleting = indexedDB.deleteDatabase(name);
      deleting.addEventListener('success', resolve);
      deleting.addEventListener('error', reject);
    });
    await outbox.put('p', [entry('r2', 'fa', 2)]);
    expect(await outbox.load('p', 'fa')).toEqual({ ok: true, value: [entry('r2', 'fa', 2)] });
    await outbox.close();
  });
});

describe('tabs', () => {
  it('[LOCAL-3] hear each other, of one user and one project only', async () => {
    const heard: [string, TabMessage][] = [];
    const tabs = { ana: new BroadcastTabs('ana', 'p'), ana2: new BroadcastTabs('ana', 'p') };
    const others = { bob: new BroadcastTabs('bob', 'p'), q: new BroadcastTabs('ana', 'q') };
    for (const [name, tab] of Object.entries({ ...tabs, ...others }))
      tab.listen((message) => heard.push([name, message]));
    const message: TabMessage = { type: 'update', doc: 'fa', row: 'r1', position: 1, update: Uint8Array.from([1, 2]) };
    tabs.ana.post(message);
    await vi.waitFor(() => expect(heard).toEqual([['ana2', message]]));
    for (const tab of Object.values({ ...tabs, ...others })) tab.close();
  });
});

describe('the life of a page', () => {
  it('is known to other pages while it lasts', async () => {
    const one = new PageLife('one');
    const two = new PageLife('two');
    await vi.waitFor(async () => expect(await two.isAlive('one')).toBe(true));
    expect(await one.isAlive('nobody')).toBe(false);
    one.end();
    one.end();
    await vi.waitFor(async () => expect(await two.isAlive('one')).toBe(false));
    expect(await one.isAlive('two')).toBe(true);
    two.end();
  });
});
