import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareDataFolder } from '../../src/cli/data-folder.ts';
import { installedMatches } from '../../src/cli/start/dependencies.mjs';
import { fingerprint, markBuilt, markUnbuilt, staleParts } from '../../src/cli/start/freshness.mjs';
import { lockFolder } from '../../src/emulator/lock.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowrite-start-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, content = ''): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), content);
}

describe('the data folder', () => {
  it('is made, and used again', () => {
    const data = prepareDataFolder(join(folder, 'a/b'), { fresh: false });
    write('a/b/cowrite.db', 'rows');
    expect(prepareDataFolder(data, { fresh: false })).toBe(data);
    expect(readdirSync(data)).toContain('cowrite.db');
  });

  it('loses what is stored in it with --fresh, and nothing else', () => {
    const data = prepareDataFolder(join(folder, 'data'), { fresh: false });
    write('data/cowrite.db', 'rows');
    write('data/blobs/one', 'bytes');
    write('beside', 'mine');
    prepareDataFolder(data, { fresh: true });
    expect(readdirSync(data).filter((name) => !name.startsWith('in-use.lock'))).toEqual(['cowrite.json']);
    expect(readdirSync(folder).sort()).toEqual(['beside', 'data']);
  });

  it.each([true, false])('is refused if it holds something else (fresh: %s)', (fresh) => {
    write('thesis.txt', 'years of work');
    expect(() => prepareDataFolder(folder, { fresh })).toThrow(fresh ? 'deletes nothing' : 'not a Cowrite data folder');
    write('cowrite.json', '{"name":"something else"}');
    expect(() => prepareDataFolder(folder, { fresh })).toThrow('Cowrite data folder');
    expect(readdirSync(folder).sort()).toEqual(['cowrite.json', 'thesis.txt']);
  });

  it('is refused where no folder can be made', () => {
    expect(() => prepareDataFolder('/proc/cowrite', { fresh: false })).toThrow('cannot be written');
  });

  it('is refused if it is a file, or was written by a newer version', () => {
    write('file');
    expect(() => prepareDataFolder(join(folder, 'file'), { fresh: false })).toThrow('is a file');
    write('newer/cowrite.json', '{"cowrite":"data","format":99}');
    expect(() => prepareDataFolder(join(folder, 'newer'), { fresh: true })).toThrow('newer version');
  });

  it('is not emptied while a server uses it', () => {
    const data = prepareDataFolder(join(folder, 'data'), { fresh: false });
    write('data/cowrite.db', 'rows');
    const unlock = lockFolder(data);
    expect(() => prepareDataFolder(data, { fresh: true })).toThrow('in use by another Cowrite');
    expect(readdirSync(data)).toContain('cowrite.db');
    unlock();
  });
});

describe('staleParts', () => {
  it('names what has to be built', () => {
    write('src/app/main.ts', 'one');
    write('functions/share/main.ts', 'one');
    expect(staleParts(folder)).toEqual(['app', 'server', 'functions']);

    const built = (): void => {
      write('dist/app/index.html');
      write('dist/server/serve.js');
      mkdirSync(join(folder, 'dist/functions'), { recursive: true });
      for (const part of ['app', 'server', 'functions'] as const) markBuilt(folder, part, fingerprint(folder));
    };
    built();
    expect(staleParts(folder)).toEqual([]);
    write('src/app/node_modules/.vite/cache.json', 'a cache is no source');
    expect(staleParts(folder)).toEqual([]);

    markUnbuilt(folder, 'app');
    expect(staleParts(folder)).toEqual(['app']);
    built();
    rmSync(join(folder, 'dist/server'), { recursive: true });
    expect(staleParts(folder)).toEqual(['server']);
    built();
    write('src/app/main.ts', 'two');
    expect(staleParts(folder, ['functions'])).toEqual(['functions']);
  });
});

describe('installedMatches', () => {
  const lock = (packages: Record<string, object>): string => JSON.stringify({ packages: { '': {}, ...packages } });

  it('compares what npm installed with the lock file', () => {
    const wanted = lock({ 'node_modules/a': { version: '1.0.0', integrity: 'x' } });
    expect(installedMatches(wanted, undefined)).toBe(false);
    expect(installedMatches(wanted, lock({}))).toBe(false);
    expect(installedMatches(wanted, lock({ 'node_modules/a': { version: '1.0.1', integrity: 'y' } }))).toBe(false);
    expect(installedMatches(wanted, wanted)).toBe(true);
  });

  it('does not miss packages for other platforms', () => {
    const wanted = lock({ 'node_modules/a-darwin': { version: '1.0.0', integrity: 'x', optional: true } });
    expect(installedMatches(wanted, lock({}))).toBe(true);
  });
});
