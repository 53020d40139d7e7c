import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import '../../../src/app/editor/code-editor.ts';
import { monaco } from '../../../src/app/editor/monaco.ts';
import '../../../src/app/project/project-page.ts';
import type { ProjectPage } from '../../../src/app/project/project-page.ts';
import { ThemeSetting } from '../../../src/app/ui/theme.ts';
import { recordAcceptance, reply, startThread, suggest } from '../../../src/core/review/actions.ts';
import { createAnchor, spanOf } from '../../../src/core/review/anchors.ts';
import { announceReview } from '../../../src/core/review/directory.ts';
import { readReview, type Thread } from '../../../src/core/review/review.ts';
import { StructStamps } from '../../../src/core/review/stamped.ts';
import { ana, FakeApp, subscriptions } from '../ui/fake-app.ts';
import { as, byTestId, FakeNavigation, hasTestId, mount, unmountAll, until } from '../ui/support.ts';

const CODE = 'const one = 1;\nconst two = 2;\nconst three = 3;\n';

let app: FakeApp;
let place: HTMLElement;
let main: string;
const theme = new ThemeSetting();

beforeEach(() => {
  localStorage.clear();
  app = new FakeApp();
  place = document.createElement('div');
  place.style.cssText = 'width:1100px;height:600px';
  document.body.append(place);
  main = app.project.createFile('main.ts', null, CODE);
  app.project.people.set(
    new Map([
      ['ana', { name: 'Ana Silva', color: '#c2410c' }],
      ['bob', { name: 'Bob', color: '#0f766e' }],
    ]),
  );
});

afterEach(() => {
  unmountAll();
  place.remove();
});

async function open(file: string | null = main): Promise<ProjectPage> {
  const page = document.createElement('cw-project');
  const router = new FakeNavigation();
  router.route.subscribe((route) => (page.file = route.page === 'project' ? route.file : null));
  Object.assign(page, { app, router, theme, user: ana, project: 'project1', file });
  await mount(page, place);
  if (file !== null)
    await until(() => page.querySelector('cw-code')?.readText() === CODE && monaco.editor.getEditors()[0]);
  else await until(() => hasTestId('project', page));
  return page;
}

const reviewOf = (node: string): Y.Doc => app.project.textOf(`review ${node}`);
const textOf = (node: string): Y.Text => app.project.textOf(node).getText('text');
const threadsOf = (node: string): readonly Thread[] => readReview(reviewOf(node)).threads;

let count = 0;

/** Something that Bob does. */
function bobs(): { id: string; by: string; at: number } {
  return { id: `bob${count++}`, by: 'bob', at: Date.now() - 60_000 };
}

function bobComments(words: string, start = 15, end = 29, node = main): string {
  const started = startThread(reviewOf(node), bobs(), createAnchor(textOf(node), start, end), {
    text: words,
    people: [{ id: 'ana', name: 'Ana Silva' }],
  });
  if (!started.ok) throw new Error(started.message);
  announceReview(reviewOf('project1'), node);
  return started.value;
}

function bobSuggests(insert: string, start = 15, end = 29): void {
  const replaced = textOf(main).toJSON().slice(start, end);
  const made = suggest(
    reviewOf(main),
    bobs(),
    createAnchor(textOf(main), start, end),
    { replaced, insert },
    { text: '', people: [] },
  );
  if (!made.ok) throw new Error(made.message);
}

const codeEditor = (): monaco.editor.ICodeEditor => {
  const [editor] = monaco.editor.getEditors();
  if (!editor) throw new Error('There is no editor.');
  return editor;
};

async function showPanel(page: ProjectPage): Promise<void> {
  byTestId('toggle-comments', page).click();
  await until(() => hasTestId('comments', page));
}

/** Types into the box that is open, and sends it by Ctrl+Enter. */
async function write(words: string, within: ParentNode = document): Promise<void> {
  const area = await until(() => within.querySelector<HTMLTextAreaElement>('cw-compose textarea'));
  area.value = words;
  area.setSelectionRange(words.length, words.length);
  area.dispatchEvent(new InputEvent('input', { bubbles: true }));
  area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true }));
}

