import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppwriteException } from 'node-appwrite';
import { afterAll, describe, expect, it } from 'vitest';
import { buildFunctions } from '../../src/cli/build/node.mjs';
import { announceToAll, Audience, channelRules } from '../helpers/access/channels.ts';
import { CALLERS, openStage, type CallerName } from '../helpers/access/people.ts';
import { bucketRules, functionRules, isAllowed, tableRules, teamRules, type Rule } from '../helpers/access/rules.ts';
import { openTestServer } from '../helpers/emulator.ts';
import { SCHEMA } from '../helpers/provider/appwrite-world.ts';
import { namedServer } from '../helpers/real-server.ts';

/**
 * Who may do what: every kind of caller, every table, bucket, Function and channel, every operation, by the official
 * SDK. The rules are in test/helpers/access; docs/security.md shows the same table.
 */
const top = join(import.meta.dirname, '../..');
const root = mkdtempSync(join(tmpdir(), 'cowrite-matrix-'));
if (namedServer() === undefined) await buildFunctions(top, join(root, 'dist/functions'));
const server = await openTestServer(SCHEMA, { functionsRoot: root });
const stage = await openStage(server);
const audience = await Audience.open(stage);
await stage.remove();

afterAll(async () => {
  audience.close();
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

const tables = tableRules(stage);
const buckets = bucketRules(stage);
const teams = teamRules(stage);
const functions = functionRules(stage);
const channels = channelRules(stage);

/** A real server of which somebody else is the owner need not have our Functions. */
async function hasFunctions(): Promise<boolean> {
  const body = JSON.stringify({ action: 'membership', project: stage.project });
  try {
    await stage.callers.owner.functions.createExecution({ functionId: 'share', body });
    return true;
  } catch (error) {
    if (error instanceof AppwriteException && error.code === 404) return false;
    throw error;
  }
}
const tried = (await hasFunctions()) ? functions : [];
if (tried.length === 0) console.warn('The Functions are not deployed on this server: who may call them was not tried.');

async function outcomes({ attempt }: Rule): Promise<CallerName[]> {
  const allowed: CallerName[] = [];
  for (const name of CALLERS) if (await isAllowed(attempt(stage.callers[name]))) allowed.push(name);
  return allowed;
}

describe.each([...new Set([...tables, ...buckets, ...teams, ...tried].map(({ what }) => what))])('%s', (subject) => {
  const rules = [...tables, ...buckets, ...teams, ...tried].filter(({ what }) => what === subject);
  it.each(rules.map((rule) => [rule.operation, rule] as const))('%s', async (_operation, rule) => {
    expect(await outcomes(rule)).toEqual(CALLERS.filter((name) => rule.allowed.includes(name)));
  });
});

describe('channel', () => {
  it.each(channels.map((rule) => [rule.channel, rule] as const))('%s', async (_channel, { announce, allowed }) => {
    const marker = await announce();
    const wanted = CALLERS.filter((name) => allowed.includes(name));
    await expect.poll(() => audience.who(marker), { timeout: 10_000 }).toEqual(wanted);
    const last = await announceToAll(stage);
    await expect.poll(() => audience.who(last), { timeout: 10_000 }).toEqual([...CALLERS]);
    expect(audience.who(marker)).toEqual(wanted);
  });
});

it('what nobody may do can be done: with the key of the Functions', async () => {
  const { callers, key } = stage;
  const asKey = { ...callers.outsider, ...key };
  const never = [...tables, ...buckets].filter(({ allowed }) => allowed.length === 0);
  const refused: string[] = [];
  for (const { what, operation, attempt } of never) {
    if (!(await isAllowed(attempt(asKey)))) refused.push(`${what}: ${operation}`);
  }
  expect(refused).toEqual([]);
  expect(never.length).toBeGreaterThan(30);
});

it('docs/security.md shows this table', () => {
  const line = (cells: readonly string[], allowed: readonly CallerName[]): string[] => [
    ...cells,
    ...CALLERS.map((name) => (allowed.includes(name) ? 'yes' : '–')),
  ];
  const wanted = [
    ...[...tables, ...buckets, ...teams, ...functions].map((rule) => line([rule.what, rule.operation], rule.allowed)),
    ...channels.map((rule) => line([`channel: ${rule.channel}`, rule.operation], rule.allowed)),
  ];
  const text = readFileSync(join(top, 'docs/security.md'), 'utf8');
  const cells = (row: string): string[] =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const shown = [...text.matchAll(/^\|.*\|$/gm)]
    .map(([row]) => cells(row))
    .filter((row) => row.length === CALLERS.length + 2);
  const [head, , ...rows] = shown;
  expect(head).toEqual(['what', 'operation', ...CALLERS]);
  expect(rows).toEqual(wanted);
});
