import { invalidParam } from '../errors.ts';
import { isStringList } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { boolean, number, text } from '../params.ts';
import { isRole } from '../permissions.ts';
import { parseCron } from './cron.ts';
import { DEFAULT_SPECIFICATION, DEFAULT_TIMEOUT } from './model.ts';
import type { FunctionSettings } from './model.ts';

const MAX_ITEMS = 100;
/** Seconds. */
const MAX_TIMEOUT = 900;
const RUNTIMES = ['14.5', '16.0', '18.0', '19.0', '20.0', '21.0', '22', '23', '24', '25'].map((it) => `node-${it}`);
const ROLE_KINDS = 'any, guests, users, user, team, member, label';

/** What the real server knows scopes for; each has `.read` and `.write`. */
const SCOPED = new Set(
  (
    'apps archives assistant attributes avatars backups buckets collections columns databases documents domains events ' +
    'execution executions files functions health indexes insights keys locale log messages migrations mocks platforms ' +
    'policies presences project providers reports restorations rows rules schedules sessions sites stages subscribers ' +
    'tables targets teams templates tokens topics usage users vcs webhooks'
  ).split(' '),
);

const ID = String.raw`(\*|[A-Za-z0-9][\w.-]*?)`;
/** The events that functions can wait for: those of rows and of files, and their prefixes. */
const EVENTS = [
  new RegExp(String.raw`^databases\.${ID}(\.tables\.${ID}(\.rows\.${ID}(\.(create|update|upsert|delete))?)?)?$`),
  new RegExp(String.raw`^databases\.${ID}\.collections\.${ID}(\.documents\.${ID}(\.(create|update|upsert|delete))?)?$`),
  new RegExp(String.raw`^buckets\.${ID}(\.files\.${ID}(\.(create|update|delete))?)?$`),
];

/** The settings in the body of a request. What is left out gets its default, except for what `before` keeps. */
export function readSettings(
  body: JsonObject,
  before: { runtime: string; entrypoint: string } | undefined,
): FunctionSettings {
  const name = text(body, 'name');
  const runtime = readRuntime(body, before?.runtime);
  const settings = {
    name,
    runtime,
    execute: list(body, 'execute', isRole, (role) => `Role "${role}" is not allowed. Must be one of: ${ROLE_KINDS}.`),
    events: list(body, 'events', isEvent, () => `${tooLong} and Event is not valid.`),
    schedule: readSchedule(body),
    timeout: number(body, 'timeout', { min: 1, max: MAX_TIMEOUT, fallback: DEFAULT_TIMEOUT }),
    enabled: boolean(body, 'enabled', true),
    logging: boolean(body, 'logging', true),
    entrypoint: text(body, 'entrypoint', { min: 0, max: 1028, fallback: '' }) || (before?.entrypoint ?? ''),
    commands: text(body, 'commands', { min: 0, max: 8192, fallback: '' }),
    scopes: list(body, 'scopes', isScope, () => `${tooLong} and Value must be one of the scopes.`),
    buildSpecification: text(body, 'buildSpecification', { fallback: DEFAULT_SPECIFICATION }),
    runtimeSpecification: text(body, 'runtimeSpecification', { fallback: DEFAULT_SPECIFICATION }),
  };
  return settings;
}

const tooLong = `Value must a valid array no longer than ${MAX_ITEMS} items`;

function readRuntime(body: JsonObject, before: string | undefined): string {
  const runtime = text(body, 'runtime', before === undefined ? {} : { min: 0, fallback: '' });
  if (runtime === '' && before !== undefined) return before;
  if (!RUNTIMES.includes(runtime)) throw invalidParam('runtime', `Value must be one of (${RUNTIMES.join(', ')})`);
  return runtime;
}

function readSchedule(body: JsonObject): string {
  const schedule = text(body, 'schedule', { min: 0, fallback: '' });
  if (schedule !== '' && !parseCron(schedule)) throw invalidParam('schedule', 'String must be a valid cron expression');
  return schedule;
}

function list(
  body: JsonObject,
  name: string,
  isGood: (item: string) => boolean,
  explain: (item: string) => string,
): string[] {
  const value = body[name] ?? [];
  if (!isStringList(value) || value.length > MAX_ITEMS) throw invalidParam(name, tooLong);
  const bad = value.find((item) => !isGood(item));
  if (bad !== undefined) throw invalidParam(name, explain(bad));
  return value;
}

function isEvent(name: string): boolean {
  return EVENTS.some((pattern) => pattern.test(name));
}

function isScope(scope: string): boolean {
  const match = /^([a-z]+)\.(read|write)$/.exec(scope);
  return match?.[1] !== undefined && SCOPED.has(match[1]);
}
