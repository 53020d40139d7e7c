import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { ID } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { fromRecord, SNAPSHOTS_TABLE } from '../../src/backend/snapshot-rows.ts';
import { DATABASE_ID } from '../../src/backend/tables.ts';
import { UPDATES_TABLE } from '../../src/backend/update-log.ts';
import { doctor } from '../../src/cli/doctor.ts';
import { encodeUpdateRow } from '../../src/core/codec.ts';
import { compactDocument } from '../../src/core/compaction/compact.ts';
import { ORPHAN_AGE_MS } from '../../src/core/compaction/housekeeping.ts';
import { loadState } from '../../src/core/compaction/load.ts';
import { decodeSegment } from '../../src/core/compaction/segment.ts';
import { INLINE_BYTES, snapshotId } from '../../src/core/compaction/snapshot.ts';
import type { SnapshotRecord } from '../../src/core/compaction/snapshot.ts';
import { createNode, deleteNode } from '../../src/core/tree.ts';
import { compactionStore } from '../helpers/compaction-server.ts';
import { sdk, startTestServer, type Sdk, type TestServer } from '../helpers/emulator.ts';
import { AppwriteWorlds, SCHEMA } from '../helpers/provider/appwrite-world.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** When files of crashed compactions are old enough to be recognised. */
const later = Date.now() + 2 * ORPHAN_AGE_MS;

let folder: string;
let project: string;
/** A data folder in which everything is sound: a short text in rows of snapshots, and a long one in files. */
let sound: string;

const SHORT = 'fshort';
const LONG = 'flong';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cowrite-doctor-'));
  sound = join(folder, 'sound');
  const server = await startTestServer({ dataDir: sound, schema: SCHEMA });
  const world = await (await AppwriteWorlds.open(server)).world();
  project = world.project;
  const { log } = world.portsOf(world.ana);
  const store = compactionStore(server);
  for (const [id, words] of [
    [SHORT, Array.from({ length: 6 }, (_, at) => `word ${at} `)],
    [LONG, Array.from({ length: 6 }, () => noise(INLINE_BYTES))],
  ] as const) {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    for (const [at, word] of words.entries()) {
      doc.getText('text').insert(0, word);
      const stamp = { project, role: world.ana.role, author: world.ana.id };
      const row = encodeUpdateRow(ID.unique(), id, updates[at] ?? new Uint8Array(), stamp);
      expect(await log.append(row)).toMatchObject({ ok: true });
      if (at % 2 === 0) expect(await compactDocument(store, project, id)).toMatchObject({ ok: true });
    }
  }
  await server.close();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Letters that do not deflate to much less. */
function noise(length: number): string {
  let seed = 1;
  return Array.from({ length }, () => {
    seed = (seed * 48271) % 2147483647;
    return String.fromCharCode(0x4e00 + (seed % 20_000));
  }).join('');
}

interface Answer {
  readonly sound: boolean;
  readonly lines: readonly string[];
}

async function see(patient: { data: string } | TestServer, options: { repair?: boolean } = {}): Promise<Answer> {
  const lines: string[] = [];
  const from =
    'data' in patient ? patient : { endpoint: patient.endpoint, project: patient.projectId, key: patient.apiKey };
  const done = await doctor({
    root: ROOT,
    patient: from,
    repair: options.repair === true,
    json: false,
    now: later,
    say: (line) => lines.push(line),
  });
  return { sound: done, lines };
}

let copies = 0;

/** A copy of the sound folder in which somebody has done something. */
async function damaged(damage: (server: TestServer, rows: Sdk['rows']) => Promise<unknown>): Promise<string> {
  const data = join(folder, `damaged-${copies++}`);
  cpSync(sound, data, { recursive: true });
  const server = await startTestServer({ dataDir: data, schema: SCHEMA });
  await damage(server, sdk(server, { key: server.apiKey }).rows);
  await server.close();
  return data;
}

async function headOf(server: TestServer, doc: string): Promise<SnapshotRecord> {
  const head = await compactionStore(server).list(project, doc, 1);
  const record = head.ok ? head.value[0] : undefined;
  if (record === undefined) throw new Error(`${doc} has no snapshot`);
  return record;
}

