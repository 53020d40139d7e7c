/**
 * Monaco, complete: core, features, grammars, workers, themes. Several megabytes: load it with
 * `await import('./editor/monaco.ts')`, after the first paint.
 */
import * as monaco from 'monaco-editor/editor';
// oxlint-disable-next-line import/default -- Vite makes it one: the address of the bundled worker.
import editorWorkerUrl from 'monaco-editor/editor/editor.worker?worker&url';
import 'monaco-editor/features/register.all';
// oxlint-disable-next-line import/default -- Vite makes it one: the address of the bundled worker.
import jsonWorkerUrl from 'monaco-editor/languages/features/json/json.worker?worker&url';
import { themes } from './themes.ts';

export { collaborativeEditorOptions } from './binding/options.ts';
export { languageForFile } from './languages.ts';
export type { ThemeName } from './themes.ts';
export { monaco };

/**
 * Gives Monaco its workers and the themes `cowrite-light` and `cowrite-dark`. Call before the first editor is created;
 * calling again does no harm.
 */
export function prepareMonaco(): typeof monaco {
  globalThis.MonacoEnvironment = {
    getWorker: (_moduleId, label) => createWorker(label === 'json' ? jsonWorkerUrl : editorWorkerUrl),
  };
  // Looked at while there is a network: without one, the browser's cache has it.
  void isReachable(editorWorkerUrl);
  for (const [name, theme] of Object.entries(themes)) monaco.editor.defineTheme(name, theme);
  return monaco;
}

const LONGEST_WAIT_MS = 30_000;

/**
 * A worker, as soon as its script can be had: without a network Monaco would do without it until the page is loaded
 * again, and throw an error that says nothing.
 */
async function createWorker(url: string): Promise<Worker> {
  for (let wait = 1_000; !(await isReachable(url)); wait = Math.min(LONGEST_WAIT_MS, wait * 2)) {
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  return new Worker(url, { type: 'module' });
}

async function isReachable(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    // No network: it is tried again.
    return false;
  }
}
