import type { Caller } from './caller.ts';
import type { JsonObject } from './json.ts';

/** Something that happened, as realtime tells it to those who hold one of the roles. */
export interface ServerEvent {
  /** The names, the most specific one first. */
  readonly events: readonly string[];
  /** The first one names the kind, the second one may add the action. */
  channels: string[];
  roles: readonly string[];
  payload: JsonObject;
  /**
   * The user whose roles this event changed: open sockets of that user get the new ones before anything else, and end
   * after the event if the user is gone or blocked.
   */
  rolesChangedFor?: string;
  /** A role that begins anew: open sockets that hold it from before get the roles of their users. */
  rolesEnded?: string;
  /** Sessions whose open sockets end after the event. */
  sessionsEnded?: readonly string[];
  /** Who did it, for the functions that it triggers. */
  by?: Caller;
}

export type RowAction = 'create' | 'update' | 'upsert' | 'delete';

/** Where a row is. */
export interface RowPlace {
  databaseId: string;
  tableId: string;
  rowId: string;
}

type Step = readonly [kind: string, id: string];

/** All names of an event: each id also as `*`, each prefix, with and without the action and its detail. */
function names(path: readonly Step[], action: string, detail?: string): string[] {
  let prefixes = [''];
  const all: string[] = [];
  for (const [kind, id] of path) {
    prefixes = prefixes.flatMap((prefix) => [id, '*'].map((part) => `${prefix}${kind}.${part}.`));
    all.push(...prefixes.map((prefix) => prefix.slice(0, -1)));
  }
  for (const prefix of prefixes) {
    all.push(prefix + action);
    if (detail !== undefined) all.push(`${prefix}${action}.${detail}`);
  }
  const first = path.map((step) => step.join('.')).join('.') + `.${action}`;
  return [first, ...new Set(all.filter((name) => name !== first))];
}

function withAction(channels: readonly string[], action: string): string[] {
  return channels.flatMap((channel) => [channel, `${channel}.${action}`]);
}

/** Both families of names, `tablesdb` and the older `databases`, belong to every event of a row. */
export function rowEvent(
  at: RowPlace,
  action: RowAction,
  payload: JsonObject,
  roles: readonly string[],
  by?: Caller,
): ServerEvent {
  const { databaseId, tableId, rowId } = at;
  const lists = [
    `tablesdb.${databaseId}.tables.${tableId}.rows`,
    `databases.${databaseId}.tables.${tableId}.rows`,
    `databases.${databaseId}.collections.${tableId}.documents`,
  ];
  const channels = withAction(['rows', 'documents', ...lists, ...lists.map((list) => `${list}.${rowId}`)], action);
  let events: string[] | undefined;
  return {
    // 64 names, which most rows never need: nobody listens.
    get events() {
      return (events ??= rowNames(at, action));
    },
    channels,
    roles,
    payload,
    ...(by && { by }),
  };
}

function rowNames({ databaseId, tableId, rowId }: RowPlace, action: RowAction): string[] {
  const tables: Step[] = [
    ['tables', tableId],
    ['rows', rowId],
  ];
  const collections: Step[] = [
    ['collections', tableId],
    ['documents', rowId],
  ];
  const all = new Set([
    ...names([['tablesdb', databaseId], ...tables], action),
    ...names([['databases', databaseId], ...tables], action),
    ...names([['databases', databaseId], ...collections], action),
  ]);
  return [...all];
}

/** Changes of the account; `detail` is what was changed, such as `prefs`. */
export function userEvent(
  userId: string,
  action: 'create' | 'update' | 'delete',
  payload: JsonObject,
  options: { detail?: string; sessionsEnded?: readonly string[] } = {},
): ServerEvent {
  const { detail, sessionsEnded = [] } = options;
  return {
    events: names([['users', userId]], action, detail),
    channels: withAction(['account', `account.${userId}`], action),
    roles: [`user:${userId}`],
    payload,
    rolesChangedFor: userId,
    sessionsEnded,
  };
}

export function sessionEvent(
  userId: string,
  sessionId: string,
  action: 'create' | 'delete',
  payload: JsonObject,
  sessionsEnded: readonly string[] = [],
): ServerEvent {
  const path: Step[] = [
    ['users', userId],
    ['sessions', sessionId],
  ];
  return {
    events: names(path, action),
    channels: ['account', `account.${userId}`],
    roles: [`user:${userId}`],
    payload,
    sessionsEnded,
  };
}

export function teamEvent(
  teamId: string,
  action: 'create' | 'update' | 'delete',
  payload: JsonObject,
  options: { detail?: string; rolesChangedFor?: string } = {},
): ServerEvent {
  return {
    events: names([['teams', teamId]], action, options.detail),
    channels: withAction(['teams', `teams.${teamId}`], action),
    roles: [`team:${teamId}`],
    payload,
    ...(action === 'create' && { rolesEnded: `team:${teamId}` }),
    ...(options.rolesChangedFor !== undefined && { rolesChangedFor: options.rolesChangedFor }),
  };
}

export function membershipEvent(
  teamId: string,
  membershipId: string,
  action: 'create' | 'update' | 'delete',
  payload: JsonObject,
  userId: string,
): ServerEvent {
  const path: Step[] = [
    ['teams', teamId],
    ['memberships', membershipId],
  ];
  const channels = withAction(['memberships', `memberships.${membershipId}`], action);
  return { events: names(path, action), channels, roles: [`team:${teamId}`], payload, rolesChangedFor: userId };
}

export function fileEvent(
  bucketId: string,
  fileId: string,
  action: 'create' | 'update' | 'delete',
  payload: JsonObject,
  roles: readonly string[],
): ServerEvent {
  const path: Step[] = [
    ['buckets', bucketId],
    ['files', fileId],
  ];
  const channels = withAction(['files', `buckets.${bucketId}.files`, `buckets.${bucketId}.files.${fileId}`], action);
  return { events: names(path, action), channels, roles, payload };
}

/** Told to those who may read the execution. */
export function executionEvent(
  functionId: string,
  executionId: string,
  action: 'create' | 'update',
  payload: JsonObject,
  roles: readonly string[],
): ServerEvent {
  const path: Step[] = [
    ['functions', functionId],
    ['executions', executionId],
  ];
  const channels = withAction(['executions', `executions.${executionId}`, `functions.${functionId}`], action);
  return { events: names(path, action), channels, roles, payload };
}
