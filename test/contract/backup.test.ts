import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backup } from '../../src/cli/backup.ts';
import { restore } from '../../src/cli/restore.ts';
import { NOTES } from '../helpers/emulator.ts';
import { buildServer, ServerProcess } from '../helpers/server-process.ts';
import type { BuiltServer } from '../helpers/server-process.ts';

const BACKUPS = 3;
const ROWS = '/tablesdb/db/tables/notes/rows';
const FILES = '/storage/buckets/files/files';
const BUCKET = { $id: 'files', name: 'files', $permissions: [] };
const ALL = `?queries[0]=${encodeURIComponent(JSON.stringify({ method: 'limit', values: [1_000_000] }))}`;
const say = (): void => undefined;

let built: BuiltServer;
let folder: string;

beforeAll(async () => {
  built = await buildServer({ ...NOTES, buckets: [BUCKET] });
  folder = mkdtempSync(join(tmpdir(), 'cowrite-backup-'));
}, 60_000);
afterAll(() => {
  built.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Stored {
  rows: string[];
  /** Hash of the content by id. */
  files: Map<string, string>;
}

/** Everything that a server has; contents are read, not believed. */
async function stored(server: ServerProcess): Promise<Stored> {
  const { rows } = await server.json<{ rows: { $id: string; text: string }[] }>('GET', ROWS + ALL);
  const list = await server.json<{ files: { $id: string; signature: string }[] }>('GET', FILES + ALL);
  const files = new Map<string, string>();
  for (const { $id, signature } of list.files) {
    if (signature === '') continue;
    const { body } = await server.send('GET', `${FILES}/${$id}/download`);
    files.set($id, createHash('md5').update(body).digest('hex'));
  }
  return { rows: rows.map(({ $id, text }) => `${$id}:${text}`).sort(), files };
}

async function upload(server: ServerProcess, id: string): Promise<string> {
  const form = new FormData();
  form.set('fileId', id);
  form.set('file', new Blob([`content of ${id}`.repeat(1000)]), 'file.txt');
  return (await server.json<{ signature: string }>('POST', FILES, form)).signature;
}

describe('backup and restore', () => {
  it('keep everything that was acknowledged before, of one moment, while others write', async () => {
    const server = await ServerProcess.start(built, join(folder, 'data'));
    const rows = new Set<string>();
    const files = new Map<string, string>();
    const state = { done: false };
    const pairs = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; !state.done; n++) {
        const ids = [`w${writer}n${n}a`, `w${writer}n${n}b`];
        await server.json('POST', ROWS, { rows: ids.map(($id) => ({ $id, doc: 'd', text: $id.repeat(20) })) });
        for (const id of ids) rows.add(`${id}:${id.repeat(20)}`);
      }
    });
    const uploads = Array.from({ length: 2 }, async (_, writer) => {
      for (let n = 0; !state.done; n++) {
        const [kept, deleted] = [`k${writer}n${n}`, `d${writer}n${n}`];
        await upload(server, deleted);
        files.set(kept, await upload(server, kept));
        await server.send('DELETE', `${FILES}/${deleted}`);
      }
    });
    const before: Stored[] = [];
    for (let n = 0; n < BACKUPS; n++) {
      before.push({ rows: [...rows], files: new Map(files) });
      await backup({ data: join(folder, 'data'), out: join(folder, `${n}.backup`), say });
    }
    state.done = true;
    await Promise.all([...pairs, ...uploads]);
    const last = await stored(server);
    await backup({ data: join(folder, 'data'), out: join(folder, 'last.backup'), say });
    await server.kill();

    for (const [n, { rows: wantedRows, files: wantedFiles }] of before.entries()) {
      const found = await restored(`${n}.backup`, `restored-${n}`);
      const there = new Set(found.rows);
      expect(wantedRows.filter((row) => !there.has(row))).toEqual([]);
      expect([...wantedFiles].filter(([id, hash]) => found.files.get(id) !== hash)).toEqual([]);
      const ids = new Set(found.rows.map((row) => row.split(':')[0]));
      const halves = [...ids].filter((id) => !ids.has(id?.replace(/.$/, id.endsWith('a') ? 'b' : 'a')));
      expect(halves).toEqual([]);
    }
    expect(await restored('last.backup', 'restored-last')).toEqual(last);
    const left = readdirSync(folder).filter((name) => name.includes('partial'));
    expect(left).toEqual([]);
  });

  it('are for their owner only', async () => {
    const [data, out] = [join(folder, 'shared'), join(folder, 'private.backup')];
    await restore({ in: join(folder, 'last.backup'), data, say });
    chmodSync(join(data, 'cowrite.db'), 0o644);
    writeFileSync(`${out}.partial`, 'left over', { mode: 0o644 });
    await backup({ data, out, say });
    await restore({ in: out, data: join(folder, 'private'), say });
    const modes = ['private.backup', 'private', 'private/cowrite.db', 'private/api-key', 'private/files'];
    expect(modes.map((name) => modeOf(join(folder, name)))).toEqual([0o600, 0o700, 0o600, 0o600, 0o700]);
  });

  it('refuse what would overwrite something, and backups that are not whole', async () => {
    const [data, out] = [join(folder, 'restored-last'), join(folder, 'last.backup')];
    await expect(backup({ data, out, say })).rejects.toThrow('exists already');
    await expect(backup({ data: join(folder, 'nothing'), out: join(folder, 'x'), say })).rejects.toThrow('--data');
    await expect(restore({ in: out, data, say })).rejects.toThrow('is not empty');
    await expect(restore({ in: join(folder, 'x'), data: join(folder, 'y'), say })).rejects.toThrow('--in');

    const bytes = readFileSync(out);
    const middle = bytes.length >> 1;
    const damaged = Buffer.from(bytes);
    damaged.fill(0, middle, middle + 8);
    for (const wrong of [bytes.subarray(0, middle), damaged, Buffer.from('nonsense')]) {
      writeFileSync(join(folder, 'wrong.backup'), wrong);
      const attempt = restore({ in: join(folder, 'wrong.backup'), data: join(folder, 'y'), say });
      await expect(attempt).rejects.toThrow('is not a whole backup');
    }
    expect(readdirSync(folder).filter((name) => name === 'y' || name.includes('partial'))).toEqual([]);
  });
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** What a server has that starts on what was restored. */
async function restored(file: string, name: string): Promise<Stored> {
  await restore({ in: join(folder, file), data: join(folder, name), say });
  const server = await ServerProcess.start(built, join(folder, name));
  const found = await stored(server);
  await server.kill();
  return found;
}
