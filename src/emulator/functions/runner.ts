import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionDoc } from './model.ts';
import { FunctionWorker } from './worker.ts';
import type { FunctionRequest, FunctionResult } from './worker.ts';

export interface RunnerOptions {
  /** Folder against which the paths of functions are resolved. */
  root: string;
  projectId: string;
  version: string;
  /** The address of the API, for `APPWRITE_FUNCTION_API_ENDPOINT`; asked when a worker starts. */
  endpoint: () => string;
  onConsole: (functionId: string, text: string) => void;
}

interface Running {
  worker: FunctionWorker;
  /** Modification time of the bundle; a newer bundle gets a new worker. */
  version: number;
}

/** Runs functions in worker threads that stay warm. */
export class FunctionRunner {
  readonly #options: RunnerOptions;
  readonly #running = new Map<string, Running>();

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** The file of the function's bundle, if it was built. */
  bundle(definition: FunctionDoc): string | undefined {
    if (definition.path === '' || definition.entrypoint === '') return undefined;
    const file = join(this.#options.root, definition.path, definition.entrypoint);
    return existsSync(file) ? file : undefined;
  }

  /** Rejects if there is no bundle, if the function crashes, or if it takes too long. */
  run(definition: FunctionDoc, request: FunctionRequest): Promise<FunctionResult> {
    const file = this.bundle(definition);
    if (file === undefined) return Promise.reject(new Error('The function has no bundle'));
    return this.#worker(definition, file).run(request, definition.timeout * 1000);
  }

  async close(): Promise<void> {
    const workers = [...this.#running.values()].map(({ worker }) => worker.close());
    this.#running.clear();
    await Promise.all(workers);
  }

  #worker(definition: FunctionDoc, file: string): FunctionWorker {
    const version = statSync(file).mtimeMs;
    const current = this.#running.get(definition.$id);
    if (current?.worker.alive && current.version === version) return current.worker;
    current?.worker.retire();
    const onConsole = (text: string): void => this.#options.onConsole(definition.$id, text);
    const worker = new FunctionWorker(file, version, this.#environment(definition), onConsole);
    this.#running.set(definition.$id, { worker, version });
    return worker;
  }

  /** All that a function sees of the environment. */
  #environment(definition: FunctionDoc): Record<string, string> {
    const { projectId, endpoint, version } = this.#options;
    return {
      ...definition.vars,
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
