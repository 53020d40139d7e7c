import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecutionMethod, Functions } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FunctionWorker } from '../../src/emulator/functions/worker.ts';
import { NOTES, person, sdk, startTestServer } from '../helpers/emulator.ts';
import type { Person, TestServer } from '../helpers/emulator.ts';

const BUNDLES: Record<string, string> = {
  echo: `export default async ({ req, res, log }) => {
    log('called', { by: req.headers['x-appwrite-user-id'] });
    return res.json({ body: req.body, method: req.method, path: req.path, query: req.query, headers: req.headers, env: process.env }, 201, { 'x-own': '1' });
  };`,
  call: `export default async ({ req, res }) => {
    const call = (path, method) => fetch(process.env.APPWRITE_FUNCTION_API_ENDPOINT + path, { method, headers: {
      'content-type': 'application/json', 'x-appwrite-project': process.env.APPWRITE_FUNCTION_PROJECT_ID, 'x-appwrite-key': req.headers['x-appwrite-key'] } });
    return res.json({ teams: (await call('/teams', 'GET')).status, users: (await call('/users', 'GET')).status });
  };`,
  trouble: `export default async ({ req, res }) => {
    if (req.path === '/throw') throw new Error('on purpose');
    if (req.path === '/exit') process.exit(1);
    if (req.path === '/hang') for (;;);
    return res.text('fine');
  };`,
  odd: `export default async ({ req, res }) => {
    if (req.path === '/query') return res.text(req.queryString + ' ' + req.url);
    if (req.path === '/bare') return { statusCode: 200, body: 'bare' };
    if (req.path === '/status') return res.text('x', 999);
    if (req.path === '/body') return { statusCode: 200, body: 7, headers: {} };
    if (req.path === '/header') return res.text('x', 200, { broken: Object.create(null) });
    if (req.path === '/nothing') return;
  };`,
};

let root: string;
let server: TestServer;
let ann: Person;
let functions: Functions;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'cowrite-functions-'));
  for (const [name, source] of Object.entries(BUNDLES)) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'main.mjs'), source);
  }
  const define = (name: string) => ({
    $id: name,
    name,
    path: name,
    entrypoint: 'main.mjs',
    execute: ['users'],
    timeout: 2,
    scopes: ['teams.read'],
    vars: { MODE: 'test' },
  });
  const missing = { $id: 'missing', name: 'missing', path: 'missing', entrypoint: 'main.mjs', execute: ['users'] };
  server = await startTestServer({
    functionsRoot: root,
    schema: { ...NOTES, functions: [...Object.keys(BUNDLES).map(define), missing] },
  });
  ann = await person(server, 'ann');
  functions = new Functions(ann.client);
});
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

const run = (functionId: string, xpath = '/') => functions.createExecution({ functionId, xpath });

