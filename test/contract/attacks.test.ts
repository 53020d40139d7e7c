import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { DATABASE_ID } from '../../src/backend/tables.ts';
import { UPDATES_TABLE } from '../../src/backend/update-log.ts';
import { decodeUpdateRow, encodeUpdateRow, isQuarantined, type UpdateRow } from '../../src/core/codec.ts';
import { compactDocument } from '../../src/core/compaction/compact.ts';
import { readHistory } from '../../src/core/compaction/history.ts';
import { TextHistory } from '../../src/core/history/text-history.ts';
import { randomId } from '../../src/core/ids.ts';
import { stampPermissions } from '../../src/core/stamps.ts';
import { compactionStore } from '../helpers/compaction-server.ts';
import { openTestServer, person, sdk, type AppwriteServer, type Person, type Sdk } from '../helpers/emulator.ts';
import { SCHEMA } from '../helpers/provider/appwrite-world.ts';

const DOC = 'fattacked';

let server: AppwriteServer;
let key: Sdk;
/** Ana owns the project and Eve edits it; Eve owns another one, of which Ana is an editor. */
let ana: Person;
let eve: Person;
let project: string;
let other: string;

beforeAll(async () => {
  server = await openTestServer(SCHEMA);
  key = sdk(server, { key: server.apiKey });
  ana = await person(server, 'ana');
  eve = await person(server, 'eve');
});
afterAll(() => server.close());

async function newProjects(): Promise<void> {
  [project, other] = [server.id(`p${newId().slice(0, 12)}`), server.id(`q${newId().slice(0, 12)}`)];
  await ana.teams.create({ teamId: project, name: 'Project', roles: ['owner'] });
  await eve.teams.create({ teamId: other, name: 'Other', roles: ['owner'] });
  await key.teams.createMembership({ teamId: project, userId: eve.id, roles: ['editor'] });
  await key.teams.createMembership({ teamId: other, userId: ana.id, roles: ['editor'] });
}

function newId(): string {
  return randomId((count) => crypto.getRandomValues(new Uint8Array(count)));
}

const table = () => ({ databaseId: server.id(DATABASE_ID), tableId: UPDATES_TABLE });

/** Writes an update as the product does, but with whatever stamp and columns. */
async function write(
  who: Person,
  update: Uint8Array,
  { id = newId(), permissions = stampOf(who), data = {} }: { id?: string; permissions?: string[]; data?: object } = {},
): Promise<string> {
  const stamp = { project, role: 'owner' as const, author: who.id };
  const { id: rowId, permissions: _usual, ...columns } = encodeUpdateRow(id, DOC, update, stamp);
  await who.rows.createRow({ ...table(), rowId, data: { ...columns, ...data }, permissions });
  return rowId;
}

function stampOf(who: Person): string[] {
  return stampPermissions({ project, role: who === ana ? 'owner' : 'editor', author: who.id });
}

/** What a replica makes of the log, and what Ana is shown of it. */
async function opened(): Promise<{ text: string; refused: string[]; authors: [string, string | null][] }> {
  const { rows } = await ana.rows.listRows({
    ...table(),
    queries: [
      JSON.stringify({ method: 'equal', attribute: 'project', values: [project] }),
      JSON.stringify({ method: 'orderAsc', attribute: '$createdAt' }),
    ],
  });
  const decoded = rows.map((row) => decodeUpdateRow(toUpdateRow(row), project, DOC));
  const live = decoded.flatMap((entry) => (isQuarantined(entry) ? [] : [entry]));
  const history = await readHistory(compactionStore(server), project, DOC, live);
  if (!history.ok) throw new Error(history.message);
  const replay = new TextHistory({ entries: history.value.entries });
  const text = replay.text();
  return {
    text,
    refused: decoded.flatMap((entry) => (isQuarantined(entry) ? [entry.id] : [])),
    authors: replay
      .blame()
      .ranges()
      .map(({ from, to, author }) => [text.slice(from, to), author]),
  };
}

function toUpdateRow(
  row: { $id: string; $createdAt: string; $permissions: string[] } & Record<string, unknown>,
): UpdateRow {
  const text = (column: string): string => String(row[column]);
  return {
    id: row.$id,
    project: text('project'),
    doc: text('doc'),
    data: text('data'),
    permissions: row.$permissions,
    createdAt: row.$createdAt,
  };
}

function typed(text: string, after?: Uint8Array, client?: number): Uint8Array {
  const doc = new Y.Doc();
  if (after) Y.applyUpdate(doc, after);
  if (client !== undefined) doc.clientID = client;
  const before = Y.encodeStateVector(doc);
  doc.getText('text').insert(doc.getText('text').length, text);
  return Y.encodeStateAsUpdate(doc, before);
}

async function compact(): Promise<void> {
  const done = await compactDocument(compactionStore(server), project, DOC);
  if (!done.ok) throw new Error(done.message);
}

