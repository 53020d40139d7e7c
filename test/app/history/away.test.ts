import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { EditorContext } from '../../../src/app/editor/editor-context.ts';
import { monaco, prepareMonaco } from '../../../src/app/editor/monaco.ts';
import type { CommentBeginning } from '../../../src/app/comments/events.ts';
import { AnsweredHunks, keysOf } from '../../../src/app/history/answered-hunks.ts';
import { AwayReview } from '../../../src/app/history/away-view.ts';
import type { Application, HistoryView } from '../../../src/app/history/events.ts';
import { operationsOfPlan } from '../../../src/core/history/plan.ts';
import { resolveAnchors } from '../../../src/core/review/anchors.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { byTestId, hasTestId, mount, press, record, unmountAll, until } from '../ui/support.ts';

const MINUTE = 60_000;
const NOW = Date.now();
const SINCE = NOW - 50 * MINUTE;
const LONG = 60_000;

let project: FakeProject;
let node: string;
const cleanups: (() => void)[] = [];

beforeEach(() => {
  project = new FakeProject();
  node = project.createFile('main.ts', null);
  project.people.set(
    new Map([
      ['ana', { name: 'Ana Silva', color: '#c2410c' }],
      ['bob', { name: 'Bob', color: '#0f766e' }],
    ]),
  );
  const base = 'const one = 1;\n// remark\nconst two = 2;\n';
  project.history.write(node, 'ana', NOW - 60 * MINUTE, (doc) => doc.getText('text').insert(0, base));
  change('bob', 40, '// remark\n', '');
  change('bob', 39, 'two = 2', 'limit = 2');
});

afterEach(() => {
  unmountAll();
  for (const cleanup of cleanups.splice(0)) cleanup();
  project.history.close();
  localStorage.clear();
});

/** Replaces a piece of the text; an empty one stands for the end. */
function change(author: string, minutesAgo: number, piece: string, by: string): void {
  project.history.write(node, author, NOW - minutesAgo * MINUTE, (doc) => {
    const text = doc.getText('text');
    const at = piece === '' ? text.length : text.toJSON().indexOf(piece);
    doc.transact(() => {
      // Only what differs, as an editor does it.
      let same = 0;
      while (same < by.length && piece.at(-1 - same) === by.at(-1 - same)) same++;
      text.delete(at, piece.length - same);
      text.insert(at, by.slice(0, by.length - same));
    });
  });
}

/** The editor below the review. */
function openEditor(): EditorContext {
  prepareMonaco();
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(project.history.textOf(node)), 'remote');
  const place = document.createElement('div');
  document.body.append(place);
  const text = doc.getText('text');
  const model = monaco.editor.createModel(text.toJSON(), 'plaintext');
  const editor = monaco.editor.create(place, { model });
  cleanups.push(() => {
    editor.dispose();
    model.dispose();
    place.remove();
  });
  const { ready, status, loaded } = project.openFile(node);
  return {
    file: { id: node, doc, text, ready, status, loaded, close: () => undefined },
    editor,
    model,
    monaco,
  };
}

async function show(role = 'editor', editor: EditorContext | null = null): Promise<AwayReview> {
  const place = document.createElement('div');
  place.style.cssText = 'width: 1200px; height: 600px';
  document.body.append(place);
  cleanups.push(() => place.remove());
  const review = new AwayReview();
  const view: HistoryView = { kind: 'absence', node, since: SINCE };
  Object.assign(review, { session: project, role, view, editor, theme: 'light' });
  await mount(review, place);
  await until(() => hunks().length > 0 || hasTestId('away-open'), 15_000);
  return review;
}

const hunks = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-testid="hunk"]')];
const bodyOf = (index: number): HTMLElement =>
  hunks()[index]?.querySelector<HTMLElement>('.hunk-body') ?? document.body;
const problemCount = (): string | undefined =>
  document.querySelector<HTMLElement>('[data-testid="merge-problems"]')?.dataset['count'];
const textsOf = (id: string): string[] =>
  [...document.querySelectorAll(`[data-testid="${id}"]`)].map((element) =>
    element.textContent.trim().replace(/\s+/g, ' '),
  );

