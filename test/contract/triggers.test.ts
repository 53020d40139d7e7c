import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Functions, ID, Query } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionConfig } from '../../src/emulator/config.ts';
import { configuredSettings } from '../../src/emulator/functions/configured.ts';
import { newFunction } from '../../src/emulator/functions/model.ts';
import { Triggers } from '../../src/emulator/functions/triggers.ts';
import { live } from '../helpers/emulator-socket.ts';
import { NOTES, person, sdk, startTestServer } from '../helpers/emulator.ts';
import type { Person, TestServer } from '../helpers/emulator.ts';

/** Tells in its logs what it was given. At `/meet` it waits for a second request. */
const WITNESS = `let met;
const both = new Promise((done) => { met = done; });
let arrived = 0;
export default async ({ req, res, log }) => {
  log(JSON.stringify({ body: req.body, headers: req.headers, method: req.method, path: req.path }));
  if (req.path === '/meet' && ++arrived === 2) met();
  if (req.path === '/meet') await both;
  return res.empty();
};`;
const AT = { databaseId: 'db', tableId: 'notes' };

interface Witnessed {
  body: Record<string, unknown>;
  headers: Record<string, string>;
  method: string;
}

let root: string;
let server: TestServer;
let ann: Person;
let byKey: Functions;

const define = (name: string, more: Partial<FunctionConfig> = {}): FunctionConfig => ({
  $id: name,
  name,
  path: 'witness',
  entrypoint: 'main.mjs',
  execute: ['users'],
  ...more,
});

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'cowrite-triggers-'));
  mkdirSync(join(root, 'witness'));
  writeFileSync(join(root, 'witness', 'main.mjs'), WITNESS);
  const functions = [
    define('created', { events: ['databases.*.tables.notes.rows.*.create'] }),
    define('changed', { events: ['databases.db.collections.*.documents.*.update'] }),
    define('elsewhere', { events: ['databases.*.tables.other.rows.*.create'] }),
    define('off', { events: ['databases.*.tables.notes.rows.*.create'], enabled: false }),
    define('plain'),
  ];
  server = await startTestServer({ functionsRoot: root, schema: { ...NOTES, functions } });
  ann = await person(server, 'ann');
  byKey = new Functions(sdk(server, { key: server.apiKey }).client);
});
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

/** What a function was given, oldest first, once it has run so many times. */
async function witnessed(functionId: string, count: number): Promise<Witnessed[]> {
  const queries = [Query.orderAsc('$sequence'), Query.equal('status', 'completed'), Query.limit(100)];
  const read = async () => (await byKey.listExecutions({ functionId, queries })).executions;
  await expect.poll(async () => (await read()).length).toBe(count);
  return (await read()).map(({ logs }) => JSON.parse(logs) as Witnessed);
}

describe('events', () => {
  it('run the functions that wait for them, with the row and the writer', async () => {
    const row = await ann.rows.createRow({ ...AT, rowId: 'r1', data: { doc: 'd', text: 'hello' } });
    await ann.rows.updateRow({ ...AT, rowId: 'r1', data: { text: 'again' } });
    const [created] = await witnessed('created', 1);
    expect(created?.body).toEqual(row);
    expect(created?.method).toBe('POST');
    expect(created?.headers).toMatchObject({
      'x-appwrite-trigger': 'event',
      'x-appwrite-event': 'databases.db.tables.notes.rows.r1.create',
      'x-appwrite-user-id': ann.id,
      'x-appwrite-user-jwt': '',
      'content-type': 'application/json',
    });
    const [changed] = await witnessed('changed', 1);
    expect(changed?.body).toMatchObject({ $id: 'r1', text: 'again' });
    const others = ['elsewhere', 'off'].map((functionId) => byKey.listExecutions({ functionId }));
    expect((await Promise.all(others)).map(({ total }) => total)).toEqual([0, 0]);
    const own = await new Functions(ann.client).listExecutions({ functionId: 'created' });
    expect(own.executions).toMatchObject([{ trigger: 'event', status: 'completed', logs: '' }]);
  });

  it('come from bulk requests and transactions, too, and name no user for a key', async () => {
    const { rows } = sdk(server, { key: server.apiKey });
    const before = (await byKey.listExecutions({ functionId: 'created' })).total;
    await rows.createRows({
      ...AT,
      rows: [
        { $id: 'b1', doc: 'd' },
        { $id: 'b2', doc: 'd' },
      ],
    });
    const { $id: transactionId } = await rows.createTransaction();
    await rows.createRow({ ...AT, rowId: 't1', data: { doc: 'd' }, transactionId });
    await rows.updateTransaction({ transactionId, commit: true });
    const seen = (await witnessed('created', before + 3)).slice(before);
    expect(seen.map(({ body }) => body['$id'])).toEqual(['b1', 'b2', 't1']);
    expect(seen.map(({ headers }) => headers['x-appwrite-user-id'])).toEqual(['', '', '']);
  });

  it('stop when the function no longer waits for them', async () => {
    await byKey.update({ functionId: 'changed', name: 'changed', events: [], execute: [] });
    const total = async (functionId: string) => (await byKey.listExecutions({ functionId })).total;
    const before = { changed: await total('changed'), created: await total('created') };
    await ann.rows.updateRow({ ...AT, rowId: 'r1', data: { text: 'not seen' } });
    await ann.rows.createRow({ ...AT, rowId: 'after', data: { doc: 'd' } });
    await witnessed('created', before.created + 1);
    expect(await total('changed')).toBe(before.changed);
  });
});