describe('comments in the panel', () => {
  it('say how to begin when there are none; the action of the editor begins one on the line, Ctrl+Enter sends it', async () => {
    const page = await open();
    await showPanel(page);
    await until(() => hasTestId('comments-empty', page));
    codeEditor().setPosition({ lineNumber: 2, column: 3 });
    await codeEditor().getAction('cowrite.addComment')?.run();
    await until(() => document.activeElement?.closest('[data-testid="composer"]'));
    await write('Why two, @bob?', byTestId('composer', page));
    const thread = await until(() => hasTestId('thread', page) && byTestId('thread', page));
    expect(thread.querySelector('.thread-line')?.textContent).toBe('Line 2');
    expect(byTestId('comment-author', thread).textContent).toBe('Ana Silva');
    expect(thread.querySelector('.mention')?.textContent).toBe('@bob');
    const [stored] = threadsOf(main);
    expect(stored?.anchor.quote).toBe('const two = 2;');
    expect(stored?.comments[0]?.mentions).toEqual([{ start: 9, length: 4, user: 'bob' }]);
    expect([...reviewOf('project1').getMap('files').keys()]).toEqual([main]);
  });

  it('Escape leaves the box and gives the focus back to the editor', async () => {
    const page = await open();
    await codeEditor().getAction('cowrite.addComment')?.run();
    const area = await until(() => page.querySelector<HTMLTextAreaElement>('[data-testid="composer"] textarea'));
    area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
    await until(() => !hasTestId('composer', page));
    expect(hasTestId('comments', page)).toBe(true);
    expect(document.activeElement?.closest('cw-code')).not.toBeNull();
    expect(threadsOf(main)).toEqual([]);
  });

  it('offers the people of the project after an @', async () => {
    const page = await open();
    await codeEditor().getAction('cowrite.addComment')?.run();
    const area = await until(() => page.querySelector<HTMLTextAreaElement>('[data-testid="composer"] textarea'));
    area.value = 'ask @b';
    area.setSelectionRange(6, 6);
    area.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await until(() => hasTestId('mention-option', page));
    expect(area.getAttribute('aria-activedescendant')).toBe(byTestId('mention-option', page).id);
    area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    expect(area.value).toBe('ask @Bob ');
  });

  it('are answered, resolved and opened again', async () => {
    bobComments('Why?');
    const page = await open();
    await showPanel(page);
    await until(() => hasTestId('thread-reply', page));
    byTestId('thread-reply', page).click();
    await write('Because.', byTestId('thread', page));
    await until(() => threadsOf(main)[0]?.comments.length === 2);
    byTestId('thread-resolve', page).click();
    await until(() => !hasTestId('thread', page));
    byTestId('filter-closed', page).click();
    await until(() => hasTestId('thread-decision', page));
    expect(byTestId('thread-decision', page).textContent).toContain('Resolved by Ana Silva');
    byTestId('thread-reopen', page).click();
    await until(() => threadsOf(main)[0]?.resolved === null);
  });

  it('only own ones are edited and deleted, and a deletion can be undone', async () => {
    const id = bobComments('Bob says');
    reply(reviewOf(main), { id: 'a1', by: 'ana', at: Date.now() }, id, { text: 'Ana says', people: [] });
    const page = await open();
    const toasts: { action?: { run(): void } }[] = [];
    page.addEventListener('toast', (event) => toasts.push(event.detail));
    await showPanel(page);
    await until(() => hasTestId('comment', page));
    const [bobs, mine] = [...page.querySelectorAll<HTMLElement>('[data-testid="comment"]')];
    expect(bobs && hasTestId('comment-delete', bobs)).toBe(false);
    byTestId('comment-edit', mine).click();
    await write('Ana says more', mine);
    await until(() => threadsOf(main)[0]?.comments[1]?.text === 'Ana says more');
    byTestId('comment-delete', page).click();
    await until(() => page.querySelectorAll('[data-testid="comment"]').length === 1);
    toasts[0]?.action?.run();
    await until(() => page.querySelectorAll('[data-testid="comment"]').length === 2);
    expect(page.textContent).toContain('edited');
  });

  it('text of people is text: no HTML, in the panel or in the hover', async () => {
    bobComments('<img src=x onerror=alert(1)> **bold** [link](javascript:alert(1))');
    const page = await open();
    await showPanel(page);
    await until(() => hasTestId('comment-text', page));
    expect(byTestId('comment-text', page).textContent).toBe(
      '<img src=x onerror=alert(1)> **bold** [link](javascript:alert(1))',
    );
    const messages = (codeEditor().getModel()?.getAllDecorations() ?? []).flatMap(({ options }) =>
      [options.hoverMessage ?? []].flat().map(({ value }) => value),
    );
    expect(messages.join('')).toContain('\\<img src\\=x');
    expect(messages.join('')).toContain('\\[link\\]\\(javascript\\:alert');
  });

  it('[STAMP-3] an author that the stamp contradicts is shown by the stamp, with a mark', async () => {
    const id = bobComments('Signed Bob');
    const page = await open();
    await showPanel(page);
    await until(() => hasTestId('unproven', page));
    const stamps = app.project.stamps.get(main);
    const stamp = { project: 'project1', role: 'reviewer', author: 'eve' } as const;
    stamps?.learn(Y.encodeStateAsUpdate(reviewOf(main)), stamp);
    await until(() => hasTestId('forged', page));
    expect(byTestId('forged', page).getAttribute('aria-label')).toBe(
      'This claims to be by Bob, but the server has it from Somebody.',
    );
    expect(byTestId('comment', page).dataset['author']).toBe('eve');
    expect(page.querySelector('.comment-warning')?.textContent).toContain('claims to be by Bob');
    expect(threadsOf(main)[0]?.id).toBe(id);
  });

  it('[STAMP-3] a comment in the own name is marked as well while nothing proves it', async () => {
    startThread(reviewOf(main), { id: 'forged', by: 'ana', at: 1 }, createAnchor(textOf(main), 0, 5), {
      text: 'I agree',
      people: [],
    });
    const page = await open();
    await showPanel(page);
    await until(() => hasTestId('unproven', page));
    app.project.stamps
      .get(main)
      ?.learn(Y.encodeStateAsUpdate(reviewOf(main)), { project: 'project1', role: 'owner', author: 'ana' });
    await until(() => !hasTestId('unproven', page));
    expect(byTestId('comment', page).dataset['proof']).toBe('stamped');
  });

  it('[P15] viewers read, and are told why they cannot write', async () => {
    bobComments('Why?');
    app.project.role.set('viewer');
    const page = await open();
    await showPanel(page);
    await until(() => hasTestId('comments-readonly', page) && hasTestId('thread', page));
    for (const control of ['thread-reply', 'thread-resolve', 'add-comment'])
      expect(hasTestId(control, page)).toBe(false);
    expect(codeEditor().getAction('cowrite.addComment')).toBeNull();
    expect(byTestId('comments-readonly', page).textContent).toContain('As a viewer');
  });

  it('[P15] reviewers of a deleted project are told that it is deleted, not that they are viewers', async () => {
    bobComments('Why?');
    app.project.role.set('reviewer');
    const page = await open();
    await showPanel(page);
    app.project.deletion.set({ by: 'ana', at: null });
    await until(() => hasTestId('comments-readonly', page));
    expect(byTestId('comments-readonly', page).textContent?.trim()).toBe(
      'This project is deleted: comments can be read, but not written.',
    );
  });
});

