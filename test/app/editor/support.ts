import * as Y from 'yjs';
import { Awareness } from 'y-protocols/awareness';
import { MonacoBinding, type MonacoBindingOptions } from '../../../src/app/editor/binding/index.ts';
import { collaborativeEditorOptions, monaco, prepareMonaco } from '../../../src/app/editor/monaco.ts';

prepareMonaco();

export { monaco };
export type CodeEditor = monaco.editor.IStandaloneCodeEditor;

/** What has been opened in a test; `closeAll` in `afterEach`. */
const opened: (() => void)[] = [];

export function closeAll(): void {
  for (const close of opened.splice(0).reverse()) close();
}

export function onClose(close: () => void): void {
  opened.push(close);
}

export function makeEditor(model: monaco.editor.ITextModel | null, width = 600, height = 300): CodeEditor {
  const container = document.createElement('div');
  container.style.cssText = `width:${width}px;height:${height}px`;
  document.body.append(container);
  const editor = monaco.editor.create(container, {
    ...collaborativeEditorOptions,
    model,
    minimap: { enabled: false },
    automaticLayout: false,
    autoClosingBrackets: 'never',
    quickSuggestions: false,
  });
  onClose(() => {
    editor.dispose();
    container.remove();
  });
  return editor;
}

export function makeModel(text = '', language = 'plaintext'): monaco.editor.ITextModel {
  const model = monaco.editor.createModel(text, language);
  onClose(() => {
    if (!model.isDisposed()) model.dispose();
  });
  return model;
}

export interface Peer {
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  readonly model: monaco.editor.ITextModel;
  readonly editor: CodeEditor;
  readonly binding: MonacoBinding;
  readonly awareness: Awareness;
}

export interface PeerOptions {
  readonly text?: string;
  readonly doc?: Y.Doc;
  readonly binding?: Partial<MonacoBindingOptions>;
}

/** A document, a model, an editor that shows it and a binding between them. */
export function makePeer({ text: content, doc = makeDoc(content), binding: more = {} }: PeerOptions = {}): Peer {
  const text = doc.getText('content');
  const model = makeModel();
  const editor = makeEditor(model);
  const awareness = new Awareness(doc);
  const binding = new MonacoBinding({ text, model, monaco, editors: [editor], awareness, ...more });
  onClose(() => {
    binding.dispose();
    awareness.destroy();
  });
  return { doc, text, model, editor, binding, awareness };
}

interface Contents {
  readonly model: string;
  readonly text: string;
  readonly verified: boolean;
}

/** Both sides, and what the binding's own check finds. */
export function contents({ model, text, binding }: Pick<Peer, 'model' | 'text' | 'binding'>): Contents {
  return {
    model: model.getValue(monaco.editor.EndOfLinePreference.LF),
    text: text.toJSON(),
    verified: binding.verify(),
  };
}

/** `contents` where both sides have this text. */
export function agreed(text: string): Contents {
  return { model: text, text, verified: true };
}

export function makeDoc(content = ''): Y.Doc {
  const doc = new Y.Doc();
  if (content !== '') doc.getText('content').insert(0, content);
  return doc;
}

/** Origin of what a test lets others do. */
export const remote = { source: 'remote', author: 'test' } as const;

/** A document of somebody else, equal to `doc`; `deliver` brings what it did since to `doc`, as one update. */
export function makeRemote(doc: Y.Doc): { doc: Y.Doc; text: Y.Text; deliver: () => void } {
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc), remote);
  const deliver = (): void => {
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, Y.encodeStateVector(doc)), remote);
  };
  return { doc: other, text: other.getText('content'), deliver };
}

/** Lets somebody else, who has everything in `doc`, change the text; the change arrives at once. */
export function remoteEdit(doc: Y.Doc, edit: (text: Y.Text) => void): void {
  const other = makeRemote(doc);
  other.doc.transact(() => edit(other.text));
  other.deliver();
}

/** Every update of either document goes to the other at once. */
export function connect(a: Y.Doc, b: Y.Doc): void {
  const wire = { source: 'remote', author: 'wire' } as const;
  const forward = (from: Y.Doc, to: Y.Doc): void => {
    from.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== wire) Y.applyUpdate(to, update, wire);
    });
    Y.applyUpdate(to, Y.encodeStateAsUpdate(from), wire);
  };
  forward(a, b);
  forward(b, a);
}

export function type(editor: CodeEditor, text: string): void {
  editor.trigger('keyboard', 'type', { text });
}

export function undo(editor: CodeEditor): void {
  editor.trigger('keyboard', 'undo', null);
}

export function redo(editor: CodeEditor): void {
  editor.trigger('keyboard', 'redo', null);
}

/** Puts the caret at an index of the text, or selects from `anchor` to `head`. */
export function select(editor: CodeEditor, anchor: number, head = anchor): void {
  const model = editor.getModel();
  if (model === null) throw new Error('the editor shows no model');
  const from = model.getPositionAt(anchor);
  const to = model.getPositionAt(head);
  editor.setSelection(new monaco.Selection(from.lineNumber, from.column, to.lineNumber, to.column));
}

/** The selections as indexes: `[anchor, head]` each. */
export function selections(editor: CodeEditor): [number, number][] {
  const model = editor.getModel();
  if (model === null) return [];
  return (editor.getSelections() ?? []).map((each) => [
    model.getOffsetAt(each.getSelectionStart()),
    model.getOffsetAt(each.getPosition()),
  ]);
}

/** Replaces at indexes in the model, as an editor command would. */
export function edit(editor: CodeEditor, edits: readonly { at: number; remove?: number; insert?: string }[]): void {
  const model = editor.getModel();
  if (model === null) throw new Error('the editor shows no model');
  editor.executeEdits(
    'test',
    edits.map(({ at, remove = 0, insert = '' }) => {
      const from = model.getPositionAt(at);
      const to = model.getPositionAt(at + remove);
      return { range: monaco.Range.fromPositions(from, to), text: insert, forceMoveMarkers: true };
    }),
  );
}

/** A generator of the same numbers for the same seed (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}
