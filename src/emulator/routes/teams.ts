import type { Caller } from '../caller.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../errors.ts';
import { teamEvent } from '../events.ts';
import { now, uniqueId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { listDocuments } from '../lists.ts';
import { newId, roleNames, text } from '../params.ts';
import { presentTeam } from '../people.ts';
import type { Membership, Team } from '../people.ts';
import { NO_CONTENT, part } from '../route.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { isUniqueViolation } from '../sqlite.ts';
import { prefsParam } from './account.ts';

export const teamRoutes: readonly Route[] = [
  { method: 'POST', path: '/teams', scopes: ['teams.write'], handle: create },
  { method: 'GET', path: '/teams', scopes: ['teams.read'], handle: list },
  {
    method: 'GET',
    path: '/teams/:teamId',
    scopes: ['teams.read'],
    handle: (request) => ({ status: 200, body: presentTeam(readableTeam(request)) }),
  },
  { method: 'PUT', path: '/teams/:teamId', scopes: ['teams.write'], handle: rename },
  { method: 'DELETE', path: '/teams/:teamId', scopes: ['teams.write'], handle: remove },
  {
    method: 'GET',
    path: '/teams/:teamId/prefs',
    scopes: ['teams.read'],
    handle: (request) => ({ status: 200, body: readableTeam(request).prefs }),
  },
  { method: 'PUT', path: '/teams/:teamId/prefs', scopes: ['teams.write'], handle: updatePrefs },
];

/** The team of the path; for those who are no members it does not exist. */
export function readableTeam({ context, caller, path }: Pick<ApiRequest, 'context' | 'caller' | 'path'>): Team {
  const team = context.teams.get(path['teamId'] ?? '');
  if (!team || !(caller.kind === 'key' || caller.roles.has(`team:${team.$id}`)))
    throw new ServerError('team_not_found');
  return team;
}

/** True for owners and keys. */
export function ownsTeam(caller: Caller, team: Team): boolean {
  return caller.kind === 'key' || caller.roles.has(`team:${team.$id}/owner`);
}

function ownedTeam(request: ApiRequest): Team {
  const team = readableTeam(request);
  if (!ownsTeam(request.caller, team)) throw new ServerError('user_unauthorized');
  return team;
}

/** PHP writes an empty object as a list in events. */
function teamPayload(team: Team): JsonObject {
  return { ...presentTeam(team), prefs: Object.keys(team.prefs).length > 0 ? team.prefs : [] };
}

/** The user who creates a team becomes its owner; a key creates a team without members. */
async function create({ context, caller, body }: ApiRequest): Promise<Reply> {
  const id = newId(body, 'teamId');
  const name = text(body, 'name');
  const roles = roleNames(body, 'roles', ['owner']);
  const time = now();
  const user = caller.kind === 'user' ? caller.user : undefined;
  const team: Team = { $id: id, $createdAt: time, $updatedAt: time, name, total: user ? 1 : 0, prefs: {} };
  await context.writer.write((afterCommit) => {
    try {
      context.teams.insert(team);
    } catch (error) {
      if (isUniqueViolation(error)) throw new ServerError('team_already_exists');
      throw error;
    }
    if (user)
      context.memberships.insert(newMembership(team, user.$id, roles.includes('owner') ? roles : [...roles, 'owner']));
    const options = user ? { rolesChangedFor: user.$id } : {};
    afterCommit(() => context.publish(teamEvent(id, 'create', teamPayload(team), options)));
  });
  return { status: 201, body: presentTeam(team) };
}

/** A confirmed membership. */
export function newMembership(team: Team, userId: string, roles: string[]): Membership {
  const time = now();
  return {
    $id: uniqueId(),
    $createdAt: time,
    $updatedAt: time,
    teamId: team.$id,
    userId,
    roles: [...new Set(roles)],
    invited: time,
    joined: time,
    confirm: true,
  };
}

function list({ context, caller, query }: ApiRequest): Reply {
  const own =
    caller.kind === 'user' ? context.memberships.where('userId', caller.user.$id).map(({ teamId }) => teamId) : [];
  const within = caller.kind === 'key' ? undefined : { sql: `id IN (${own.map(() => '?').join(', ')})`, values: own };
  const { total, items } = listDocuments(context.teams, query, {
    fields: { name: 'text', total: 'integer' },
    searched: ['$id', 'name'],
    ...(within && { within }),
  });
  return { status: 200, body: { total, teams: items.map(presentTeam) } };
}

async function rename(request: ApiRequest): Promise<Reply> {
  const name = text(request.body, 'name');
  const team = await change(request, { name });
  return { status: 200, body: presentTeam(team) };
}

async function updatePrefs(request: ApiRequest): Promise<Reply> {
  const prefs = prefsParam(request.body);
  await change(request, { prefs }, 'prefs');
  return { status: 200, body: prefs };
}

function change(request: ApiRequest, edit: Partial<Team>, detail?: string): Promise<Team> {
  const { context } = request;
  return context.writer.write((afterCommit) => {
    const team = { ...ownedTeam(request), ...edit, $updatedAt: now() };
    context.teams.update(team);
    const payload = detail === 'prefs' ? team.prefs : teamPayload(team);
    afterCommit(() => context.publish(teamEvent(team.$id, 'update', payload, detail === undefined ? {} : { detail })));
    return team;
  });
}

async function remove(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  await context.writer.write((afterCommit) => {
    const team = ownedTeam(request);
    deleteTeam(context, team);
    afterCommit(() => context.publish(teamEvent(part(request, 'teamId'), 'delete', teamPayload(team))));
  });
  return NO_CONTENT;
}

/**
 * Sockets that are open keep the roles of a deleted team, as on the real server, until a team with its id is created;
 * requests lose them at once.
 */
function deleteTeam(context: Context, team: Team): void {
  for (const membership of context.memberships.where('teamId', team.$id)) context.memberships.delete(membership.$id);
  context.teams.delete(team.$id);
}
