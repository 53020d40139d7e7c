import { afterEach, describe, expect, it } from 'vitest';
import { createFileModel } from '../../../src/app/editor/monaco.ts';
import { closeAll, makeEditor, monaco } from './support.ts';

const LONG = 60_000;
const models: monaco.editor.ITextModel[] = [];

afterEach(() => {
  closeAll();
  for (const model of models.splice(0)) model.dispose();
});

/** A file in an editor, as the app shows it. */
function show(name: string, text: string): monaco.editor.ITextModel {
  const model = createFileModel(name);
  models.push(model);
  model.setValue(text);
  makeEditor(model);
  return model;
}

const linesOf = (model: monaco.editor.ITextModel): number[] =>
  monaco.editor.getModelMarkers({ resource: model.uri }).map(({ startLineNumber }) => startLineNumber);

/** What is right in the real project, although a service that sees one file would not know it. */
const RIGHT: readonly (readonly [name: string, text: string])[] = [
  [
    'main.ts',
    `import { thing } from './thing';\nimport type { Far } from '@scope/far';\nconst far: Far = await thing(process.argv, __APP__);\n@decorated class A {}\nexport default far satisfies Far;\n`,
  ],
  [
    'view.tsx',
    `import { View } from './view';\nexport const App = (): Element => <View a={1}><b>{known}</b></View>;\n`,
  ],
  ['app.jsx', `export const App = () => <View a={1} />;\n`],
  ['main.js', `const fs = require('fs');\nmodule.exports = fs.missing.deeply();\nlet unused;\n`],
  [
    'a.css',
    `@tailwind base;\na { @apply m-2; text-wrap: balance; height: 100vh; height: 100dvh; new-thing: 1 }\nb {}\nc { color: rgb(0 0 0 / 50%); &:hover { color: red } }\n`,
  ],
  ['a.scss', `@use 'x';\n.a { @include x.y; &:hover { z-index: x.$z; } }\n`],
];

describe('the services of the languages', () => {
  it.each([
    ['main.ts', 'const one = 1;\nconst = 2;\n', 2],
    ['view.tsx', 'const one = 1;\nconst view = <b>one</i>;\n', 2],
    ['main.js', 'let a = 1;\nfunction ( {\n', 2],
    ['a.css', 'a { color: red }\nb { color }\n', 2],
    ['a.json', '{\n"a": }\n', 2],
  ])(
    'show in %s what is wrong with the syntax',
    async (name, text, line) => {
      const model = show(name, text);
      await expect.poll(() => linesOf(model), { timeout: 30_000 }).toContain(line);
    },
    LONG,
  );

  it.each(RIGHT)(
    'say nothing about %s where all is right, though they do not know the rest of the project',
    async (name, text) => {
      const model = show(name, text);
      // A mistake at the end tells that it was looked at.
      const last = model.getLineCount();
      const wrong = name.endsWith('css') ? 'd { color }\n' : 'const = 1;\n';
      model.applyEdits([{ range: new monaco.Range(last, 1, last, 1), text: wrong }]);
      await expect.poll(() => linesOf(model).length, { timeout: 30_000 }).toBeGreaterThan(0);
      expect(Math.min(...linesOf(model))).toBe(last);
    },
    LONG,
  );
});
