import type { Caller } from './caller.ts';
import type { Context } from './context.ts';
import { invalidParam, ServerError } from './errors.ts';
import { userEvent } from './events.ts';
import { now, uniqueId } from './ids.ts';
import type { Params } from './params.ts';
import { need } from './params.ts';
import { presentAccount } from './people.ts';
import type { Session, User } from './people.ts';
import { hashPassword, verifyPassword } from './secrets.ts';
import { isUniqueViolation } from './sqlite.ts';

/** The user who asks; routes with the scope `account` have one. */
export function callerUser({ caller }: { caller: Caller }): {
  user: User;
  session: Session | undefined;
  viaToken: boolean;
} {
  if (caller.kind !== 'user') throw new ServerError('user_unauthorized');
  return caller;
}

export function passwordParam(params: Params, name: string): string {
  const value = need(params, name);
  if (typeof value !== 'string' || value.length < 8 || value.length > 256) {
    throw invalidParam(name, 'Password must be between 8 and 256 characters long.');
  }
  return value;
}

export interface NewUser {
  id: string;
  /** Empty for a user without an address. */
  email: string;
  password: string | null;
  name: string;
  accessedAt: string;
}

/** Stores a new user; 409 if the id or the address is taken. */
export async function createUser(context: Context, given: NewUser): Promise<User> {
  const hash = given.password === null ? null : await hashPassword(given.password);
  return context.writer.write((afterCommit) => {
    const user = insertUser(context, given, hash);
    afterCommit(() => context.publish(userEvent(user.$id, 'create', presentAccount(user))));
    return user;
  });
}

/** The part of `createUser` that belongs inside a write. */
export function insertUser(context: Context, { id, email, name, accessedAt }: NewUser, hash: string | null): User {
  const time = now();
  const user: User = {
    $id: id,
    $createdAt: time,
    $updatedAt: time,
    name,
    email,
    password: hash,
    passwordUpdate: hash === null ? '' : time,
    registration: time,
    status: true,
    labels: [],
    emailVerification: false,
    prefs: {},
    accessedAt,
    target: email === '' ? null : { $id: uniqueId(), $createdAt: time, $updatedAt: time, identifier: email },
  };
  if (email !== '' && context.users.where('email', email).length > 0) throw new ServerError('user_already_exists');
  try {
    context.users.insert(user);
  } catch (error) {
    if (isUniqueViolation(error)) throw new ServerError('user_already_exists');
    throw error;
  }
  return user;
}

/** Changes the newest state of a user; belongs inside a write. */
export function changeUser(context: Context, id: string, edit: (user: User) => Partial<User>): User {
  const current = context.users.get(id);
  if (!current) throw new ServerError('user_not_found');
  const updated = { ...current, $updatedAt: now(), ...edit(current) };
  context.users.update(updated);
  return updated;
}

export async function checkPassword(user: User | undefined, password: string): Promise<void> {
  const right = await verifyPassword(password, user?.password ?? undefined);
  if (!right) throw new ServerError('user_invalid_credentials');
}

/**
 * The newest state of a user whose password was checked before; 401 if the password is another one by now. Belongs
 * inside a write.
 */
export function unchanged(context: Context, checked: User): User {
  const current = context.users.get(checked.$id);
  if (!current || current.password !== checked.password) throw new ServerError('user_invalid_credentials');
  return current;
}

/** Removes a user with its sessions and memberships; belongs inside a write. */
export function deleteUser(context: Context, user: User): void {
  for (const session of context.sessions.where('userId', user.$id)) context.sessions.delete(session.$id);
  for (const membership of context.memberships.where('userId', user.$id)) {
    context.memberships.delete(membership.$id);
    const team = context.teams.get(membership.teamId);
    if (team) context.teams.update({ ...team, total: Math.max(0, team.total - 1) });
  }
  context.users.delete(user.$id);
}
