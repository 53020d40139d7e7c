/** What there is to try on a project, and who may: the table of docs/security.md, and how each of its lines is tried. */
import { AppwriteException, Query } from 'node-appwrite';
import { InputFile } from 'node-appwrite/file';
import { presencePermissions, stampPermissions } from '../../../src/core/stamps.ts';
import { treeDocumentId } from '../../../src/core/ids.ts';
import { ROLES } from '../../../src/core/roles.ts';
import type { Caller, CallerName, Stage } from './people.ts';

export interface Rule {
  /** The table, bucket or Function. */
  what: string;
  operation: string;
  allowed: readonly CallerName[];
  /** Resolves with what was got, rejects as the SDK does, or resolves with false: nothing was got. */
  attempt: (who: Caller) => Promise<unknown>;
}

export const NOBODY: readonly CallerName[] = [];
export const OWNER: readonly CallerName[] = ['owner'];
export const WRITERS: readonly CallerName[] = ['editor', 'owner'];
export const REVIEWERS: readonly CallerName[] = ['reviewer', 'editor', 'owner'];
export const MEMBERS: readonly CallerName[] = ['viewer', 'reviewer', 'editor', 'owner'];
export const SIGNED_IN: readonly CallerName[] = ['stranger', 'removed', ...MEMBERS];
/** Who is stamped into the rows that nobody but the key may have written. */
const AUTHOR = 'editor';

/** Whether it was allowed. Anything but a refusal for want of a right is a mistake of the test, and thrown. */
export async function isAllowed(attempt: Promise<unknown>): Promise<boolean> {
  try {
    return (await attempt) !== false;
  } catch (error) {
    if (error instanceof AppwriteException && [401, 403, 404].includes(error.code)) return false;
    throw error;
  }
}

interface TableKind {
  id: string;
  /** Columns of a row of the project. */
  data: () => Record<string, unknown>;
  /** Columns of a change. */
  change: Record<string, unknown>;
  /** As the product writes them. */
  permissions: readonly string[];
  readers: readonly CallerName[];
  writers: readonly CallerName[];
}

export function tableRules(stage: Stage): Rule[] {
  const { project, callers, newId } = stage;
  const doc = treeDocumentId(newId());
  const stamp = stampPermissions({ project, role: AUTHOR, author: callers[AUTHOR].id });
  const presence = presencePermissions(project, callers[AUTHOR].id);
  const team = [`read("team:${project}")`];
  const owner = [`update("team:${project}/owner")`, `delete("team:${project}/owner")`];
  const link = () => ({ project, role: 'editor', tokenHash: newId(), createdBy: callers.owner.id });
  const row = { project, doc, data: 'AAA=' };
  const kinds: TableKind[] = [
    {
      id: 'projects',
      data: () => ({ name: 'P' }),
      change: { name: 'Q' },
      permissions: [...team, ...owner],
      readers: MEMBERS,
      writers: OWNER,
    },
    { id: 'updates', data: () => row, change: { data: 'AAE=' }, permissions: stamp, readers: MEMBERS, writers: NOBODY },
    {
      id: 'snapshots',
      data: () => ({ project, doc, generation: 1, format: 1 }),
      change: { generation: 2 },
      permissions: team,
      readers: MEMBERS,
      writers: NOBODY,
    },
    {
      id: 'quarantine',
      data: () => ({ project, doc, reason: 'r' }),
      change: { reason: 's' },
      permissions: [`read("team:${project}/owner")`],
      readers: OWNER,
      writers: NOBODY,
    },
    {
      id: 'sweeps',
      data: () => ({ kind: 'k' }),
      change: { kind: 'l' },
      permissions: [],
      readers: NOBODY,
      writers: NOBODY,
    },
    {
      id: 'presence',
      data: () => ({ project, state: 'AA==' }),
      change: { state: 'AAE=' },
      permissions: presence,
      readers: MEMBERS,
      writers: ['editor'],
    },
    { id: 'links', data: link, change: { role: 'owner' }, permissions: [], readers: NOBODY, writers: NOBODY },
  ];
  return [...kinds.flatMap((kind) => rowRules(stage, kind)), ...creationRules(stage, doc)];
}

