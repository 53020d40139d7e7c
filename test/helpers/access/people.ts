import { randomBytes } from 'node:crypto';
import { Functions, Storage } from 'node-appwrite';
import { NODE_ID_LENGTH, randomId } from '../../../src/core/ids.ts';
import { isRole, type Role } from '../../../src/core/roles.ts';
import { person, sdk, type AppwriteServer, type Person, type Sdk } from '../emulator.ts';

/** The kinds of caller that docs/security.md knows, in the order of its table. */
export const CALLERS = ['outsider', 'stranger', 'removed', 'viewer', 'reviewer', 'editor', 'owner'] as const;
export type CallerName = (typeof CALLERS)[number];

/** Somebody who tries something, by the official SDK. */
export interface Caller extends Sdk {
  name: CallerName;
  /** Of the user; for the outsider an id that nobody has. */
  id: string;
  /** The role in the project; `null` for those who are not in it. */
  role: Role | null;
  session: string | undefined;
  storage: Storage;
  functions: Functions;
  membership: string | undefined;
}

/** One project and everybody who might want something of it. */
export interface Stage {
  server: AppwriteServer;
  key: Sdk & { storage: Storage };
  project: string;
  database: string;
  callers: Record<CallerName, Caller>;
  /** Makes another project in which the caller has the same role, beside another owner. */
  another: (of: Caller) => Promise<{ project: string; heir: string }>;
  newId: () => string;
  /** Whoever was in the project and is not any more; before `remove`, an editor of it. */
  remove: () => Promise<void>;
}

/** Builds the stage; everything on it has ids of its own, and goes with the server. */
export async function openStage(server: AppwriteServer): Promise<Stage> {
  const key = sdk(server, { key: server.apiKey });
  const newId = (): string => randomId((count) => randomBytes(count), NODE_ID_LENGTH);
  const project = server.id(`p${newId().slice(0, 6)}`);
  const heir = await person(server, 'heir');
  await key.teams.create({ teamId: project, name: 'The project' });

  const join = async (teamId: string, userId: string, role: string): Promise<string> =>
    (await key.teams.createMembership({ teamId, userId, roles: [role] })).$id;
  const open = async (name: CallerName): Promise<Caller> => {
    const role = isRole(name) ? name : null;
    const who: Person | null = name === 'outsider' ? null : await person(server, name);
    const membershipRole = role ?? (name === 'removed' ? 'editor' : null);
    const calls = who ?? sdk(server);
    return {
      ...calls,
      name,
      role,
      id: who?.id ?? 'nobody',
      session: who?.session,
      storage: new Storage(calls.client),
      functions: new Functions(calls.client),
      membership: who && membershipRole ? await join(project, who.id, membershipRole) : undefined,
    };
  };
  const list = [];
  for (const name of CALLERS) list.push([name, await open(name)] as const);
  const callers = Object.fromEntries(list) as Record<CallerName, Caller>;
  // A stranger owns a project, only not this one.
  await join(await newTeam(), callers.stranger.id, 'owner');

  async function newTeam(): Promise<string> {
    const teamId = server.id(`q${newId().slice(0, 12)}`);
    await key.teams.create({ teamId, name: 'Another project' });
    return teamId;
  }
  return {
    server,
    key: { ...key, storage: new Storage(key.client) },
    project,
    database: server.id('cowrite'),
    callers,
    newId,
    another: async (of) => {
      const team = await newTeam();
      await join(team, heir.id, 'owner');
      if (of.role !== null) await join(team, of.id, of.role);
      return { project: team, heir: heir.id };
    },
    remove: async () => {
      const { membership = '' } = callers.removed;
      await key.teams.deleteMembership({ teamId: project, membershipId: membership });
    },
  };
}
