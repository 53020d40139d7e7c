import { ServerError } from '../errors.ts';
import type { Variable } from '../functions/model.ts';
import { presentVariable } from '../functions/present.ts';
import { now, uniqueId } from '../ids.ts';
import { boolean, newId, text } from '../params.ts';
import { NO_CONTENT, part } from '../route.ts';
import type { ApiRequest, Reply, Route } from '../route.ts';
import { findFunction } from './functions.ts';

const ALL = '/functions/:functionId/variables';
const ONE = `${ALL}/:variableId`;
const READ = ['functions.read'];
const WRITE = ['functions.write'];
const KEY = { max: 255 };
const VALUE = { min: 0, max: 8192 };

/** The variables that a function finds in its environment, by API key. */
export const variableRoutes: readonly Route[] = [
  { method: 'POST', path: ALL, scopes: WRITE, handle: create },
  { method: 'GET', path: ALL, scopes: READ, handle: list },
  {
    method: 'GET',
    path: ONE,
    scopes: READ,
    handle: (request) => ({ status: 200, body: presentVariable(find(request)) }),
  },
  { method: 'PUT', path: ONE, scopes: WRITE, handle: update },
  { method: 'DELETE', path: ONE, scopes: WRITE, handle: remove },
];

function all(request: ApiRequest): Variable[] {
  return request.context.variables.where('functionId', findFunction(request).$id);
}

function find(request: ApiRequest): Variable {
  const variable = all(request).find(({ $id }) => $id === part(request, 'variableId'));
  if (!variable) throw new ServerError('variable_not_found');
  return variable;
}

function refuseTaken(request: ApiRequest, variable: Variable): void {
  const taken = all(request).some(({ $id, key }) => key === variable.key && $id !== variable.$id);
  if (taken) throw new ServerError('variable_already_exists');
}

/** The function has to start anew to see the change; the real server says so with `live: false`. */
function noteChange(request: ApiRequest): void {
  request.context.functionDocs.update({ ...findFunction(request), live: false });
}

async function create(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  const time = now();
  const variable: Variable = {
    $id: body['variableId'] === undefined || body['variableId'] === null ? uniqueId() : newId(body, 'variableId'),
    $createdAt: time,
    $updatedAt: time,
    functionId: findFunction(request).$id,
    key: text(body, 'key', KEY),
    value: text(body, 'value', VALUE),
    secret: boolean(body, 'secret', true),
  };
  return context.writer.write(() => {
    refuseTaken(request, variable);
    if (context.variables.get(variable.$id)) throw new ServerError('variable_already_exists');
    context.variables.insert(variable);
    noteChange(request);
    return { status: 201, body: presentVariable(variable) };
  });
}

function list(request: ApiRequest): Reply {
  const variables = all(request);
  return { status: 200, body: { total: variables.length, variables: variables.map(presentVariable) } };
}

async function update(request: ApiRequest): Promise<Reply> {
  const { context, body } = request;
  return context.writer.write(() => {
    const before = find(request);
    const variable = {
      ...before,
      key: text(body, 'key', { ...KEY, fallback: before.key }),
      value: text(body, 'value', { ...VALUE, fallback: before.value }),
      secret: boolean(body, 'secret', before.secret),
      $updatedAt: now(),
    };
    if (before.secret && !variable.secret) throw new ServerError('variable_cannot_unset_secret');
    refuseTaken(request, variable);
    context.variables.update(variable);
    noteChange(request);
    return { status: 200, body: presentVariable(variable) };
  });
}

async function remove(request: ApiRequest): Promise<Reply> {
  const { context } = request;
  return context.writer.write(() => {
    context.variables.delete(find(request).$id);
    noteChange(request);
    return NO_CONTENT;
  });
}
