import type { CallerCache } from './caller-cache.ts';
import type { Documents } from './documents.ts';
import type { ServerEvent } from './events.ts';
import type { CodeStore } from './functions/code.ts';
import type { Jobs } from './functions/jobs.ts';
import type { Deployment, Execution, FunctionDoc, Variable } from './functions/model.ts';
import type { FunctionRunner } from './functions/runner.ts';
import type { Triggers } from './functions/triggers.ts';
import type { LoginGuard } from './login-guard.ts';
import type { ServerMetrics } from './metrics/server-metrics.ts';
import type { Membership, Session, Team, User } from './people.ts';
import type { RateLimits } from './rate-limits.ts';
import type { RowStore } from './row-store.ts';
import type { Schema } from './schema.ts';
import type { Sqlite } from './sqlite.ts';
import type { Blobs } from './storage/blobs.ts';
import type { Bucket, FileDoc } from './storage/model.ts';
import type { Operation, Transaction } from './transactions/model.ts';
import type { Writer } from './writer.ts';

export interface LogEntry {
  level: 'info' | 'warn' | 'error';
  message: string;
  [detail: string]: unknown;
}

/** What one running server consists of; handed to every route. */
export interface Context {
  projectId: string;
  apiKey: string;
  /** Signs the tokens of users and functions. */
  tokenKey: string;
  sql: Sqlite;
  writer: Writer;
  schema: Schema;
  rows: RowStore;
  users: Documents<User>;
  sessions: Documents<Session>;
  teams: Documents<Team>;
  memberships: Documents<Membership>;
  callers: CallerCache;
  loginGuard: LoginGuard;
  limits: RateLimits;
  buckets: Documents<Bucket>;
  files: Documents<FileDoc>;
  blobs: Blobs;
  transactions: Documents<Transaction>;
  operations: Documents<Operation>;
  functionDocs: Documents<FunctionDoc>;
  variables: Documents<Variable>;
  deployments: Documents<Deployment>;
  executions: Documents<Execution>;
  code: CodeStore;
  functions: FunctionRunner;
  triggers: Triggers;
  /** What runs in the background. */
  jobs: Jobs;
  /** Tells an event to those who may know; to be called after the commit. */
  publish: (event: ServerEvent) => void;
  /** True for localhost, 127.0.0.1 and the platforms that the options name. */
  allowsHost: (host: string) => boolean;
  log: (entry: LogEntry) => void;
  metrics: ServerMetrics;
}
