import { Permission, Query, Role } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KEPT_OF_GUESTS } from '../../src/emulator/transactions/sweep.ts';
import { NOTES as SCHEMA, person, PROJECT, sdk, startTestServer } from '../helpers/emulator.ts';
import type { Person, Sdk, TestServer } from '../helpers/emulator.ts';

const NOTES = { databaseId: 'db', tableId: 'notes' };
const NUMBERS = { databaseId: 'db', tableId: 'numbers' };

let server: TestServer;
let key: Sdk;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  server = await startTestServer({
    schema: {
      ...SCHEMA,
      tables: [
        ...(SCHEMA.tables ?? []),
        {
          $id: 'numbers',
          databaseId: 'db',
          name: 'numbers',
          rowSecurity: true,
          $permissions: ['create("users")'],
          columns: [
            { key: 'n', type: 'integer', min: 0, max: 100 },
            { key: 'free', type: 'integer' },
            { key: 'ratio', type: 'double' },
            { key: 'time', type: 'datetime' },
          ],
        },
        {
          $id: 'odd',
          databaseId: 'db',
          name: 'odd',
          $permissions: ['create("any")'],
          columns: [
            { key: 'constructor', type: 'varchar', size: 20 },
            { key: 'n', type: 'integer' },
          ],
        },
      ],
    },
  });
  key = sdk(server, { key: server.apiKey });
  ann = await person(server, 'ann');
  bob = await person(server, 'bob');
});
afterAll(() => server.close());

const unauthorized = { code: 401, type: 'user_unauthorized' };
const badRow = { code: 400, type: 'row_invalid_structure' };

describe('a transaction', () => {
  const secret = (rowId: string, ...permissions: string[]) =>
    ann.rows.createRow({
      ...NOTES,
      rowId,
      data: { doc: 'secret', text: 'of ann' },
      permissions: [Permission.read(Role.user(ann.id)), ...permissions],
    });
  /** What Bob sees of a row in his transaction. */
  const seen = async (rowId: string, transactionId: string): Promise<unknown[]> => {
    const alone = await bob.rows.getRow({ ...NOTES, rowId, transactionId }).catch((error: unknown) => error);
    const { rows } = await bob.rows.listRows({ ...NOTES, transactionId, queries: [Query.limit(100)] });
    return [alone, rows.filter(({ $id }) => $id.toLowerCase() === rowId.toLowerCase())];
  };
  const nothing = [expect.objectContaining({ code: 404, type: 'row_not_found' }), []];

  it('shows nothing of a row that its owner may not read, whatever is staged over it', async () => {
    await secret('vu1');
    const staged = await bob.rows.createTransaction();
    const operation = { action: 'create', ...NOTES, data: {} };
    await bob.rows.createOperations({
      transactionId: staged.$id,
      operations: [
        { ...operation, rowId: 'vu1' },
        { ...operation, rowId: 'VU1' },
      ],
    });
    expect(await seen('vu1', staged.$id)).toEqual(nothing);
    expect(await seen('VU1', staged.$id)).toEqual(nothing);
    const single = await bob.rows.createTransaction();
    await bob.rows.createRow({ ...NOTES, rowId: 'vu1', data: { doc: 'x' }, transactionId: single.$id });
    const own = [Permission.read(Role.any()), Permission.update(Role.user(bob.id))];
    await bob.rows.createRow({
      ...NOTES,
      rowId: 'vu1',
      data: { doc: 'x' },
      permissions: own,
      transactionId: single.$id,
    });
    const update = { ...NOTES, rowId: 'vu1', data: { doc: 'y' }, transactionId: single.$id };
    expect(JSON.stringify(await bob.rows.updateRow(update))).not.toContain('of ann');
    expect(await seen('vu1', single.$id)).toEqual(nothing);
  });

  it('hides rows that its owner may change but not read', async () => {
    await key.rows.createRow({
      ...NOTES,
      rowId: 'vu2',
      data: { doc: 'secret', text: 'of ann' },
      permissions: [Permission.read(Role.user(ann.id)), Permission.update(Role.user(bob.id))],
    });
    for (const action of ['update', 'upsert']) {
      const { $id } = await bob.rows.createTransaction();
      const operation = { action, ...NOTES, rowId: 'vu2', data: { doc: 'staged' } };
      await bob.rows.createOperations({ transactionId: $id, operations: [operation] });
      expect(await seen('vu2', $id)).toEqual(nothing);
    }
  });

  it('still shows the rows that it creates to all who know it', async () => {
    const { $id } = await ann.rows.createTransaction();
    await ann.rows.createRow({ ...NOTES, rowId: 'new', data: { doc: 'staged' }, transactionId: $id });
    expect((await bob.rows.getRow({ ...NOTES, rowId: 'new', transactionId: $id }))['doc']).toBe('staged');
  });
});

