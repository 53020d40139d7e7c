/**
 * Monaco, complete: core, features, grammars, language services, workers, themes. Several megabytes: load it with
 * `await import('./editor/monaco.ts')`, after the first paint.
 */
import * as monaco from 'monaco-editor/editor';
import 'monaco-editor/features/register.all';
import './language-services.ts';
import { languageForFile } from './languages.ts';
import { themes } from './themes.ts';
import { keepWorkers, workerForLabel } from './workers.ts';

export { collaborativeEditorOptions } from './binding/options.ts';
export { languageForFile } from './languages.ts';
export type { ThemeName } from './themes.ts';
export { monaco };

let isPrepared = false;

/**
 * Gives Monaco its workers and the themes `cowrite-light` and `cowrite-dark`. Call before the first editor is created;
 * calling again does no harm.
 */
export function prepareMonaco(): typeof monaco {
  globalThis.MonacoEnvironment = { getWorker: (_moduleId, label) => workerForLabel(label), createTrustedTypesPolicy };
  for (const [name, theme] of Object.entries(themes)) monaco.editor.defineTheme(name, theme);
  if (!isPrepared) keepWorkers().catch((error: unknown) => console.warn('Languages are not kept offline.', error));
  isPrepared = true;
  return monaco;
}

/**
 * Two parts of Monaco make a policy of this name, for addresses of workers, and the page's policy allows one. It is of no
 * use: all workers are made here.
 */
function createTrustedTypesPolicy(name: string, options?: Rules): Policy | undefined {
  const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules?: Rules): Policy } };
  return name === 'defaultWorkerFactory' ? undefined : trustedTypes?.createPolicy(name, options);
}

type Rules = monaco.ITrustedTypePolicyOptions;
type Policy = monaco.ITrustedTypePolicy;

let texts = 0;

/** An empty text for a file of this name. TypeScript's service tells by the end of its address how to read it. */
export function createFileModel(name: string): monaco.editor.ITextModel {
  const suffix = isTsx(name) ? '.tsx' : '';
  const uri = monaco.Uri.from({ scheme: 'inmemory', authority: 'file', path: `/${++texts}${suffix}` });
  const model = monaco.editor.createModel('', languageForFile(name), uri);
  model.setEOL(monaco.editor.EndOfLineSequence.LF);
  return model;
}

export function isTsx(name: string): boolean {
  return /\.tsx$/i.test(name);
}
