import { afterEach, describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import * as Y from 'yjs';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import { MonacoBinding, parseColor, readRemoteUser } from '../../../src/app/editor/binding/index.ts';
import { contrastingText } from '../../../src/app/editor/binding/remote-user.ts';
import { closeAll, makeModel, makePeer, monaco, onClose, remoteEdit, select, type, type Peer } from './support.ts';

afterEach(closeAll);

/** Somebody else in the project, whose awareness state reaches the peer at once. */
interface Other {
  readonly id: number;
  publish(state: Record<string, unknown>): void;
  /** Publishes a selection in the peer's text. */
  point(anchor: number, head?: number, more?: Record<string, unknown>): void;
  leave(): void;
}

function makeOther(peer: Peer): Other {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  onClose(() => awareness.destroy());
  const position = (index: number): unknown =>
    Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(peer.text, index)) as unknown;
  const publish = (state: Record<string, unknown>): void => {
    awareness.setLocalState(state);
    applyAwarenessUpdate(peer.awareness, encodeAwarenessUpdate(awareness, [doc.clientID]), 'remote');
  };
  return {
    id: doc.clientID,
    publish,
    point: (anchor, head = anchor, more = {}) =>
      publish({ selection: { anchor: position(anchor), head: position(head) }, ...more }),
    leave: () => removeAwarenessStates(peer.awareness, [doc.clientID], 'remote'),
  };
}

/** Range and classes of the drawn cursors: `from-to` in indexes of the text, with `<` before or `>` behind the caret. */
function drawn({ model }: Peer, id: number): string[] {
  return model
    .getAllDecorations()
    .filter(({ options }) => options.className === `yRemoteSelection yRemoteSelection-${id}`)
    .map(({ range, options }) => {
      const head = `yRemoteSelectionHead yRemoteSelectionHead-${id}`;
      const from = model.getOffsetAt(monaco.Range.getStartPosition(range));
      const to = model.getOffsetAt(monaco.Range.getEndPosition(range));
      return `${from}-${to}${options.beforeContentClassName === head ? '<' : ''}${options.afterContentClassName === head ? '>' : ''}`;
    });
}

function labels(peer: Peer): HTMLElement[] {
  return [...peer.editor.getContainerDomNode().querySelectorAll<HTMLElement>('.yRemoteSelectionLabel')];
}

function styles(): HTMLStyleElement[] {
  return [...document.querySelectorAll<HTMLStyleElement>('style[data-remote-cursors]')];
}

const nextFrame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));

