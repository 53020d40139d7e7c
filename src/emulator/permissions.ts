import { isStringList } from './json.ts';

/**
 * The one place where permissions are understood: REST rows, files and realtime all ask here.
 * A permission is a string `action("role")`; a role is a string such as `any`, `user:ID` or `team:ID/owner`.
 */
export type Action = 'create' | 'read' | 'update' | 'delete';

/** What can be asked of a row or file; `create` exists on tables and buckets only. */
export const ROW_ACTIONS = ['read', 'update', 'delete', 'write'] as const;
export const TABLE_ACTIONS = ['create', 'read', 'update', 'delete', 'write'] as const;
const MAX_PERMISSIONS = 100;

const ID = '[A-Za-z0-9][A-Za-z0-9._-]{0,35}';
const ROLE = new RegExp(
  `^(any|guests|users(/(un)?verified)?|user:${ID}(/(un)?verified)?|team:${ID}(/${ID})?|member:${ID}|label:[A-Za-z0-9]{1,36})$`,
);

/** True for the name of a role, whether or not anybody holds it. */
export function isRole(role: string): boolean {
  return ROLE.test(role);
}

function parse(permission: string): { action: string; role: string } | undefined {
  const match = /^([a-z]+)\("([^"]+)"\)$/.exec(permission);
  return match?.[1] !== undefined && match[2] !== undefined ? { action: match[1], role: match[2] } : undefined;
}

/** Why a list of permissions cannot be accepted, or undefined if it can. */
export function permissionsProblem(value: unknown, allowed: readonly string[]): string | undefined {
  if (!isStringList(value)) return 'Permissions must be an array of strings. or null';
  if (value.length > MAX_PERMISSIONS) return `You can only provide up to ${MAX_PERMISSIONS} permissions. or null`;
  for (const permission of value) {
    const parsed = parse(permission);
    if (!parsed) return `Invalid permission string format: "${permission}". or null`;
    if (!allowed.includes(parsed.action)) {
      return `Permission "${permission}" is not allowed. Must be one of: ${allowed.join(', ')}. or null`;
    }
    if (!isRole(parsed.role)) return `Role "${parsed.role}" is not allowed. or null`;
  }
  return undefined;
}

/** Writes out `write` as its actions and drops duplicates; the order is kept. */
export function normalisePermissions(permissions: readonly string[], writeMeans: readonly Action[]): string[] {
  const all = permissions.flatMap((permission) => {
    const parsed = parse(permission);
    if (parsed?.action !== 'write') return [permission];
    return writeMeans.map((action) => `${action}("${parsed.role}")`);
  });
  return [...new Set(all)];
}

/** The roles to which the permissions grant an action. */
export function rolesFor(permissions: readonly string[], action: Action): string[] {
  return permissions.flatMap((permission) => {
    const parsed = parse(permission);
    return parsed?.action === action ? [parsed.role] : [];
  });
}

/** The roles that may do something with a row: those of the table, and with row security those of the row as well. */
export function rolesWithAccess(
  tablePermissions: readonly string[],
  rowPermissions: readonly string[],
  rowSecurity: boolean,
  action: Action,
): string[] {
  const roles = rolesFor(tablePermissions, action);
  return rowSecurity ? [...roles, ...rolesFor(rowPermissions, action)] : roles;
}

/** True if one of the needed roles is held. */
export function holdsAny(held: ReadonlySet<string>, needed: readonly string[]): boolean {
  return needed.some((role) => held.has(role));
}

/** True if every role that the permissions name is held: nobody can grant a role that is not their own. */
export function mayGrant(held: ReadonlySet<string>, permissions: readonly string[]): boolean {
  return permissions.every((permission) => {
    const role = parse(permission)?.role;
    return role !== undefined && held.has(role);
  });
}

/** What the creator of a row or file gets when none are named. */
export function creatorPermissions(userId: string): string[] {
  return [`read("user:${userId}")`, `update("user:${userId}")`, `delete("user:${userId}")`];
}
