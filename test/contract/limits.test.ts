import type { AppwriteException } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RateLimits } from '../../src/emulator/rate-limits.ts';
import { Live, live } from '../helpers/emulator-socket.ts';
import { PASSWORD, PROJECT, person, sdk, startTestServer } from '../helpers/emulator.ts';
import type { TestServer } from '../helpers/emulator.ts';

const AT = { databaseId: 'db', tableId: 'notes' };
const LIMIT = { requests: 2, per: 60 };
const NOON = Date.UTC(2026, 10, 20, 12);

describe('windows', () => {
  it('follow the clock, not the first request', () => {
    const limits = new RateLimits(true);
    const reset = NOON / 1000 + 60;
    expect(limits.take('a', LIMIT, NOON + 59_000)).toEqual({ remaining: 1, reset, exceeded: false });
    expect(limits.take('a', LIMIT, NOON + 59_500)).toEqual({ remaining: 0, reset, exceeded: false });
    expect(limits.take('a', LIMIT, NOON + 59_999)).toEqual({ remaining: 0, reset, exceeded: true });
    expect(limits.take('a', LIMIT, NOON + 60_000)).toEqual({ remaining: 1, reset: reset + 60, exceeded: false });
  });

  it('belong to one key each, and can be begun anew', () => {
    const limits = new RateLimits(true);
    for (const key of ['a', 'a', 'a']) limits.take(key, LIMIT, NOON);
    expect(limits.take('b', LIMIT, NOON).exceeded).toBe(false);
    limits.forget('a');
    expect(limits.take('a', LIMIT, NOON).exceeded).toBe(false);
  });

  it('are bounded in number and in size', () => {
    const limits = new RateLimits(true);
    const long = 'x'.repeat(1_000_000);
    expect(limits.take(`${long}a`, LIMIT, NOON).remaining).toBe(1);
    expect(limits.take(`${long}b`, LIMIT, NOON).remaining).toBe(1);
    expect(limits.take(`${long}a`, LIMIT, NOON).remaining).toBe(0);
    limits.forget(`${long}a`);
    expect(limits.size).toBe(1);
    for (let n = 0; n < 250_000; n++) limits.take(`${n}`, LIMIT, NOON);
    expect(limits.size).toBeLessThanOrEqual(200_000);
    limits.take('later', LIMIT, NOON + 120_000);
    expect(limits.size).toBe(1);
  });

  it('count nothing unless they are enforced', () => {
    const limits = new RateLimits(false);
    for (let n = 0; n < 5; n++) expect(limits.take('a', LIMIT, NOON)).toMatchObject({ remaining: 1, exceeded: false });
  });
});

it('without limits, ten wrong passwords lock an address nevertheless', async () => {
  const server = await startTestServer();
  await person(server, 'hal');
  const { account } = sdk(server);
  const attempt = (password: string) => account.createEmailPasswordSession({ email: server.email('hal'), password });
  for (let n = 0; n < 10; n++) await expect(attempt('wrong password')).rejects.toMatchObject({ code: 401 });
  await expect(attempt(PASSWORD)).rejects.toMatchObject({ code: 429, type: 'general_rate_limit_exceeded' });
  await server.close();
});

it('tries at the same time count as well, and right ones are given back', async () => {
  const server = await startTestServer();
  await person(server, 'ivy');
  const attempt = (password: string) =>
    sdk(server)
      .account.createEmailPasswordSession({ email: server.email('ivy'), password })
      .then(
        () => 201,
        (error: unknown) => (error as AppwriteException).code,
      );
  for (let round = 0; round < 3; round++)
    expect(await Promise.all(Array.from({ length: 8 }, () => attempt(PASSWORD)))).toEqual(Array(8).fill(201));
  const codes = await Promise.all(Array.from({ length: 40 }, () => attempt('wrong password')));
  expect(codes.filter((code) => code === 401)).toHaveLength(10);
  expect(codes.filter((code) => code === 429)).toHaveLength(30);
  await server.close();
});

