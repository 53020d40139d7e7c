import { ServerError } from '../errors.ts';
import { activate } from '../functions/deploy.ts';
import { newFunction } from '../functions/model.ts';
import type { FunctionDoc } from '../functions/model.ts';
import { readSettings } from '../functions/params.ts';
import { presentFunction } from '../functions/present.ts';
import { now } from '../ids.ts';
import { listDocuments } from '../lists.ts';
import { key, newId } from '../params.ts';
import { NO_CONTENT } from '../route.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { isUniqueViolation } from '../sqlite.ts';

const ONE = '/functions/:functionId';
const READ = ['functions.read'];
const WRITE = ['functions.write'];
const CREATES = { requests: 5000, per: 3600 };

/** Functions, by API key. */
export const functionRoutes: readonly Route[] = [
  { method: 'POST', path: '/functions', scopes: WRITE, limit: CREATES, before: readNew, handle: create },
  { method: 'GET', path: '/functions', scopes: READ, handle: list },
  { method: 'GET', path: ONE, scopes: READ, handle: (request) => shown(request, findFunction(request)) },
  { method: 'PUT', path: ONE, scopes: WRITE, handle: update },
  { method: 'DELETE', path: ONE, scopes: WRITE, handle: remove },
  { method: 'PATCH', path: `${ONE}/deployment`, scopes: WRITE, handle: choose },
];

/** The function of the path; disabled ones exist for keys only. */
export function findFunction({ context, caller, path }: ApiRequest): FunctionDoc {
  const definition = context.functionDocs.get(path['functionId'] ?? '');
  if (!definition || (!definition.enabled && caller.kind !== 'key')) throw new ServerError('function_not_found');
  return definition;
}

function shown({ context }: ApiRequest, definition: FunctionDoc, status = 200): Reply {
  return { status, body: presentFunction(context, definition) };
}

/** A write about functions; the triggers learn of it. */
function write(request: ApiRequest, work: () => Reply): Promise<Reply> {
  const { context } = request;
  return context.writer.write((afterCommit) => {
    afterCommit(() => context.triggers.refresh());
    return work();
  });
}

function readNew({ body }: ApiRequest): FunctionDoc {
  return newFunction(newId(body, 'functionId'), readSettings(body, undefined));
}

async function create(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  const definition = readNew(request);
  return write(request, () => {
    try {
      context.functionDocs.insert(definition);
    } catch (error) {
      if (isUniqueViolation(error)) throw new ServerError('function_already_exists');
      throw error;
    }
    return shown(request, definition, 201);
  });
}

function list({ context, query }: ApiRequest): Reply {
  const { total, items } = listDocuments(context.functionDocs, query, {
    fields: {
      name: 'text',
      enabled: 'boolean',
      runtime: 'text',
      deploymentId: 'text',
      schedule: 'text',
      timeout: 'integer',
      entrypoint: 'text',
      commands: 'text',
    },
    searched: ['$id', 'name', 'runtime'],
  });
  return { status: 200, body: { total, functions: items.map((item) => presentFunction(context, item)) } };
}

async function update(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  const settings = readSettings(body, findFunction(request));
  return write(request, () => {
    const before = findFunction(request);
    const live = (['name', 'entrypoint', 'commands', 'runtime'] as const).every((it) => before[it] === settings[it]);
    const definition = { ...before, ...settings, live, $updatedAt: now() };
    context.functionDocs.update(definition);
    return shown(request, definition);
  });
}

/** Chooses the deployment that runs. */
async function choose(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  const deploymentId = key(body, 'deploymentId');
  return write(request, () => {
    const { $id } = findFunction(request);
    const deployment = context.deployments.get(deploymentId);
    if (deployment?.functionId !== $id) throw new ServerError('deployment_not_found');
    if (deployment.status !== 'ready') throw new ServerError('build_not_ready');
    activate(context, deployment);
    return shown(request, findFunction(request));
  });
}

async function remove(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  const { $id } = findFunction(request);
  const deployments = context.deployments.where('functionId', $id);
  const reply = await write(request, () => {
    findFunction(request);
    context.functionDocs.delete($id);
    for (const owned of [context.variables, context.deployments, context.executions]) {
      owned.keepNewest('functionId', $id, 0);
    }
    return NO_CONTENT;
  });
  context.functions.forget($id);
  for (const deployment of deployments) await context.code.remove(deployment.$id);
  return reply;
}
