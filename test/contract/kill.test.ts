import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOTES } from '../helpers/emulator.ts';
import { Random } from '../helpers/random.ts';
import { buildServer, ServerProcess } from '../helpers/server-process.ts';
import type { BuiltServer } from '../helpers/server-process.ts';

const SEED = 20_261_120;
const KILLS = 50;
const WRITERS = 64;
/** The server is killed after up to so many answers of one kind, and then up to so many milliseconds. */
const MAX_ANSWERS = { rows: 120, files: 4, memberships: 12 };
const MAX_DELAY_MS = 8;
const GROUP = 3;

const ROWS = '/tablesdb/db/tables/notes/rows';
const FILES = '/storage/buckets/files/files';
const BUCKET = { $id: 'files', name: 'files', $permissions: [] };
const everything = (path: string): string =>
  `${path}?queries[0]=${encodeURIComponent(JSON.stringify({ method: 'limit', values: [1_000_000] }))}`;

const KINDS = ['rows', 'files', 'memberships'] as const;

let built: BuiltServer;
let dataDir: string;

beforeAll(async () => {
  built = await buildServer({ ...NOTES, buckets: [BUCKET] });
  dataDir = mkdtempSync(join(tmpdir(), 'cowrite-kill-'));
}, 60_000);
afterAll(() => {
  built.remove();
  rmSync(dataDir, { recursive: true, force: true });
});

/** What was acknowledged so far, of all lives of the server. */
const acknowledged = { rows: new Set<string>(), files: new Set<string>(), memberships: new Set<string>() };

const textOf = (id: string): string => id.repeat(40);
const contentOf = (id: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(id.repeat(1 + (id.length % 7) * 300));
const rowOf = (id: string) => ({ doc: 'd', text: textOf(id), tags: [id.slice(-9)] });

type Work = (server: ServerProcess, id: string) => Promise<void>;

const createRow: Work = async (server, id) => {
  await server.json('POST', ROWS, { rowId: id, data: rowOf(id) });
  acknowledged.rows.add(id);
};
/** Rows that are stored together or not at all. */
const createGroup: Work = async (server, id) => {
  const ids = Array.from({ length: GROUP }, (_, n) => `${id}-${n}`);
  await server.json('POST', ROWS, { rows: ids.map(($id) => ({ $id, ...rowOf($id) })) });
  for (const one of ids) acknowledged.rows.add(one);
};
const createFile: Work = async (server, id) => {
  const form = new FormData();
  form.set('fileId', id);
  form.set('file', new Blob([contentOf(id)]), `${id}.txt`);
  await server.json('POST', FILES, form);
  acknowledged.files.add(id);
};
const createMembership: Work = async (server, id) => {
  await server.json('POST', '/users', { userId: id });
  await server.json('POST', '/teams/team/memberships', { userId: id, roles: ['editor'] });
  acknowledged.memberships.add(id);
};

const WORK: readonly [Work, ...Work[]] = [createRow, createRow, createGroup, createFile, createMembership];

/** Writes with all writers until the server is dead. */
async function writeUntilKilled(server: ServerProcess, life: number, random: Random): Promise<void> {
  const kind = random.pick(KINDS);
  const delay = random.next() * MAX_DELAY_MS;
  const wanted = acknowledged[kind].size + random.below(MAX_ANSWERS[kind]);
  const state = { killed: false };
  let reached: () => void = () => undefined;
  const enough = new Promise<void>((resolve) => (reached = resolve));
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    const work = WORK[writer % WORK.length] ?? createRow;
    for (let n = 0; !state.killed; n++) {
      try {
        await work(server, `l${life}w${writer}n${n}`);
      } catch (error) {
        if (!state.killed) throw error;
        return;
      }
      if (acknowledged[kind].size >= wanted) reached();
    }
  });
  const dead = enough.then(async () => {
    await sleep(delay);
    state.killed = true;
    await server.kill();
  });
  await Promise.all([...writers, dead]);
}

/** What is wrong with what the server has. */
async function problems(server: ServerProcess): Promise<string[]> {
  type Row = { $id: string; doc: string; text: string; tags: string[] };
  type File = { $id: string; signature: string; chunksUploaded: number };
  const { rows } = await server.json<{ rows: Row[] }>('GET', everything(ROWS));
  const { files } = await server.json<{ files: File[] }>('GET', everything(FILES));
  const found = await server.json<{ total: number; memberships: { userId: string; roles: string[] }[] }>(
    'GET',
    everything('/teams/team/memberships'),
  );
  const team = await server.json<{ total: number }>('GET', '/teams/team');
  const wrong: string[] = [];
  const missing = (kind: (typeof KINDS)[number], there: ReadonlySet<string>): void => {
    for (const id of acknowledged[kind]) if (!there.has(id)) wrong.push(`${kind}: ${id} is gone`);
  };
  missing('rows', new Set(rows.map(({ $id }) => $id)));
  const complete = files.filter(({ signature }) => signature !== '');
  missing('files', new Set(complete.map(({ $id }) => $id)));
  missing('memberships', new Set(found.memberships.map(({ userId }) => userId)));

  const groups = new Map<string, number>();
  for (const { $id, text, tags } of rows) {
    if (text !== textOf($id) || tags[0] !== $id.slice(-9)) wrong.push(`rows: ${$id} is not what was written`);
    const group = /^(.+)-\d$/.exec($id)?.[1];
    if (group !== undefined) groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  for (const [group, count] of groups) if (count !== GROUP) wrong.push(`rows: ${count} of ${group}`);
  for (const { $id, signature } of complete) {
    const expected = createHash('md5').update(contentOf($id)).digest('hex');
    if (signature !== expected) wrong.push(`files: ${$id} is not what was uploaded`);
  }
  if (team.total !== found.memberships.length) wrong.push(`the team counts ${team.total} members`);
  const contents = readdirSync(join(dataDir, 'files')).length;
  if (contents > files.length) wrong.push(`${contents - files.length} contents without a file`);
  return wrong;
}

describe('kill -9 among concurrent writers', () => {
  it(
    `loses nothing that was acknowledged and leaves nothing half-written, ${KILLS} times`,
    { timeout: 300_000 },
    async () => {
      const random = new Random(SEED);
      let server = await ServerProcess.start(built, dataDir);
      await server.json('POST', '/teams', { teamId: 'team', name: 'Team' });
      for (let life = 0; life < KILLS; life++) {
        await writeUntilKilled(server, life, random);
        server = await ServerProcess.start(built, dataDir);
        expect([SEED, life, ...(await problems(server))]).toEqual([SEED, life]);
      }
      const { rows, files, memberships } = acknowledged;
      for (const id of files) {
        const { body } = await server.send('GET', `${FILES}/${id}/download`);
        expect([id, body.equals(contentOf(id))]).toEqual([id, true]);
      }
      await server.kill();
      expect(Math.min(rows.size, files.size, memberships.size)).toBeGreaterThan(KILLS / 5);
    },
  );
});
