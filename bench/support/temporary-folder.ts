import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Undo } from './undo.ts';

/** On the disk that the project is on: where temporary files live in memory, they are stored faster than on any disk. */
export function temporaryFolder(built: string, undo: Undo): string {
  const parent = join(built, 'data');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'run-'));
  undo.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }));
  return folder;
}
