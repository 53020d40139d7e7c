import { afterEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { MonacoBinding } from '../../../src/app/editor/binding/index.ts';
import {
  closeAll,
  edit,
  makeDoc,
  makeModel,
  makePeer,
  monaco,
  remoteEdit,
  select,
  type,
} from './support.ts';

const LF = monaco.editor.EndOfLinePreference.LF;

afterEach(closeAll);

/** Both sides have this text, and the binding's own check agrees. */
function expectText(
  peer: { model: monaco.editor.ITextModel; text: Y.Text; binding: MonacoBinding },
  text: string,
): void {
  expect(peer.model.getValue(LF)).toBe(text);
  expect(peer.text.toJSON()).toBe(text);
  expect(peer.binding.verify()).toBe(true);
}

describe('binding', () => {
  it('the model takes the text, and what was in the model never gets into the text', () => {
    const doc = makeDoc('shared');
    const text = doc.getText('content');
    const model = makeModel('left over');
    const binding = new MonacoBinding({ text, model, monaco });
    expectText({ model, text, binding }, 'shared');
    binding.dispose();
  });

  it('[P31] binding writes nothing to the text, and never replaces the contents of a live model as a whole', () => {
    const doc = makeDoc('one\ntwo');
    const text = doc.getText('content');
    const model = makeModel('one\nTWO');
    let updates = 0;
    let flushes = 0;
    doc.on('update', () => updates++);
    model.onDidChangeContent(({ isFlush }) => {
      if (isFlush) flushes++;
    });
    const marks = model.deltaDecorations([], [{ range: new monaco.Range(1, 2, 1, 4), options: {} }]);
    const binding = new MonacoBinding({ text, model, monaco });
    remoteEdit(doc, (other) => other.insert(0, 'zero\n'));
    expectText({ model, text, binding }, 'zero\none\ntwo');
    expect(updates).toBe(1);
    expect(flushes).toBe(0);
    expect(marks.map((id) => model.getDecorationRange(id)?.startLineNumber)).toEqual([2]);
    binding.dispose();
  });

  it('refuses a text without a document', () => {
    expect(() => new MonacoBinding({ text: new Y.Text(), model: makeModel(), monaco })).toThrow(/no document/);
  });

  it('carries typing into the text, and remote edits into the model', () => {
    const peer = makePeer({ text: 'hello\nworld' });
    select(peer.editor, 5);
    type(peer.editor, ', you');
    remoteEdit(peer.doc, (text) => {
      text.delete(0, 1);
      text.insert(0, 'H');
      text.insert(text.length, '!');
    });
    expectText(peer, 'Hello, you\nworld!');
  });

  it('one local edit is one transaction, with the binding as its origin', () => {
    const peer = makePeer({ text: 'a b c' });
    const origins: unknown[] = [];
    peer.doc.on('update', (_update: Uint8Array, origin: unknown) => origins.push(origin));
    edit(peer.editor, [
      { at: 0, insert: '1' },
      { at: 2, remove: 1, insert: '2' },
      { at: 5, insert: '3' },
    ]);
    expectText(peer, '1a 2 c3');
    expect(origins).toEqual([peer.binding]);
  });

  it('a remote transaction with many places is one change of the model', () => {
    const peer = makePeer({ text: 'line\n'.repeat(1000) });
    let events = 0;
    peer.model.onDidChangeContent(() => events++);
    remoteEdit(peer.doc, (text) => {
      for (let line = 999; line >= 0; line--) {
        text.insert(line * 5, '- ');
        text.delete(line * 5 + 2, 1);
      }
    });
    expectText(peer, '- ine\n'.repeat(1000));
    expect(events).toBe(1);
  });

  it('formatting from elsewhere changes nothing, and formatted insertions arrive', () => {
    const peer = makePeer({ text: 'plain' });
    remoteEdit(peer.doc, (text) => {
      text.format(0, 3, { bold: true });
      text.insert(2, 'XY', { italic: true });
    });
    expectText(peer, 'plXYain');
  });
});
