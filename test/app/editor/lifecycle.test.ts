import { afterEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import { MonacoBinding } from '../../../src/app/editor/binding/index.ts';
import { closeAll, makeDoc, makeEditor, makeModel, makePeer, monaco, onClose, remoteEdit, select } from './support.ts';

afterEach(closeAll);

/** How many listen to the document, the text, the awareness; what Monaco and the page hold. */
function count(
  doc: Y.Doc,
  text: Y.Text,
  awareness: Awareness,
  model: monaco.editor.ITextModel,
  container: HTMLElement,
): Record<string, number> {
  const listeners = (observers: Map<unknown, Set<unknown>>): number =>
    [...observers.values()].reduce((sum, each) => sum + each.size, 0);
  const emitters = Object.entries(model)
    .map(([, value]: [string, unknown]) => value)
    .filter((value): value is { _size: number } => typeof value === 'object' && value !== null && '_size' in value);
  return {
    doc: listeners(Reflect.get(doc, '_observers') as Map<unknown, Set<unknown>>),
    text: (Reflect.get(text, '_eH') as { l: unknown[] }).l.length,
    awareness: listeners(awareness._observers as Map<unknown, Set<unknown>>),
    model: emitters.reduce((sum, { _size }) => sum + _size, 0),
    modelContent: (Reflect.get(model, '_eventEmitter') as { _emitter: { _size: number } })._emitter._size,
    decorations: model.getAllDecorations().length,
    labels: container.querySelectorAll('.yRemoteSelectionLabel').length,
    styles: document.querySelectorAll('style').length,
  };
}

describe('life of a binding', () => {
  it('[P37][EDIT-4] 100 times open and closed leaves no listener, decoration, widget or style', async () => {
    const doc = makeDoc('some text');
    const text = doc.getText('content');
    const model = makeModel();
    const editor = makeEditor(model);
    const awareness = new Awareness(doc);
    onClose(() => awareness.destroy());
    const other = new Awareness(new Y.Doc());
    onClose(() => other.destroy());
    const position = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, 4)) as unknown;
    other.setLocalState({ selection: { anchor: position, head: position }, user: { name: 'Other', color: '#aa0000' } });
    applyAwarenessUpdate(awareness, encodeAwarenessUpdate(other, [other.clientID]), 'remote');
    model.setValue('some text');
    const container = editor.getContainerDomNode();
    const labels = (): number => container.querySelectorAll('.yRemoteSelectionLabel').length;
    const openAndClose = async (round: number): Promise<void> => {
      const binding = new MonacoBinding({ text, model, monaco, editors: [editor], awareness });
      if (round % 20 === 0) await vi.waitUntil(() => labels() === 1);
      select(editor, round % 9);
      remoteEdit(doc, (remoteText) => remoteText.insert(0, 'x'));
      binding.dispose();
      binding.dispose();
    };
    const before = count(doc, text, awareness, model, container);
    for (let round = 0; round < 100; round++) await openAndClose(round);
    const after = count(doc, text, awareness, model, container);
    const grown = Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)] as const);
    // Monaco starts some of its own features late: they may add a listener or a style, once, not with every round.
    const monacoToo = new Set(['model', 'modelContent', 'decorations', 'styles']);
    expect(grown.filter(([name, by]) => by > (monacoToo.has(name) ? 20 : 0))).toEqual([]);
    expect(document.querySelectorAll('style[data-remote-cursors]')).toHaveLength(0);
    const drawn = model.getAllDecorations().filter(({ options }) => options.className?.startsWith('yRemoteSelection'));
    expect(drawn).toEqual([]);
    let updates = 0;
    awareness.on('update', () => updates++);
    select(editor, 1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(updates).toBe(0);
    expect(awareness.getLocalState()?.['selection'] ?? null).toBeNull();
  });

  it('[P37] counts what is there: an open binding shows in every number', async () => {
    const peer = makePeer({ text: 'abc' });
    const other = new Awareness(new Y.Doc());
    onClose(() => other.destroy());
    const position = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(peer.text, 1)) as unknown;
    other.setLocalState({ selection: { anchor: position, head: position } });
    const container = peer.editor.getContainerDomNode();
    applyAwarenessUpdate(peer.awareness, encodeAwarenessUpdate(other, [other.clientID]), 'remote');
    await expect.poll(() => container.querySelectorAll('.yRemoteSelectionLabel').length).toBe(1);
    const open = count(peer.doc, peer.text, peer.awareness, peer.model, container);
    peer.binding.dispose();
    const closed = count(peer.doc, peer.text, peer.awareness, peer.model, container);
    const notShown = Object.keys(open).filter((name) => (closed[name] ?? 0) >= (open[name] ?? 0));
    expect(notShown).toEqual([]);
  });

  it('after dispose neither side follows the other', () => {
    const peer = makePeer({ text: 'abc' });
    peer.binding.dispose();
    remoteEdit(peer.doc, (text) => text.insert(0, 'x'));
    expect(peer.model.getValue()).toBe('abc');
    peer.model.applyEdits([{ range: new monaco.Range(1, 1, 1, 1), text: 'y' }]);
    expect(peer.text.toJSON()).toBe('xabc');
    expect(peer.binding.verify()).toBe(true);
  });

  it('ends with its model and with its document', () => {
    const byModel = makePeer({ text: 'abc' });
    byModel.model.dispose();
    expect(byModel.binding.disposed).toBe(true);
    const byDoc = makePeer({ text: 'abc' });
    byDoc.doc.destroy();
    expect(byDoc.binding.disposed).toBe(true);
  });

  it('forgets an editor that is disposed', () => {
    const peer = makePeer({ text: 'abc' });
    peer.editor.dispose();
    expect(peer.binding.editors).toEqual([]);
    remoteEdit(peer.doc, (text) => text.insert(0, 'x'));
    expect(peer.model.getValue()).toBe('xabc');
  });

  it('leaves the caret at the beginning when the first contents come in', () => {
    const peer = makePeer({ text: 'abc\ndef' });
    expect(peer.editor.getPosition()).toEqual({ lineNumber: 1, column: 1 });
    const empty = makePeer();
    remoteEdit(empty.doc, (text) => text.insert(0, 'abc\ndef'));
    expect(empty.editor.getPosition()).toEqual({ lineNumber: 1, column: 1 });
  });
});