/** A row as the product writes it, by the key. */
async function written(stage: Stage, { id, data, permissions }: TableKind, also: readonly string[] = []) {
  const address = { databaseId: stage.database, tableId: id, rowId: stage.newId() };
  await stage.key.rows.createRow({ ...address, data: data(), permissions: [...new Set([...permissions, ...also])] });
  return address;
}

function rowRules(stage: Stage, kind: TableKind): Rule[] {
  const { id, change, readers, writers } = kind;
  const what = `table ${id}`;
  return [
    {
      what,
      operation: 'read a row',
      allowed: readers,
      attempt: async (who) => who.rows.getRow(await written(stage, kind)),
    },
    {
      what,
      operation: 'list rows',
      allowed: readers,
      attempt: async (who) => {
        const { rowId, ...table } = await written(stage, kind);
        const { rows } = await who.rows.listRows({ ...table, queries: [Query.equal('$id', [rowId])] });
        return rows.length > 0;
      },
    },
    {
      what,
      operation: 'change a row',
      allowed: writers,
      attempt: async (who) => who.rows.updateRow({ ...(await written(stage, kind)), data: change }),
    },
    {
      what,
      operation: 'upsert a row that is there',
      allowed: writers,
      attempt: async (who) =>
        who.rows.upsertRow({ ...(await written(stage, kind)), data: { ...kind.data(), ...change } }),
    },
    {
      what,
      operation: 'change a row in a transaction',
      allowed: writers,
      attempt: async (who) => {
        const address = await written(stage, kind);
        return inTransaction(who, { action: 'update', ...address, data: change });
      },
    },
    {
      what,
      operation: 'delete a row',
      allowed: writers,
      attempt: async (who) => who.rows.deleteRow(await written(stage, kind)),
    },
    {
      what,
      operation: 'change or delete many rows at once',
      allowed: NOBODY,
      attempt: async (who) => {
        const { rowId, ...table } = await written(stage, kind);
        const queries = [Query.equal('$id', [rowId])];
        const changed = await isAllowed(who.rows.updateRows({ ...table, data: change, queries }));
        return (await isAllowed(who.rows.deleteRows({ ...table, queries }))) || changed;
      },
    },
  ];
}

async function inTransaction(who: Caller, operation: object): Promise<unknown> {
  const { $id: transactionId } = await who.rows.createTransaction();
  await who.rows.createOperations({ transactionId, operations: [operation] });
  return who.rows.updateTransaction({ transactionId, commit: true });
}

