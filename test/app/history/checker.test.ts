import { afterEach, describe, expect, it } from 'vitest';
import { onlyMerged } from '../../../src/core/history/diagnostics.ts';
import { diffTexts } from '../../../src/core/history/text-diff.ts';
import { monaco, prepareMonaco } from '../../../src/app/editor/monaco.ts';
import { Checker } from '../../../src/app/history/checker.ts';

const LONG = 60_000;
const checkers: Checker[] = [];

afterEach(() => {
  for (const checker of checkers.splice(0)) checker.close();
});

function checkerFor(name: string): Checker {
  prepareMonaco();
  const checker = Checker.for(name);
  if (!checker) throw new Error(`nothing checks ${name}`);
  checkers.push(checker);
  return checker;
}

/** What is wrong only since the texts came together, as line and message. */
async function merge(name: string, merged: string, ...texts: string[]): Promise<string[]> {
  const checker = checkerFor(name);
  const all = await checker.check(merged);
  const sides = [];
  for (const text of texts) {
    sides.push({ diagnostics: await checker.check(text), operations: diffTexts(merged, text) });
  }
  return onlyMerged(all, sides).map(({ from, message }) => `${merged.slice(0, from).split('\n').length} ${message}`);
}

const BASE = `import { other } from './other';
export function total(list: number[]): number {
  return other(list.length, process.env.HOME);
}
`;

describe('what is wrong only since a merge', () => {
  it(
    'is a function that one renamed and the other called once more, not what is unknown to both',
    async () => {
      const theirs = BASE.replace('total', 'sum');
      const mine = `${BASE}console.log(total([1]));\n`;
      expect(await merge('main.ts', `${theirs}console.log(total([1]));\n`, mine, theirs)).toEqual([
        "5 Cannot find name 'total'.",
      ]);
    },
    LONG,
  );

  it.each(['main.ts', 'main.js', 'view.tsx'])(
    'is a declaration that both made, in %s',
    async (name) => {
      const one = 'const limit = 10;\n';
      const middle = 'let a = 1;\n';
      const twice = [1, 3].map((line) => `${line} Cannot redeclare block-scoped variable 'limit'.`);
      expect(await merge(name, one + middle + one, one + middle, middle + one)).toEqual(twice);
    },
    LONG,
  );

  it(
    'is a property that both set, in style sheets, and a key that both added, in JSON',
    async () => {
      const rule = (...lines: string[]): string => `a {\n${lines.map((line) => `  ${line};\n`).join('')}}\n`;
      const [red, flex, blue] = ['color: red', 'display: flex', 'color: blue'];
      for (const name of ['a.css', 'a.scss', 'a.less']) {
        const found = await merge(name, rule(red, flex, blue), rule(red, flex), rule(flex, blue));
        expect([name, ...found.map((one) => one.slice(0, 1))]).toEqual([name, '2', '4']);
      }
      const json = (...keys: string[]): string => `{\n${keys.map((key) => `  "${key}": 1`).join(',\n')}\n}\n`;
      const found = await merge('a.json', json('x', 'y', 'x'), json('x', 'y'), json('y', 'x'));
      expect(found.map((one) => one.slice(0, 1))).toEqual(['2', '4']);
    },
    LONG,
  );

  it(
    'leaves no text behind, and is ended while it works',
    async () => {
      const before = monaco.editor.getModels().length;
      const checker = checkerFor('main.ts');
      expect(await checker.isHere()).toBe(true);
      const waits = checker.check('let a: string = 1;');
      checker.close();
      checker.close();
      await expect(waits).rejects.toThrow('Checking was ended.');
      expect(monaco.editor.getModels().length).toBe(before);
    },
    LONG,
  );

  it('is not looked for where nothing can', () => {
    expect(Checker.for('main.py')).toBeNull();
    expect(Checker.for('notes.md')).toBeNull();
  });
});
