import { Query } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestServer, person, sdk } from '../helpers/emulator.ts';
import type { AppwriteServer, Person, Sdk } from '../helpers/emulator.ts';

let server: AppwriteServer;
let NOTES: { databaseId: string; tableId: string };
let team: string;
let key: Sdk;
let editor: Person;
let reviewer: Person;
let outsider: Person;
const stamps = (role: string, user: Person): string[] => [
  `read("team:${team}")`,
  `read("team:${team}/${role}")`,
  `read("user:${user.id}")`,
];

beforeAll(async () => {
  server = await openTestServer();
  NOTES = { databaseId: server.id('db'), tableId: 'notes' };
  team = server.id('p');
  key = sdk(server, { key: server.apiKey });
  [editor, reviewer, outsider] = await Promise.all([
    person(server, 'editor'),
    person(server, 'reviewer'),
    person(server, 'outsider'),
  ]);
  await key.teams.create({ teamId: team, name: 'P' });
  await key.teams.createMembership({ teamId: team, roles: ['editor'], userId: editor.id });
  await key.teams.createMembership({ teamId: team, roles: ['reviewer'], userId: reviewer.id });
});
afterAll(() => server.close());

const create = (who: Sdk, rowId: string, permissions?: string[], data: object = {}) =>
  who.rows.createRow({ ...NOTES, rowId, data: { doc: 'd1', ...data }, ...(permissions && { permissions }) });
const ids = async (who: Sdk, queries: string[] = []): Promise<string[]> =>
  (await who.rows.listRows({ ...NOTES, queries })).rows.map((row) => row.$id);

describe('row permissions', () => {
  it('[STAMP-1] grants only roles that the caller holds', async () => {
    const row = await create(editor, 'e1', stamps('editor', editor));
    expect(row.$permissions).toEqual(stamps('editor', editor));
    const unauthorized = { code: 401, type: 'user_unauthorized' };
    await expect(create(reviewer, 'x', stamps('editor', reviewer))).rejects.toMatchObject(unauthorized);
    await expect(create(reviewer, 'x', stamps('reviewer', editor))).rejects.toMatchObject(unauthorized);
    await expect(create(outsider, 'x', [`read("team:${team}")`])).rejects.toMatchObject(unauthorized);
    await expect(create(sdk(server), 'x', [`read("any")`])).rejects.toMatchObject(unauthorized);
    await expect(key.rows.getRow({ ...NOTES, rowId: 'x' })).rejects.toMatchObject({ code: 404, type: 'row_not_found' });
  });

  it('hides rows from those who may not read them, in lists and alone', async () => {
    await create(editor, 'private');
    expect(await ids(editor)).toContain('private');
    expect(await ids(reviewer)).not.toContain('private');
    await expect(reviewer.rows.getRow({ ...NOTES, rowId: 'private' })).rejects.toMatchObject({
      code: 404,
      type: 'row_not_found',
    });
    expect((await reviewer.rows.getRow({ ...NOTES, rowId: 'e1' })).$id).toBe('e1');
  });

  it('lets nobody change a row whose permissions grant only reading, not even its creator', async () => {
    const unauthorized = { code: 401, type: 'user_unauthorized' };
    await expect(editor.rows.updateRow({ ...NOTES, rowId: 'e1', data: { text: 'x' } })).rejects.toMatchObject(
      unauthorized,
    );
    await expect(editor.rows.upsertRow({ ...NOTES, rowId: 'e1', data: { doc: 'x' } })).rejects.toMatchObject(
      unauthorized,
    );
    await expect(editor.rows.deleteRow({ ...NOTES, rowId: 'e1' })).rejects.toMatchObject(unauthorized);
    expect((await key.rows.getRow({ ...NOTES, rowId: 'e1' }))['text']).toBeNull();
  });

  it('answers a repeated create with 409, also if only the case of the id differs', async () => {
    for (const rowId of ['e1', 'E1']) {
      await expect(create(editor, rowId, stamps('editor', editor))).rejects.toMatchObject({
        code: 409,
        type: 'row_already_exists',
      });
    }
  });

  it('takes times and sequence from nobody but the server', async () => {
    const row = await create(editor, 'times', undefined, {
      $createdAt: '2001-01-01T00:00:00.000+00:00',
      $sequence: '999999',
      $id: 'other',
    });
    expect(row.$id).toBe('times');
    expect(new Date(row.$createdAt).getFullYear()).toBeGreaterThan(2020);
    expect(row.$sequence).not.toBe('999999');
  });

  it('a member who leaves loses the rows of the team at once', async () => {
    const guest = await person(server, 'guest');
    const membership = await key.teams.createMembership({ teamId: team, roles: ['viewer'], userId: guest.id });
    expect(await ids(guest)).toContain('e1');
    await key.teams.deleteMembership({ teamId: team, membershipId: membership.$id });
    expect(await ids(guest)).not.toContain('e1');
  });
});

