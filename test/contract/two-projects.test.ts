import { ID, Permission, Query, Role, Storage } from 'node-appwrite';
import { InputFile } from 'node-appwrite/file';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { live } from '../helpers/emulator-socket.ts';
import type { Live } from '../helpers/emulator-socket.ts';
import { NOTES, openTestServer, person, sdk } from '../helpers/emulator.ts';
import type { AppwriteServer, Person, Sdk } from '../helpers/emulator.ts';

/**
 * Ann and Bob have a project each: a team, a row and a file that their team may read and change. Whatever one may do in
 * their own project, the other and a stranger may not.
 */
interface Project {
  who: Person;
  teamId: string;
  rowId: string;
  fileId: string;
  transactionId: string;
}

const TABLE = 'notes';
const stamps = (teamId: string): string[] => [
  Permission.read(Role.team(teamId)),
  Permission.update(Role.team(teamId)),
  Permission.delete(Role.team(teamId)),
];

let server: AppwriteServer;
let database: string;
let bucketId: string;
let [ann, bob]: (Project | undefined)[] = [];
let stranger: Sdk;

beforeAll(async () => {
  const bucket = { $id: 'files', name: 'files', fileSecurity: true, $permissions: ['create("users")'] };
  server = await openTestServer({ ...NOTES, buckets: [bucket] });
  [database, bucketId] = [server.id('db'), server.id('files')];
  [ann, bob] = [await project('ann'), await project('bob')];
  stranger = sdk(server);
});
afterAll(() => server.close());

async function project(name: string): Promise<Project> {
  const who = await person(server, name);
  const teamId = server.id(`team-${name}`);
  const [rowId, fileId] = [`row-${name}`, `file-${name}`];
  await who.teams.create({ teamId, name });
  const permissions = stamps(teamId);
  await who.rows.createRow({ ...at(rowId), data: { doc: 'd', count: 0 }, permissions });
  const file = InputFile.fromBuffer(Buffer.from('secret'), 'secret.txt');
  await new Storage(who.client).createFile({ bucketId, fileId, file, permissions });
  const { $id: transactionId } = await who.rows.createTransaction();
  return { who, teamId, rowId, fileId, transactionId };
}

const at = (rowId: string) => ({ databaseId: database, tableId: TABLE, rowId });

function both(): [Project, Project] {
  if (!ann || !bob) throw new Error('The projects were not made');
  return [ann, bob];
}

/** What can be done to a project, and how it is refused to others. */
type Deed = [
  name: string,
  run: (who: Sdk, of: Project) => Promise<unknown>,
  refusal: object,
  strangersRefusal?: object,
];

const ROW_MISSING = { code: 404, type: 'row_not_found' };
const FILE_MISSING = { code: 404, type: 'storage_file_not_found' };
const UNAUTHORIZED = { code: 401, type: 'user_unauthorized' };
const TEAM_MISSING = { code: 404, type: 'team_not_found' };
const NO_TRANSACTION = { code: 404, type: 'transaction_not_found' };
const NO_SCOPE = { code: 401, type: 'general_unauthorized_scope' };

const fresh = (column: string): object => ({ [column]: ID.unique() });
const files = ({ client }: Sdk): Storage => new Storage(client);
const operation = (of: Project, action: string, rowId: string, data: object): object => ({
  action,
  databaseId: database,
  tableId: TABLE,
  rowId,
  data: { ...data, $permissions: stamps(of.teamId) },
});

const DEEDS: Deed[] = [
  ['read its row', (who, of) => who.rows.getRow(at(of.rowId)), ROW_MISSING],
  ['change its row', (who, of) => who.rows.updateRow({ ...at(of.rowId), data: fresh('text') }), UNAUTHORIZED],
  ['overwrite its row', (who, of) => who.rows.upsertRow({ ...at(of.rowId), data: fresh('doc') }), UNAUTHORIZED],
  ['count in its row', (who, of) => who.rows.incrementRowColumn({ ...at(of.rowId), column: 'count' }), UNAUTHORIZED],
  [
    'write rows for it',
    (who, of) => who.rows.createRow({ ...at(ID.unique()), data: fresh('doc'), permissions: stamps(of.teamId) }),
    UNAUTHORIZED,
  ],
  [
    'stage rows for it',
    async (who, of) => {
      const { $id: transactionId } = await who.rows.createTransaction();
      const operations = [operation(of, 'create', ID.unique(), { doc: 'd' })];
      return who.rows.createOperations({ transactionId, operations });
    },
    UNAUTHORIZED,
    NO_TRANSACTION,
  ],
  [
    'add to its transaction',
    (who, of) => {
      const operations = [operation(of, 'create', ID.unique(), { doc: 'd' })];
      return who.rows.createOperations({ transactionId: of.transactionId, operations });
    },
    NO_TRANSACTION,
  ],
  ['look at its file', (who, of) => files(who).getFile({ bucketId, fileId: of.fileId }), FILE_MISSING],
  ['download its file', (who, of) => files(who).getFileDownload({ bucketId, fileId: of.fileId }), FILE_MISSING],
  ['view its file', (who, of) => files(who).getFileView({ bucketId, fileId: of.fileId }), FILE_MISSING],
  ['rename its file', (who, of) => files(who).updateFile({ bucketId, fileId: of.fileId, name: 'n.txt' }), UNAUTHORIZED],
  [
    'store files for it',
    (who, of) => {
      const file = InputFile.fromBuffer(Buffer.from('x'), 'x.txt');
      return files(who).createFile({ bucketId, fileId: ID.unique(), file, permissions: stamps(of.teamId) });
    },
    UNAUTHORIZED,
  ],
  ['look at its team', (who, of) => who.teams.get({ teamId: of.teamId }), TEAM_MISSING, NO_SCOPE],
  ['see its members', (who, of) => who.teams.listMemberships({ teamId: of.teamId }), TEAM_MISSING, NO_SCOPE],
  ['rename its team', (who, of) => who.teams.updateName({ teamId: of.teamId, name: 'n' }), TEAM_MISSING, NO_SCOPE],
  ['read its preferences', (who, of) => who.teams.getPrefs({ teamId: of.teamId }), TEAM_MISSING, NO_SCOPE],
  // Last: what they take away is not needed any more.
  ['delete its row', (who, of) => who.rows.deleteRow(at(of.rowId)), UNAUTHORIZED],
  ['delete its file', (who, of) => files(who).deleteFile({ bucketId, fileId: of.fileId }), UNAUTHORIZED],
  ['delete its team', (who, of) => who.teams.delete({ teamId: of.teamId }), TEAM_MISSING, NO_SCOPE],
];

