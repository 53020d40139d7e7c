import { randomBytes } from 'node:crypto';
import { ID, Query, Storage } from 'node-appwrite';
import { InputFile } from 'node-appwrite/file';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOTES, openTestServer, person, sdk } from '../helpers/emulator.ts';
import type { AppwriteServer, Person } from '../helpers/emulator.ts';

let server: AppwriteServer;
let [OPEN, CLOSED] = ['', ''];
let ann: Person;
let bob: Person;
let files: Storage;

beforeAll(async () => {
  const open = { $id: 'open', name: 'open', fileSecurity: true, $permissions: ['create("users")'] };
  const closed = {
    $id: 'closed',
    name: 'closed',
    fileSecurity: true,
    maximumFileSize: 100,
    allowedFileExtensions: ['txt'],
  };
  server = await openTestServer({ ...NOTES, buckets: [open, closed] });
  [OPEN, CLOSED] = [server.id('open'), server.id('closed')];
  [ann, bob] = await Promise.all([person(server, 'ann'), person(server, 'bob')]);
  files = new Storage(ann.client);
});
afterAll(() => server.close());

const upload = (storage: Storage, bytes: Buffer, name = 'a.bin', bucketId = OPEN, permissions?: string[]) =>
  storage.createFile({
    bucketId,
    fileId: ID.unique(),
    file: InputFile.fromBuffer(bytes, name),
    ...(permissions && { permissions }),
  });
const download = async (fileId: string): Promise<Buffer> =>
  Buffer.from(await files.getFileDownload({ bucketId: OPEN, fileId }));

