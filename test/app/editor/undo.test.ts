import { userEvent } from 'vitest/browser';
import { afterEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { TEXT_CHUNK_CHARS } from '../../../src/core/text.ts';
import {
  agreed,
  closeAll,
  contents,
  edit,
  makeDoc,
  makeEditor,
  makeModel,
  makePeer,
  makeRemote,
  monaco,
  redo,
  remoteEdit,
  select,
  selections,
  type,
  undo,
} from './support.ts';

afterEach(closeAll);

describe('undo', () => {
  it('[P32][EDIT-2] undoes only the own edits, with remote edits inside the capture time', () => {
    const peer = makePeer({ text: '' });
    type(peer.editor, 'AA');
    remoteEdit(peer.doc, (text) => text.insert(1, 'bb'));
    select(peer.editor, 4);
    peer.binding.undoManager.captureTimeout = 60_000;
    type(peer.editor, 'CC');
    expect(contents(peer)).toEqual(agreed('AbbACC'));
    undo(peer.editor);
    undo(peer.editor);
    expect(contents(peer)).toEqual(agreed('bb'));
    redo(peer.editor);
    redo(peer.editor);
    expect(contents(peer)).toEqual(agreed('AbbACC'));
  });

  it('[P32][EDIT-2] a remote edit before and inside the own word stays', () => {
    const peer = makePeer({ text: 'line1' });
    select(peer.editor, 5);
    type(peer.editor, 'ABCDEF');
    remoteEdit(peer.doc, (text) => {
      text.insert(8, '<remote>');
      text.insert(0, '# ');
    });
    undo(peer.editor);
    expect(contents(peer)).toEqual(agreed('# line1<remote>'));
  });

  it("[P13] what comes in without an origin is nobody's to undo", () => {
    const peer = makePeer({ text: 'abc' });
    const other = makeRemote(peer.doc);
    other.text.insert(3, ' remote');
    Y.applyUpdate(peer.doc, Y.encodeStateAsUpdate(other.doc));
    peer.text.insert(0, 'program ');
    expect(peer.model.canUndo()).toBe(false);
    undo(peer.editor);
    expect(contents(peer)).toEqual(agreed('program abc remote'));
  });

  it('[EDIT-2] Ctrl+Z and Ctrl+Y on the keyboard lead to it', async () => {
    const peer = makePeer({ text: 'x' });
    peer.editor.focus();
    select(peer.editor, 1);
    await userEvent.keyboard('abc');
    expect(contents(peer)).toEqual(agreed('xabc'));
    remoteEdit(peer.doc, (text) => text.insert(0, 'remote '));
    await userEvent.keyboard('{Control>}z{/Control}');
    expect(contents(peer)).toEqual(agreed('remote x'));
    await userEvent.keyboard('{Control>}y{/Control}');
    expect(contents(peer)).toEqual(agreed('remote xabc'));
  });

  it('[P32][EDIT-2] brings the selection back that was there before, moved along with remote edits', () => {
    const peer = makePeer({ text: 'one two three' });
    select(peer.editor, 7, 4);
    type(peer.editor, '2');
    remoteEdit(peer.doc, (text) => text.insert(0, '>> '));
    select(peer.editor, 0);
    undo(peer.editor);
    expect(contents(peer)).toEqual(agreed('>> one two three'));
    expect(selections(peer.editor)).toEqual([[10, 7]]);
    select(peer.editor, 5);
    redo(peer.editor);
    expect(contents(peer)).toEqual(agreed('>> one 2 three'));
    expect(selections(peer.editor)).toEqual([[0, 0]]);
  });

  it('[P32][EDIT-2] brings all cursors back', () => {
    const peer = makePeer({ text: 'aaa\nbbb\nccc' });
    peer.editor.setSelections([1, 2, 3].map((line) => new monaco.Selection(line, 1, line, 3)));
    type(peer.editor, '-');
    remoteEdit(peer.doc, (text) => text.insert(0, 'top\n'));
    select(peer.editor, 0);
    undo(peer.editor);
    expect(contents(peer)).toEqual(agreed('top\naaa\nbbb\nccc'));
    expect(selections(peer.editor)).toEqual([
      [4, 6],
      [8, 10],
      [12, 14],
    ]);
  });

  it('[P32] leaving the editor, showing another file and stopCapturing end an undo step', () => {
    const peer = makePeer({ text: '' });
    peer.binding.undoManager.captureTimeout = 60_000;
    const elsewhere = makeEditor(makeModel());
    const marks: (() => void)[] = [
      () => elsewhere.focus(),
      () => {
        peer.editor.setModel(makeModel('other'));
        peer.editor.setModel(peer.model);
        select(peer.editor, peer.model.getValueLength());
      },
      () => peer.binding.stopCapturing(),
    ];
    peer.editor.focus();
    const insert = (text: string): void => {
      const end = peer.model.getFullModelRange().getEndPosition();
      peer.model.applyEdits([{ range: monaco.Range.fromPositions(end, end), text }]);
    };
    insert('0');
    marks.forEach((mark, index) => {
      mark();
      insert(String(index + 1));
    });
    const seen: string[] = [];
    while (peer.model.canUndo()) {
      void peer.model.undo();
      seen.push(peer.model.getValue());
    }
    expect(seen).toEqual(['012', '01', '0', '']);
  });

  it('edits that follow each other at once are one step', () => {
    const peer = makePeer({ text: '' });
    peer.binding.undoManager.captureTimeout = 60_000;
    for (const key of 'abc') type(peer.editor, key);
    undo(peer.editor);
    expect(contents(peer)).toEqual(agreed(''));
  });

  it('[P36] a paste of several transactions is one step, back and forth, and never one huge transaction', () => {
    const peer = makePeer({ text: 'ab' });
    type(peer.editor, '0');
    const paste = 'x'.repeat(3 * TEXT_CHUNK_CHARS + 5);
    edit(peer.editor, [{ at: 1, insert: paste }]);
    edit(peer.editor, [{ at: 0, insert: '1' }]);
    const sizes: number[] = [];
    peer.doc.on('update', (update: Uint8Array) => sizes.push(update.length));
    undo(peer.editor);
    expect(contents(peer)).toEqual(agreed(`0${paste}ab`));
    undo(peer.editor);
    expect(contents(peer)).toEqual(agreed('0ab'));
    redo(peer.editor);
    expect(contents(peer)).toEqual(agreed(`0${paste}ab`));
    undo(peer.editor);
    undo(peer.editor);
    expect(contents(peer)).toEqual(agreed('ab'));
    expect(Math.max(...sizes)).toBeLessThan(2 * TEXT_CHUNK_CHARS);
  });

  it('[P36] undoing the removal of megabytes inserts them in bounded transactions', () => {
    const content = '😀 some text\n'.repeat((3 * TEXT_CHUNK_CHARS) / 12);
    const peer = makePeer({ text: content });
    const sizes: number[] = [];
    edit(peer.editor, [{ at: 0, remove: content.length }]);
    expect(contents(peer)).toEqual(agreed(''));
    peer.doc.on('update', (update: Uint8Array) => sizes.push(update.length));
    undo(peer.editor);
    expect(peer.text.toJSON() === content).toBe(true);
    expect(peer.binding.verify()).toBe(true);
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThan(3 * TEXT_CHUNK_CHARS);
  });

  it('[P15] a reader undoes nothing', () => {
    const peer = makePeer({ text: 'a' });
    type(peer.editor, 'b');
    peer.binding.readOnly = true;
    expect(peer.model.canUndo()).toBe(false);
    undo(peer.editor);
    void peer.model.undo();
    expect(contents(peer)).toEqual(agreed('ba'));
  });

  it('[P37][EDIT-4] dispose gives the model its own undo back', () => {
    const doc = makeDoc('abc');
    const peer = makePeer({ doc });
    const replaced = ['undo', 'redo', 'canUndo', 'canRedo', 'pushStackElement'];
    expect(replaced.filter((name) => Object.hasOwn(peer.model, name))).toEqual(replaced);
    peer.binding.dispose();
    expect(replaced.filter((name) => Object.hasOwn(peer.model, name))).toEqual([]);
    type(peer.editor, 'x');
    expect(peer.model.canUndo()).toBe(true);
    undo(peer.editor);
    expect(peer.model.getValue()).toBe('abc');
    expect(peer.text.toJSON()).toBe('abc');
  });
});
