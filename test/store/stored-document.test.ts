import { afterEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { DeviceHealth } from '../../src/store/device-health.ts';
import { StoredDocument } from '../../src/store/stored-document.ts';

let count = 0;
const databaseName = (): string => `test-document-${Date.now()}-${count++}`;

interface Opened {
  readonly doc: Y.Doc;
  readonly stored: StoredDocument;
  readonly health: DeviceHealth;
}

const opened: Opened[] = [];

function open(name: string): Opened {
  const doc = new Y.Doc();
  const health = new DeviceHealth();
  const each = { doc, health, stored: new StoredDocument(name, doc, health) };
  opened.push(each);
  return each;
}

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(opened.splice(0).map(({ stored }) => stored.close()));
});

async function contentOf(name: string): Promise<string> {
  const { doc, stored } = open(name);
  await stored.loaded;
  return doc.getText('text').toString();
}

function recordsOf(name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.addEventListener('error', () => reject(opening.error));
    opening.addEventListener('success', () => {
      const counting = opening.result.transaction('updates').objectStore('updates').count();
      counting.addEventListener('success', () => {
        opening.result.close();
        resolve(counting.result);
      });
    });
  });
}

describe('a stored document', () => {
  it('[LOCAL-1] keeps what was written, also before it was open', async () => {
    const name = databaseName();
    const { doc, stored } = open(name);
    doc.getText('text').insert(0, 'early ');
    await stored.loaded;
    doc.getText('text').insert(6, 'late');
    await stored.flush();
    expect(await contentOf(name)).toBe('early late');
  });

  it('[P47] a burst of edits is on the device with one record', async () => {
    const name = databaseName();
    const { doc, stored } = open(name);
    await stored.loaded;
    const before = await recordsOf(name);
    for (let i = 0; i < 500; i++) doc.getText('text').insert(i, 'x');
    await stored.flush();
    expect(await recordsOf(name)).toBe(before + 1);
    expect(await contentOf(name)).toBe('x'.repeat(500));
  });

  it('[P47] two tabs that write at once lose nothing of each other', async () => {
    const name = databaseName();
    const one = open(name);
    const two = open(name);
    await Promise.all([one.stored.loaded, two.stored.loaded]);
    for (let i = 0; i < 600; i++) {
      one.doc.getText('text').insert(0, 'a');
      two.doc.getText('text').insert(0, 'b');
      await Promise.resolve();
    }
    await Promise.all([one.stored.flush(), two.stored.flush()]);
    const content = await contentOf(name);
    expect([content.match(/a/g)?.length, content.match(/b/g)?.length]).toEqual([600, 600]);
  });

  it('opening again and again without edits does not let the store grow without bound', async () => {
    const name = databaseName();
    const first = open(name);
    await first.stored.loaded;
    first.doc.getText('text').insert(0, 'content');
    await first.stored.close();
    for (let i = 0; i < 130; i++) {
      const { stored } = open(name);
      await stored.loaded;
      await stored.close();
    }
    expect(await recordsOf(name)).toBeLessThan(110);
    expect(await contentOf(name)).toBe('content');
  });

  it('[P47] [LOCAL-2] where the browser blocks storage it says so at once, and typing goes on', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError');
    });
    const name = databaseName();
    const { doc, stored, health } = open(name);
    await stored.loaded;
    expect(health.problemOf(name)).toBe('the browser blocks storage for this site');
    doc.getText('text').insert(0, 'typed');
    await stored.flush();
    expect(doc.getText('text').toString()).toBe('typed');
  });

  it('[P47] [LOCAL-2] storage that never answers is a problem, not a hang, and is mended when it answers', async () => {
    const name = databaseName();
    // A deletion that waits for a connection which does not close makes every later opening wait.
    const blocker = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open(name);
      opening.addEventListener('success', () => resolve(opening.result));
    });
    indexedDB.deleteDatabase(name);
    const { doc, stored, health } = open(name);
    doc.getText('text').insert(0, 'typed');
    await stored.loaded;
    expect(health.problemOf(name)).toBe('its storage does not answer');
    blocker.close();
    await vi.waitFor(() => expect(health.problemOf(name)).toBeNull(), { timeout: 10_000, interval: 50 });
    await stored.flush();
    expect(await contentOf(name)).toBe('typed');
  });

  it('[P47] [LOCAL-2] storage cleared in another tab: typing does not throw, it is reported and mended', async () => {
    const name = databaseName();
    const { doc, stored, health } = open(name);
    await stored.loaded;
    doc.getText('text').insert(0, 'before ');
    await stored.flush();
    const problems: (string | null)[] = [];
    health.subscribe(() => problems.push(health.problemOf(name)));
    await new Promise((resolve, reject) => {
      const deleting = indexedDB.deleteDatabase(name);
      deleting.addEventListener('success', resolve);
      deleting.addEventListener('error', reject);
    });
    expect(() => doc.getText('text').insert(7, 'after')).not.toThrow();
    await vi.waitFor(() => expect(problems).toEqual(['its storage was cleared or closed', null]), {
      timeout: 10_000,
      interval: 50,
    });
    expect(await contentOf(name)).toBe('before after');
  });

  it('[P47] [LOCAL-2] a full disk is reported, and what could not be written is written later', async () => {
    const name = databaseName();
    const { doc, stored, health } = open(name);
    await stored.loaded;
    const problems: (string | null)[] = [];
    health.subscribe(() => problems.push(health.problemOf(name)));
    const add = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(function (this: IDBObjectStore) {
      this.transaction.abort();
      throw new DOMException('full', 'QuotaExceededError');
    });
    doc.getText('text').insert(0, 'typed');
    await stored.flush();
    expect(problems[0]).toBe('its storage is full');
    add.mockRestore();
    await vi.waitFor(() => expect(problems.at(-1)).toBeNull(), { timeout: 10_000, interval: 50 });
    expect(await contentOf(name)).toBe('typed');
  });

  it('closing twice is harmless, and nothing is stored afterwards', async () => {
    const name = databaseName();
    const { doc, stored } = open(name);
    await stored.loaded;
    doc.getText('text').insert(0, 'kept');
    await stored.close();
    await stored.close();
    doc.getText('text').insert(0, 'not ');
    expect(await contentOf(name)).toBe('kept');
  });
});
