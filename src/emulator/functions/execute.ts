import { EPHEMERAL_PREFIX } from '../caller.ts';
import type { Caller } from '../caller.ts';
import type { Context } from '../context.ts';
import { executionEvent } from '../events.ts';
import { now, uniqueId } from '../ids.ts';
import { rolesFor } from '../permissions.ts';
import { signToken } from '../secrets.ts';
import type { Execution, FunctionDoc, Trigger } from './model.ts';
import { presentExecution } from './present.ts';

export interface Call {
  body: string;
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  trigger: Trigger;
  caller: Caller;
  ip: string;
  /** The name of the event, for that trigger. */
  event?: string;
}

/** Seconds that a function's key outlives its timeout. */
const KEY_GRACE = 60;
/** Older executions of a function are forgotten. */
const KEPT_EXECUTIONS = 1000;
const MAX_LOG_CHARS = 1_000_000;
const SHOWN_REQUEST_HEADERS = new Set(['content-type', 'user-agent', 'content-length', 'host']);
const SHOWN_RESPONSE_HEADERS = new Set(['content-type', 'content-length']);

/** An execution that has not begun. */
export function newExecution(definition: FunctionDoc, call: Call, status: Execution['status']): Execution {
  const time = now();
  return {
    $id: uniqueId(),
    $createdAt: time,
    $updatedAt: time,
    $permissions: call.caller.kind === 'user' ? [`read("user:${call.caller.user.$id}")`] : [],
    functionId: definition.$id,
    deploymentId: definition.deploymentId,
    trigger: call.trigger,
    status,
    requestMethod: call.method,
    requestPath: call.path,
    requestHeaders: pick(call.headers, SHOWN_REQUEST_HEADERS),
    responseStatusCode: 0,
    responseBody: '',
    responseHeaders: [],
    logs: '',
    errors: '',
    duration: 0,
  };
}

/** Runs the function; resolves with the finished execution, also if it failed. */
export async function execute(
  context: Context,
  definition: FunctionDoc,
  call: Call,
  execution: Execution,
): Promise<Execution> {
  const started = performance.now();
  const mark = call.path.includes('?') ? call.path.indexOf('?') : call.path.length;
  const request = {
    body: call.body,
    headers: headersFor(context, definition, call, execution),
    method: call.method,
    path: call.path.slice(0, mark),
    query: call.path.slice(mark + 1),
    scheme: 'http',
    host: 'localhost',
    port: 80,
  };
  const finish = (part: Partial<Execution>): Execution => ({
    ...execution,
    ...part,
    duration: Math.round(performance.now() - started) / 1000,
    $updatedAt: now(),
  });
  try {
    const result = await context.functions.run(definition, request);
    return finish({
      status: result.statusCode >= 500 ? 'failed' : 'completed',
      responseStatusCode: result.statusCode,
      responseBody: result.body,
      responseHeaders: pick(result.headers, SHOWN_RESPONSE_HEADERS),
      logs: definition.logging ? result.logs.slice(0, MAX_LOG_CHARS) : '',
      errors: definition.logging ? result.errors.slice(0, MAX_LOG_CHARS) : '',
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    context.log({ level: 'warn', message: 'A function failed', functionId: definition.$id, error: message });
    return finish({ status: 'failed', responseStatusCode: 500, errors: message });
  }
}

/**
 * Stores an execution, forgets those that are too old, and tells those who may read it. The body of the response is not
 * kept.
 */
export function storeExecution(context: Context, execution: Execution, event: 'create' | 'update'): Promise<void> {
  const stored = { ...execution, responseBody: '' };
  return context.writer.write((afterCommit) => {
    if (!context.functionDocs.get(execution.functionId)) return; // deleted meanwhile
    if (context.executions.get(execution.$id)) context.executions.update(stored);
    else context.executions.insert(stored);
    context.executions.keepNewest('functionId', execution.functionId, KEPT_EXECUTIONS);
    const { functionId, $id, $permissions } = stored;
    const readers = rolesFor($permissions, 'read');
    const payload = presentExecution(stored, false);
    afterCommit(() => context.publish(executionEvent(functionId, $id, event, payload, readers)));
  });
}

/** Runs the function when there is room; what comes of it is in the execution. False if too many wait already. */
export function runInBackground(
  context: Context,
  definition: FunctionDoc,
  call: Call,
  execution = newExecution(definition, call, 'waiting'),
): boolean {
  const accepted = context.jobs.add(async () => {
    const begun: Execution = { ...execution, status: 'processing' };
    await storeExecution(context, begun, 'update');
    await storeExecution(context, await execute(context, definition, call, begun), 'update');
  });
  if (accepted) return true;
  const entry = { functionId: definition.$id, trigger: call.trigger, executionId: execution.$id };
  context.log({ level: 'error', message: 'An execution was dropped: too many wait', ...entry });
  return false;
}

/** What the function is told about the call. Headers of these names that a client sent do not count. */
function headersFor(
  context: Context,
  definition: FunctionDoc,
  call: Call,
  execution: Execution,
): Record<string, string> {
  const { caller } = call;
  const own = Object.fromEntries(Object.entries(call.headers).filter(([name]) => !name.startsWith('x-appwrite-')));
  const lifetime = definition.timeout + KEY_GRACE;
  const key =
    EPHEMERAL_PREFIX +
    signToken({ projectId: context.projectId, scopes: definition.scopes }, lifetime, context.tokenKey);
  const user = caller.kind === 'user' ? caller.user : undefined;
  const sessionId = caller.kind === 'user' ? (caller.session?.$id ?? '') : '';
  // In the background nobody acts for the user any more.
  const token =
    call.trigger === 'http' && user ? signToken({ userId: user.$id, sessionId }, lifetime, context.tokenKey) : '';
  return {
    ...own,
    'x-appwrite-key': key,
    'x-appwrite-trigger': call.trigger,
    'x-appwrite-event': call.event ?? '',
    'x-appwrite-execution-id': execution.$id,
    'x-appwrite-user-id': user?.$id ?? '',
    'x-appwrite-user-jwt': token,
    'x-appwrite-client-ip': call.ip,
    'x-appwrite-country-code': '',
    'x-appwrite-continent-code': '',
    'x-appwrite-continent-eu': 'false',
  };
}

function pick(headers: Record<string, string>, names: ReadonlySet<string>): { name: string; value: string }[] {
  return Object.entries(headers).flatMap(([name, value]) => (names.has(name) ? [{ name, value }] : []));
}
