import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const LIST = join(import.meta.dirname, '../../docs/appwrite-differences.md');

/** Test files with their reasons: the rows whose first cell is the name of a file in backticks. */
function embeddedOnly(): Map<string, string> {
  const rows = readFileSync(LIST, 'utf8').matchAll(/^\| *`([\w-]+\.test\.ts)` *\| *(.*?) *\|$/gm);
  return new Map([...rows].map(([, file = '', reason = '']) => [file, reason]));
}

it('each test file runs against a real server, or docs/appwrite-differences.md says why it does not', () => {
  const listed = embeddedOnly();
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'));
  const bound = files.filter(
    (name) => !readFileSync(join(import.meta.dirname, name), 'utf8').includes('openTestServer('),
  );
  expect(bound.filter((name) => !listed.get(name))).toEqual([]);
  expect(files.filter((name) => listed.has(name) && !bound.includes(name))).toEqual([]);
});
