/**
 * Monaco, complete: core, features, grammars, workers, themes. Several megabytes: load it with
 * `await import('./editor/monaco.ts')`, after the first paint.
 */
import * as monaco from 'monaco-editor/editor';
import 'monaco-editor/features/register.all';
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
    getWorker: (_moduleId, label) => (label === 'json' ? createJsonWorker() : createEditorWorker()),
  };
  for (const [name, theme] of Object.entries(themes)) monaco.editor.defineTheme(name, theme);
  return monaco;
}

// Vite finds workers by this form, word for word.

function createEditorWorker(): Worker {
  return new Worker(new URL('monaco-editor/editor/editor.worker', import.meta.url), { type: 'module' });
}

function createJsonWorker(): Worker {
  return new Worker(new URL('monaco-editor/languages/features/json/json.worker', import.meta.url), { type: 'module' });
}