describe('rows that the caller can neither read nor change', () => {
  it('answer 401 whatever the values are', async () => {
    await ann.rows.createRow({ ...NUMBERS, rowId: 'a1', data: { n: 42 } });
    for (const n of ['{"method":"increment","values":[59]}', '{"method":"increment","values":[1]}', 'text', 1000]) {
      await expect(bob.rows.updateRow({ ...NUMBERS, rowId: 'a1', data: { n } })).rejects.toMatchObject(unauthorized);
      await expect(bob.rows.upsertRow({ ...NUMBERS, rowId: 'a1', data: { n } })).rejects.toMatchObject(unauthorized);
    }
    await expect(ann.rows.updateRow({ ...NUMBERS, rowId: 'a1', data: { n: 1000 } })).rejects.toMatchObject(badRow);
  });
});

describe('numbers', () => {
  const increment = (who: Sdk, column: string, value: number, rowId = 'n1') =>
    who.rows.incrementRowColumn({ ...NUMBERS, rowId, column, value });

  it('keep the type and the range of their column, whatever is added', async () => {
    const data = { n: 42, free: 1, ratio: 1.7e308 };
    await ann.rows.createRow({ ...NUMBERS, rowId: 'n1', data });
    await expect(increment(ann, 'n', 0.5)).rejects.toMatchObject(badRow);
    await expect(increment(ann, 'free', 1e300)).rejects.toMatchObject(badRow);
    await expect(increment(ann, 'n', 59)).rejects.toMatchObject({ code: 400, type: 'column_limit_exceeded' });
    await expect(
      ann.rows.decrementRowColumn({ ...NUMBERS, rowId: 'n1', column: 'n', value: 43 }),
    ).rejects.toMatchObject({ code: 400, type: 'column_limit_exceeded' });
    await expect(increment(ann, 'ratio', 1.7e308)).rejects.toMatchObject(badRow);
    for (const method of ['increment', 'multiply']) {
      const ratio = JSON.stringify({ method, values: [1.7e308] });
      await expect(ann.rows.updateRow({ ...NUMBERS, rowId: 'n1', data: { ratio } })).rejects.toMatchObject(badRow);
    }
    expect(await ann.rows.getRow({ ...NUMBERS, rowId: 'n1' })).toMatchObject(data);
    expect((await increment(ann, 'n', 58))['n']).toBe(100);
  });

  it('keep them in a commit as well', async () => {
    await ann.rows.createRow({ ...NUMBERS, rowId: 'n2', data: { n: 1 } });
    for (const value of [0.5, 1000, -1000]) {
      const { $id } = await ann.rows.createTransaction();
      const operation = { action: 'increment', ...NUMBERS, rowId: 'n2', data: { column: 'n', value } };
      await ann.rows.createOperations({ transactionId: $id, operations: [operation] });
      await expect(ann.rows.updateTransaction({ transactionId: $id, commit: true })).rejects.toMatchObject({
        code: 400,
      });
    }
    expect((await ann.rows.getRow({ ...NUMBERS, rowId: 'n2' }))['n']).toBe(1);
  });

  it('and times beyond what can be are refused', async () => {
    const create = (data: object) => ann.rows.createRow({ ...NUMBERS, rowId: 'n3', data });
    await expect(create({ time: 'constructor' })).rejects.toMatchObject(badRow);
    await create({ time: '2026-01-01' });
    const time = '{"method":"dateAddDays","values":[1e20]}';
    await expect(ann.rows.updateRow({ ...NUMBERS, rowId: 'n3', data: { time } })).rejects.toMatchObject(badRow);
  });
});

it('columns may be called like what every object has', async () => {
  const create = async (rowId: string, data: object) => {
    const headers = { 'content-type': 'application/json', 'x-appwrite-project': PROJECT };
    const init = { method: 'POST', headers, body: JSON.stringify({ rowId, data }) };
    const response = await fetch(`${server.endpoint}/tablesdb/db/tables/odd/rows`, init);
    return [response.status, ((await response.json()) as Record<string, unknown>)['constructor']];
  };
  expect(await create('c1', { n: 1 })).toEqual([201, null]);
  expect(await create('c2', { constructor: 'given' })).toEqual([201, 'given']);
});

