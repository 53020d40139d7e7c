import { now } from '../ids.ts';

export interface FunctionDoc {
  $id: string;
  $createdAt: string;
  $updatedAt: string;
  name: string;
  runtime: string;
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
  /** False after a change that the active deployment does not know. */
  live: boolean;
  /** Kept and shown; functions run with what the machine has. */
  buildSpecification: string;
  runtimeSpecification: string;
  /** The active deployment; empty for a function that nobody deployed. */
  deploymentId: string;
}

/** What a request or an appwrite.json says about a function. */
export type FunctionSettings = Omit<FunctionDoc, '$id' | '$createdAt' | '$updatedAt' | 'live' | 'deploymentId'>;

export interface Variable {
  $id: string;
  $createdAt: string;
  $updatedAt: string;
  functionId: string;
  key: string;
  value: string;
  /** Then only the function gets the value. */
  secret: boolean;
}

export interface Deployment {
  $id: string;
  $createdAt: string;
  $updatedAt: string;
  functionId: string;
  /** `upload`: in the code store under its id; else a folder below the root of the functions. */
  source: 'upload' | { folder: string };
  entrypoint: string;
  commands: string;
  /** To become the active one when it is ready. */
  activate: boolean;
  /** Bytes of the archive, and of the code. */
  sourceSize: number;
  buildSize: number;
  chunksTotal: number;
  /** Numbers of the chunks that were stored. */
  chunks: number[];
  status: 'waiting' | 'ready' | 'failed';
  buildLogs: string;
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

/** Seconds. */
export const DEFAULT_TIMEOUT = 15;
export const DEFAULT_RUNTIME = 'node-22';
export const DEFAULT_SPECIFICATION = 's-8vcpu-8gb';

export function newFunction($id: string, settings: FunctionSettings): FunctionDoc {
  const time = now();
  return { $id, $createdAt: time, $updatedAt: time, live: true, deploymentId: '', ...settings };
}
