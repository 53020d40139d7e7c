import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setup } from '../../src/cli/setup.ts';
import { tar } from '../../src/cli/setup/tar.ts';
import { startFakeAppwrite, type FakeAppwrite } from '../helpers/fake-appwrite.ts';

let root: string;
let fake: FakeAppwrite;
let lines: string[];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'cowrite-setup-'));
  copyFileSync(join(import.meta.dirname, '../../appwrite.json'), join(root, 'appwrite.json'));
  for (const id of ['share', 'compact']) {
    mkdirSync(join(root, 'dist/functions', id), { recursive: true });
    writeFileSync(join(root, 'dist/functions', id, 'main.js'), 'export default ({ res }) => res.json({});\n');
  }
  fake = await startFakeAppwrite();
  lines = [];
});

afterEach(async () => {
  await fake.close();
  rmSync(root, { recursive: true, force: true });
});

function run(
  overrides: { key?: string; endpoint?: string; dryRun?: boolean; functionsOnly?: boolean } = {},
): Promise<void> {
  const say = (line: string): void => void lines.push(line);
  return setup({ endpoint: fake.endpoint, project: 'p', key: 'secret', dryRun: false, root, say, ...overrides });
}

describe('setup', () => {
  it('makes an empty project ready; a second run changes nothing and says so', async () => {
    await run();
    expect(lines.at(-1)).toMatch(/^Done: \d+ created, \d updated, \d deployed\.$/);
    expect(fake.stored.get('/v1/tablesdb/cowrite/tables/updates')).toMatchObject({
      rowSecurity: true,
      $permissions: ['create("users")'],
    });
    expect(fake.uploads.size).toBeGreaterThan(0);

    fake.writes.length = 0;
    await run();
    expect(lines.at(-1)).toBe('Nothing to do: the project has everything that Cowrite needs.');
    expect(fake.writes).toEqual([]);
  });

  it('repairs a table without turning its row security off', async () => {
    await run();
    const updates = fake.stored.get('/v1/tablesdb/cowrite/tables/updates') ?? {};
    updates['$permissions'] = ['read("any")'];
    await run();
    expect(updates).toMatchObject({ rowSecurity: true, $permissions: ['create("users")'] });
  });

  it('deploys the Functions alone with --functions-only', async () => {
    await run({ functionsOnly: true });
    expect(fake.uploads.size).toBe(2);
    const places = new Set(fake.writes.map((write) => /\/v1\/(\w+)/.exec(JSON.stringify(write))?.[1]));
    expect(places).toEqual(new Set(['functions']));
  });

  it('only says what it would do with --dry-run', async () => {
    await run({ dryRun: true });
    expect(fake.writes).toEqual([]);
    expect(lines.join('\n')).toContain('create table updates');
    expect(lines.at(-1)).toContain('Nothing was done');
  });

  it('explains a wrong key and an endpoint that nobody answers at', async () => {
    await expect(run({ key: 'wrong' })).rejects.toThrow(/refused the key[^]*scopes/);
    await expect(run({ endpoint: 'http://127.0.0.1:9/v1' })).rejects.toThrow(
      'cannot be reached at http://127.0.0.1:9/v1',
    );
  });
});

describe('tar', () => {
  it('makes an archive that tar can read', () => {
    const archive = tar([
      ['main.js', Buffer.from('x'.repeat(1000))],
      ['package.json', Buffer.from('{}')],
    ]);
    const listed = spawnSync('tar', ['-tvf', '-'], { input: archive, encoding: 'utf8' });
    expect(listed.status).toBe(0);
    expect(listed.stdout).toMatch(/1000 .* main\.js\n.* 2 .* package\.json\n$/);
  });
});
