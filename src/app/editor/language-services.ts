/**
 * What the services of the languages say in the editor: what is wrong with the syntax, which a file tells by itself.
 *
 * Everything else would be a guess here. The services see one file: what it imports, the types of its packages, its
 * compiler's settings and its globals are elsewhere, and half of what they call unknown is well known to whoever wrote
 * it. For the same reason they complete no names in TypeScript and JavaScript: they would offer every global of a
 * browser, and not what was imported. What several people's changes did to each other is found in another way
 * (history/checker.ts): there the guesses of before and after cancel out.
 */
import { cssDefaults, lessDefaults, scssDefaults } from 'monaco-editor/languages/features/css/register';
import 'monaco-editor/languages/features/html/register';
// JSON has no grammar of its own: its colours come with its language service.
import 'monaco-editor/languages/features/json/register';
import {
  javascriptDefaults,
  JsxEmit,
  ModuleKind,
  ModuleResolutionKind,
  ScriptTarget,
  typescriptDefaults,
} from 'monaco-editor/languages/features/typescript/register';

/** TypeScript's `ModuleDetectionKind.Force`: a file without imports is a module too, so none sees names of another. */
const EVERY_FILE_IS_A_MODULE = 3;

export const COMPILER_OPTIONS = {
  allowNonTsExtensions: true,
  target: ScriptTarget.ESNext,
  module: ModuleKind.ESNext,
  moduleResolution: ModuleResolutionKind.NodeJs,
  moduleDetection: EVERY_FILE_IS_A_MODULE,
  jsx: JsxEmit.Preserve,
  experimentalDecorators: true,
} as const;

for (const defaults of [typescriptDefaults, javascriptDefaults]) {
  defaults.setCompilerOptions({ ...COMPILER_OPTIONS, allowJs: defaults === javascriptDefaults });
  defaults.setDiagnosticsOptions({ noSemanticValidation: true, noSuggestionDiagnostics: true });
  defaults.setModeConfiguration({ ...defaults.modeConfiguration, completionItems: false });
}

for (const defaults of [cssDefaults, scssDefaults, lessDefaults]) {
  // Rules and properties that it does not know are those of a tool, or newer than it is; a property that is there twice is
  // the way to serve old browsers.
  const rules = [...Object.keys(defaults.options.lint ?? {}), 'unknownAtRules'];
  defaults.setOptions({ ...defaults.options, lint: Object.fromEntries(rules.map((rule) => [rule, 'ignore'])) });
}
