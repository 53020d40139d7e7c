import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tar } from '../../src/cli/setup/tar.ts';
import { unpack } from '../../src/emulator/functions/unpack.ts';

const LONG = `${'long/'.repeat(40)}name.js`;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowrite-unpack-'));
  mkdirSync(join(folder, 'in', LONG, '..'), { recursive: true });
  writeFileSync(join(folder, 'in', LONG), 'deep');
  writeFileSync(join(folder, 'in', 'main.js'), 'x'.repeat(1000));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function archive(...options: string[]): Buffer {
  const made = spawnSync('tar', ['-cf', '-', ...options], { cwd: folder, maxBuffer: 1 << 24 });
  if (made.status !== 0) throw new Error(made.stderr.toString());
  return made.stdout;
}

function contents(bytes: Buffer): Record<string, string> {
  return Object.fromEntries(unpack(bytes).map(({ path, content }) => [path, content.toString()]));
}

describe('unpack', () => {
  it.each(['gnu', 'posix'])('reads what tar writes, long names too (%s)', (format) => {
    const expected = { [LONG]: 'deep', 'main.js': 'x'.repeat(1000) };
    expect(contents(archive(`--format=${format}`, '-C', 'in', '.'))).toEqual(expected);
  });

  it('reads what the set-up writes', () => {
    expect(contents(tar([['main.js', Buffer.from('1')]]))).toEqual({ 'main.js': '1' });
  });

  it.each(['../evil.js', '/etc/evil.js', 'a/../../evil.js', 'a\\..\\evil.js'])('refuses the name %s', (name) => {
    expect(() => unpack(tar([[name, Buffer.from('1')]]))).toThrow(/leads out of it/);
  });

  it('refuses links', () => {
    symlinkSync('/etc/passwd', join(folder, 'link'));
    expect(() => unpack(archive('link'))).toThrow(/no file: link/);
  });

  it('refuses archives that are cut or changed', () => {
    const whole = tar([['main.js', Buffer.alloc(2000, 'x')]]);
    expect(() => unpack(whole.subarray(0, 1500))).toThrow(/ends too early/);
    expect(() => unpack(whole.subarray(0, 2560))).toThrow(/no end/);
    const changed = Buffer.from(whole);
    changed[0] = 0x79;
    expect(() => unpack(changed)).toThrow(/damaged/);
  });
});
