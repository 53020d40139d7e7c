import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Undo } from '../support/undo.ts';

const READY = /Cowrite is running at (\S+)/;

/** Milliseconds from `npm start` on an empty data folder, without npm itself, until the server answers. */
export async function coldStart(root: string, data: string, undo: Undo): Promise<number> {
  const folder = mkdtempSync(join(data, 'start-'));
  const args = ['src/cli/start.mjs', '--port', '0', '--no-demo', '--data', folder];
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  undo.add(() => void child.kill('SIGKILL'));
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (part: Buffer) => {
      output += part.toString();
      const found = READY.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`npm start ended with ${code}: ${output}`)));
  });
  await (await fetch(`${url}/v1/health/version`)).text();
  const taken = performance.now() - started;
  child.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
  return taken;
}
