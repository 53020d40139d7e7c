import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newestVersion, migrate, dataVersion } from '../../src/emulator/migrations.ts';
import { Sqlite } from '../../src/emulator/sqlite.ts';
import { sdk, startTestServer } from '../helpers/emulator.ts';

const AT = { databaseId: 'db', tableId: 'notes' };
describe('durability', () => {
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

  it('data of a newer version is refused and left alone', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'cowrite-newer-'));
    await (await startTestServer({ dataDir })).close();
    const sql = new Sqlite(join(dataDir, 'cowrite.db'));
    expect(dataVersion(sql)).toBe(newestVersion());
    sql.exec(`PRAGMA user_version = ${newestVersion() + 1}`);
    sql.close();
    await expect(startTestServer({ dataDir })).rejects.toMatchObject({ code: 'ENEWER' });
    rmSync(dataDir, { recursive: true, force: true });
  });
});

describe('the data folder', () => {
  const mode = (...path: string[]) => statSync(join(...path)).mode & 0o777;

  it('is for its owner only, also one that was open to others', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'cowrite-private-'));
    chmodSync(dataDir, 0o755);
    await (await startTestServer({ dataDir })).close();
    expect([mode(dataDir), mode(dataDir, 'cowrite.db')]).toEqual([0o700, 0o600]);
    chmodSync(dataDir, 0o755);
    chmodSync(join(dataDir, 'cowrite.db'), 0o644);
    const server = await startTestServer({ dataDir });
    expect([mode(dataDir), mode(dataDir, 'cowrite.db')]).toEqual([0o700, 0o600]);
    expect(mode(dataDir, 'cowrite.db-wal')).toBe(0o600);
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it.each(['token-key', 'api-key'])('is refused with a %s that was cut short', async (name) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'cowrite-secret-'));
    await (await startTestServer({ dataDir })).close();
    const whole = readFileSync(join(dataDir, name), 'utf8');
    for (const cut of ['', '\n', whole.slice(0, 31)]) {
      writeFileSync(join(dataDir, name), cut);
      const start = startTestServer({ dataDir });
      await expect(start).rejects.toMatchObject({ code: 'ESECRET', message: expect.stringContaining(name) });
      expect(readFileSync(join(dataDir, name), 'utf8')).toBe(cut);
    }
    // What a crash leaves while the secret is made is no secret.
    rmSync(join(dataDir, name));
    writeFileSync(join(dataDir, `${name}.new`), 'half');
    await (await startTestServer({ dataDir })).close();
    expect(readFileSync(join(dataDir, name), 'utf8')).toHaveLength(whole.length);
    expect(mode(dataDir, name)).toBe(0o600);
    expect(existsSync(join(dataDir, `${name}.new`))).toBe(false);
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('is not opened with an API key that could be guessed', async () => {
    await expect(startTestServer({ apiKey: 'k'.repeat(15) })).rejects.toMatchObject({ code: 'ESECRET' });
    const server = await startTestServer({ apiKey: 'k'.repeat(16) });
    expect(server.apiKey).toBe('k'.repeat(16));
    await server.close();
  });
});

describe('migrations', () => {
  const create = { version: 1, title: 'one', run: (sql: Sqlite) => sql.exec('CREATE TABLE notes (text TEXT)') };
  const insert = { version: 2, title: 'two', run: (sql: Sqlite) => void sql.run("INSERT INTO notes VALUES ('kept')") };
  const failing = {
    version: 3,
    title: 'three',
    run: (sql: Sqlite) => {
      sql.exec('DELETE FROM notes');
      throw new Error('power failure');
    },
  };

  it('run once each, in order, and leave nothing half-done', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cowrite-migrations-'));
    const sql = new Sqlite(join(folder, 'test.db'));
    migrate(sql, [create]);
    expect(() => migrate(sql, [create, insert, failing])).toThrow('version 3 (three)');
    expect([dataVersion(sql), sql.all('SELECT text FROM notes')]).toEqual([2, [{ text: 'kept' }]]);
    migrate(sql, [create, insert]);
    expect(sql.all('SELECT text FROM notes')).toHaveLength(1);
    expect(() => migrate(sql, [create])).toThrow('newer Cowrite');
    sql.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
