import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import type { Deployment, FunctionDoc } from './model.ts';
import { FunctionWorker } from './worker.ts';
import type { FunctionRequest, FunctionResult } from './worker.ts';

export interface RunnerOptions {
  /** The deployment with this id, and the folder that its code is in. */
  deployment: (id: string) => { deployment: Deployment; folder: string } | undefined;
  /** The function's own variables. */
  variables: (functionId: string) => Record<string, string>;
  projectId: string;
  version: string;
  /** The address of the API, for `APPWRITE_FUNCTION_API_ENDPOINT`; asked when a worker starts. */
  endpoint: () => string;
  onConsole: (functionId: string, text: string) => void;
}

interface Running {
  worker: FunctionWorker;
  /** What it was started with; other code or other variables get a new worker. */
  stamp: string;
}

/** Runs functions in worker threads that stay warm. */
export class FunctionRunner {
  readonly #options: RunnerOptions;
  readonly #running = new Map<string, Running>();
  /** Also those that were replaced and still have something to answer. */
  readonly #workers = new Set<FunctionWorker>();
  #closed = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** The file that the active deployment starts with, if it is there. */
  bundle(definition: FunctionDoc): string | undefined {
    const found = this.#options.deployment(definition.deploymentId);
    if (found?.deployment.status !== 'ready' || found.deployment.entrypoint === '') return undefined;
    const file = join(found.folder, found.deployment.entrypoint);
    const inside = relative(found.folder, file);
    return inside.startsWith('..') || isAbsolute(inside) || !existsSync(file) ? undefined : file;
  }

  /** Rejects if there is no bundle or the server is closing, if the function crashes, or if it takes too long. */
  run(definition: FunctionDoc, request: FunctionRequest): Promise<FunctionResult> {
    const file = this.bundle(definition);
    if (file === undefined) return Promise.reject(new Error('The function has no bundle'));
    if (this.#closed) return Promise.reject(new Error('The server is closing'));
    return this.#worker(definition, file).run(request, definition.timeout * 1000);
  }

  /** Ends the worker of a function that was deleted, once it has answered everything. */
  forget(functionId: string): void {
    this.#running.get(functionId)?.worker.retire();
    this.#running.delete(functionId);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#running.clear();
    await Promise.all([...this.#workers].map((worker) => worker.close()));
  }

  #worker(definition: FunctionDoc, file: string): FunctionWorker {
    const version = statSync(file).mtimeMs;
    const env = this.#environment(definition);
    const stamp = JSON.stringify([file, version, env]);
    const current = this.#running.get(definition.$id);
    if (current?.worker.alive && current.stamp === stamp) return current.worker;
    current?.worker.retire();
    const worker = new FunctionWorker(file, version, env, {
      onConsole: (text) => this.#options.onConsole(definition.$id, text),
      onEnd: () => this.#workers.delete(worker),
    });
    this.#workers.add(worker);
    this.#running.set(definition.$id, { worker, stamp });
    return worker;
  }

  /** All that a function sees of the environment. */
  #environment(definition: FunctionDoc): Record<string, string> {
    const { projectId, endpoint, version, variables } = this.#options;
    return {
      ...variables(definition.$id),
      APPWRITE_FUNCTION_API_ENDPOINT: endpoint(),
      APPWRITE_FUNCTION_PROJECT_ID: projectId,
      APPWRITE_FUNCTION_ID: definition.$id,
      APPWRITE_FUNCTION_NAME: definition.name,
      APPWRITE_FUNCTION_DEPLOYMENT: definition.deploymentId,
      APPWRITE_FUNCTION_RUNTIME_NAME: 'Node.js',
      APPWRITE_FUNCTION_RUNTIME_VERSION: definition.runtime.replace(/^node-/, ''),
      APPWRITE_FUNCTION_CPUS: '1',
      APPWRITE_FUNCTION_MEMORY: '512',
      APPWRITE_VERSION: version,
      APPWRITE_REGION: 'default',
    };
  }
}
