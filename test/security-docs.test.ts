import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { appHeaders } from '../src/emulator/app-headers.ts';

const top = join(import.meta.dirname, '..');
const text = readFileSync(join(top, 'docs/security.md'), 'utf8').replaceAll(/\s+/g, ' ');
const cited = [...text.matchAll(/`(test\/[\w/.-]+\.test\.ts)`(?: “([^”]+)”)?/g)];

it('the tests that docs/security.md names are there, under these names', () => {
  const missing = cited.filter(([, path = '', name = '']) => {
    const file = join(top, path);
    return !existsSync(file) || !readFileSync(file, 'utf8').includes(name);
  });
  expect(missing.map(([whole]) => whole)).toEqual([]);
  expect(cited.length).toBeGreaterThan(40);
});

it('each “cannot” names a test, or the table that one generates', () => {
  const points = readFileSync(join(top, 'docs/security.md'), 'utf8').split(/\n(?=- |\n|#)/);
  const claims = points.filter((point) => point.startsWith('- Cannot'));
  expect(claims.filter((claim) => !/`test\/|the table/.test(claim))).toEqual([]);
  expect(claims.length).toBeGreaterThan(20);
});

it('docs/operations.md has the headers that the embedded server sends', () => {
  const documented = readFileSync(join(top, 'docs/operations.md'), 'utf8').replaceAll(/\s+/g, ' ').toLowerCase();
  const headers = Object.entries(appHeaders({ endpoint: 'https://appwrite.example/v1' }));
  for (const [name, value] of headers) {
    expect(documented).toContain(`${name}: ${value.toLowerCase()}`);
  }
  expect(headers.length).toBeGreaterThan(5);
});