/** Who may create what: here the stamps are made, so each forgery has a line of its own. */
function creationRules(stage: Stage, doc: string): Rule[] {
  const { project, callers, database: databaseId, newId } = stage;
  const row = { project, doc, data: 'AAA=' };
  const create =
    (tableId: string, data: object, permissions: (who: Caller) => string[] | undefined) => (who: Caller) => {
      const granted = permissions(who);
      const address = { databaseId, tableId, rowId: newId() };
      return who.rows.createRow({ ...address, data, ...(granted && { permissions: granted }) });
    };
  const stampedAs = (role: (typeof ROLES)[number]) => (who: Caller) =>
    stampPermissions({ project, role, author: who.id });
  const own = (who: Caller): string[] => (who.id === 'nobody' ? ['read("any")'] : [`read("user:${who.id}")`]);
  const link = { project, role: 'editor', tokenHash: newId(), createdBy: callers.owner.id };
  const updates = 'table updates';
  return [
    {
      what: 'table projects',
      operation: 'create a row for oneself',
      allowed: SIGNED_IN,
      attempt: create('projects', { name: 'N' }, own),
    },
    {
      what: 'table projects',
      operation: 'create a row that the project sees',
      allowed: MEMBERS,
      attempt: create('projects', { name: 'N' }, () => [`read("team:${project}")`]),
    },
    ...ROLES.map((role) => ({
      what: updates,
      operation: `create a row stamped ${role}`,
      allowed: [role],
      attempt: create('updates', row, stampedAs(role)),
    })),
    {
      what: updates,
      operation: 'create a row with a stamp of another role or author, in a transaction',
      allowed: NOBODY,
      attempt: async (who: Caller) => {
        const role = who.role === 'owner' ? 'editor' : 'owner';
        const stamps = [
          stampPermissions({ project, role, author: who.id }),
          stampPermissions({
            project,
            role: who.role ?? 'editor',
            author: who.id === callers.owner.id ? callers.editor.id : callers.owner.id,
          }),
        ];
        const tried = stamps.map(($permissions) =>
          isAllowed(
            inTransaction(who, {
              action: 'create',
              databaseId,
              tableId: 'updates',
              rowId: newId(),
              data: { ...row, $permissions },
            }),
          ),
        );
        return (await Promise.all(tried)).includes(true);
      },
    },
    {
      what: updates,
      operation: 'create a row in the name of another',
      allowed: NOBODY,
      attempt: create('updates', row, (who) =>
        stampPermissions({
          project,
          role: who.role ?? 'editor',
          author: who.name === 'editor' ? callers.owner.id : callers.editor.id,
        }),
      ),
    },
    {
      what: updates,
      operation: 'create a row without a stamp (it has no effect)',
      allowed: SIGNED_IN,
      attempt: create('updates', row, () => undefined),
    },
    {
      what: updates,
      operation: 'create a row that anybody can read (it has no effect)',
      allowed: SIGNED_IN,
      attempt: create('updates', row, () => ['read("any")']),
    },
    {
      what: updates,
      operation: 'read a row that names the caller as its author',
      allowed: SIGNED_IN,
      attempt: async (who) => who.rows.getRow(await ownRow(stage, who, doc)),
    },
    {
      what: updates,
      operation: 'change or delete a row that names the caller as its author',
      allowed: NOBODY,
      attempt: async (who) => {
        const address = await ownRow(stage, who, doc);
        const change: object = { data: 'AAE=' };
        const changed = await isAllowed(who.rows.updateRow({ ...address, data: change }));
        return (await isAllowed(who.rows.deleteRow(address))) || changed;
      },
    },
    {
      what: 'table presence',
      operation: 'create a row of the project',
      allowed: MEMBERS,
      attempt: create('presence', { project, state: 'AA==' }, (who) => presencePermissions(project, who.id)),
    },
    {
      what: 'table presence',
      operation: 'create a row in the name of another',
      allowed: NOBODY,
      attempt: create('presence', { project, state: 'AA==' }, (who) =>
        presencePermissions(project, who.name === 'editor' ? callers.owner.id : callers.editor.id),
      ),
    },
    {
      what: 'table snapshots',
      operation: 'create a row',
      allowed: NOBODY,
      attempt: create('snapshots', { project, doc, generation: 1, format: 1 }, () => undefined),
    },
    {
      what: 'table quarantine',
      operation: 'create a row',
      allowed: NOBODY,
      attempt: create('quarantine', { project, doc, reason: 'r' }, () => undefined),
    },
    {
      what: 'table sweeps',
      operation: 'create a row',
      allowed: NOBODY,
      attempt: create('sweeps', { kind: 'k' }, () => undefined),
    },
    {
      what: 'table links',
      operation: 'create a row',
      allowed: NOBODY,
      attempt: create('links', link, () => undefined),
    },
    ...Object.entries({ projects: { name: 'N' }, updates: row, presence: { project, state: 'AA==' } }).map(
      ([tableId, data]) => ({
        what: `table ${tableId}`,
        operation: 'create many rows at once',
        allowed: NOBODY,
        attempt: (who: Caller) => {
          const rows: object[] = [{ $id: newId(), ...data }];
          return who.rows.createRows({ databaseId, tableId, rows });
        },
      }),
    ),
  ];
}

async function ownRow({ project, key, database, newId }: Stage, who: Caller, doc: string) {
  const address = { databaseId: database, tableId: 'updates', rowId: newId() };
  const permissions = stampPermissions({ project, role: who.role ?? 'editor', author: who.id });
  await key.rows.createRow({ ...address, data: { project, doc, data: 'AAA=' }, permissions });
  return address;
}

