import { Query } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { live } from '../helpers/emulator-socket.ts';
import { openTestServer, person, sdk } from '../helpers/emulator.ts';
import type { AppwriteServer, Person, Sdk } from '../helpers/emulator.ts';

let server: AppwriteServer;
let NOTES: { databaseId: string; tableId: string };
let key: Sdk;
let ann: Person;

beforeAll(async () => {
  server = await openTestServer();
  NOTES = { databaseId: server.id('db'), tableId: 'notes' };
  key = sdk(server, { key: server.apiKey });
  ann = await person(server, 'ann');
});
afterAll(() => server.close());

const operation = (action: string, rowId: string | undefined, data?: unknown): object => ({
  action,
  ...NOTES,
  ...(rowId !== undefined && { rowId }),
  ...(data !== undefined && { data }),
});
const begin = async (who: Sdk, operations: object[]): Promise<string> => {
  const { $id } = await who.rows.createTransaction();
  await who.rows.createOperations({ transactionId: $id, operations });
  return $id;
};
const commit = (who: Sdk, transactionId: string) => who.rows.updateTransaction({ transactionId, commit: true });
const ids = async (doc: string): Promise<string[]> =>
  (await key.rows.listRows({ ...NOTES, queries: [Query.equal('doc', doc)] })).rows.map((row) => row.$id);

describe('transactions', () => {
  it('[SNAP-2] one commit stores a snapshot and deletes exactly the named rows; a taken id fails all of it', async () => {
    await key.rows.createRows({ ...NOTES, rows: ['a', 'b', 'c'].map(($id) => ({ $id, doc: 'log' })) });
    const fold = (rows: string[]): object[] => [
      operation('create', 'snapshot.1', { doc: 'log', text: 'folded' }),
      operation('bulkDelete', undefined, { queries: [Query.equal('$id', rows)] }),
    ];
    const [first, second] = [await begin(key, fold(['a', 'b'])), await begin(key, fold(['a', 'c']))];
    expect((await commit(key, first)).status).toBe('committed');
    await expect(commit(key, second)).rejects.toMatchObject({ code: 409, type: 'transaction_conflict' });
    expect(await ids('log')).toEqual(['c', 'snapshot.1']);
    expect((await key.rows.getTransaction({ transactionId: second })).status).toBe('failed');
  });

  it('shows nothing to others before the commit, and tells about it after', async () => {
    const socket = await live(server, { session: ann.session });
    await socket.subscribe([`tablesdb.${NOTES.databaseId}.tables.notes.rows`]);
    const id = await begin(ann, [operation('create', 't1', { doc: 'tx', $permissions: [`read("user:${ann.id}")`] })]);
    expect(await ids('tx')).toEqual([]);
    await ann.rows.createRow({ ...NOTES, rowId: 'sentinel', data: { doc: 'tx' } });
    expect((await socket.next()).data.payload?.['$id']).toBe('sentinel');
    await commit(ann, id);
    expect((await socket.next()).data.payload?.['$id']).toBe('t1');
    socket.close();
  });

  it('fails if the row changed meanwhile', async () => {
    await ann.rows.createRow({ ...NOTES, rowId: 'm', data: { doc: 'meanwhile' } });
    const id = await begin(ann, [operation('update', 'm', { text: 'staged' })]);
    await ann.rows.updateRow({ ...NOTES, rowId: 'm', data: { text: 'direct' } });
    await expect(commit(ann, id)).rejects.toMatchObject({ code: 409, type: 'transaction_conflict' });
    expect((await ann.rows.getRow({ ...NOTES, rowId: 'm' }))['text']).toBe('direct');
  });

  it('checks rights when staging: no foreign roles, no bulk changes by clients, no foreign transactions', async () => {
    const bob = await person(server, 'bob');
    const { $id: transactionId } = await ann.rows.createTransaction();
    const stage = (who: Sdk, staged: object) => who.rows.createOperations({ transactionId, operations: [staged] });
    const foreign = operation('create', 'x', { doc: 'x', $permissions: [`read("user:${bob.id}")`] });
    await expect(stage(ann, foreign)).rejects.toMatchObject({ code: 401, type: 'user_unauthorized' });
    await expect(stage(ann, operation('bulkDelete', undefined, { queries: [] }))).rejects.toMatchObject({ code: 401 });
    await expect(stage(bob, operation('create', 'x', { doc: 'x' }))).rejects.toMatchObject({
      code: 404,
      type: 'transaction_not_found',
    });
    expect((await ann.rows.getTransaction({ transactionId })).operations).toBe(0);
  });

  it('a rollback leaves nothing', async () => {
    const transactionId = await begin(ann, [operation('create', 'r', { doc: 'rolled back' })]);
    expect((await ann.rows.updateTransaction({ transactionId, rollback: true })).status).toBe('failed');
    await expect(commit(ann, transactionId)).rejects.toMatchObject({ code: 400, type: 'transaction_not_ready' });
    expect(await ids('rolled back')).toEqual([]);
  });
});