describe('the review of what others did', () => {
  it('says who did what and where, from the first to the last line', async () => {
    await show();
    expect(hunks().map((hunk) => hunk.textContent.replace(/\s+/g, ' '))).toEqual([
      expect.stringMatching(/Bob .*Line 2 − \/\/ remark/),
      expect.stringMatching(/Bob .*Line 2 − two \+ limit/),
    ]);
  });

  it('keeps what was accepted on this device, and is over with the last answer', async () => {
    const review = await show();
    const done = record(review, 'away-done');
    const shown = record(review, 'history-show');
    document.querySelector<HTMLElement>('[data-testid="hunk-accept"]')?.click();
    await until(() => hunks().length === 1);
    press('Escape', byTestId('moment'));
    expect([done.length, shown.length]).toEqual([0, 1]);
    unmountAll();

    const again = await show();
    expect(hunks().length).toBe(1);
    byTestId('away-answered').click();
    await until(() => hunks()[0]?.textContent.includes('Accepted'));
    byTestId('away-open').click();
    await until(() => hunks()[0]?.textContent.includes('limit'));
    const over = record(again, 'away-done');
    byTestId('hunk-accept').click();
    expect(over.length).toBe(1);
    unmountAll();
    // What is over is forgotten: the next review begins anew.
    await show();
    expect(hunks().length).toBe(2);
  });

  it('takes a change back as an edit, shows the text without it, and offers it again where that was not possible', async () => {
    const review = await show();
    const asked = record<Application>(review, 'history-apply');
    bodyOf(0).focus();
    press('u');
    await until(() => hunks().length === 1);
    expect([...(asked[0]?.chosen ?? [])]).toEqual([0]);
    const code = (): string => byTestId('moment-code').textContent.replaceAll('\u00a0', ' ');
    await until(() => code().split('// remark').length === 3, 15_000);
    // The other change is one line further down now.
    await until(() => hunks()[0]?.textContent.includes('Line 3'));
    asked[0]?.settled?.(false);
    await until(() => hunks().length === 2);
    expect(hunks()[1]?.textContent).toContain('Line 2');
  });

  it('what was taken back is not offered again after a reload', async () => {
    const review = await show();
    const asked = record<Application>(review, 'history-apply');
    bodyOf(1).focus();
    press('u');
    await until(() => hunks().length === 1);
    const [taken] = asked;
    if (taken === undefined) throw new Error('nothing was asked for');
    project.history.write(node, 'ana', NOW - MINUTE, (doc) => {
      const text = doc.getText('text');
      doc.transact(() => {
        for (const { index, remove, insert } of operationsOfPlan(taken.plan, taken.chosen)) {
          text.delete(index, remove);
          text.insert(index, insert);
        }
      });
    });
    expect(project.history.textOf(node).getText('text').toJSON()).toBe('const one = 1;\nconst two = 2;\n');
    unmountAll();
    await show();
    expect(hunks().map((hunk) => hunk.textContent.replace(/\s+/g, ' '))).toEqual([
      expect.stringMatching(/Bob .*Line 2 − \/\/ remark/),
    ]);
  });

  it('can be worked through by keys, and the focus stays in the list', async () => {
    await show();
    await until(() => document.activeElement === bodyOf(0));
    press('ArrowDown');
    expect(document.activeElement).toBe(bodyOf(1));
    press('ArrowUp');
    expect(document.activeElement).toBe(bodyOf(0));
    press('a');
    await until(() => hunks().length === 1);
    await until(() => document.activeElement === bodyOf(0));
    expect(bodyOf(0).textContent).toContain('limit');
  });

  it('asks the author about what he wrote, and about what he deleted', async () => {
    const context = openEditor();
    const review = await show('reviewer', context);
    expect(hasTestId('hunk-undo')).toBe(false);
    expect(textsOf('hunk-ask')).toEqual(['Ask Bob', 'Ask Bob']);
    const begun = record<CommentBeginning>(review, 'comment-begin');
    // What was typed meanwhile moves the places.
    context.file.text.insert(0, '// above\n');
    bodyOf(1).focus();
    press('k');
    await until(() => begun.length === 1);
    expect(begun[0]).toMatchObject({ text: '@Bob ', mentions: ['bob'], anchor: { quote: 'limit' } });
    bodyOf(0).focus();
    press('k');
    await until(() => begun.length === 2);
    expect(begun[1]?.text).toBe('> // remark\n\n@Bob ');
    const [place] = begun[1] ? resolveAnchors(context.file.text, [begun[1].anchor]) : [];
    expect(place).toMatchObject({ kind: 'exact' });
    expect(begun[1]?.anchor.quote).toBe('const limit = 2;');
    begun[1]?.back();
    await until(() => document.activeElement === bodyOf(0));
  });

  it('a viewer reads it, and can neither take back nor ask', async () => {
    await show('viewer', openEditor());
    expect(hasTestId('hunk-accept')).toBe(true);
    expect(hasTestId('hunk-undo')).toBe(false);
    expect(hasTestId('hunk-ask')).toBe(false);
  });

  it(
    'has nothing that keeps anybody out',
    async () => {
      change('ana', 20, 'const limit', 'let limit');
      change('ana', 19, '', 'const one = 3;\n');
      await show('editor', openEditor());
      await until(() => hasTestId('merge-problems'), LONG);
      const { violations } = await axe.run({
        include: [byTestId('moment')],
        // Monaco's own business.
        exclude: [['.monaco-editor'], ['.monaco-diff-editor']],
      });
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    },
    LONG,
  );
});

