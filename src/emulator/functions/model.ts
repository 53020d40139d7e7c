import type { FunctionConfig } from '../config.ts';
import { now, uniqueId } from '../ids.ts';
import type { JsonObject } from '../json.ts';

export interface FunctionDoc {
  $id: string;
  $createdAt: string;
  $updatedAt: string;
  name: string;
  runtime: string;
  /** Empty for a function that nobody deployed. */
  path: string;
  entrypoint: string;
  commands: string;
  execute: string[];
  events: string[];
  schedule: string;
  /** Seconds. */
  timeout: number;
  enabled: boolean;
  logging: boolean;
  scopes: string[];
  vars: Record<string, string>;
  deploymentId: string;
}

export type Trigger = 'http' | 'schedule' | 'event';

export interface Execution {
  $id: string;
  $createdAt: string;
  $updatedAt: string;
  $permissions: string[];
  functionId: string;
  deploymentId: string;
  trigger: Trigger;
  status: 'waiting' | 'processing' | 'completed' | 'failed';
  requestMethod: string;
  requestPath: string;
  requestHeaders: { name: string; value: string }[];
  responseStatusCode: number;
  responseBody: string;
  responseHeaders: { name: string; value: string }[];
  logs: string;
  errors: string;
  /** Seconds. */
  duration: number;
}

const DEFAULT_TIMEOUT = 15;

/** A function as an appwrite.json describes it; keeps the times of the one that it replaces. */
export function makeFunction(config: FunctionConfig, before: FunctionDoc | undefined): FunctionDoc {
  const time = now();
  return {
    $id: config.$id,
    $createdAt: before?.$createdAt ?? time,
    $updatedAt: time,
    name: config.name,
    runtime: config.runtime ?? 'node-22',
    path: config.path ?? '',
    entrypoint: config.entrypoint ?? '',
    commands: config.commands ?? '',
    execute: config.execute ?? [],
    events: config.events ?? [],
    schedule: config.schedule ?? '',
    timeout: config.timeout ?? DEFAULT_TIMEOUT,
    enabled: config.enabled ?? true,
    logging: config.logging ?? true,
    scopes: config.scopes ?? [],
    vars: config.vars ?? {},
    deploymentId: config.path ? (before?.deploymentId ?? uniqueId()) : '',
  };
}

/** An execution as the API shows it; logs are for keys only. */
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