describe('executions', () => {
  it('in the background are told to who asked for them, and to nobody else', async () => {
    const [mine, other] = [await live(server, { session: ann.session }), await live(server)];
    await mine.subscribe(['executions']);
    await other.subscribe(['executions']);
    const asked = await new Functions(ann.client).createExecution({ functionId: 'plain', async: true });
    const frames = [await mine.next(), await mine.next(), await mine.next()];
    expect(frames.map(({ data }) => data.payload?.['status'])).toEqual(['waiting', 'processing', 'completed']);
    expect(frames[0]?.data.events?.[0]).toBe(`functions.plain.executions.${asked.$id}.create`);
    expect(frames[2]?.data.events?.[0]).toBe(`functions.plain.executions.${asked.$id}.update`);
    other.send({ type: 'ping' });
    expect((await other.next()).type).toBe('pong');
    mine.close();
    other.close();
  });

  it('of the same function overlap', async () => {
    const functions = new Functions(ann.client);
    const meet = () => functions.createExecution({ functionId: 'plain', xpath: '/meet' });
    const executions = await Promise.all([meet(), meet()]);
    expect(executions.map(({ status }) => status)).toEqual(['completed', 'completed']);
  });

  it('at a later time are refused', async () => {
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
    const asked = new Functions(ann.client).createExecution({ functionId: 'plain', async: true, scheduledAt });
    await expect(asked).rejects.toMatchObject({ code: 400 });
  });
});

it('functions of appwrite.json that could never run keep the server from starting', async () => {
  const start = (more: Partial<FunctionConfig>) => startTestServer({ schema: { functions: [define('bad', more)] } });
  await expect(start({ schedule: 'often' })).rejects.toThrow('"bad" cannot be used: Invalid `schedule`');
  await expect(start({ events: ['tablesdb.*.tables.notes.rows.*.create'] })).rejects.toThrow('Invalid `events`');
  await expect(start({ runtime: 'python-3.12' })).rejects.toThrow('Invalid `runtime`');
});

describe('schedules', () => {
  it('run the functions that are due, as nobody', () => {
    const runs: string[] = [];
    const functions = [
      define('often', { schedule: '*/5 * * * *' }),
      define('daily', { schedule: '@daily' }),
      define('never'),
    ];
    const triggers = new Triggers({
      functions: () => functions.map((config) => newFunction(ID.unique(), configuredSettings(config))),
      run: ({ name }, { trigger, body, caller }) => runs.push(`${name} ${trigger} ${caller.kind}${body}`),
      userAgent: 'test',
    });
    triggers.refresh();
    triggers.onMinute(new Date('2026-11-20T05:05:00Z'));
    triggers.onMinute(new Date('2026-11-20T05:06:00Z'));
    triggers.onMinute(new Date('2026-11-20T00:00:00Z'));
    expect(runs).toEqual(['often schedule guest', 'often schedule guest', 'daily schedule guest']);
    triggers.close();
    triggers.onMinute(new Date('2026-11-20T00:00:00Z'));
    expect(runs).toHaveLength(3);
  });
});