describe('functions', () => {
  it('get the request, the caller and the environment', async () => {
    const execution = await functions.createExecution({
      functionId: 'echo',
      body: '{"n":1}',
      xpath: '/some/path?a=1',
      method: ExecutionMethod.PUT,
      headers: { 'content-type': 'application/json', 'x-appwrite-user-id': 'somebody else' },
    });
    expect(execution).toMatchObject({
      status: 'completed',
      responseStatusCode: 201,
      trigger: 'http',
      logs: '',
      resourceId: 'echo',
    });
    const answer = JSON.parse(execution.responseBody) as { [key: string]: Record<string, string> };
    expect(answer).toMatchObject({ body: { n: 1 }, method: 'PUT', path: '/some/path', query: { a: '1' } });
    expect(answer['headers']).toMatchObject({
      'x-appwrite-user-id': ann.id,
      'x-appwrite-trigger': 'http',
      'x-appwrite-execution-id': execution.$id,
    });
    expect(answer['env']).toMatchObject({
      MODE: 'test',
      APPWRITE_FUNCTION_ID: 'echo',
      APPWRITE_FUNCTION_PROJECT_ID: 'cowrite',
    });
    expect(answer['env']).not.toHaveProperty('PATH');
    const jwt = answer['headers']?.['x-appwrite-user-jwt'] ?? '';
    expect((await sdk(server, { jwt }).account.get()).$id).toBe(ann.id);
    const forKey = await new Functions(sdk(server, { key: server.apiKey }).client).getExecution({
      functionId: 'echo',
      executionId: execution.$id,
    });
    expect(forKey.logs).toContain(ann.id);
  });

  it('get a key with their own scopes and no more', async () => {
    expect(JSON.parse((await run('call')).responseBody)).toEqual({ teams: 200, users: 401 });
  });

  it('are for those with an execute role', async () => {
    const guest = new Functions(sdk(server).client);
    await expect(guest.createExecution({ functionId: 'echo' })).rejects.toMatchObject({
      code: 401,
      type: 'user_unauthorized',
    });
    await expect(run('missing')).rejects.toMatchObject({ code: 404, type: 'deployment_not_found' });
    await expect(run('unknown')).rejects.toMatchObject({ code: 404, type: 'function_not_found' });
  });

  it('that throw, end or hang fail alone; the next call works', async () => {
    for (const path of ['/throw', '/exit', '/hang']) {
      expect(await run('trouble', path)).toMatchObject({ status: 'failed', responseStatusCode: 500 });
      expect(await run('trouble')).toMatchObject({ status: 'completed', responseBody: 'fine' });
    }
  });

  it('get the whole query, with every question mark in it', async () => {
    const { responseBody } = await run('odd', '/query?a=1?b=2&c=?');
    expect(responseBody).toBe('a=1?b=2&c=? http://localhost/query?a=1?b=2&c=?');
  });

  it('that answer oddly get an answer nevertheless, and say what is wrong', async () => {
    expect(await run('odd', '/bare')).toMatchObject({ status: 'completed', responseBody: 'bare' });
    const admin = new Functions(sdk(server, { key: server.apiKey }).client);
    for (const [path, errors] of [
      ['/status', 'Invalid status code: 999'],
      ['/body', 'TypeError'],
      ['/header', 'TypeError'],
      ['/nothing', 'Return statement missing'],
    ]) {
      const { $id, status, responseStatusCode } = await run('odd', path);
      expect([path, status, responseStatusCode]).toEqual([path, 'failed', 500]);
      const execution = await admin.getExecution({ functionId: 'odd', executionId: $id });
      expect(execution.errors).toContain(errors);
    }
  });

  it('that take too long do not end their neighbours', async () => {
    const bundle = join(root, 'neighbours.mjs');
    writeFileSync(
      bundle,
      `let tell; const told = new Promise((done) => { tell = done; });
      export default async ({ req, res }) => {
        if (req.path === '/never') await new Promise(() => {});
        if (req.path === '/tell') tell();
        await told;
        return res.text('told');
      };`,
    );
    let ended = false;
    const ports = { onConsole: () => undefined, onEnd: () => (ended = true) };
    const worker = new FunctionWorker(bundle, 1, {}, ports);
    const request = { body: '', headers: {}, method: 'GET', query: '', scheme: 'http', host: 'h', port: 80 };
    const neighbour = worker.run({ ...request, path: '/wait' }, 60_000);
    await expect(worker.run({ ...request, path: '/never' }, 1)).rejects.toThrow('timed out after 0.001 seconds');
    expect(worker.alive).toBe(false);
    await worker.run({ ...request, path: '/tell' }, 60_000);
    expect((await neighbour).body).toBe('told');
    await expect.poll(() => ended).toBe(true);
  });

  it('run later when asked to, and can be looked up', async () => {
    const waiting = await functions.createExecution({ functionId: 'echo', async: true });
    expect(waiting.status).toBe('waiting');
    await expect
      .poll(async () => (await functions.getExecution({ functionId: 'echo', executionId: waiting.$id })).status)
      .toBe('completed');
    const listed = await functions.listExecutions({ functionId: 'echo' });
    expect(listed.executions.map((execution) => execution.$id)).toContain(waiting.$id);
    const other = await person(server, 'other');
    expect((await new Functions(other.client).listExecutions({ functionId: 'echo' })).total).toBe(0);
  });
});