describe('own cursor', () => {
  it('publishes file and selection as y-monaco does: relative positions, anchor and head', async () => {
    const peer = makePeer({ text: 'one two three', binding: { file: 'f1' } });
    peer.awareness.setLocalStateField('user', { name: 'Ada' });
    select(peer.editor, 7, 4);
    const read = (field: 'anchor' | 'head'): number | undefined => {
      const selection = peer.awareness.getLocalState()?.['selection'] as Record<string, unknown> | undefined;
      if (!selection) return undefined;
      const position = Y.createRelativePositionFromJSON(selection[field]);
      return Y.createAbsolutePositionFromRelativePosition(position, peer.doc)?.index;
    };
    await expect.poll(() => [read('anchor'), read('head')]).toEqual([7, 4]);
    expect(peer.awareness.getLocalState()).toMatchObject({ file: 'f1', user: { name: 'Ada' } });
  });

  it('[P28] publishes the latest of many moves, not each', async () => {
    const peer = makePeer({ text: 'x'.repeat(500) });
    let updates = 0;
    peer.awareness.on('update', () => updates++);
    for (let index = 0; index <= 400; index++) select(peer.editor, index);
    await expect.poll(() => updates).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(updates).toBeLessThanOrEqual(2);
    const selection = peer.awareness.getLocalState()?.['selection'] as { head: unknown };
    const head = Y.createRelativePositionFromJSON(selection.head);
    expect(Y.createAbsolutePositionFromRelativePosition(head, peer.doc)?.index).toBe(400);
  });

  it('[P28] says nothing when remote edits move the cursor', async () => {
    const peer = makePeer({ text: 'abc' });
    select(peer.editor, 2);
    await expect.poll(() => peer.awareness.getLocalState()?.['selection']).toBeTruthy();
    await new Promise((resolve) => setTimeout(resolve, 150));
    let updates = 0;
    peer.awareness.on('update', () => updates++);
    for (let index = 0; index < 100; index++) remoteEdit(peer.doc, (text) => text.insert(0, 'x\n'));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(peer.editor.getPosition()?.lineNumber).toBe(101);
    expect(updates).toBe(0);
  });

  it('one editor that shows file after file publishes the file it shows, and takes its cursor back at the end', async () => {
    const first = makePeer({ text: 'first', binding: { file: 'f1' } });
    const text = first.doc.getText('second');
    const model = makeModel();
    const binding = new MonacoBinding({
      text,
      model,
      monaco,
      editors: [first.editor],
      awareness: first.awareness,
      file: 'f2',
    });
    const state = (): unknown => {
      const local = first.awareness.getLocalState();
      return [local?.['file'], Boolean(local?.['selection'])];
    };
    await expect.poll(state).toEqual(['f1', true]);
    first.editor.setModel(model);
    await expect.poll(state).toEqual(['f2', true]);
    first.binding.dispose();
    expect(state()).toEqual(['f2', true]);
    binding.dispose();
    expect(state()).toEqual([null, false]);
  });

  it('an editor that is added later publishes too', async () => {
    const peer = makePeer({ text: 'abc', binding: { editors: [] } });
    peer.binding.addEditor(peer.editor);
    select(peer.editor, 2);
    await expect.poll(() => peer.awareness.getLocalState()?.['selection']).toBeTruthy();
    peer.binding.removeEditor(peer.editor);
    expect(peer.awareness.getLocalState()?.['selection']).toBeNull();
  });
});