async function textOf(server: TestServer, id: string): Promise<string> {
  const loaded = await loadState(compactionStore(server), project, id);
  if (!loaded.ok || loaded.value.state === null) throw new Error('cannot be read');
  expect(loaded.value.repaired).toEqual([]);
  const doc = new Y.Doc();
  Y.applyUpdateV2(doc, loaded.value.state);
  return doc.getText('text').toJSON();
}

async function withServer<T>(data: string, ask: (server: TestServer) => Promise<T>): Promise<T> {
  const server = await startTestServer({ dataDir: data, schema: SCHEMA });
  try {
    return await ask(server);
  } finally {
    await server.close();
  }
}

function inside(data: string): string[] {
  // The driver removes these two some time after a database was closed.
  const names = readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((name) => !/-(?:wal|shm)$/.test(name));
  return names.sort();
}

function leftBeside(data: string): string[] {
  return readdirSync(dirname(data)).filter((name) => name.startsWith(`${basename(data)}.doctor`));
}

/** Writes updates of a document of its own into the log, by Ana; `keep` says which of them. */
async function type(rows: Sdk['rows'], doc: string, work: (doc: Y.Doc) => void, keep = (_at: number) => true) {
  const written = new Y.Doc();
  const updates: Uint8Array[] = [];
  written.on('update', (update: Uint8Array) => updates.push(update));
  work(written);
  for (const [at, update] of updates.entries()) {
    if (!keep(at)) continue;
    const { permissions, id: rowId, ...row } = encodeUpdateRow(ID.unique(), doc, update, anaStamp());
    const address = { databaseId: DATABASE_ID, tableId: UPDATES_TABLE, rowId };
    await rows.createRow({ ...address, data: { ...row }, permissions: [...permissions] });
  }
}

function anaStamp(): { project: string; role: 'owner'; author: string } {
  return { project, role: 'owner', author: 'ana' };
}

/** The files of a data folder, the largest first. */
function filesOf(data: string): string[] {
  const sizeOf = (path: string): number => statSync(path).size;
  return readdirSync(join(data, 'files'))
    .map((name) => join(data, 'files', name))
    .sort((a, b) => sizeOf(b) - sizeOf(a));
}

