import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DeploymentStatus, type Functions } from 'node-appwrite';
import { InputFile } from 'node-appwrite/file';
import { Problem } from '../problem.ts';
import type { FunctionConfig } from './config.ts';
import { tar } from './tar.ts';
import { waitUntil } from './wait.ts';

const LOG_TAIL_CHARS = 2000;

/** SHA-256 (hex) over the built files of a function. */
export function codeHash(fn: FunctionConfig, root: string): string {
  const hash = createHash('sha256');
  for (const [name, content] of builtFiles(fn, root)) hash.update(`${name}\0${content.length}\0`).update(content);
  return hash.digest('hex');
}

/** Uploads the built files of a function and makes them the active code; resolves once they are. */
export async function deploy(functions: Functions, fn: FunctionConfig, root: string): Promise<void> {
  const archive = gzipSync(tar(builtFiles(fn, root)));
  const { $id: deploymentId } = await functions.createDeployment({
    functionId: fn.$id,
    code: InputFile.fromBuffer(archive, 'code.tar.gz'),
    activate: true,
    entrypoint: fn.entrypoint,
    commands: fn.commands,
  });
  await waitUntil(`The deployment of function ${fn.$id} was not ready`, async () => {
    const { status, buildLogs } = await functions.getDeployment({ functionId: fn.$id, deploymentId });
    if (status === DeploymentStatus.Failed || status === DeploymentStatus.Canceled) {
      throw new Problem(
        `Appwrite could not deploy function ${fn.$id} (${status}):\n${buildLogs.slice(-LOG_TAIL_CHARS)}`,
      );
    }
    return status === DeploymentStatus.Ready;
  });
}

function builtFiles({ path }: FunctionConfig, root: string): [name: string, content: Buffer][] {
  return readdirSync(join(root, path))
    .sort()
    .map((name) => [name, readFileSync(join(root, path, name))]);
}