describe('remote cursors', () => {
  it('draws caret and selection with the classes of y-monaco, and moves and removes them', async () => {
    const peer = makePeer({ text: 'one two three' });
    const other = makeOther(peer);
    other.point(4, 7);
    await expect.poll(() => drawn(peer, other.id)).toEqual(['4-7>']);
    other.point(7, 4);
    await expect.poll(() => drawn(peer, other.id)).toEqual(['4-7<']);
    other.point(9);
    await expect.poll(() => drawn(peer, other.id)).toEqual(['9-9<']);
    remoteEdit(peer.doc, (text) => text.insert(0, 'zero '));
    await expect.poll(() => drawn(peer, other.id)).toEqual(['14-14<']);
    const caret = peer.editor.getContainerDomNode().querySelector(`.yRemoteSelectionHead-${other.id}`);
    expect(caret).not.toBeNull();
    other.leave();
    await expect.poll(() => drawn(peer, other.id)).toEqual([]);
    expect(labels(peer)).toEqual([]);
  });

  it('draws only those in the same file', async () => {
    const peer = makePeer({ text: 'abc', binding: { file: 'f1' } });
    const here = makeOther(peer);
    const elsewhere = makeOther(peer);
    const nowhere = makeOther(peer);
    elsewhere.point(2, 2, { file: 'f2' });
    nowhere.point(2);
    here.point(1, 1, { file: 'f1' });
    await expect.poll(() => drawn(peer, here.id)).toEqual(['1-1<']);
    expect(drawn(peer, elsewhere.id)).toEqual([]);
    expect(drawn(peer, nowhere.id)).toEqual([]);
    here.point(1, 1, { file: 'f2' });
    await expect.poll(() => drawn(peer, here.id)).toEqual([]);
  });

  it('draws many moves once a frame', async () => {
    const peer = makePeer({ text: 'abcdef' });
    const other = makeOther(peer);
    let changes = 0;
    peer.model.onDidChangeDecorations(() => changes++);
    for (let round = 0; round < 50; round++) other.point(round % 6);
    expect(changes).toBe(0);
    await expect.poll(() => drawn(peer, other.id)).toEqual(['1-1<']);
    expect(changes).toBeLessThan(10);
  });

  it('does not grow while the user types at the edges', async () => {
    const peer = makePeer({ text: 'one two three' });
    const other = makeOther(peer);
    other.point(4, 7);
    await expect.poll(() => drawn(peer, other.id)).toEqual(['4-7>']);
    select(peer.editor, 4);
    type(peer.editor, 'XX');
    expect(drawn(peer, other.id)).toEqual(['6-9>']);
  });

  it('a cursor that arrives before its text is drawn when the text is there', async () => {
    const peer = makePeer({ text: 'abc' });
    const other = makeOther(peer);
    const typist = new Y.Doc();
    Y.applyUpdate(typist, Y.encodeStateAsUpdate(peer.doc));
    typist.getText('content').insert(3, 'def');
    const ahead = Y.createRelativePositionFromTypeIndex(typist.getText('content'), 5);
    const position = Y.relativePositionToJSON(ahead) as unknown;
    other.publish({ selection: { anchor: position, head: position } });
    await nextFrame();
    await nextFrame();
    expect(drawn(peer, other.id)).toEqual([]);
    Y.applyUpdate(peer.doc, Y.encodeStateAsUpdate(typist), 'remote');
    await expect.poll(() => drawn(peer, other.id)).toEqual(['5-5<']);
  });

  it('shows the name when its user moves or the mouse is at the caret, and fades to the caret', async () => {
    const peer = makePeer({ text: 'one\ntwo\nthree' });
    const other = makeOther(peer);
    other.point(9, 9, { user: { name: 'Grace', color: '#1d4ed8' } });
    await expect.poll(() => labels(peer).map((label) => label.textContent)).toEqual(['Grace']);
    const [label] = labels(peer);
    const shown = (): boolean => label?.classList.contains('isShown') ?? false;
    expect(shown()).toBe(true);
    await expect.poll(shown, { timeout: 5000 }).toBe(false);
    remoteEdit(peer.doc, (text) => text.insert(0, 'x'));
    await expect.poll(() => drawn(peer, other.id)).toEqual(['10-10<']);
    expect(shown()).toBe(false);
    const caret = peer.editor.getContainerDomNode().querySelector(`.yRemoteSelectionHead-${other.id}`);
    await userEvent.hover(caret ?? document.body, { force: true });
    await expect.poll(shown).toBe(true);
  });

  it('the name stands above the caret, in the first line below it', async () => {
    const peer = makePeer({ text: 'one\ntwo\nthree' });
    const first = makeOther(peer);
    const third = makeOther(peer);
    first.point(1, 1, { user: { name: 'First' } });
    third.point(9, 9, { user: { name: 'Third' } });
    const top = (name: string): number | undefined =>
      labels(peer)
        .find((label) => label.textContent === name)
        ?.getBoundingClientRect().top;
    const lineTop = (line: number): number => {
      const editorTop = peer.editor.getContainerDomNode().getBoundingClientRect().top;
      return editorTop + peer.editor.getTopForLineNumber(line) - peer.editor.getScrollTop();
    };
    await expect.poll(() => (top('First') ?? 0) >= lineTop(2) - 1).toBe(true);
    await expect.poll(() => (top('Third') ?? Infinity) < lineTop(3)).toBe(true);
  });

  it('draws into every editor of the model, and not into one that shows another file', async () => {
    const peer = makePeer({ text: 'abc' });
    const other = makeOther(peer);
    other.point(1);
    await expect.poll(() => labels(peer)).toHaveLength(1);
    peer.editor.setModel(makeModel('other file'));
    expect(labels(peer)).toEqual([]);
    expect(drawn(peer, other.id)).toEqual([]);
    peer.editor.setModel(peer.model);
    await expect.poll(() => labels(peer)).toHaveLength(1);
    expect(drawn(peer, other.id)).toEqual(['1-1<']);
  });
});