describe('npm run doctor', { timeout: 60_000 }, () => {
  it('finds a sound folder sound, says what it stores, and changes nothing in it', async () => {
    const [files, database] = [inside(sound), readFileSync(join(sound, 'cowrite.db'))];
    const answer = await see({ data: sound });
    expect(answer.lines.at(-1)).toBe('Everything is sound.');
    expect(answer.sound).toBe(true);
    const lineOf = (doc: string): string => answer.lines.find((line) => line.includes(doc)) ?? '';
    expect(lineOf(SHORT)).toMatch(/1 row, \d+ B · states \d+ B · segments \d+ B · 3 snapshots/);
    expect(lineOf(LONG)).toMatch(/1 row, [\d.]+ KB · states [\d.]+ MB · segments [\d.]+ KB · 3 snapshots/);
    expect(answer.lines.join('\n')).toContain(`Project ${project} "Test"`);
    expect(inside(sound)).toEqual(files);
    expect(readFileSync(join(sound, 'cowrite.db')).equals(database)).toBe(true);
    expect(leftBeside(sound)).toEqual([]);
  });

  it('says it in JSON, too', async () => {
    const lines: string[] = [];
    const options = { root: ROOT, repair: false, now: later, say: (line: string) => lines.push(line) };
    expect(await doctor({ ...options, patient: { data: sound }, json: true })).toBe(true);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      sound: true,
      projects: [
        {
          id: project,
          documents: [
            { id: LONG, bill: { rows: 1, generations: 3 }, findings: [] },
            { id: SHORT, bill: { rows: 1, generations: 3 }, findings: [] },
          ],
        },
      ],
      blobs: { findings: [] },
    });
  });

  it('examines a folder that a server uses, and the server by its key; repairs only the latter', async () => {
    const data = await damaged(() => Promise.resolve());
    await withServer(data, async (server) => {
      expect(await see({ data })).toMatchObject({ sound: true });
      await expect(see({ data }, { repair: true })).rejects.toThrow('A server is using');
      expect(await see(server, { repair: true })).toMatchObject({ sound: true });
    });
    expect(leftBeside(data)).toEqual([]);
  });

  it.each([
    [
      'changed',
      (path: string) => writeFileSync(path, readFileSync(path).fill(0, 1000, 1100)),
      'the checksum does not fit',
    ],
    ['cut short', (path: string) => truncateSync(path, 1000), 'its file is missing or cut short'],
    ['gone', (path: string) => rmSync(path), 'its file is missing or cut short'],
  ])(
    '[SNAP-3] a file of a state that is %s while a server uses the folder: a finding, and all else is examined',
    async (_how, damage, words) => {
      const data = await damaged(() => Promise.resolve());
      await withServer(data, async (server) => {
        const text = await textOf(server, LONG);
        damage(filesOf(data)[0] ?? '');
        const { sound: isSound, lines } = await see({ data });
        expect(isSound).toBe(false);
        expect(lines.join('\n')).toContain(`wrong: state 3: ${words}. --repair would write state 3 anew`);
        expect(lines.find((line) => line.includes(SHORT))).toContain('3 snapshots');
        expect(lines.at(-1)).toBe('Wrong: 1. Run it again with --repair.');
        expect(leftBeside(data)).toEqual([]);

        // The same by its key, which may repair while it runs.
        expect((await see(server)).lines.join('\n')).toContain(`wrong: state 3: ${words}.`);
        expect(await see(server, { repair: true })).toMatchObject({ sound: true });
        expect(await textOf(server, LONG)).toBe(text);
      });
    },
  );

  it('names documents as people do, whatever stands in the names', async () => {
    const data = await damaged(async (_server, rows) => {
      await type(rows, `t${project}`, (tree) => {
        const node = { kind: 'file', parent: null, createdAt: 1 } as const;
        createNode(tree, { ...node, id: 'dir', kind: 'folder', name: 'src' });
        createNode(tree, { ...node, id: SHORT.slice(1), name: 'short.md', parent: 'dir' });
        createNode(tree, { ...node, id: LONG.slice(1), name: 'long.md' });
        deleteNode(tree, LONG.slice(1), 2);
      });
      await type(rows, `r${SHORT.slice(1)}`, (review) => review.getArray('log').push([1]));
      const address = { databaseId: DATABASE_ID, tableId: 'projects', rowId: project };
      await rows.updateRow({ ...address, data: { name: 'Thesis\u001B[31m' } });
    });
    const { lines } = await see({ data });
    const nameOf = (doc: string): string =>
      lines
        .find((line) => line.includes(` ${doc} `))
        ?.split(doc)[0]
        ?.trim() ?? 'none';
    expect(nameOf(SHORT)).toBe('src/short.md');
    expect(nameOf(LONG)).toBe('long.md (deleted)');
    expect(nameOf(`t${project}`)).toBe('file tree');
    expect(nameOf(`r${SHORT.slice(1)}`)).toBe('comments on src/short.md');
    expect(lines.join('\n')).toContain('"Thesis\uFFFD[31m"');
    expect(lines.join('')).not.toContain('\u001B');
  });

  it('does not call everything sound while rows wait for others, nor anything damaged', async () => {
    const data = await damaged((_server, rows) =>
      type(
        rows,
        SHORT,
        (doc) => [0, 1, 2].forEach((at) => doc.getText('text').insert(at, 'x')),
        (at) => at > 0,
      ),
    );
    const { sound: isSound, lines } = await see({ data });
    expect(isSound).toBe(true);
    expect(lines.at(-1)).toBe('Nothing is damaged.');
    expect(lines.at(-2)).toMatch(/^Waiting: 2 rows in 1 document for edits that have not arrived\./);
    expect(lines.find((line) => line.includes(SHORT))).toMatch(/ · 2 waiting for others$/);
    expect(await see({ data }, { repair: true })).toMatchObject({ sound: true });
    expect((await see({ data })).lines.at(-1), 'they are kept').toBe('Nothing is damaged.');
  });

  it('shows how far it is, and nothing of that in the report', async () => {
    const told: string[] = [];
    const lines: string[] = [];
    await doctor({
      root: ROOT,
      patient: { data: sound },
      repair: false,
      json: true,
      now: later,
      say: (line) => lines.push(line),
      progress: { isTTY: true, write: (text) => told.push(text) },
    });
    expect(told[0]).toBe(`\r\u001B[KCopying ${sound}`.slice(0, 84));
    expect(told.at(-1)).toBe('\r\u001B[K');
    expect(lines).toHaveLength(1);
  });

  it('[SNAP-3] a damaged head: written anew from the generation before and the segments', async () => {
    let text = '';
    const data = await damaged(async (server, rows) => {
      text = await textOf(server, SHORT);
      const { id } = await headOf(server, SHORT);
      const address = { databaseId: DATABASE_ID, tableId: SNAPSHOTS_TABLE, rowId: id };
      await rows.updateRow({ ...address, data: { state: Buffer.from('rubbish').toString('base64') } });
    });
    const found = await see({ data });
    expect(found.sound).toBe(false);
    expect(found.lines.join('\n')).toContain('--repair would write state 3 anew');
    const repaired = await see({ data }, { repair: true });
    expect(repaired.lines.join('\n')).toContain('repaired: state 3');
    expect(repaired.sound).toBe(true);
    expect(await see({ data })).toMatchObject({ sound: true });
    expect(await withServer(data, (server) => textOf(server, SHORT))).toBe(text);
  });

  it('[SNAP-3] a file of a state that was changed on disk: written anew, the old file is gone', async () => {
    let text = '';
    let blob = '';
    const data = await damaged(async (server) => {
      text = await textOf(server, LONG);
      blob = (await headOf(server, LONG)).stateBlob ?? '';
    });
    const largest = readdirSync(join(data, 'files'))
      .map((name) => join(data, 'files', name))
      .sort((a, b) => readFileSync(b).length - readFileSync(a).length)[0];
    const bytes = readFileSync(largest ?? '');
    bytes.fill(0, 1000, 1100);
    writeFileSync(largest ?? '', bytes);
    expect(await see({ data })).toMatchObject({ sound: false });
    expect(await see({ data }, { repair: true })).toMatchObject({ sound: true });
    await withServer(data, async (server) => {
      expect((await headOf(server, LONG)).stateBlob).not.toBe(blob);
      expect(await textOf(server, LONG)).toBe(text);
    });
    expect(existsSync(largest ?? '')).toBe(false);
  });

  it('[STAMP-4] rows that do not count, and rows that are in the history: out of the log', async () => {
    const data = await damaged(async (server, rows) => {
      const address = { databaseId: DATABASE_ID, tableId: UPDATES_TABLE };
      await rows.createRow({ ...address, rowId: 'strange', data: { project, doc: SHORT, data: 'AAA=' } });
      const segment = await compactionStore(server).segment(await headOf(server, SHORT));
      const read = decodeSegment((segment.ok && segment.value) || new Uint8Array());
      if ('damage' in read) throw new Error(read.damage);
      for (const { id, doc, update, stamp } of read.entries) {
        const { permissions, ...row } = encodeUpdateRow(id, doc, update, stamp);
        await rows.createRow({
          ...address,
          rowId: id,
          data: { project: row.project, doc: row.doc, data: row.data },
          permissions: [...permissions],
        });
      }
    });
    const { lines } = await see({ data });
    expect(lines.join('\n')).toMatch(/row strange does not count/);
    expect(lines.join('\n')).toMatch(/2 rows of the log are in the history already/);
    const repaired = await see({ data }, { repair: true });
    expect(repaired.lines.join('\n')).toContain('Repaired: 2.');
    expect(repaired.lines.find((line) => line.includes(SHORT))).toContain('1 row,');
    expect(repaired.sound).toBe(true);
  });

  it('[SNAP-2] files that no snapshot names: deleted once no compaction can be writing them', async () => {
    const data = await damaged(async (server) => {
      const written = await compactionStore(server).writeBlob(project, 'nothing.1', new Uint8Array(100));
      expect(written.ok).toBe(true);
    });
    const quiet = { root: ROOT, patient: { data }, repair: false, json: false, say: () => undefined };
    expect(await doctor(quiet), 'too young').toBe(true);
    const early: string[] = [];
    await doctor({ ...quiet, say: (line) => early.push(line) });
    expect(early.join('\n')).toContain('1 file of the last hour without a snapshot');
    expect(await doctor({ ...quiet, now: later })).toBe(false);
    expect((await see({ data }, { repair: true })).lines.join('\n')).toMatch(/repaired: file \S+ \(100 bytes\)/);
    expect(await see({ data })).toMatchObject({ sound: true });
  });

  it.each([
    ['the newest', 3, `it holds what ${LONG} lacks`],
    ['one in the middle', 2, `${LONG} is damaged, and it may help`],
  ])('[SNAP-3] keeps the files of a generation whose row is lost (%s)', async (_which, generation, words) => {
    const rowId = snapshotId(project, LONG, generation);
    const data = await damaged((_server, rows) =>
      rows.deleteRow({ databaseId: DATABASE_ID, tableId: SNAPSHOTS_TABLE, rowId }),
    );
    const files = filesOf(data);
    const { lines, sound: isSound } = await see({ data }, { repair: true });
    expect(isSound).toBe(false);
    expect(lines.filter((line) => line.includes(`belongs to no snapshot: kept, since ${words}.`))).toHaveLength(2);
    expect(filesOf(data)).toEqual(files);
  });

  it('[SNAP-2] deletes what a compaction that was stopped has written, if all of it is in the document', async () => {
    let written: string[] = [];
    const data = await damaged(async (server) => {
      const store = compactionStore(server);
      const head = await headOf(server, LONG);
      const frames = [await store.state(head), await store.segment(head)];
      const rowId = snapshotId(project, LONG, 4);
      const blobs = await Promise.all(
        frames.map((frame) => store.writeBlob(project, rowId, (frame.ok && frame.value) || new Uint8Array())),
      );
      written = blobs.map((blob) => (blob.ok ? blob.value : ''));
    });
    const { lines, sound: isSound } = await see({ data }, { repair: true });
    expect(isSound).toBe(true);
    for (const id of written) expect(lines.join('\n')).toContain(`repaired: file ${id}`);
  });

  it('[SNAP-3] a damaged segment: says so, and that it cannot be repaired', async () => {
    const data = await damaged(async (server, rows) => {
      const store = compactionStore(server);
      const record = await headOf(server, SHORT);
      const state = await store.state(record);
      const row = fromRecord(record, state.ok ? state.value : null, new Uint8Array([1, 2, 3]));
      await rows.updateRow({
        databaseId: DATABASE_ID,
        tableId: SNAPSHOTS_TABLE,
        rowId: record.id,
        data: { segment: row['segment'] },
      });
    });
    const { lines, sound: isSound } = await see({ data }, { repair: true });
    expect(isSound).toBe(false);
    expect(lines.join('\n')).toMatch(/segment 3: too short to be a frame\. This cannot be repaired here/);
    expect(lines.join('\n')).toMatch(/nobody can say who wrote 14 of its characters/);
    expect(lines.at(-1)).toContain('backup');
  });

  it('says in a sentence what keeps it from looking', async () => {
    await expect(see({ data: join(folder, 'nowhere') })).rejects.toThrow('There is nothing of Cowrite');
    const patient = { endpoint: 'http://127.0.0.1:9/v1', project: 'cowrite', key: 'k' };
    const options = { root: ROOT, patient, repair: false, json: false, say: () => undefined };
    await expect(doctor(options)).rejects.toThrow('The examination ended early');
  });
});
