import type { Context } from '../context.ts';
import { invalidParam, ServerError } from '../errors.ts';
import { execute, newExecution, runInBackground, storeExecution } from '../functions/execute.ts';
import type { Call } from '../functions/execute.ts';
import type { Execution } from '../functions/model.ts';
import { presentExecution } from '../functions/present.ts';
import { isObject } from '../json.ts';
import { listDocuments } from '../lists.ts';
import { boolean, text } from '../params.ts';
import { holdsAny, rolesFor } from '../permissions.ts';
import { part } from '../route.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { findFunction } from './functions.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];
const MAX_BODY = 10_485_760;
/** A client that waits gets an error after this time; the function goes on until its own timeout. */
const SYNC_TIMEOUT_MS = 30_000;
const PATH = '/functions/:functionId/executions';
const READ = ['executions.read', 'execution.read'];
const WRITE = ['executions.write', 'execution.write'];

export const executionRoutes: readonly Route[] = [
  { method: 'POST', path: PATH, scopes: WRITE, handle: create },
  { method: 'GET', path: PATH, scopes: READ, handle: list },
  { method: 'GET', path: `${PATH}/:executionId`, scopes: READ, handle: get },
];

async function create(request: ApiRequest): Promise<Reply> {
  const { context, caller } = request;
  const call = readCall(request);
  const async = boolean(request.body, 'async', false);
  if (request.body['scheduledAt']) throw invalidParam('scheduledAt', 'This server runs nothing at a later time');
  const definition = findFunction(request);
  if (context.functions.bundle(definition) === undefined) {
    throw new ServerError(
      'deployment_not_found',
      'Deployment not found. Create a deployment before trying to execute a function',
    );
  }
  if (caller.kind !== 'key' && !holdsAny(caller.roles, definition.execute)) {
    throw new ServerError('user_unauthorized', 'Missing "execute" permission for the function.');
  }
  const execution = newExecution(definition, call, async ? 'waiting' : 'processing');
  if (async) {
    await storeExecution(context, execution, 'create');
    if (!runInBackground(context, definition, call, execution)) {
      await storeExecution(context, { ...execution, status: 'failed', errors: 'Too many executions wait.' }, 'update');
    }
    return { status: 202, body: presentExecution(execution, caller.kind === 'key') };
  }
  const finished = await inTime(context, execute(context, definition, call, execution));
  await storeExecution(context, finished, 'create');
  return { status: 201, body: presentExecution(finished, caller.kind === 'key') };
}

function readCall({ body, caller, ip }: ApiRequest): Call {
  const method = text(body, 'method', { fallback: 'POST' });
  if (!METHODS.includes(method)) throw invalidParam('method', `Value must be one of (${METHODS.join(', ')})`);
  const given = body['headers'];
  const headers = isObject(given)
    ? Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), String(value)]))
    : {};
  return {
    body: text(body, 'body', { min: 0, max: MAX_BODY, fallback: '' }),
    method,
    path: text(body, 'path', { max: 2048, fallback: '/' }),
    headers,
    trigger: 'http',
    caller,
    ip,
  };
}

/** The finished execution, or 408 if it takes too long; a late result is stored nevertheless. */
async function inTime(context: Context, running: Promise<Execution>): Promise<Execution> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), SYNC_TIMEOUT_MS);
  });
  const finished = await Promise.race([running, late]);
  clearTimeout(timer);
  if (finished) return finished;
  background(
    context,
    running.then((done) => storeExecution(context, done, 'create')),
  );
  throw new ServerError('function_synchronous_timeout');
}

function background(context: Context, work: Promise<void>): void {
  work.catch((error: unknown) => {
    context.log({
      level: 'error',
      message: 'An execution could not be stored',
      error: error instanceof Error ? error.message : String(error),
    });
  });
}

function list(request: ApiRequest): Reply {
  const { context, caller, query } = request;
  const { $id } = findFunction(request);
  const conditions = [{ sql: `json_extract(doc, '$."functionId"') = ?`, values: [$id] }];
  const roles = [...caller.roles].map((role) => `read("${role}")`);
  if (caller.kind !== 'key') {
    conditions.push({
      sql: `EXISTS (SELECT 1 FROM json_each(doc, '$."$permissions"') WHERE value IN (${roles.map(() => '?').join(', ')}))`,
      values: roles,
    });
  }
  const { total, items } = listDocuments(context.executions, query, {
    fields: {
      trigger: 'text',
      status: 'text',
      responseStatusCode: 'integer',
      duration: 'double',
      requestMethod: 'text',
      requestPath: 'text',
      deploymentId: 'text',
    },
    searched: ['$id'],
    within: {
      sql: conditions.map(({ sql }) => `(${sql})`).join(' AND '),
      values: conditions.flatMap(({ values }) => values),
    },
  });
  return {
    status: 200,
    body: { total, executions: items.map((item) => presentExecution(item, caller.kind === 'key')) },
  };
}

function get(request: ApiRequest): Reply {
  const { context, caller } = request;
  const { $id } = findFunction(request);
  const execution = context.executions.get(part(request, 'executionId'));
  const allowed =
    execution?.functionId === $id &&
    (caller.kind === 'key' || holdsAny(caller.roles, rolesFor(execution.$permissions, 'read')));
  if (!execution || !allowed) throw new ServerError('execution_not_found');
  return { status: 200, body: presentExecution(execution, caller.kind === 'key') };
}
