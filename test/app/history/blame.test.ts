import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { monaco, prepareMonaco } from '../../../src/app/editor/monaco.ts';
import { BlameGutter } from '../../../src/app/history/blame.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { until } from '../ui/support.ts';

const MINUTE = 60_000;
const NOW = Date.now();

let project: FakeProject;
let node: string;
let editor: monaco.editor.IStandaloneCodeEditor;
let gutter: BlameGutter;

beforeEach(() => {
  project = new FakeProject();
  node = project.createFile('main.ts', null);
  project.people.set(
    new Map([
      ['ana', { name: 'Ana Silva', color: '#c2410c' }],
      ['bob', { name: 'Bob', color: '#0f766e' }],
      ['cy', { name: 'Cy', color: '#7c3aed' }],
    ]),
  );
  const write = (author: string, minutes: number, index: number, words: string): void =>
    project.history.write(node, author, NOW - minutes * MINUTE, (doc) => doc.getText('text').insert(index, words));
  write('ana', 60, 0, 'first\nif (a) {\n');
  write('bob', 40, 14, ' }');
  write('cy', 20, 16, ' // end');

  prepareMonaco();
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(project.history.textOf(node)));
  const place = document.createElement('div');
  place.style.cssText = 'width: 800px; height: 300px';
  document.body.append(place);
  const text = doc.getText('text');
  const model = monaco.editor.createModel(text.toJSON(), 'plaintext');
  editor = monaco.editor.create(place, { model });
  const { ready, status, loaded } = project.openFile(node);
  const file = { id: node, doc, text, ready, status, loaded, close: () => undefined };
  gutter = new BlameGutter({ file, editor, model, monaco }, project);
});

afterEach(() => {
  gutter.close();
  editor.getModel()?.dispose();
  editor.getContainerDomNode().remove();
  editor.dispose();
  project.history.close();
});

async function hoverAt(lineNumber: number, column: number): Promise<string> {
  await until(() => editor.getContainerDomNode().querySelectorAll('.cw-blame').length > 0, 15_000);
  editor.setPosition({ lineNumber, column });
  editor.focus();
  editor.trigger('test', 'editor.action.showHover', {});
  const content = await until(() => {
    const shown = document.querySelector('.monaco-hover:not(.hidden) .hover-contents');
    return shown !== null && shown.textContent.trim() !== '' && shown;
  });
  return content.textContent;
}

describe('what the mouse says of a character', () => {
  it('is who wrote it, and who else wrote in its line, by name', async () => {
    const said = await hoverAt(2, 10);
    expect(said).toMatch(/^Bob, .*\. Also in this line: /);
    expect(said).toContain('Ana Silva (you)');
    expect(said).toContain('Cy');
  });

  it('is only who wrote it where nobody else wrote in the line', async () => {
    expect(await hoverAt(1, 2)).toMatch(/^Ana Silva \(you\), [^.]*$/);
  });

  it('is of whom ended the line, behind it', async () => {
    expect(await hoverAt(2, 18)).toMatch(/^Ana Silva/);
  });
});
