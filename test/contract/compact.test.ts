import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecutionMethod, Functions } from 'node-appwrite';
import { toBase64 } from 'lib0/buffer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { SCHEDULED_MS } from '../../functions/compact/main.ts';
import { purgeHistoryBefore } from '../../src/backend/history-purge.ts';
import { buildFunctions } from '../../src/cli/build/node.mjs';
import { parseProjectFile } from '../../src/cli/setup/config.ts';
import { SWEEP_LEAST_ROWS } from '../../src/core/compaction/sweep.ts';
import { person, sdk, startTestServer, type Person, type TestServer } from '../helpers/emulator.ts';

const top = join(import.meta.dirname, '../..');
const PROJECT = 'p1';
const UPDATES = { databaseId: 'cowrite', tableId: 'updates' };
/** How long bundling the Functions may take on a busy machine. */
const BUILD_MS = 60_000;
const config = parseProjectFile(readFileSync(join(top, 'appwrite.json'), 'utf8'));

let root: string;
let server: TestServer;
let olga: Person;
let vic: Person;
let stranger: Person;
let rows = 0;

/** The Function `compact` as it is bundled for Appwrite, executed by the server and called with the official SDK. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'cowrite-compact-'));
  await buildFunctions(top, join(root, 'dist/functions'));
  server = await startTestServer({ schema: config, functionsRoot: root });
  olga = await person(server, 'olga');
  vic = await person(server, 'vic');
  stranger = await person(server, 'stranger');
  await olga.teams.create({ teamId: PROJECT, name: 'Project' });
  await key().teams.createMembership({ teamId: PROJECT, userId: vic.id, roles: ['viewer'] });
}, BUILD_MS);

afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

function key() {
  return sdk(server, { key: server.apiKey });
}

/** Olga types so many letters, a row each. */
async function type(doc: string, letters: number): Promise<void> {
  const ydoc = new Y.Doc();
  let update: Uint8Array = new Uint8Array();
  ydoc.on('update', (made: Uint8Array) => (update = made));
  for (let i = 0; i < letters; i++) {
    ydoc.getText('text').insert(i, 'x');
    const data = { project: PROJECT, doc, data: toBase64(update) };
    const permissions = [`read("team:${PROJECT}")`, `read("team:${PROJECT}/owner")`, `read("user:${olga.id}")`];
    await olga.rows.createRow({ ...UPDATES, rowId: `row${rows++}`, data, permissions });
  }
}

async function call(who: { client: Person['client'] }, body: unknown): Promise<{ status: number; body: unknown }> {
  const execution = await new Functions(who.client).createExecution({
    functionId: 'compact',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    method: ExecutionMethod.POST,
  });
  return { status: execution.responseStatusCode, body: JSON.parse(execution.responseBody) };
}

describe('the Function compact', () => {
  it('[SNAP-5] compacts a document for any member, and for nobody else', async () => {
    await type('fa', 7);
    const request = { project: PROJECT, doc: 'fa' };
    expect(await call(stranger, request)).toMatchObject({ status: 403, body: { error: { kind: 'forbidden' } } });
    expect((await olga.rows.listRows(UPDATES)).total).toBe(7);
    expect(await call(vic, request)).toMatchObject({ status: 200, body: { end: 'done', folded: 7, generation: 1 } });
    expect((await olga.rows.listRows(UPDATES)).total).toBe(0);
    const snapshots = await vic.rows.listRows({ databaseId: 'cowrite', tableId: 'snapshots' });
    expect(snapshots.rows).toMatchObject([{ project: PROJECT, doc: 'fa', generation: 1, updateCount: 7 }]);
    expect((await stranger.rows.listRows({ databaseId: 'cowrite', tableId: 'snapshots' })).total).toBe(0);
  });

  it('[SNAP-5] many calls at a time are harmless', async () => {
    await type('fmany', 30);
    const calls = await Promise.all(Array.from({ length: 6 }, () => call(olga, { project: PROJECT, doc: 'fmany' })));
    for (const { status } of calls) expect(status).toBe(200);
    const folded = calls.reduce((sum, { body }) => sum + (body as { folded: number }).folded, 0);
    expect(folded).toBe(30);
  });

  it('[SNAP-5] sweeps for an API key, as for its schedule, but not for people', async () => {
    await type('flong', SWEEP_LEAST_ROWS);
    await type('fshort', 3);
    expect(await call(olga, {})).toMatchObject({ status: 403 });
    expect(await call(key(), '')).toMatchObject({ status: 200, body: { end: 'done', folded: 0, orphans: 0 } });
    expect((await call(key(), '')).body, 'once a day').not.toHaveProperty('orphans');
    expect((await olga.rows.listRows(UPDATES)).total).toBe(SWEEP_LEAST_ROWS + 3);
  });

  it('purges history for owners only', async () => {
    await type('fold', 3);
    const before = new Date(Date.now() + 1000).toISOString();
    const refused = await purgeHistoryBefore(new Functions(vic.client), PROJECT, 'fold', before);
    expect(refused).toMatchObject({ ok: false, kind: 'forbidden' });
    const purged = await purgeHistoryBefore(new Functions(olga.client), PROJECT, 'fold', before);
    expect(purged).toEqual({ ok: true, value: 3 });
    const unknown = await purgeHistoryBefore(new Functions(olga.client), PROJECT, 'Fold', before);
    expect(unknown).toMatchObject({ ok: false, kind: 'rejected' });
  });

  it('says what is wrong with a request', async () => {
    for (const body of ['nonsense', '[]', { project: PROJECT }, { project: PROJECT, doc: 'X' }]) {
      expect(await call(olga, body)).toMatchObject({ status: 400, body: { error: { kind: 'malformed' } } });
    }
    const bad = { project: PROJECT, doc: 'fa', purgeBefore: 'soon' };
    expect(await call(olga, bad)).toMatchObject({ status: 400 });
  });

  it('ends well before Appwrite ends it, and has no right that it does not need', () => {
    const fn = config.functions.find(({ $id }) => $id === 'compact');
    expect(fn?.timeout).toBeGreaterThan((SCHEDULED_MS / 1000) * 1.2);
    expect(fn?.execute).toEqual(['users']);
    expect(fn?.scopes).toEqual(['teams.read', 'rows.read', 'rows.write', 'files.read', 'files.write']);
  });
});