describe('too much at once is 400', () => {
  it('for words of a search', async () => {
    const search = Array.from({ length: 900 }, (_, n) => `w${n}`).join(' ');
    await expect(ann.teams.list({ search })).rejects.toMatchObject({ code: 400, type: 'general_argument_invalid' });
    await expect(key.users.list({ search })).rejects.toMatchObject({ code: 400, type: 'general_argument_invalid' });
  });

  it('for values of all queries together', async () => {
    const values = Array.from({ length: 500 }, (_, n) => `v${n}`);
    const queries = (count: number) => Array.from({ length: count }, () => Query.equal('doc', values));
    await expect(key.rows.deleteRows({ ...NOTES, queries: queries(80) })).rejects.toMatchObject({
      code: 400,
      type: 'general_query_invalid',
    });
    expect((await key.rows.deleteRows({ ...NOTES, queries: queries(55) })).total).toBe(0);
  });

  it('for data nested without end, in a text as well', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const data = `{"doc":"deep","text":${deep}}`;
    const { $id } = await ann.rows.createTransaction();
    await expect(
      ann.rows.createRow({ ...NOTES, rowId: 'deep', data: data as unknown as object, transactionId: $id }),
    ).rejects.toMatchObject({ code: 400 });
  });

  it('for queries inside queries, but not for long ones', async () => {
    let nested = Query.equal('doc', 'x');
    for (let depth = 0; depth < 4; depth++) nested = Query.or([nested, nested]);
    expect((await ann.rows.listRows({ ...NOTES, queries: [nested] })).total).toBe(0);
    const prefix = '{"method":"or","values":[';
    const suffix = ',{"method":"isNull","attribute":"doc"}]}';
    const deep = prefix.repeat(50) + Query.isNull('doc') + suffix.repeat(50);
    await expect(ann.rows.listRows({ ...NOTES, queries: [deep] })).rejects.toMatchObject({
      code: 400,
      type: 'general_query_invalid',
    });
    const words = Array.from({ length: 490 }, (_, n) => `w${n}`);
    const many = Array.from({ length: 40 }, () => Query.contains('text', words));
    expect((await key.rows.deleteRows({ ...NOTES, queries: many })).total).toBe(0);
  });
});

describe('transactions that nobody ends', () => {
  const missing = { code: 404, type: 'transaction_not_found' };

  it('are removed an hour after their time, when another one is begun', async () => {
    const old = await ann.rows.createTransaction();
    const operation = { action: 'create', ...NOTES, rowId: 'left', data: { doc: 'left' } };
    await ann.rows.createOperations({ transactionId: old.$id, operations: [operation] });
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.parse(old.expiresAt) + 59 * 60_000);
    try {
      await bob.rows.createTransaction();
      expect((await ann.rows.getTransaction({ transactionId: old.$id })).status).toBe('pending');
      clock.mockReturnValue(Date.parse(old.expiresAt) + 61 * 60_000);
      const next = await bob.rows.createTransaction();
      await expect(ann.rows.getTransaction({ transactionId: old.$id })).rejects.toMatchObject(missing);
      expect((await bob.rows.getTransaction({ transactionId: next.$id })).status).toBe('pending');
    } finally {
      clock.mockRestore();
    }
  });

  it('of guests do not become ever more, and those of others stay', async () => {
    const [mine, ofKey] = [await ann.rows.createTransaction(), await key.rows.createTransaction()];
    const guest = sdk(server);
    const first = await guest.rows.createTransaction();
    const begun = Array.from({ length: KEPT_OF_GUESTS }, () => guest.rows.createTransaction());
    const last = (await Promise.all(begun)).at(-1);
    await expect(key.rows.getTransaction({ transactionId: first.$id })).rejects.toMatchObject(missing);
    for (const { $id } of [mine, ofKey]) {
      expect((await key.rows.getTransaction({ transactionId: $id })).status).toBe('pending');
    }
    await expect(guest.rows.getTransaction({ transactionId: last?.$id ?? '' })).rejects.toMatchObject(missing);
    const { total } = await guest.rows.listTransactions();
    expect(total).toBe(0);
  });
});
