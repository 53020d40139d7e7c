/** What there is to hear on a project, and who hears it. */
import { InputFile } from 'node-appwrite/file';
import { presencePermissions, stampPermissions } from '../../../src/core/stamps.ts';
import { live, type Live } from '../emulator-socket.ts';
import { CALLERS, type Caller, type CallerName, type Stage } from './people.ts';
import { MEMBERS, NOBODY, OWNER } from './rules.ts';

export interface ChannelRule {
  channel: string;
  operation: string;
  allowed: readonly CallerName[];
  /** Makes the server announce something; resolves with what stands in the announcement and in no other. */
  announce: () => Promise<string>;
}

/** Everybody with a socket of their own; what they heard is kept as text. */
export class Audience {
  readonly heard = new Map<CallerName, string[]>();
  private readonly sockets: Live[] = [];

  /** Opens a socket for each caller and subscribes it to everything there is. */
  static async open({ server, callers, database }: Stage): Promise<Audience> {
    const audience = new Audience();
    const rows = ['projects', 'updates', 'snapshots', 'quarantine', 'sweeps', 'presence', 'links'];
    const tables = rows.map((table) => `tablesdb.${database}.tables.${table}.rows`);
    const buckets = ['blobs', 'assets'].map((bucket) => `buckets.${server.id(bucket)}.files`);
    for (const name of CALLERS) {
      const { session } = callers[name];
      const socket = await live(server, session === undefined ? {} : { session });
      const all = [...tables, ...buckets, 'rows', 'files', 'memberships', 'teams', 'account', 'executions'];
      const answer = await socket.subscribe(all);
      if (answer.type !== 'response') throw new Error(`${name} cannot subscribe: ${JSON.stringify(answer)}`);
      audience.sockets.push(socket);
      void audience.listen(name, socket);
    }
    return audience;
  }

  who(marker: string): CallerName[] {
    return CALLERS.filter((name) => this.heard.get(name)?.some((text) => text.includes(marker)));
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
  }

  private async listen(name: CallerName, socket: Live): Promise<never> {
    const texts: string[] = [];
    this.heard.set(name, texts);
    for (;;) texts.push(JSON.stringify((await socket.next()).data));
  }
}

/** Something that everybody hears: what was announced before has arrived when this has. */
export async function announceToAll({ key, database, newId }: Stage): Promise<string> {
  const address = { databaseId: database, tableId: 'presence', rowId: newId() };
  await key.rows.createRow({ ...address, data: { project: 'none', state: 'AA==' }, permissions: ['read("any")'] });
  return address.rowId;
}

export function channelRules(stage: Stage): ChannelRule[] {
  const { project, database, server, key, callers, newId } = stage;
  const team = [`read("team:${project}")`];
  const author = callers.editor.id;
  const doc = `t${newId()}`;
  const row = (
    table: string,
    allowed: readonly CallerName[],
    permissions: string[],
    data: Record<string, unknown>,
  ): ChannelRule => ({
    channel: `rows of ${table}`,
    operation: 'hear that a row is written',
    allowed,
    announce: async () => {
      const rowId = newId();
      await key.rows.createRow({ databaseId: database, tableId: table, rowId, data, permissions });
      return rowId;
    },
  });
  const file = (bucket: string): ChannelRule => ({
    channel: `files of ${bucket}`,
    operation: 'hear that a file is written',
    allowed: MEMBERS,
    announce: async () => {
      const fileId = newId();
      const content = InputFile.fromBuffer(Buffer.from('content'), 'file.bin');
      await key.storage.createFile({ bucketId: server.id(bucket), fileId, file: content, permissions: team });
      return fileId;
    },
  });
  const stamp = stampPermissions({ project, role: 'editor', author });
  const link = { project, role: 'viewer', tokenHash: newId(), createdBy: author };
  return [
    row('projects', MEMBERS, team, { name: 'P' }),
    row('updates', MEMBERS, stamp, { project, doc, data: 'AAA=' }),
    row('snapshots', MEMBERS, team, { project, doc, generation: 1, format: 1 }),
    row('quarantine', OWNER, [`read("team:${project}/owner")`], { project, doc, reason: 'r' }),
    row('sweeps', NOBODY, [], { kind: 'k' }),
    row('presence', MEMBERS, presencePermissions(project, author), { project, state: 'AA==' }),
    row('links', NOBODY, [], link),
    file('blobs'),
    file('assets'),
    {
      channel: 'memberships',
      operation: 'hear that a role changes',
      allowed: MEMBERS,
      announce: async () => {
        const { membership: membershipId = '' } = callers.viewer;
        const role = `marked-${newId()}`.slice(0, 30);
        await key.teams.updateMembership({ teamId: project, membershipId, roles: [role, 'viewer'] });
        return role;
      },
    },
    {
      channel: 'teams',
      operation: 'hear that the team is renamed',
      allowed: MEMBERS,
      announce: async () => {
        const name = newId();
        await key.teams.updateName({ teamId: project, name });
        return name;
      },
    },
    account(callers.owner, newId),
  ];
}

function account(owner: Caller, newId: () => string): ChannelRule {
  return {
    channel: 'account',
    operation: "hear that the owner's account changes",
    allowed: OWNER,
    announce: async () => {
      const name = newId();
      await owner.account.updateName({ name });
      return name;
    },
  };
}