describe('what came together while somebody was away', () => {
  it('lines that several people changed have their names and a list of their own', async () => {
    change('ana', 20, 'const limit', 'let limit');
    await show();
    expect(textsOf('shared-lines')).toEqual(['Line 2 Ana Silva (you) and Bob']);
    byTestId('away-shared').click();
    await until(() => hunks().length === 1);
    expect(textsOf('hunk-shared')).toEqual(['Same lines: Ana Silva (you) and Bob']);
    await until(() => document.querySelector('.moment-line-same'));
  });

  it(
    'problems that exist only since then are told with their lines, by the change they are in, and go with it',
    async () => {
      change('ana', 20, '', 'export const limit = 5;\n');
      await show();
      await until(() => problemCount() === '2', LONG);
      const message = "Cannot redeclare block-scoped variable 'limit'.";
      expect(textsOf('merge-problem')).toEqual([`Line 2 ${message}`, `Line 3 ${message}`]);
      expect(textsOf('hunk-problem')).toEqual([`Line 2 ${message}`]);
      await until(() => document.querySelector('.moment-text-problem'));
      byTestId('away-problems').click();
      await until(() => hunks().length === 1);
      byTestId('hunk-undo').click();
      await until(() => problemCount() === '0', LONG);
    },
    LONG,
  );

  it('nothing is said about problems where one person wrote all', async () => {
    await show();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(hasTestId('merge-problems')).toBe(false);
    expect(document.querySelector('.away-note')).toBeNull();
  });
});

describe('answers', () => {
  it('belong to one review, and survive what cannot be read', () => {
    const answered = new AnsweredHunks('ana', 'p', 'n', 1);
    answered.write(new Map([['a', 'accepted']]));
    expect([...answered.read()]).toEqual([['a', 'accepted']]);
    expect([...new AnsweredHunks('ana', 'p', 'n', 2).read()]).toEqual([]);
    expect([...new AnsweredHunks('bob', 'p', 'n', 1).read()]).toEqual([]);
    for (const damaged of ['{', '1', '{"since":1,"answers":{"a":"?"}}']) {
      localStorage.setItem('cowrite:answered:ana:p:n', damaged);
      expect([...answered.read()]).toEqual([]);
    }
    answered.write(new Map());
    expect(localStorage.length).toBe(0);
  });

  it('tell changes apart that look alike', () => {
    const credit = { author: 'bob', first: 1, last: 1, start: 5, end: 6 };
    const hunk = (text: string, index: number, end = 6) => ({
      before: index,
      after: index,
      removed: '',
      inserted: text,
      pieces: [{ kind: 'inserted' as const, index, text, by: { ...credit, end }, written: credit }],
    });
    const [one, ...others] = keysOf([hunk('x', 1), hunk('x', 9), hunk('y', 1), hunk('x', 1, 7)]);
    expect(new Set([one, ...others]).size).toBe(4);
    // Where it stands does not count: others write before it.
    expect(keysOf([hunk('x', 5)])).toEqual([one]);
  });
});
