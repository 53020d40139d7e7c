import { insertUser } from '../accounts.ts';
import type { Context } from '../context.ts';
import { hostOf } from '../cors.ts';
import { isEmail } from '../emails.ts';
import { invalidParam, ServerError } from '../errors.ts';
import { membershipEvent } from '../events.ts';
import { now, uniqueId } from '../ids.ts';
import { listDocuments } from '../lists.ts';
import { roleNames, text } from '../params.ts';
import { presentMembership } from '../people.ts';
import type { Membership, Team, User } from '../people.ts';
import { NO_CONTENT, part } from '../route.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { newMembership, ownsTeam, readableTeam } from './teams.ts';

const ONE = '/teams/:teamId/memberships/:membershipId';

export const membershipRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/teams/:teamId/memberships',
    scopes: ['teams.write'],
    limit: { requests: 10, per: 3600 },
    handle: create,
  },
  { method: 'GET', path: '/teams/:teamId/memberships', scopes: ['teams.read'], handle: list },
  { method: 'GET', path: ONE, scopes: ['teams.read'], handle: get },
  { method: 'PATCH', path: ONE, scopes: ['teams.write'], handle: updateRoles },
  { method: 'DELETE', path: ONE, scopes: ['teams.write'], handle: remove },
  { method: 'PATCH', path: `${ONE}/status`, scopes: ['public'], handle: accept },
];

/** A key adds a member at once. Clients would need mail, which this server does not send. */
async function create(request: ApiRequest): Promise<Reply> {
  const { context, caller, body } = request;
  const roles = roleNames(body, 'roles');
  const url = text(body, 'url', { min: 0, max: 2048, fallback: '' });
  if (url !== '' && !context.allowsHost(hostOf(url))) {
    throw invalidParam(
      'url',
      `Invalid URI. Register your new client (${hostOf(url)}) as a new Web platform on your project console dashboard`,
    );
  }
  const { userId, email } = body;
  if (email !== undefined && !isEmail(email)) throw invalidParam('email', 'Value must be a valid email address');
  if (caller.kind !== 'key' && url === '') throw new ServerError('general_argument_invalid', 'URL is required');
  if (caller.kind !== 'key') throw new ServerError('general_smtp_disabled');
  if (typeof userId !== 'string' && email === undefined) {
    throw new ServerError('general_argument_invalid', 'At least one of userId, email, or phone is required');
  }
  return context.writer.write((afterCommit) => {
    const team = readableTeam(request);
    const user = typeof userId === 'string' ? context.users.get(userId) : invited(context, String(email).toLowerCase());
    if (!user) throw new ServerError('user_not_found', "User with given userId doesn't exist.");
    if (context.memberships.where('teamId', team.$id).some((other) => other.userId === user.$id)) {
      throw new ServerError('membership_already_confirmed');
    }
    const membership = newMembership(team, user.$id, roles);
    context.memberships.insert(membership);
    context.teams.update({ ...team, total: team.total + 1 });
    const shown = presentMembership(membership, { user, team });
    afterCommit(() => context.publish(membershipEvent(team.$id, membership.$id, 'create', shown, user.$id)));
    return { status: 201, body: shown };
  });
}

/** The user with an address; an unknown address makes a user without password. */
function invited(context: Context, email: string): User {
  const found = context.users.where('email', email)[0];
  return found ?? insertUser(context, { id: uniqueId(), email, password: null, name: email, accessedAt: '' }, null);
}

/** Clients do not see who the members are, not even themselves; keys do. */
function shownTo(request: ApiRequest, membership: Membership, team: Team): ReturnType<typeof presentMembership> {
  if (request.caller.kind !== 'key') return presentMembership({ ...membership, userId: '' }, { team });
  return presentMembership(membership, { team, user: request.context.users.get(membership.userId), accessed: true });
}

function list(request: ApiRequest): Reply {
  const { context, query } = request;
  const team = readableTeam(request);
  const { total, items } = listDocuments(context.memberships, query, {
    fields: { userId: 'text', teamId: 'text', invited: 'time', joined: 'time', confirm: 'boolean' },
    searched: ['$id', 'userId'],
    within: { sql: `json_extract(doc, '$."teamId"') = ?`, values: [team.$id] },
  });
  return { status: 200, body: { total, memberships: items.map((membership) => shownTo(request, membership, team)) } };
}

function find(request: ApiRequest, team: Team): Membership | undefined {
  const membership = request.context.memberships.get(part(request, 'membershipId'));
  return membership?.teamId === team.$id ? membership : undefined;
}

function get(request: ApiRequest): Reply {
  const team = readableTeam(request);
  const membership = find(request, team);
  if (!membership) throw new ServerError('membership_not_found');
  return { status: 200, body: shownTo(request, membership, team) };
}

async function updateRoles(request: ApiRequest): Promise<Reply> {
  const { context, caller, body } = request;
  const roles = roleNames(body, 'roles');
  return context.writer.write((afterCommit) => {
    const team = readableTeam(request);
    const membership = find(request, team);
    if (!membership) throw new ServerError('membership_not_found');
    if (!ownsTeam(caller, team)) throw new ServerError('user_unauthorized', 'User is not allowed to modify roles');
    const updated = { ...membership, roles: [...new Set(roles)], $updatedAt: now() };
    context.memberships.update(updated);
    const shown = presentMembership(updated, { team, user: context.users.get(membership.userId) });
    afterCommit(() => context.publish(membershipEvent(team.$id, membership.$id, 'update', shown, membership.userId)));
    return { status: 200, body: shown };
  });
}

/** Owners and keys remove anybody; everybody may leave, the last owner too. */
async function remove(request: ApiRequest): Promise<Reply> {
  const { context, caller } = request;
  await context.writer.write((afterCommit) => {
    const team = readableTeam(request);
    const membership = find(request, team);
    if (!membership) throw new ServerError('team_invite_not_found');
    const oneself = caller.kind === 'user' && caller.user.$id === membership.userId;
    if (!oneself && !ownsTeam(caller, team)) throw new ServerError('user_unauthorized');
    context.memberships.delete(membership.$id);
    context.teams.update({ ...team, total: Math.max(0, team.total - 1) });
    const payload = presentMembership(membership, {});
    afterCommit(() => context.publish(membershipEvent(team.$id, membership.$id, 'delete', payload, membership.userId)));
  });
  return NO_CONTENT;
}

/** There are no invitations to accept: members are added by key, confirmed at once. */
function accept(request: ApiRequest): never {
  if (!request.context.memberships.get(part(request, 'membershipId'))) throw new ServerError('membership_not_found');
  throw new ServerError('team_invalid_secret');
}