export function bucketRules(stage: Stage): Rule[] {
  const { project, server, key, newId } = stage;
  const team = [`read("team:${project}")`];
  const content = () => InputFile.fromBuffer(Buffer.from('content'), 'file.bin');
  return ['blobs', 'assets'].flatMap((name): Rule[] => {
    const bucketId = server.id(name);
    const what = `bucket ${name}`;
    const stored = async () => {
      const address = { bucketId, fileId: newId() };
      await key.storage.createFile({ ...address, file: content(), permissions: team });
      return address;
    };
    const upload = (permissions: string[] | undefined) => (who: Caller) =>
      who.storage.createFile({ bucketId, fileId: newId(), file: content(), ...(permissions && { permissions }) });
    const open = name === 'assets';
    return [
      { what, operation: 'upload a file for oneself', allowed: open ? SIGNED_IN : NOBODY, attempt: upload(undefined) },
      {
        what,
        operation: 'upload a file that the project sees',
        allowed: open ? MEMBERS : NOBODY,
        attempt: upload(team),
      },
      {
        what,
        operation: 'list files',
        allowed: MEMBERS,
        attempt: async (who) => {
          const { fileId } = await stored();
          const { files } = await who.storage.listFiles({ bucketId, queries: [Query.orderDesc('$createdAt')] });
          return files.some(({ $id }) => $id === fileId);
        },
      },
      {
        what,
        operation: 'read what a file is',
        allowed: MEMBERS,
        attempt: async (who) => who.storage.getFile(await stored()),
      },
      {
        what,
        operation: 'download a file',
        allowed: MEMBERS,
        attempt: async (who) => who.storage.getFileDownload(await stored()),
      },
      {
        what,
        operation: 'view a file',
        allowed: MEMBERS,
        attempt: async (who) => who.storage.getFileView(await stored()),
      },
      {
        what,
        operation: 'change a file',
        allowed: NOBODY,
        attempt: async (who) => who.storage.updateFile({ ...(await stored()), name: 'other' }),
      },
      {
        what,
        operation: 'delete a file',
        allowed: NOBODY,
        attempt: async (who) => who.storage.deleteFile(await stored()),
      },
    ];
  });
}

export function teamRules(stage: Stage): Rule[] {
  const { project: teamId, key, callers } = stage;
  const what = 'team of the project';
  const membershipOf = (name: CallerName): string => callers[name].membership ?? '';
  return [
    { what, operation: 'read its name', allowed: MEMBERS, attempt: (who) => who.teams.get({ teamId }) },
    { what, operation: 'list memberships', allowed: MEMBERS, attempt: (who) => who.teams.listMemberships({ teamId }) },
    {
      what,
      operation: 'rename it',
      allowed: OWNER,
      attempt: (who) => who.teams.updateName({ teamId, name: 'Renamed' }),
    },
    {
      what,
      operation: 'make oneself an owner',
      allowed: OWNER,
      attempt: (who) =>
        who.teams.updateMembership({
          teamId,
          membershipId: who.membership ?? membershipOf('viewer'),
          roles: ['owner'],
        }),
    },
    {
      what,
      operation: 'change the role of another',
      allowed: OWNER,
      attempt: (who) =>
        who.teams.updateMembership({
          teamId,
          membershipId: membershipOf(who.name === 'viewer' ? 'reviewer' : 'viewer'),
          roles: [who.name === 'viewer' ? 'reviewer' : 'viewer'],
        }),
    },
    {
      what,
      operation: 'remove another',
      allowed: OWNER,
      attempt: async (who) => {
        const other = await stage.another(who);
        const { memberships } = await key.teams.listMemberships({ teamId: other.project });
        const heir = memberships.find(({ userId }) => userId === other.heir)?.$id ?? '';
        return who.teams.deleteMembership({ teamId: other.project, membershipId: heir });
      },
    },
    {
      what,
      operation: 'delete it',
      allowed: OWNER,
      attempt: async (who) => who.teams.delete({ teamId: (await stage.another(who)).project }),
    },
  ];
}

