import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, Query, TablesDB } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from 'vite';
import { NOTES, PROJECT, sdk, startTestServer } from '../helpers/emulator.ts';

const AT = { databaseId: 'db', tableId: 'notes' };
const WRITERS = 8;
/** The child is killed after so many answers. */
const ACKNOWLEDGED = 200;

let folder: string;

/** Builds the server so that plain Node can run it as a process of its own. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cowrite-durability-'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  await build({
    configFile: false,
    root: resolve('.'),
    logLevel: 'error',
    build: { ssr: 'src/emulator/server.ts', outDir: join(folder, 'server'), emptyOutDir: true },
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const options = { dataDir: join(folder, 'data'), schema: NOTES, functionsRoot: folder, projectId: PROJECT };
  writeFileSync(
    join(folder, 'child.js'),
    `import { startServer } from './server/server.js';
     const { url, apiKey } = await startServer(${JSON.stringify(options)});
     console.log(JSON.stringify({ url, apiKey }));`,
  );
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('durability', () => {
  it('kill -9 among concurrent writers loses nothing that was acknowledged', async () => {
    const child = spawn(process.execPath, [join(folder, 'child.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { url, apiKey } = JSON.parse(line.toString()) as { url: string; apiKey: string };
    const rows = new TablesDB(new Client().setEndpoint(`${url}/v1`).setProject(PROJECT).setKey(apiKey));
    const acknowledged: string[] = [];
    const exited = once(child, 'exit');
    let killed = false;
    const writer = async (name: number): Promise<void> => {
      for (let n = 0; !killed; n++) {
        const rowId = `w${name}n${n}`;
        try {
          await rows.createRow({ ...AT, rowId, data: { doc: 'd', text: rowId.repeat(50) } });
        } catch (error) {
          if (!killed) throw error;
          return;
        }
        acknowledged.push(rowId);
        if (acknowledged.length === ACKNOWLEDGED) {
          killed = true;
          child.kill('SIGKILL');
        }
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, name) => writer(name)));
    await exited;
    expect(acknowledged.length).toBeGreaterThanOrEqual(ACKNOWLEDGED);

    const server = await startTestServer({ dataDir: join(folder, 'data') });
    try {
      const { rows: found } = await sdk(server, { key: server.apiKey }).rows.listRows({
        ...AT,
        queries: [Query.limit(5000)],
      });
      const texts = new Map(found.map((row) => [row.$id, String(row['text'])]));
      expect(acknowledged.filter((id) => texts.get(id) !== id.repeat(50))).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it('a data folder belongs to one server at a time', async () => {
    const server = await startTestServer();
    await expect(startTestServer({ dataDir: server.dataDir })).rejects.toMatchObject({ code: 'EBUSY' });
    await expect(startTestServer({ port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await server.close();
    await server.close();
  });

  it('data, schema and sessions outlive a restart; secrets are readable by their owner only', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'cowrite-restart-'));
    const first = await startTestServer({ dataDir });
    const key = sdk(first, { key: first.apiKey });
    await key.users.create({ userId: 'ann', email: 'ann@example.com', password: 'correct horse' });
    const { secret } = await key.users.createSession({ userId: 'ann' });
    await sdk(first, { session: secret }).rows.createRow({ ...AT, rowId: 'r', data: { doc: 'd' } });
    await first.close();
    expect(statSync(join(dataDir, 'api-key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dataDir, 'cowrite.db')).includes('correct horse')).toBe(false);
    const { secret: plain } = JSON.parse(Buffer.from(secret, 'base64').toString()) as { secret: string };
    expect(readFileSync(join(dataDir, 'cowrite.db')).includes(plain)).toBe(false);
    const second = await startTestServer({ dataDir });
    expect(second.apiKey).toBe(first.apiKey);
    expect((await sdk(second, { session: secret }).rows.getRow({ ...AT, rowId: 'r' })).$id).toBe('r');
    await second.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
});