describe('in the project of somebody else', () => {
  it('lists show nothing of it', async () => {
    const [mine, other] = both();
    const rows = async (who: Sdk) =>
      (await who.rows.listRows({ databaseId: database, tableId: TABLE })).rows.map(({ $id }) => $id);
    const stored = async (who: Sdk) => (await files(who).listFiles({ bucketId })).files.map(({ $id }) => $id);
    const queries = [Query.equal('$id', [mine.rowId, other.rowId])];
    expect([await rows(mine.who), await rows(other.who), await rows(stranger)]).toEqual([
      [mine.rowId],
      [other.rowId],
      [],
    ]);
    expect((await mine.who.rows.listRows({ databaseId: database, tableId: TABLE, queries })).total).toBe(1);
    expect([await stored(mine.who), await stored(other.who), await stored(stranger)]).toEqual([
      [mine.fileId],
      [other.fileId],
      [],
    ]);
    expect((await mine.who.teams.list()).teams.map(({ $id }) => $id)).toEqual([mine.teamId]);
  });

  it('realtime tells nothing of it, whatever is subscribed to', async () => {
    const [mine, other] = both();
    const channels = [
      'rows',
      'documents',
      'files',
      'teams',
      'memberships',
      'account',
      `account.${mine.who.id}`,
      `teams.${mine.teamId}`,
      `tablesdb.${database}.tables.${TABLE}.rows.${mine.rowId}`,
      `buckets.${bucketId}.files.${mine.fileId}`,
    ];
    const listen = async (session?: string): Promise<Live> => {
      const socket = await live(server, session === undefined ? {} : { session });
      await socket.subscribe(channels);
      return socket;
    };
    const sockets = [await listen(other.who.session), await listen(), await listen(mine.who.session)];
    await mine.who.rows.updateRow({ ...at(mine.rowId), data: { text: 'secret' } });
    await files(mine.who).updateFile({ bucketId, fileId: mine.fileId, name: 'secret.txt' });
    await mine.who.teams.updateName({ teamId: mine.teamId, name: 'secret' });
    await mine.who.account.updateName({ name: 'secret' });
    const sentinel = { ...at(ID.unique()), data: { doc: 'sentinel' }, permissions: [Permission.read(Role.any())] };
    await sdk(server, { key: server.apiKey }).rows.createRow(sentinel);
    const heard = await Promise.all(sockets.map(until(sentinel.rowId)));
    expect(heard.map(({ length }) => length)).toEqual([0, 0, 4]);
    for (const socket of sockets) socket.close();
  });

  it.each(DEEDS)('nobody can %s', async (_name, run, refusal, strangersRefusal = refusal) => {
    const [mine, other] = both();
    await expect(run(other.who, mine)).rejects.toMatchObject(refusal);
    await expect(run(mine.who, other)).rejects.toMatchObject(refusal);
    await expect(run(stranger, mine)).rejects.toMatchObject(strangersRefusal);
  });
});

describe('in one’s own project', () => {
  it.each(DEEDS)('one can %s', async (_name, run) => {
    const [mine] = both();
    await expect(run(mine.who, mine)).resolves.toBeDefined();
  });
});

/** The frames before the one about this row. */
function until(rowId: string): (socket: Live) => Promise<unknown[]> {
  return async (socket) => {
    const frames: unknown[] = [];
    for (let frame = await socket.next(); frame.data.payload?.['$id'] !== rowId; frame = await socket.next())
      frames.push(frame);
    return frames;
  };
}