describe('attacks of a member on a project', () => {
  it('[STAMP-2] forged project: what is stamped for one does not count in another, for members of both', async () => {
    await newProjects();
    await write(ana, typed('mine'));
    const permissions = stampPermissions({ project: other, role: 'owner', author: eve.id });
    const forged = await write(eve, typed('forged'), { permissions });
    const mixed = await write(eve, typed('mixed'), {
      permissions: [`read("team:${project}")`, `read("team:${other}/owner")`, `read("user:${eve.id}")`],
    });
    const before = await opened();
    expect(before.text).toBe('mine');
    expect(before.refused.sort()).toEqual([forged, mixed].sort());
    await compact();
    expect(await opened()).toEqual({ text: 'mine', refused: [], authors: [['mine', ana.id]] });
  });

  it('[STAMP-2] a row that others may read or that its author may change does not count, though author and role fit', async () => {
    await newProjects();
    await write(ana, typed('mine'));
    const anyone = await write(eve, typed('open'), { permissions: [...stampOf(eve), 'read("any")'] });
    const mutable = await write(eve, typed('soft'), { permissions: [...stampOf(eve), `update("user:${eve.id}")`] });
    expect((await opened()).refused.sort()).toEqual([anyone, mutable].sort());
    await compact();
    expect(await opened()).toEqual({ text: 'mine', refused: [], authors: [['mine', ana.id]] });
  });

  it('[LOG-4] a $sequence that was chosen in a transaction moves nothing: rows go by the time of the server', async () => {
    await newProjects();
    const first = typed('first');
    await write(ana, first);
    for (const [sequence, text] of [
      ['900000000000', ' high'],
      ['400000000000', ' low'],
    ] as const) {
      const { $id: transactionId } = await eve.rows.createTransaction();
      const { id, permissions, ...data } = encodeUpdateRow(newId(), DOC, typed(text, first), {
        project,
        role: 'editor',
        author: eve.id,
      });
      const staged = {
        ...data,
        $sequence: sequence,
        $createdAt: '2001-01-01T00:00:00.000+00:00',
        $permissions: [...permissions],
      };
      const operation = { action: 'create', ...table(), rowId: id, data: staged };
      await eve.rows.createOperations({ transactionId, operations: [operation] });
      await eve.rows.updateTransaction({ transactionId, commit: true });
    }
    await write(ana, typed(' last', first));
    const { rows } = await ana.rows.listRows(table());
    expect(rows.filter(({ $createdAt }) => $createdAt < '2020')).toEqual([]);
    const before = await opened();
    expect(before.refused).toEqual([]);
    expect([...(before.text.match(/first| low| high| last/g) ?? [])].sort()).toEqual([
      ' high',
      ' last',
      ' low',
      'first',
    ]);
    await compact();
    const after = await opened();
    expect(after).toEqual(before);
    // “ last” is Ana's as well, and stands beside it or not.
    expect(after.authors.find(([text]) => text.includes('first'))?.[1]).toBe(ana.id);
  });

  it('[STAMP-3] [P44] replay of another’s row: neither the text nor its author changes', async () => {
    await newProjects();
    const update = typed('by ana');
    const id = await write(ana, update);
    await expect(write(eve, update, { id })).rejects.toMatchObject({ code: 409 });
    await write(eve, update);
    expect(await opened()).toEqual({ text: 'by ana', refused: [], authors: [['by ana', ana.id]] });
    await compact();
    expect(await opened()).toEqual({ text: 'by ana', refused: [], authors: [['by ana', ana.id]] });
  });

  it('[STAMP-3] [P44] the Yjs client id of another: the history shows the stamp, also after a compaction', async () => {
    await newProjects();
    const first = typed('by ana', undefined, 7);
    await write(ana, first);
    await write(eve, typed(', by eve', first, 7));
    const shown = {
      text: 'by ana, by eve',
      refused: [],
      authors: [
        ['by ana', ana.id],
        [', by eve', eve.id],
      ],
    };
    expect(await opened()).toEqual(shown);
    await compact();
    expect(await opened()).toEqual(shown);
  });

  it('[STAMP-1] an author or role that is not the caller’s is refused, and a row once written stays as it is', async () => {
    await newProjects();
    const update = typed('text');
    const forgeries = [
      stampPermissions({ project, role: 'editor', author: ana.id }),
      stampPermissions({ project, role: 'owner', author: eve.id }),
    ];
    for (const permissions of forgeries) {
      await expect(write(eve, update, { permissions })).rejects.toMatchObject({ code: 401 });
    }
    const rowId = await write(eve, update);
    const change: object = { data: 'AAA=' };
    await expect(eve.rows.updateRow({ ...table(), rowId, data: change })).rejects.toMatchObject({ code: 401 });
    await expect(eve.rows.deleteRow({ ...table(), rowId })).rejects.toMatchObject({ code: 401 });
  });
});
