import { join } from 'node:path';
import type { Context } from '../context.ts';
import { Documents } from '../documents.ts';
import type { Sqlite } from '../sqlite.ts';
import { SERVER_VERSION } from '../version.ts';
import { CodeStore } from './code.ts';
import { runInBackground } from './execute.ts';
import { Jobs } from './jobs.ts';
import type { Deployment, Execution, FunctionDoc, Variable } from './model.ts';
import { FunctionRunner } from './runner.ts';
import { Triggers } from './triggers.ts';

export interface FunctionsOptions {
  sql: Sqlite;
  dataDir: string;
  /** Folder against which the folders of an appwrite.json are resolved. */
  root: string;
  projectId: string;
  endpoint: () => string;
  log: Context['log'];
  /** The context that these parts will belong to; asked when something runs. */
  context: () => Context;
}

type Parts = Pick<
  Context,
  'functionDocs' | 'variables' | 'deployments' | 'executions' | 'code' | 'functions' | 'triggers' | 'jobs'
>;

/** All that functions need: what is stored about them, their code, their workers and what sets them off. */
export function createFunctions(options: FunctionsOptions): Parts {
  const { sql, dataDir, root, projectId, endpoint, log, context } = options;
  const functionDocs = new Documents<FunctionDoc>(sql, 'functions');
  const variables = new Documents<Variable>(sql, 'variables', ['functionId']);
  const deployments = new Documents<Deployment>(sql, 'deployments', ['functionId', 'status']);
  const code = new CodeStore(join(dataDir, 'functions'));
  const functions = new FunctionRunner({
    deployment: (id) => {
      const deployment = deployments.get(id);
      if (!deployment) return undefined;
      const { source } = deployment;
      return { deployment, folder: source === 'upload' ? code.folder(id) : join(root, source.folder) };
    },
    variables: (functionId) =>
      Object.fromEntries(variables.where('functionId', functionId).map(({ key, value }) => [key, value])),
    projectId,
    version: SERVER_VERSION,
    endpoint,
    onConsole: (functionId, text) => log({ level: 'info', message: 'Output of a function', functionId, text }),
  });
  const triggers = new Triggers({
    functions: () => functionDocs.all(),
    run: (definition, call) => {
      if (functions.bundle(definition) !== undefined) runInBackground(context(), definition, call);
    },
    userAgent: `Appwrite/${SERVER_VERSION}`,
  });
  const jobs = new Jobs((error) => {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log({ level: 'error', message: 'Work in the background failed', error: detail });
  });
  const executions = new Documents<Execution>(sql, 'executions', ['functionId', 'status']);
  return { functionDocs, variables, deployments, executions, code, functions, triggers, jobs };
}