describe('what other users send is not trusted', () => {
  it('[P27] names are text: no markup, no style, no way to turn the direction of what follows', async () => {
    const peer = makePeer({ text: 'abc' });
    const other = makeOther(peer);
    const name = '<img src=x onerror="window.hacked=1">\u202E"} body{display:none}\n\u0000';
    other.point(1, 1, { user: { name, color: '#112233' } });
    await expect.poll(() => labels(peer)).toHaveLength(1);
    const [label] = labels(peer);
    expect(label?.children).toHaveLength(0);
    expect(label?.textContent).toMatch(/^<img src=x/);
    expect(label?.textContent).not.toMatch(/[\u202E\n\0]/);
    expect(label?.textContent.length).toBeLessThanOrEqual(40);
    expect(Reflect.get(window, 'hacked')).toBeUndefined();
    expect(
      styles()
        .map((style) => style.textContent)
        .join(''),
    ).not.toContain('img');
    expect(getComputedStyle(document.body).display).not.toBe('none');
  });

  it('[P27] colours that are none are replaced, and nothing of them reaches the style', async () => {
    const peer = makePeer({ text: 'abc' });
    const attempts = [
      'red; } body { display: none } .x {',
      '#123456; background: url(https://example.org/x)',
      'url(javascript:alert(1))',
      'var(--secret)',
      'hsl(120, 50%, 50%); } * { color: red',
      'expression(alert(1))',
      '</style><script>window.hacked=1</script>',
      '#12345',
      { toString: (): string => '#123456' },
      7,
      null,
    ];
    const others = attempts.map((color, index) => {
      const other = makeOther(peer);
      other.point(index % 3, index % 3, { user: { name: `u${index}`, color: color as unknown } });
      return other;
    });
    await expect.poll(() => labels(peer)).toHaveLength(attempts.length);
    const rules = styles()
      .map((style) => style.textContent)
      .join('');
    for (const { id } of others) {
      expect(rules).toMatch(
        new RegExp(
          `\\.yRemoteSelection-${id}, \\.yRemoteSelectionHead-${id} \\{ --remote-cursor-color: #[0-9a-f]{6}; \\}`,
        ),
      );
    }
    expect(rules).not.toMatch(/url|script|secret|expression|display: none/);
    expect(Reflect.get(window, 'hacked')).toBeUndefined();
    expect(getComputedStyle(document.body).display).not.toBe('none');
  });

  it('[P27] reads plain colours only', () => {
    expect(parseColor('#A1b2C3')).toBe('#a1b2c3');
    expect(parseColor('hsl(0, 100%, 50%)')).toBe('#ff0000');
    expect(parseColor('hsl(120deg 100% 25%)')).toBe('#008000');
    expect(parseColor('hsl(240,100%,50%)')).toBe('#0000ff');
    for (const color of ['#abc', 'red', 'hsl(0, 200%, 50%)', 'hsl(calc(1), 1%, 1%)', 'rgb(1,2,3)', '', undefined]) {
      expect(parseColor(color)).toBeNull();
    }
  });

  it('text on the label reads well on any colour', () => {
    expect(contrastingText('#ffff00')).toBe('#000000');
    expect(contrastingText('#1d4ed8')).toBe('#ffffff');
    expect(contrastingText('#ffffff')).toBe('#000000');
    expect(contrastingText('#000000')).toBe('#ffffff');
    expect(readRemoteUser({ name: '  ', color: '#ffff00' }, 1)).toMatchObject({ name: 'Guest', textColor: '#000000' });
    expect(readRemoteUser(null, 1).color).toMatch(/^#[0-9a-f]{6}$/);
  });

  it('[P27] selections that are none draw nothing, throw nothing and create no types', async () => {
    const peer = makePeer({ text: 'abc' });
    const shared = [...peer.doc.share.keys()];
    const position = { type: null, tname: 'content', item: null, assoc: 0 };
    const hostile: unknown[] = [
      7,
      'x',
      [],
      { anchor: 1, head: 2 },
      { anchor: position },
      { anchor: { ...position, tname: 'evil' }, head: { ...position, tname: 'evil' } },
      { anchor: { ...position, item: { client: -1, clock: 'x' } }, head: position },
      { anchor: { ...position, type: { client: 1, clock: 1 } }, head: position },
      { anchor: { item: { client: peer.doc.clientID, clock: 1e9 } }, head: position },
    ];
    const ids = hostile.map((selection) => {
      const other = makeOther(peer);
      other.publish({ selection });
      return other.id;
    });
    const honest = makeOther(peer);
    honest.point(2);
    await expect.poll(() => drawn(peer, honest.id)).toEqual(['2-2<']);
    expect(ids.flatMap((id) => drawn(peer, id))).toEqual([]);
    expect([...peer.doc.share.keys()]).toEqual(shared);
  });
});