describe('columns', () => {
  it('refuses values that do not fit', async () => {
    const invalid = { code: 400, type: 'row_invalid_structure' };
    await expect(create(editor, 'x', undefined, { count: 'many' })).rejects.toMatchObject(invalid);
    await expect(create(editor, 'x', undefined, { nonsense: 1 })).rejects.toMatchObject(invalid);
    await expect(create(editor, 'x', undefined, { tags: 'a' })).rejects.toMatchObject(invalid);
    await expect(create(editor, 'x', undefined, { doc: 'x'.repeat(37) })).rejects.toMatchObject(invalid);
    await expect(create(editor, 'x', undefined, { doc: null })).rejects.toMatchObject(invalid);
    await expect(create(editor, 'x', undefined, { count: true })).rejects.toMatchObject(invalid);
  });

  it('keeps large texts and characters outside the basic plane', async () => {
    const text = '😀 é "\' \\ \u0000'.repeat(100_000);
    await create(editor, 'large', undefined, { text });
    expect((await editor.rows.getRow({ ...NOTES, rowId: 'large' }))['text']).toBe(text);
  });

  it('increments without losing concurrent changes', async () => {
    await create(editor, 'counter');
    const step = { ...NOTES, rowId: 'counter', column: 'count' };
    await Promise.all(Array.from({ length: 20 }, () => editor.rows.incrementRowColumn(step)));
    expect((await editor.rows.getRow({ ...NOTES, rowId: 'counter' }))['count']).toBe(20);
  });

  it('never takes a name of a column for SQL', async () => {
    const name = 'doc" = 1; DROP TABLE rows_1; --';
    await expect(editor.rows.listRows({ ...NOTES, queries: [Query.equal(name, 'x')] })).rejects.toMatchObject({
      type: 'general_query_invalid',
    });
    await expect(create(editor, 'x', undefined, { [name]: 1 })).rejects.toMatchObject({
      type: 'row_invalid_structure',
    });
    expect(await ids(key, [Query.equal('doc', `d1' OR '1'='1`)])).toEqual([]);
  });
});

describe('queries', () => {
  beforeAll(async () => {
    const rows = Array.from({ length: 30 }, (_, n) => ({
      $id: `q${n}`,
      doc: 'query',
      count: n,
      text: n % 2 ? `Note ${n}` : null,
      tags: n % 3 ? ['a'] : ['a', 'b'],
    }));
    await key.rows.createRows({ ...NOTES, rows });
  });
  const list = (...queries: string[]): Promise<string[]> => ids(key, [Query.equal('doc', 'query'), ...queries]);

  it('pages by 25, counts all, and goes on after a cursor', async () => {
    const page = await key.rows.listRows({ ...NOTES, queries: [Query.equal('doc', 'query')] });
    expect(page.total).toBe(30);
    expect(page.rows).toHaveLength(25);
    expect(await list(Query.cursorAfter('q24'))).toEqual(['q25', 'q26', 'q27', 'q28', 'q29']);
    expect(await list(Query.cursorBefore('q2'), Query.limit(5))).toEqual(['q0', 'q1']);
    await expect(list(Query.cursorAfter('gone'))).rejects.toMatchObject({
      code: 400,
      type: 'general_cursor_not_found',
    });
  });

  it('compares, combines and orders', async () => {
    expect(await list(Query.greaterThan('count', 27))).toEqual(['q28', 'q29']);
    expect(await list(Query.between('count', 3, 4))).toEqual(['q3', 'q4']);
    expect(await list(Query.or([Query.equal('count', 1), Query.equal('count', 5)]))).toEqual(['q1', 'q5']);
    expect(await list(Query.orderDesc('count'), Query.limit(2))).toEqual(['q29', 'q28']);
    expect(await list(Query.isNull('text'), Query.limit(2))).toEqual(['q0', 'q2']);
    expect(await list(Query.contains('tags', ['b']), Query.limit(2))).toEqual(['q0', 'q3']);
    expect(await list(Query.startsWith('text', 'note 1'), Query.limit(2))).toEqual(['q1', 'q11']);
    expect(await list(Query.offset(28))).toEqual(['q28', 'q29']);
  });

  it('reads on from a sequence and from a time', async () => {
    const row = await key.rows.getRow({ ...NOTES, rowId: 'q27' });
    expect(await list(Query.greaterThan('$sequence', row.$sequence))).toEqual(['q28', 'q29']);
    expect(await list(Query.greaterThanEqual('$createdAt', row.$createdAt), Query.limit(50))).toContain('q29');
  });

  it('selects columns, and always the system ones', async () => {
    const page = await key.rows.listRows({ ...NOTES, queries: [Query.equal('$id', 'q7'), Query.select(['count'])] });
    expect(Object.keys(page.rows[0] ?? {}).filter((name) => !name.startsWith('$'))).toEqual(['count']);
    expect(page.rows[0]?.$createdAt).toBeTypeOf('string');
  });
});

describe('bulk requests', () => {
  it('are all or nothing, and for keys only', async () => {
    const rows = [
      { $id: 'b1', doc: 'bulk' },
      { $id: 'e1', doc: 'bulk' },
    ];
    await expect(key.rows.createRows({ ...NOTES, rows })).rejects.toMatchObject({
      code: 409,
      type: 'row_already_exists',
    });
    await expect(key.rows.getRow({ ...NOTES, rowId: 'b1' })).rejects.toMatchObject({ code: 404 });
    await expect(editor.rows.createRows({ ...NOTES, rows })).rejects.toMatchObject({ code: 401 });
    await key.rows.createRows({
      ...NOTES,
      rows: [
        { $id: 'b1', doc: 'bulk' },
        { $id: 'b2', doc: 'bulk' },
      ],
    });
    await key.rows.deleteRows({ ...NOTES, queries: [Query.equal('$id', ['b1'])] });
    expect(await ids(key, [Query.equal('doc', 'bulk')])).toEqual(['b2']);
  });
});
