import { afterAll, expect, it } from 'vitest';

// Monaco asks for the platform when it is loaded; so this file imports it only after this.
const userAgent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0';
Object.defineProperty(navigator, 'userAgent', { get: () => userAgent, configurable: true });
const { agreed, closeAll, contents, connect, edit, makeModel, makePeer, makeRemote, monaco, select, type } =
  await import('./support.ts');

afterAll(closeAll);

it('[P29] on Windows, where Monaco makes models with CRLF, text stays LF and edits land where they are made', () => {
  expect(makeModel().getEOL()).toBe('\r\n');
  const a = makePeer({ text: 'one\ntwo\nthree' });
  const b = makePeer({ doc: makeRemote(a.doc).doc });
  connect(a.doc, b.doc);
  select(a.editor, 13);
  type(a.editor, '\n');
  type(a.editor, 'four');
  edit(b.editor, [{ at: 4, remove: 3, insert: '2\r\n2' }]);
  a.model.setValue(`${a.model.getValue()}\r\nfive\r\n`);
  select(b.editor, b.model.getValueLength(monaco.editor.EndOfLinePreference.LF));
  type(b.editor, '!');
  const expected = agreed('one\n2\n2\nthree\nfour\nfive\n!');
  expect(contents(a)).toEqual(expected);
  expect(contents(b)).toEqual(expected);
  expect([a.model.getEOL(), b.model.getEOL()]).toEqual(['\n', '\n']);
});