export function functionRules(stage: Stage): Rule[] {
  const { project, callers, newId } = stage;
  const answer = async (who: Caller, functionId: string, body: object) => {
    const done = await who.functions.createExecution({ functionId, body: JSON.stringify(body) });
    const status = done.responseStatusCode;
    if (status < 300) return JSON.parse(done.responseBody) as { id: string; token: string };
    if ([401, 403, 404].includes(status)) return false;
    throw new Error(`${functionId} answered ${status}: ${done.responseBody}`);
  };
  const share = (body: object) => (who: Caller) => answer(who, 'share', { project, ...body });
  /** The same in a project of its own, which need not be as it was afterwards. */
  const elsewhere = (body: (heir: string) => object) => async (who: Caller) => {
    const other = await stage.another(who);
    return answer(who, 'share', { project: other.project, ...body(other.heir) });
  };
  const linkOfOwner = async () => {
    const made = await answer(callers.owner, 'share', {
      action: 'createLink',
      project,
      role: 'viewer',
      expiresInDays: 1,
    });
    if (made === false) throw new Error('An owner can make no link.');
    return made;
  };
  const doc = treeDocumentId(newId());
  const what = 'Function share';
  return [
    { what, operation: 'ask for the own role', allowed: MEMBERS, attempt: share({ action: 'membership' }) },
    { what, operation: 'list members', allowed: MEMBERS, attempt: share({ action: 'members' }) },
    { what, operation: 'list links', allowed: WRITERS, attempt: share({ action: 'links' }) },
    { what, operation: 'make a link', allowed: WRITERS, attempt: share({ action: 'createLink', role: 'viewer' }) },
    {
      what,
      operation: 'revoke a link of the owner',
      allowed: OWNER,
      attempt: async (who) => answer(who, 'share', { action: 'revokeLink', project, link: (await linkOfOwner()).id }),
    },
    {
      what,
      operation: 'join by a link',
      allowed: SIGNED_IN,
      attempt: async (who) => {
        const other = await stage.another(callers.owner);
        const made = await answer(callers.owner, 'share', {
          action: 'createLink',
          project: other.project,
          role: 'viewer',
        });
        return made !== false && answer(who, 'share', { action: 'join', token: made.token });
      },
    },
    {
      what,
      operation: 'join by a guessed token',
      allowed: NOBODY,
      attempt: (who) => answer(who, 'share', { action: 'join', token: newId() }),
    },
    {
      what,
      operation: 'change a role',
      allowed: OWNER,
      attempt: elsewhere((member) => ({ action: 'changeRole', member, role: 'editor' })),
    },
    {
      what,
      operation: 'remove a member',
      allowed: OWNER,
      attempt: elsewhere((member) => ({ action: 'removeMember', member })),
    },
    {
      what,
      operation: 'hand the project over',
      allowed: OWNER,
      attempt: elsewhere((member) => ({ action: 'handOver', member })),
    },
    {
      what,
      operation: 'leave',
      allowed: MEMBERS,
      attempt: async (who) => {
        // Who is no member is told 404: there is nothing to leave.
        const other = await stage.another(who);
        return answer(who, 'share', { action: 'leave', project: other.project });
      },
    },
    {
      what: 'Function compact',
      operation: 'compact a document',
      allowed: MEMBERS,
      attempt: (who) => answer(who, 'compact', { project, doc }),
    },
    {
      what: 'Function compact',
      operation: 'purge history',
      allowed: OWNER,
      attempt: (who) => answer(who, 'compact', { project, doc, purgeBefore: '2026-01-01T00:00:00.000Z' }),
    },
    { what: 'Function compact', operation: 'sweep', allowed: NOBODY, attempt: (who) => answer(who, 'compact', {}) },
    {
      what: 'both Functions',
      operation: 'read the execution of another',
      allowed: OWNER,
      attempt: async (who) => {
        const { $id: executionId } = await callers.owner.functions.createExecution({
          functionId: 'share',
          body: JSON.stringify({ action: 'membership', project }),
        });
        return who.functions.getExecution({ functionId: 'share', executionId });
      },
    },
  ];
}
