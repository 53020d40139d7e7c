import { afterEach, describe, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import { agreed, closeAll, contents, makePeer, remoteEdit, select } from './support.ts';

afterEach(closeAll);

/** What an input method does, as Chromium's own tools do it. */
const compose = (text: string): Promise<unknown> =>
  cdp().send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
const commit = (text: string): Promise<unknown> => cdp().send('Input.insertText', { text });

describe('input methods', () => {
  it('[P34] text composed while others edit the same line comes out where it was typed', async () => {
    const peer = makePeer({ text: 'abc\nline\n' });
    peer.editor.focus();
    select(peer.editor, 3);
    await compose('に');
    remoteEdit(peer.doc, (text) => text.insert(0, 'R'));
    await compose('にほ');
    remoteEdit(peer.doc, (text) => text.insert(0, 'R'));
    await compose('にほん');
    await commit('日本');
    await expect.poll(() => contents(peer)).toEqual(agreed('RRabc日本\nline\n'));
  });

  it('[P34] text composed while others edit other lines comes out where it was typed', async () => {
    const peer = makePeer({ text: 'abc\nline\n' });
    peer.editor.focus();
    select(peer.editor, 8);
    await compose('に');
    remoteEdit(peer.doc, (text) => text.insert(0, 'new line\n'));
    await compose('にほん');
    remoteEdit(peer.doc, (text) => text.insert(text.length, 'last'));
    await commit('日本');
    await expect.poll(() => contents(peer)).toEqual(agreed('new line\nabc\nline日本\nlast'));
  });
});
