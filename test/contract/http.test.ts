import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostCheck } from '../../src/emulator/cors.ts';
import { PROJECT, startTestServer } from '../helpers/emulator.ts';
import type { TestServer } from '../helpers/emulator.ts';

let dir: string;
let server: TestServer;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cowrite-app-'));
  mkdirSync(join(dir, 'assets'));
  writeFileSync(join(dir, 'index.html'), '<title>app</title>');
  writeFileSync(join(dir, 'sw.js'), '// worker');
  writeFileSync(join(dir, 'assets', 'main-Bx3Kd9aQ.js'), '// main');
  server = await startTestServer({ app: { dir }, config: { theme: 'dark' } });
});
afterAll(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('the app', () => {
  it('is served with index.html for the paths of its pages, and with the right caching', async () => {
    const get = async (path: string) => {
      const response = await fetch(server.url + path);
      return [response.status, response.headers.get('cache-control'), await response.text()];
    };
    expect(await get('/')).toEqual([200, 'no-cache', '<title>app</title>']);
    expect(await get('/project/p1?x=1')).toEqual([200, 'no-cache', '<title>app</title>']);
    expect(await get('/sw.js')).toEqual([200, 'no-cache', '// worker']);
    expect(await get('/assets/main-Bx3Kd9aQ.js')).toEqual([200, 'public, max-age=31536000, immutable', '// main']);
    expect((await get('/assets/gone-Bx3Kd9aQ.js'))[0]).toBe(404);
    expect((await get('/../../etc/passwd.txt'))[0]).toBe(404);
  });

  it('finds its settings', async () => {
    const response = await fetch(`${server.url}/config.json`);
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(await response.json()).toEqual({ endpoint: '/v1', projectId: PROJECT, theme: 'dark' });
  });

  it('can be a handler, for everything outside /v1', async () => {
    const dev = await startTestServer({
      app: { handle: (request, response) => void response.end(`dev ${request.url}`) },
    });
    expect(await (await fetch(`${dev.url}/src/main.ts?t=1`)).text()).toBe('dev /src/main.ts?t=1');
    expect((await fetch(`${dev.endpoint}/health/version`)).headers.get('content-type')).toMatch('application/json');
    await dev.close();
  });
});

describe('the API', () => {
  const request = (path: string, headers: Record<string, string>, init: RequestInit = {}) =>
    fetch(server.endpoint + path, { ...init, headers: { 'x-appwrite-project': PROJECT, ...headers } });

  it('answers unknown routes with a page, and other errors in its own shape', async () => {
    const unknown = await request('/no/such/route', {});
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8']);
    const guest = await request('/account', {});
    expect(await guest.json()).toEqual({
      message: 'User (role: guests) missing scopes (["account"])',
      code: 401,
      type: 'general_unauthorized_scope',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
    expect((await request('/account', { 'x-appwrite-project': 'other' })).status).toBe(404);
    expect((await request('/teams', { 'x-appwrite-key': 'wrong' })).status).toBe(401);
  });

  it('refuses pages of other origins, unless they are named', async () => {
    const body = JSON.stringify({});
    const post = (origin: string, to = server) =>
      fetch(`${to.endpoint}/account/sessions/anonymous`, {
        method: 'POST',
        body,
        headers: { origin, 'content-type': 'application/json', 'x-appwrite-project': PROJECT },
      });
    const foreign = await post('https://evil.example');
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    const local = await post('http://localhost:5173');
    expect([local.status, local.headers.get('access-control-allow-origin')]).toEqual([201, 'http://localhost:5173']);
    const named = await startTestServer({ platforms: ['https://cowrite.example'] });
    expect((await post('https://cowrite.example', named)).status).toBe(201);
    expect((await post('https://evil.cowrite.example', named)).status).toBe(403);
    await named.close();
  });

  it('is open to the names of this machine if it listens to the network, and to no other name', async () => {
    const open = await startTestServer({ host: '0.0.0.0', platforms: ['named.example'] });
    const ask = async (host: string, at = open) => {
      const origin = `http://${host.includes(':') ? `[${host}]` : host}:${at.port}`;
      const response = await fetch(`http://127.0.0.1:${at.port}/v1/account/sessions/anonymous`, {
        method: 'POST',
        headers: { origin, host: new URL(origin).host, 'x-appwrite-project': PROJECT },
      });
      return response.status;
    };
    const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
    const own = [...addresses.map(({ address }) => address), hostname().toLowerCase(), 'localhost', 'named.example'];
    for (const host of own) expect([host, await ask(host)]).toEqual([host, 201]);
    for (const host of ['evil.example', '203.0.113.9', 'x.named.example']) expect(await ask(host)).toBe(403);
    await open.close();
    for (const host of ['203.0.113.9', `${hostname()}.local`]) expect(await ask(host, server)).toBe(403);
  });

  it('knows the addresses of this machine only where others can reach it', () => {
    const address = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
    const outside = address.filter(({ internal }) => !internal).map((found) => found.address);
    for (const name of [...outside, `${hostname().toLowerCase()}.local`]) {
      expect([hostCheck([], '0.0.0.0')(name), hostCheck([], '127.0.0.1')(name)]).toEqual([true, false]);
    }
    expect(hostCheck([], '0.0.0.0')('')).toBe(false);
  });

  it('drops bodies above the limit and keeps serving', async () => {
    const body = JSON.stringify({ prefs: { text: 'x'.repeat(13 * 1024 * 1024) } });
    const large = request('/account', { 'content-type': 'application/json' }, { method: 'POST', body });
    await expect(large).rejects.toThrow('fetch failed');
    expect((await request('/health/version', {})).status).toBe(200);
  });

  it('refuses bodies that are nested too deeply, and counts only brackets outside strings', async () => {
    const send = async (prefs: string) => {
      const headers = { 'content-type': 'application/json' };
      const body = `{"userId":"u","email":"x","password":"x","prefs":${prefs}}`;
      const response = await request('/account', headers, { method: 'POST', body });
      return [response.status, ((await response.json()) as { message: string }).message];
    };
    for (const depth of [600, 1_000_000]) {
      expect(await send('['.repeat(depth) + ']'.repeat(depth))).toEqual([400, expect.stringContaining('512')]);
      expect(await send('{"a":'.repeat(depth))).toEqual([400, expect.stringContaining('512')]);
    }
    for (const fine of ['['.repeat(500) + ']'.repeat(500), `"${'['.repeat(600)}"`, String.raw`"\"${'{'.repeat(600)}"`])
      expect((await send(fine))[1]).not.toContain('512');
    expect((await send(`["\\\\",${'['.repeat(600)}`))[1]).toContain('512');
  });
});
