import type { Context } from '../context.ts';
import type { JsonObject } from '../json.ts';
import type { Deployment, Execution, FunctionDoc, Variable } from './model.ts';

/** A function as the API shows it, with its variables and what it knows of its deployments. */
export function presentFunction(context: Context, definition: FunctionDoc): JsonObject {
  const deployments = context.deployments.where('functionId', definition.$id);
  const active = deployments.find(({ $id }) => $id === definition.deploymentId);
  const latest = deployments.at(-1);
  return {
    ...definition,
    deploymentRetention: 0,
    deploymentCreatedAt: active?.$createdAt ?? '',
    latestDeploymentId: latest?.$id ?? '',
    latestDeploymentCreatedAt: latest?.$createdAt ?? '',
    latestDeploymentStatus: latest?.status ?? '',
    vars: context.variables.where('functionId', definition.$id).map(presentVariable),
    version: 'v5',
    installationId: '',
    providerRepositoryId: '',
    providerBranch: '',
    providerRootDirectory: '',
    providerSilentMode: false,
    providerBranches: [],
    providerPaths: [],
  };
}

export function presentVariable(variable: Variable): JsonObject {
  const { functionId, value, ...shown } = variable;
  return { ...shown, value: variable.secret ? '' : value, resourceType: 'function', resourceId: functionId };
}

export function presentDeployment(deployment: Deployment): JsonObject {
  const { $id, $createdAt, $updatedAt, functionId, entrypoint, sourceSize, buildSize } = deployment;
  return {
    $id,
    $createdAt,
    $updatedAt,
    type: 'manual',
    resourceId: functionId,
    resourceType: 'functions',
    entrypoint,
    sourceSize,
    buildSize,
    totalSize: sourceSize + buildSize,
    buildId: '',
    activate: deployment.activate,
    screenshotLight: '',
    screenshotDark: '',
    status: deployment.status,
    buildLogs: deployment.buildLogs,
    buildDuration: 0,
    providerRepositoryName: '',
    providerRepositoryOwner: '',
    providerRepositoryUrl: '',
    providerCommitHash: '',
    providerCommitAuthorUrl: '',
    providerCommitAuthor: '',
    providerCommitMessage: '',
    providerCommitUrl: '',
    providerBranch: '',
    providerBranchUrl: '',
  };
}

/** Logs are for keys only. */
export function presentExecution(execution: Execution, forKey: boolean): JsonObject {
  const { $id, $createdAt, $updatedAt, $permissions, functionId, deploymentId, trigger, status } = execution;
  return {
    $id,
    $createdAt,
    $updatedAt,
    $permissions,
    functionId,
    resourceId: functionId,
    resourceType: 'functions',
    deploymentId,
    trigger,
    status,
    requestMethod: execution.requestMethod,
    requestPath: execution.requestPath,
    requestHeaders: execution.requestHeaders,
    responseStatusCode: execution.responseStatusCode,
    responseBody: execution.responseBody,
    responseHeaders: execution.responseHeaders,
    logs: forKey ? execution.logs : '',
    errors: forKey ? execution.errors : '',
    duration: execution.duration,
    scheduledAt: null,
  };
}