describe('storage', () => {
  it('gives back what was uploaded, in one piece or in chunks', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('hello'), randomBytes(12 * 1024 * 1024 + 7)]) {
      const file = await upload(files, bytes);
      expect(file).toMatchObject({ sizeOriginal: bytes.length, chunksUploaded: file.chunksTotal });
      expect((await download(file.$id)).equals(bytes)).toBe(true);
    }
  });

  it('serves ranges, as attachment or in place', async () => {
    const { $id } = await upload(files, Buffer.from('0123456789'), 'digits.txt');
    const url = `${server.endpoint}/storage/buckets/${OPEN}/files/${$id}/view`;
    const get = (range: string) =>
      fetch(url, { headers: { range, 'x-appwrite-project': server.projectId, 'x-appwrite-session': ann.session } });
    const part = await get('bytes=2-4');
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234']);
    expect((await get('bytes=5-20')).status).toBe(416);
  });

  it('hides files from those who may not read them, and lets nobody grant foreign roles', async () => {
    const { $id: fileId } = await upload(files, Buffer.from('x'));
    const others = new Storage(bob.client);
    const at = { bucketId: OPEN, fileId };
    await expect(others.getFile(at)).rejects.toMatchObject({ code: 404, type: 'storage_file_not_found' });
    await expect(others.deleteFile(at)).rejects.toMatchObject({ code: 401, type: 'user_unauthorized' });
    expect((await others.listFiles({ bucketId: OPEN })).files.map((file) => file.$id)).not.toContain(fileId);
    const foreign = upload(files, Buffer.from('x'), 'x', OPEN, [`read("user:${bob.id}")`]);
    await expect(foreign).rejects.toMatchObject({ code: 401, type: 'user_unauthorized' });
    await files.deleteFile(at);
    await expect(files.getFile(at)).rejects.toMatchObject({ code: 404 });
  });

  it('lists files page by page, and finds one by its id', async () => {
    const uploaded: string[] = [];
    for (let count = 0; count < 5; count++) uploaded.push((await upload(files, Buffer.from('x'), 'paged.txt')).$id);
    const paged = Query.equal('name', ['paged.txt']);
    const found: string[] = [];
    for (;;) {
      const last = found.at(-1);
      const queries = [paged, Query.limit(2), ...(last === undefined ? [] : [Query.cursorAfter(last)])];
      const page = await files.listFiles({ bucketId: OPEN, queries });
      if (page.files.length === 0) break;
      found.push(...page.files.map(({ $id }) => $id));
    }
    expect(found).toEqual(uploaded);
    const [, second = ''] = uploaded;
    const one = await files.listFiles({ bucketId: OPEN, queries: [Query.equal('$id', [second])] });
    expect(one.files.map(({ $id }) => $id)).toEqual([second]);
    const byId = await files.listFiles({
      bucketId: OPEN,
      queries: [paged, Query.orderAsc('$id'), Query.cursorAfter(second)],
    });
    expect(byId.files.map(({ $id }) => $id)).toEqual([...uploaded].sort().filter((id) => id > second));
  });

  it('keeps the rules of a bucket', async () => {
    const key = new Storage(sdk(server, { key: server.apiKey }).client);
    await expect(upload(files, Buffer.from('x'), 'a.txt', CLOSED)).rejects.toMatchObject({ code: 401 });
    await expect(upload(key, Buffer.from('x'), 'a.exe', CLOSED)).rejects.toMatchObject({
      type: 'storage_file_type_unsupported',
    });
    await expect(upload(key, Buffer.alloc(101), 'a.txt', CLOSED)).rejects.toMatchObject({
      type: 'storage_invalid_file_size',
    });
    expect((await upload(key, Buffer.alloc(100, 'a'), 'a.txt', CLOSED)).mimeType).toBe('text/plain');
  });

  it('measures a chunk by its bytes and not by what its header says', async () => {
    const send = (range: string, length: number, bucketId = OPEN) =>
      raw(server.apiKey, bucketId, ID.unique(), Buffer.alloc(length, 'a'), { 'content-range': range });
    const refused = { status: 400, type: 'storage_invalid_content_range' };
    expect(await send('bytes 0-9/10', 5000, CLOSED)).toMatchObject(refused);
    expect(await send('bytes 0-9/10', 5)).toMatchObject(refused);
    expect(await send('bytes 0-9/20', 10)).toMatchObject(refused);
    expect(await send('bytes 0-9/10', 10)).toMatchObject({ status: 201 });
  });

  it('lets the uploader send the rest of a file that only others may change', async () => {
    const bytes = randomBytes(CHUNK + 3);
    const { $id } = await upload(files, bytes, 'a.bin', OPEN, ['read("users")']);
    expect((await download($id)).equals(bytes)).toBe(true);
  });

  it('takes up an upload whose earlier chunk was sent twice, and leaves a complete file alone', async () => {
    const bytes = randomBytes(CHUNK + 3);
    const id = ID.unique();
    const chunk = (from: number, to: number, content = bytes) =>
      raw(server.apiKey, OPEN, id, content.subarray(from, to), {
        'content-range': `bytes ${from}-${to - 1}/${bytes.length}`,
        'x-appwrite-id': id,
      });
    expect(await chunk(0, CHUNK)).toMatchObject({ status: 201, chunksUploaded: 1 });
    expect(await chunk(0, CHUNK)).toMatchObject({ status: 201, chunksUploaded: 1 });
    expect(await chunk(CHUNK, CHUNK + 3)).toMatchObject({ status: 201, chunksUploaded: 2 });
    expect(await chunk(0, CHUNK, randomBytes(CHUNK))).toMatchObject({ status: 200 });
    const key = new Storage(sdk(server, { key: server.apiKey }).client);
    expect(Buffer.from(await key.getFileDownload({ bucketId: OPEN, fileId: id })).equals(bytes)).toBe(true);
  });
});

const CHUNK = 5 * 1024 * 1024;

/** An upload by hand, with headers of its own. */
async function raw(apiKey: string, bucketId: string, id: string, bytes: Buffer, headers: Record<string, string>) {
  const form = new FormData();
  form.set('fileId', id);
  form.set('file', new Blob([new Uint8Array(bytes)]), 'a.txt');
  const response = await fetch(`${server.endpoint}/storage/buckets/${bucketId}/files`, {
    method: 'POST',
    body: form,
    headers: { 'x-appwrite-project': server.projectId, 'x-appwrite-key': apiKey, ...headers },
  });
  return { ...((await response.json()) as Record<string, unknown>), status: response.status };
}