it('a socket holds at most 10,000 channels and queries, and many do not stop the server', async () => {
  const server = await startTestServer();
  const socket = await live(server);
  const frame = (first: number) => ({
    type: 'subscribe',
    data: Array.from({ length: 500 }, (_, n) => ({
      subscriptionId: 's',
      channels: [],
      queries: [JSON.stringify({ method: 'equal', attribute: 'a', values: [first + n] })],
    })),
  });
  const began = performance.now();
  const answers: unknown[] = [];
  for (let n = 0; n < 11; n++) {
    socket.send(frame(n * 500));
    const { type, data } = await socket.next();
    answers.push(type === 'error' ? data['code'] : type);
  }
  expect(answers).toEqual([...Array<string>(10).fill('response'), 1003]);
  socket.send({ type: 'unsubscribe', data: [{ subscriptionId: 's' }] });
  expect((await socket.next()).data.subscriptions).toEqual([{ subscriptionId: 's', removed: true }]);
  socket.send(frame(0));
  expect((await socket.next()).type).toBe('response');
  // It took far longer when each was compared with all before it.
  expect(performance.now() - began).toBeLessThan(5_000);
  socket.close();
  await server.close();
});

describe('a server with limits', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ limits: 'appwrite' });
  });
  afterAll(() => server.close());

  const login = (email: string, password: string) =>
    fetch(`${server.endpoint}/account/sessions/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-appwrite-project': PROJECT },
      body: JSON.stringify({ email, password }),
    });

  it('lets a user create 120 rows a minute, in all tables together, and a key any number', async () => {
    const [ann, bob] = [await person(server, 'ann'), await person(server, 'bob')];
    const create = (rows: typeof ann.rows, n: number) => rows.createRow({ ...AT, rowId: `r${n}`, data: { doc: 'd' } });
    let created = 0;
    const tooMany = async (): Promise<void> => {
      for (; created < 250; created++) await create(ann.rows, created);
    };
    await expect(tooMany()).rejects.toMatchObject({ code: 429, type: 'general_rate_limit_exceeded' });
    expect(created).toBeGreaterThanOrEqual(120);
    await create(bob.rows, 1000);
    const { rows } = sdk(server, { key: server.apiKey });
    for (let n = 2000; n < 2130; n++) await create(rows, n);
  });

  it('counts wrong passwords for each address, and forgets them after the right one', async () => {
    await person(server, 'carl');
    await person(server, 'dora');
    for (let n = 0; n < 9; n++) expect((await login('carl@example.com', 'wrong password')).status).toBe(401);
    expect((await login('carl@example.com', PASSWORD)).status).toBe(201);
    expect((await login('carl@example.com', 'wrong password')).status).toBe(401);
    const statuses: number[] = [];
    for (let n = 0; n < 25 && !statuses.includes(429); n++)
      statuses.push((await login('carl@example.com', 'wrong password')).status);
    const refused = await login('carl@example.com', PASSWORD);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('x-ratelimit-limit')).toBe('10');
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(await refused.json()).toMatchObject({ code: 429, type: 'general_rate_limit_exceeded' });
    expect((await login('dora@example.com', PASSWORD)).status).toBe(201);
  });

  it('what is no address counts for the sender, whatever it is', async () => {
    const tries: number[] = [];
    for (let n = 0; n < 11; n++) tries.push((await login(`${n}${'x'.repeat(10_000)}`, 'wrong password')).status);
    expect(tries).toEqual([...Array<number>(10).fill(400), 429]);
    expect((await login('nobody@example.com', 'wrong password')).status).toBe(401);
  });

  it('drops frames above 32 a minute with error 1013, and the socket lives on', async () => {
    const [busy, idle] = [await live(server), await live(server)];
    const answers: string[] = [];
    while (answers.length < 70 && !answers.includes('1013')) {
      busy.send({ type: 'ping' });
      const { type, data } = await busy.next();
      answers.push(type === 'error' ? String(data['code']) : type);
    }
    expect(answers.at(-1)).toBe('1013');
    expect(answers.length).toBeGreaterThan(32);
    idle.send({ type: 'ping' });
    expect((await idle.next()).type).toBe('pong');
    busy.close();
    idle.close();
  });

  it('refuses more than 128 connections a minute from one address', async () => {
    const sockets: Live[] = [];
    let refused: unknown;
    while (refused === undefined && sockets.length < 260) {
      const socket = new Live(server);
      sockets.push(socket);
      const { type, data } = await socket.next();
      if (type === 'error') refused = data['code'];
    }
    expect(refused).toBe(1013);
    expect(sockets.length).toBeGreaterThan(120);
    for (const socket of sockets) socket.close();
  });
});
