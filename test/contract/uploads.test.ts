import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Storage } from 'node-appwrite';
import { InputFile } from 'node-appwrite/file';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Sqlite } from '../../src/emulator/sqlite.ts';
import { Blobs, writeAll } from '../../src/emulator/storage/blobs.ts';
import { NOTES, PROJECT, sdk, startTestServer } from '../helpers/emulator.ts';
import type { TestServer } from '../helpers/emulator.ts';

const SCHEMA = { ...NOTES, buckets: [{ $id: 'b', name: 'b', $permissions: [] }] };
const CHUNK = 5 * 1024 * 1024;
let dataDir: string;
let server: TestServer;

const open = async (): Promise<void> => {
  server = await startTestServer({ dataDir, schema: SCHEMA });
};
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'cowrite-uploads-'));
  await open();
});
afterAll(async () => {
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const storage = () => new Storage(sdk(server, { key: server.apiKey }).client);
const blobs = () => readdirSync(join(dataDir, 'files'));
const headersOf = (key: string) => ({ 'x-appwrite-project': PROJECT, 'x-appwrite-key': key });

function post(form: FormData, headers: Record<string, string> = {}): Promise<Response> {
  const url = `${server.endpoint}/storage/buckets/b/files`;
  return fetch(url, { method: 'POST', body: form, headers: { ...headersOf(server.apiKey), ...headers } });
}

function formOf(id: string, bytes: Buffer): FormData {
  const form = new FormData();
  form.set('fileId', id);
  form.set('file', new Blob([new Uint8Array(bytes)]), 'a.bin');
  return form;
}

const firstChunk = (id: string, bytes: Buffer, total: number) =>
  post(formOf(id, bytes), { 'content-range': `bytes 0-${bytes.length - 1}/${total}` });

describe('uploads that do not end', () => {
  it('are completed or forgotten at the next start, and their ids are free', async () => {
    const bytes = randomBytes(CHUNK + 1);
    await firstChunk('waiting', bytes.subarray(0, CHUNK), CHUNK + 1);
    await server.close();
    const common = { bucketId: 'b', $permissions: [], name: 'a', signature: '', mimeType: '', chunksTotal: 1 };
    const time = { $createdAt: new Date().toISOString(), $updatedAt: new Date().toISOString() };
    const left = [
      { fileId: 'whole', size: 5, chunks: [1], blob: 'w' },
      { fileId: 'nothing', size: 5, chunks: [], blob: 'n' },
      { fileId: 'short', size: 9, chunks: [1], blob: 's' },
      { fileId: 'gone', size: 9, chunks: [1], blob: 'g' },
    ];
    for (const name of ['w', 'n', 's', 'orphan.new']) writeFileSync(join(dataDir, 'files', name), 'hello');
    const sql = new Sqlite(join(dataDir, 'cowrite.db'));
    for (const file of left) {
      const $id = `b/${file.fileId}`;
      sql.run('INSERT INTO doc_files (id, doc) VALUES (?, ?)', [
        $id,
        JSON.stringify({ $id, ...common, ...time, ...file }),
      ]);
    }
    sql.close();
    await open();
    const { files } = await storage().listFiles({ bucketId: 'b' });
    expect(files.map((file) => [file.$id, file.signature])).toEqual([
      ['waiting', ''],
      ['whole', createHash('md5').update('hello').digest('hex')],
    ]);
    expect(blobs()).toHaveLength(2);

    const file = InputFile.fromBuffer(Buffer.from('again'), 'a.txt');
    expect((await storage().createFile({ bucketId: 'b', fileId: 'nothing', file })).chunksUploaded).toBe(1);
    const rest = await post(formOf('waiting', bytes.subarray(CHUNK)), {
      'content-range': `bytes ${CHUNK}-${CHUNK}/${CHUNK + 1}`,
      'x-appwrite-id': 'waiting',
    });
    expect(rest.status).toBe(201);
    const content = Buffer.from(await storage().getFileDownload({ bucketId: 'b', fileId: 'waiting' }));
    expect(content.equals(bytes)).toBe(true);
  });

  it('leave nothing if the disk fails', async () => {
    const before = blobs();
    const aside = mkdtempSync(join(tmpdir(), 'cowrite-aside-'));
    renameSync(join(dataDir, 'files'), join(aside, 'files'));
    for (const total of [4, CHUNK + 1]) {
      const bytes = randomBytes(Math.min(total, CHUNK));
      expect((await firstChunk(`failed${total}`, bytes, total)).status).toBe(500);
    }
    renameSync(join(aside, 'files'), join(dataDir, 'files'));
    rmSync(aside, { recursive: true });
    for (const total of [4, CHUNK + 1]) {
      const bytes = randomBytes(Math.min(total, CHUNK));
      expect((await firstChunk(`failed${total}`, bytes, total)).status).toBe(201);
    }
    expect(blobs()).toHaveLength(before.length + 2);
  });

  it('do not undo what happens meanwhile', async () => {
    const bytes = randomBytes(2 * CHUNK);
    const at = { bucketId: 'b', fileId: 'busy' };
    await firstChunk('busy', bytes.subarray(0, CHUNK), 2 * CHUNK);
    const change = () => storage().updateFile({ ...at, name: 'renamed', permissions: ['read("any")'] });
    expect((await lastChunk('busy', bytes.subarray(CHUNK), change)).status).toBe(201);
    const file = await storage().getFile(at);
    expect(file).toMatchObject({ name: 'renamed', $permissions: ['read("any")'], chunksUploaded: 2 });
    expect(file.signature).toBe(createHash('md5').update(bytes).digest('hex'));
  });

  it('do not bring back a file that was deleted meanwhile', async () => {
    const before = blobs().length;
    const at = { bucketId: 'b', fileId: 'deleted' };
    await firstChunk('deleted', randomBytes(CHUNK), 2 * CHUNK);
    const answer = await lastChunk('deleted', randomBytes(CHUNK), () => storage().deleteFile(at));
    expect(answer.status).toBe(404);
    expect(blobs()).toHaveLength(before);
    await expect(storage().getFile(at)).rejects.toMatchObject({ code: 404 });
  });
});

/** Sends the second of two chunks; `meanwhile` happens before its bytes are on disk. */
async function lastChunk(id: string, bytes: Buffer, meanwhile: () => Promise<unknown>): Promise<Response> {
  const writing = vi.spyOn(Blobs.prototype, 'write').mockImplementationOnce(async function (this: Blobs, ...given) {
    writing.mockRestore();
    await meanwhile();
    return this.write(...given);
  });
  const range = `bytes ${CHUNK}-${2 * CHUNK - 1}/${2 * CHUNK}`;
  return post(formOf(id, bytes), { 'content-range': range, 'x-appwrite-id': id });
}

describe('writing', () => {
  it('goes on until everything is written', async () => {
    const written: number[] = [];
    const disk = {
      write: (bytes: Uint8Array, offset: number, length: number, position: number) => {
        const some = Math.min(3, length);
        for (let i = 0; i < some; i++) written[position + i] = bytes[offset + i] ?? -1;
        return Promise.resolve({ bytesWritten: some, buffer: bytes });
      },
    };
    await writeAll(disk as Parameters<typeof writeAll>[0], Uint8Array.of(1, 2, 3, 4, 5, 6, 7), 2);
    expect(written.slice(2)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('multipart bodies', () => {
  it('are refused with more fields, files or longer fields than any request needs', async () => {
    const many = formOf('many', Buffer.from('x'));
    for (let n = 0; n < 150; n++) many.append('permissions[]', 'read("any")');
    expect((await post(many)).status).toBe(400);
    const long = formOf('long', Buffer.from('x'));
    long.set('name', 'x'.repeat(100_000));
    expect((await post(long)).status).toBe(400);
    const two = formOf('two', Buffer.from('x'));
    two.append('file', new Blob(['y']), 'b.bin');
    expect((await post(two)).status).toBe(400);
    const hundred = formOf('hundred', Buffer.from('x'));
    for (let n = 0; n < 100; n++) hundred.append('permissions[]', `read("user:u${n}")`);
    expect((await post(hundred)).status).toBe(201);
  });

  it('end the connection when they are longer than any other, also without saying so before', async () => {
    const form = () => formOf('large', Buffer.alloc(1));
    const large = form();
    for (let n = 0; n < 150; n++) large.set(`field${n}`, 'x'.repeat(1024 * 1024));
    await expect(post(large)).rejects.toThrow('fetch failed');
    const ended = await new Promise((resolve) => {
      const headers = { ...headersOf(server.apiKey), 'content-type': 'multipart/form-data; boundary=x' };
      const outgoing = request(`${server.endpoint}/storage/buckets/b/files`, { method: 'POST', headers }, resolve);
      outgoing.on('error', () => resolve('ended'));
      const junk = Buffer.alloc(1024 * 1024, 'y');
      const more = (): void => void outgoing.write(junk, (error) => error ?? more());
      more();
    });
    expect(ended).toBe('ended');
    expect((await fetch(`${server.endpoint}/health/version`)).status).toBe(200);
  });

  it('are not waited for where nothing may be created', async () => {
    const answer = (bucket: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { 'x-appwrite-project': PROJECT, 'content-type': 'multipart/form-data; boundary=x' };
        const path = `${server.endpoint}/storage/buckets/${bucket}/files`;
        const outgoing = request(path, { method: 'POST', headers }, (response) => {
          resolve(response.statusCode);
          outgoing.destroy();
        });
        outgoing.on('error', reject);
        outgoing.write('--x\r\n'); // and nothing more
      });
    expect(await answer('b')).toBe(401);
    expect(await answer('unknown')).toBe(404);
  });
});

describe('contents that are lost', () => {
  it.each([
    ['cut short', (path: string) => truncateSync(path, 999)],
    ['gone', (path: string) => rmSync(path)],
  ])('a file whose content is %s does not exist for who asks for it, nor breaks the connection', async (how, lose) => {
    const before = new Set(blobs());
    await post(formOf(`lost${how.length}`, randomBytes(1000)));
    const [content = ''] = blobs().filter((name) => !before.has(name));
    lose(join(dataDir, 'files', content));
    const answer = storage().getFileDownload({ bucketId: 'b', fileId: `lost${how.length}` });
    await expect(answer).rejects.toMatchObject({ code: 404, type: 'storage_file_not_found' });
  });
});
