import type { AppwriteConfig, FunctionConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { now, uniqueId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { DEFAULT_RUNTIME, newFunction } from './model.ts';
import type { FunctionSettings } from './model.ts';
import { readSettings } from './params.ts';

/**
 * Takes the functions of an appwrite.json over; others stay. The folders that it names become the active code again, also
 * if something else was deployed meanwhile. Belongs inside a write.
 */
export function applyFunctions(context: Context, config: AppwriteConfig): void {
  for (const wanted of config.functions ?? []) {
    const settings = configuredSettings(wanted);
    const before = context.functionDocs.get(wanted.$id);
    if (!before) context.functionDocs.insert(newFunction(wanted.$id, settings));
    const definition = { ...(before ?? newFunction(wanted.$id, settings)), ...settings, live: true };
    const deploymentId =
      wanted.path === undefined ? definition.deploymentId : deployFolder(context, wanted.path, wanted);
    context.functionDocs.update({ ...definition, deploymentId, $updatedAt: now() });
    for (const [key, value] of Object.entries(wanted.vars ?? {})) setVariable(context, wanted.$id, key, value);
  }
}

/** What an appwrite.json says about a function. Throws if that would be refused as a request, too. */
export function configuredSettings({ path: _path, vars: _vars, ...config }: FunctionConfig): FunctionSettings {
  try {
    return readSettings({ runtime: DEFAULT_RUNTIME, ...config } as JsonObject, undefined);
  } catch (error) {
    throw new Error(`The function "${config.$id}" cannot be used: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    });
  }
}

function deployFolder(context: Context, folder: string, { $id: functionId, entrypoint = '' }: FunctionConfig): string {
  const known = context.deployments.where('functionId', functionId).find(({ source }) => source !== 'upload');
  const time = now();
  const deployment = {
    $id: known?.$id ?? uniqueId(),
    $createdAt: known?.$createdAt ?? time,
    $updatedAt: time,
    functionId,
    source: { folder },
    entrypoint,
    commands: '',
    activate: true,
    sourceSize: 0,
    buildSize: 0,
    chunksTotal: 1,
    chunks: [1],
    status: 'ready' as const,
    buildLogs: '',
  };
  if (known) context.deployments.update(deployment);
  else context.deployments.insert(deployment);
  return deployment.$id;
}

function setVariable(context: Context, functionId: string, key: string, value: string): void {
  const time = now();
  const known = context.variables.where('functionId', functionId).find((variable) => variable.key === key);
  if (known) context.variables.update({ ...known, value, $updatedAt: time });
  else {
    const $id = uniqueId();
    context.variables.insert({ $id, $createdAt: time, $updatedAt: time, functionId, key, value, secret: false });
  }
}

/** Ends what the last run of the server left unfinished; belongs inside a write. */
export function endUnfinished(context: Context): void {
  const reason = 'The server ended before this was done.';
  for (const status of ['waiting', 'processing']) {
    for (const execution of context.executions.where('status', status)) {
      context.executions.update({ ...execution, status: 'failed', responseStatusCode: 500, errors: reason });
    }
  }
  for (const deployment of context.deployments.where('status', 'waiting')) {
    context.deployments.update({ ...deployment, status: 'failed', buildLogs: reason });
  }
}
