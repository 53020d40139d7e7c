import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Backlog } from '../../src/emulator/realtime/backlog.ts';
import type { Reader } from '../../src/emulator/realtime/backlog.ts';
import { person, PROJECT, sdk, startTestServer } from '../helpers/emulator.ts';
import type { Person, Sdk, TestServer } from '../helpers/emulator.ts';

const SOCKETS = 1_000;
/** So many sockets are opened at once. */
const OPENED_AT_ONCE = 100;
const ROWS = 40;
const NOTES = { databaseId: 'db', tableId: 'notes' };
const CHANNEL = 'tablesdb.db.tables.notes.rows';
const LAST = 'last';

let server: TestServer;
let key: Sdk;
let people: { one: Person; two: Person; outsider: Person };
const open: Listener[] = [];

/** A socket that notes the rows it is told about, and whether it ended. */
class Listener {
  readonly socket: WebSocket;
  readonly rows: string[] = [];
  readonly #waiting = new Map<string, () => void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      const { type, data: content } = JSON.parse(data.toString()) as {
        type: string;
        data: { payload: { $id: string } };
      };
      if (type !== 'event') return;
      const { $id } = content.payload;
      this.rows.push($id);
      this.#waiting.get($id)?.();
    });
  }

  /** Resolves when the subscription is acknowledged. */
  static async open(session: string | undefined): Promise<Listener> {
    const url = `${server.endpoint.replace('http', 'ws')}/realtime?project=${PROJECT}`;
    const socket = new WebSocket(url, session === undefined ? {} : { headers: { 'x-appwrite-session': session } });
    const listener = new Listener(socket);
    open.push(listener);
    await once(socket, 'message');
    socket.send(JSON.stringify({ type: 'subscribe', data: [{ subscriptionId: 's', channels: [CHANNEL] }] }));
    await once(socket, 'message');
    return listener;
  }

  /** Resolves when the row has arrived. */
  async until(row: string): Promise<void> {
    if (this.rows.includes(row)) return;
    await new Promise<void>((resolve) => this.#waiting.set(row, resolve));
  }
}

beforeAll(async () => {
  server = await startTestServer();
  key = sdk(server, { key: server.apiKey });
  const [one, two, outsider] = await Promise.all([
    person(server, 'one'),
    person(server, 'two'),
    person(server, 'outsider'),
  ]);
  people = { one, two, outsider };
  await one.teams.create({ teamId: 'one', name: 'One' });
  await two.teams.create({ teamId: 'two', name: 'Two' });
});
afterAll(async () => {
  for (const { socket } of open) socket.terminate();
  await server.close();
});

const create = (rowId: string, readers: string[], text = '') =>
  key.rows.createRow({
    ...NOTES,
    rowId,
    data: { doc: 'd', text },
    permissions: readers.map((role) => `read("${role}")`),
  });

describe('many sockets', () => {
  it('each hears what it may, in the order of the commits, and nothing else', async () => {
    const sessions = [people.one.session, people.two.session, people.outsider.session, undefined] as const;
    const groups: Listener[][] = sessions.map(() => []);
    for (let opened = 0; opened < SOCKETS; opened += OPENED_AT_ONCE) {
      const batch = Array.from({ length: OPENED_AT_ONCE }, (_, n) => n % sessions.length);
      await Promise.all(batch.map(async (group) => groups[group]?.push(await Listener.open(sessions[group]))));
    }
    const audiences = [['team:one'], ['team:two'], ['team:one', 'team:two'], [`user:${people.outsider.id}`]];
    const rows = await Promise.all(
      Array.from({ length: ROWS }, async (_, n) => {
        const readers = audiences[n % audiences.length] ?? [];
        const { $id, $sequence } = await create(`row${n}`, readers);
        return { id: $id, sequence: Number($sequence), readers };
      }),
    );
    await create(LAST, ['any']);
    const committed = rows.toSorted((a, b) => a.sequence - b.sequence);
    const roles = ['team:one', 'team:two', `user:${people.outsider.id}`, 'nobody'];
    for (const [group, role] of roles.entries()) {
      const wanted = [...committed.filter(({ readers }) => readers.includes(role)).map(({ id }) => id), LAST];
      const listeners = groups[group] ?? [];
      expect(listeners).toHaveLength(SOCKETS / roles.length);
      await Promise.all(listeners.map((listener) => listener.until(LAST)));
      const wrong = listeners.filter((listener) => listener.rows.join() !== wanted.join());
      expect(wrong.map((listener) => listener.rows)).toEqual([]);
    }
    for (const { socket } of open.splice(0)) socket.terminate();
  });

  it('those that do not read are dropped, the others do not notice', async () => {
    const text = 'x'.repeat(512 * 1024);
    const [good, stopped] = await Promise.all(
      [3, 3].map((count) => Promise.all(Array.from({ length: count }, () => Listener.open(people.one.session)))),
    );
    for (const { socket } of stopped ?? []) socket.pause();
    const ids = Array.from({ length: 64 }, (_, n) => `large${n}`);
    for (const id of ids) {
      await create(id, ['team:one'], text);
      await Promise.all((good ?? []).map((listener) => listener.until(id)));
    }
    const closed = (stopped ?? []).map(({ socket }) => {
      socket.on('error', () => undefined); // how the end shows depends on what was still under way
      return once(socket, 'close');
    });
    for (const { socket } of stopped ?? []) socket.resume();
    expect((await Promise.all(closed)).map(([code]) => code as number)).toEqual([1006, 1006, 1006]);
    for (const { rows } of stopped ?? []) expect(rows).toEqual(ids.slice(0, rows.length));
    await create('after', ['team:one']);
    for (const listener of good ?? []) {
      await listener.until('after');
      expect(listener.rows).toEqual([...ids, 'after']);
    }
  });
});

describe('what waits for slow readers', () => {
  class Fake implements Reader {
    waiting = 0;
    dropped = false;
    drop(): void {
      this.dropped = true;
      this.waiting = 0;
    }
  }

  it('is bounded for each, whatever the size of the message after which it is too much', () => {
    const backlog = new Backlog({ perReader: 100, total: 1_000 });
    const reader = new Fake();
    for (const waiting of [0, 100]) {
      reader.waiting = waiting;
      expect(backlog.admits(reader)).toBe(true);
    }
    reader.waiting = 101;
    expect(backlog.admits(reader)).toBe(false);
    expect([reader.dropped, backlog.dropped]).toEqual([true, 1]);
  });

  it('is bounded for all together: those for whom most waits go first', () => {
    const backlog = new Backlog({ perReader: 100, total: 150 });
    const readers = [60, 90, 30, 0].map((waiting) => Object.assign(new Fake(), { waiting }));
    for (const reader of readers) backlog.written(reader);
    backlog.shrink();
    expect(readers.map(({ dropped }) => dropped)).toEqual([false, true, false, false]);
    backlog.shrink();
    expect(backlog.dropped).toBe(1);
  });
});