describe('what is new', () => {
  it('is counted on the button, in the tree and in the list of all files, until it was in view', async () => {
    const other = app.project.createFile('other.ts', null, CODE);
    bobComments('Look here, @Ana Silva', 0, 5, other);
    const page = await open();
    await until(() => hasTestId('badge-comments', page));
    expect(byTestId('toggle-comments', page).getAttribute('aria-label')).toBe('Comments, 1 new');
    expect(byTestId('tree-comments', page).title).toBe('1 open comment, 1 new');
    await showPanel(page);
    byTestId('comments-project', page).click();
    await until(() => hasTestId('comments-row', page));
    byTestId('comments-row', page).click();
    await until(() => page.file === other && hasTestId('thread', page));
    await until(() => byTestId('thread', page).classList.contains('selected'));
    await until(() => !hasTestId('badge-comments', page));
    expect(byTestId('tree-comments', page).title).toBe('1 open comment');
    expect(app.project.openReviews).toBe(2);
  });
});

describe('in the editor', () => {
  const glyphs = (): string[] =>
    (codeEditor().getModel()?.getAllDecorations() ?? [])
      .filter(({ options }) => options.glyphMarginClassName?.startsWith('cw-glyph') === true)
      .map(({ range }) => `line ${range.startLineNumber}`);

  it('[P42] marks go with their text, and vanish with it: then the thread shows the quote', async () => {
    bobComments('Why?');
    const page = await open();
    await showPanel(page);
    await until(() => glyphs().length === 1);
    textOf(main).insert(0, '// new\n');
    expect(glyphs()).toEqual(['line 3']);
    await until(() => page.querySelector('.thread-line')?.textContent === 'Line 3');
    textOf(main).delete(textOf(main).toJSON().indexOf('const two'), 15);
    await until(() => byTestId('thread', page).dataset['place'] === 'orphaned');
    expect(glyphs()).toEqual([]);
    expect(byTestId('thread-quote', page).textContent).toBe('const two = 2;');
  });

  it('next and previous go through the open comments', async () => {
    bobComments('first', 0, 5);
    bobComments('third', 30, 35);
    await open();
    await until(() => glyphs().length === 2);
    codeEditor().setPosition({ lineNumber: 1, column: 2 });
    await codeEditor().getAction('cowrite.nextComment')?.run();
    expect(codeEditor().getPosition()?.lineNumber).toBe(3);
    await codeEditor().getAction('cowrite.nextComment')?.run();
    expect(codeEditor().getPosition()?.lineNumber).toBe(1);
    await codeEditor().getAction('cowrite.previousComment')?.run();
    expect(codeEditor().getPosition()?.lineNumber).toBe(3);
  });

  it('a suggestion is shown as old and new, accepted as one edit that undo takes back, and attributed to both', async () => {
    bobSuggests('const two = 2.5;');
    const page = await open();
    await until(() => hasTestId('inline-accept', page));
    expect(byTestId('suggestion-new', page).textContent).toBe('const two = 2.5;');
    byTestId('inline-accept', page).click();
    await until(() => textOf(main).toJSON().includes('2.5'));
    const [thread] = threadsOf(main);
    expect(thread?.suggestion?.state).toMatchObject({ kind: 'accepted', by: { id: 'ana' } });
    expect(thread?.comments[0]?.author.id).toBe('bob');
    await until(() => !hasTestId('suggestion-inline', page));
    codeEditor().trigger('keyboard', 'undo', null);
    expect(textOf(main).toJSON()).toBe(CODE);
  });

  it('[P42] a suggestion shows what accepting it would give, and says that the text has changed since', async () => {
    bobSuggests('const two = 25;');
    const page = await open();
    await until(() => hasTestId('suggestion-inline', page));
    expect(hasTestId('suggestion-changed', page)).toBe(false);
    textOf(main).insert(24, 'Times');
    await until(() => byTestId('suggestion-new', page).textContent === 'const twoTimes = 25;');
    expect(byTestId('suggestion-changed', page).textContent).toContain('The text has changed since.');
    byTestId('inline-accept', page).click();
    await until(() => textOf(main).toJSON().includes('const twoTimes = 25;\n'));
  });

  it('[P42] a suggestion that was accepted and undone is said to be taken back, and accepted again by redo', async () => {
    bobSuggests('const two = 25;');
    const page = await open();
    await showPanel(page);
    await until(() => hasTestId('inline-accept', page));
    byTestId('inline-accept', page).click();
    byTestId('filter-closed', page).click();
    const decision = (): string =>
      hasTestId('thread-decision', page) ? byTestId('thread-decision', page).textContent.replace(/\s+/g, ' ') : '';
    await until(() => decision().includes('Accepted by Ana Silva ·'));
    codeEditor().trigger('keyboard', 'undo', null);
    await until(() => decision().includes('Accepted by Ana Silva, then taken back ·'));
    codeEditor().trigger('keyboard', 'redo', null);
    await until(() => decision().includes('Accepted by Ana Silva ·'));
    expect(textOf(main).toJSON()).toContain('const two = 25;');
  });

  it('an accepted removal is one that was removed, and quotes the text once', async () => {
    bobSuggests('', 15, 30);
    const page = await open();
    await showPanel(page);
    await until(() => hasTestId('inline-accept', page));
    byTestId('inline-accept', page).click();
    byTestId('filter-closed', page).click();
    await until(() => page.querySelector('.thread-line')?.textContent === 'Removed');
    expect(byTestId('thread', page).textContent.split('const two = 2;')).toHaveLength(2);
    expect(hasTestId('thread-note', page)).toBe(false);
    codeEditor().trigger('keyboard', 'undo', null);
    await until(() => byTestId('thread-decision', page).textContent.includes('then taken back'));
  });

  it('reviewers cannot type, but suggest in a box below the text', async () => {
    app.project.role.set('reviewer');
    const page = await open();
    codeEditor().setSelection(new monaco.Range(2, 7, 2, 10));
    await codeEditor().getAction('cowrite.suggestChange')?.run();
    await until(() => document.activeElement?.getAttribute('data-testid') === 'suggest-text');
    const area = as(HTMLTextAreaElement, byTestId('suggest-text', page));
    expect(area.value).toBe('two');
    byTestId('suggest-send', page).click();
    await until(() => page.querySelector('.suggest-problem')?.textContent?.includes('Change the text first'));
    area.value = 'TWO';
    area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true }));
    await until(() => hasTestId('suggestion-inline', page));
    expect(byTestId('suggestion-new', page).textContent).toBe('const TWO = 2;');
    expect(hasTestId('inline-accept', page)).toBe(false);
    expect(textOf(main).toJSON()).toBe(CODE);
    expect([...reviewOf('project1').getMap('people').keys()]).toEqual(['ana']);
    byTestId('inline-withdraw', page).click();
    await until(() => !hasTestId('suggestion-inline', page));
    expect(threadsOf(main)[0]?.suggestion?.state.kind).toBe('declined');
  });

  it('what two people accepted at once is taken out once more, by whoever may write the file', async () => {
    bobSuggests('const two = 2.5;');
    const id = threadsOf(main)[0]?.id ?? '';
    textOf(main).insert(0, 'twice');
    recordAcceptance(reviewOf(main), bobs(), id, null);
    recordAcceptance(reviewOf(main), { ...bobs(), by: 'carol' }, id, spanOf(textOf(main), 0, 5));
    const stamps = new StructStamps();
    stamps.learn(Y.encodeStateAsUpdate(reviewOf(main)), { project: 'project1', role: 'editor', author: 'bob' });
    app.project.stamps.set(main, stamps);
    app.project.role.set('reviewer');
    const page = await open(null);
    page.file = main;
    await until(() => page.querySelector('cw-code')?.readText() === `twice${CODE}`);
    await until(() => hasTestId('toggle-comments', page));
    expect(textOf(main).toJSON()).toBe(`twice${CODE}`);
    page.remove();
    app.project.role.set('editor');
    await open();
    expect(textOf(main).toJSON()).toBe(CODE);
  });

  it('nothing is left behind when the page goes', async () => {
    bobSuggests('const two = 3;');
    bobComments('Why?', 0, 5);
    const before = subscriptions.open;
    for (let turn = 0; turn < 5; turn++) {
      const page = await open();
      await until(() => hasTestId('suggestion-inline', page));
      page.remove();
    }
    expect(subscriptions.open).toBe(before);
    expect(app.project.openReviews).toBe(0);
    expect(document.querySelectorAll('style[data-comments]')).toHaveLength(0);
    expect(monaco.editor.getEditors()).toEqual([]);
  });
});

it.each(['light', 'dark'] as const)('axe finds nothing serious in the panel and the editor, %s', async (choice) => {
  const stop = theme.start();
  theme.choose(choice);
  const id = bobComments('Look, @Ana Silva', 0, 5);
  bobSuggests('const two = 3;');
  bobComments('Gone', 30, 46);
  textOf(main).delete(30, 16);
  const page = document.createElement('cw-project');
  Object.assign(page, { app, router: new FakeNavigation(), theme, user: ana, project: 'project1', file: main });
  await mount(page, place);
  await until(() => hasTestId('suggestion-inline', page));
  await showPanel(page);
  await until(() => page.querySelectorAll('cw-thread').length === 3);
  byTestId('thread-reply', page).click();
  await until(() => page.querySelector('cw-compose'));
  await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null)));
  const { violations } = await axe.run(page, { resultTypes: ['violations'] });
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id: rule, nodes }) =>
      nodes.map((node) => `${rule}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
    );
  theme.choose('system');
  stop();
  expect(serious).toEqual([]);
  expect(id).not.toBe('');
});
