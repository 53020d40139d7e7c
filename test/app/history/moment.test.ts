import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { EditorContext } from '../../../src/app/editor/editor-context.ts';
import { monaco, prepareMonaco } from '../../../src/app/editor/monaco.ts';
import { MonacoBinding } from '../../../src/app/editor/binding/index.ts';
import { ABSENCE_MS, AbsenceWatch, type News } from '../../../src/app/history/absence-watch.ts';
import { applyPlan } from '../../../src/app/history/apply.ts';
import { BlameGutter } from '../../../src/app/history/blame.ts';
import type { Application, HistoryView } from '../../../src/app/history/events.ts';
import { LastSeen } from '../../../src/app/history/last-seen.ts';
import { ProjectAbsence, type ProjectNews } from '../../../src/app/history/project-absence.ts';
import { MomentView } from '../../../src/app/history/moment-view.ts';
import { showSelectionAuthors } from '../../../src/app/history/selection-authors.ts';
import { ready } from '../../../src/app/history/ready.ts';
import { recordAcceptance, suggest } from '../../../src/core/review/actions.ts';
import { createAnchor, spanOf } from '../../../src/core/review/anchors.ts';
import { FakeProject } from '../ui/fake-app.ts';
import { byTestId, hasTestId, mount, record, unmountAll, until } from '../ui/support.ts';

const MINUTE = 60_000;
const NOW = Date.now();

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
  project.history.write(node, 'ana', NOW - 60 * MINUTE, (doc) => doc.getText('text').insert(0, 'one\ntwo\nthree\n'));
  project.history.write(node, 'bob', NOW - 30 * MINUTE, (doc) => doc.getText('text').insert(4, 'bob\n'));
  project.history.write(node, 'bob', NOW - 29 * MINUTE, (doc) => {
    const text = doc.getText('text');
    text.delete(text.toJSON().indexOf('three'), 6);
  });
});

afterEach(() => {
  unmountAll();
  for (const cleanup of cleanups.splice(0)) cleanup();
  project.history.close();
  localStorage.clear();
});

async function showMoment(view: HistoryView): Promise<MomentView> {
  const place = document.createElement('div');
  place.style.height = '500px';
  document.body.append(place);
  cleanups.push(() => place.remove());
  const moment = new MomentView();
  Object.assign(moment, { session: project, role: 'editor', view, theme: 'light' });
  return mount(moment, place);
}

/** An editor on the saved text, as the app has it. */
function openEditor(): EditorContext & { readonly binding: MonacoBinding } {
  prepareMonaco();
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(project.history.textOf(node)), 'remote');
  const place = document.createElement('div');
  place.style.cssText = 'width: 800px; height: 300px';
  document.body.append(place);
  const model = monaco.editor.createModel('', 'plaintext');
  const editor = monaco.editor.create(place, { model });
  const text = doc.getText('text');
  const binding = new MonacoBinding({ text, model, monaco, editors: [editor] });
  cleanups.push(() => {
    binding.dispose();
    editor.dispose();
    model.dispose();
    place.remove();
  });
  const { ready: isReady, status, loaded } = project.openFile(node);
  const file = { id: node, doc, text, ready: isReady, status, loaded, close: () => undefined };
  return { file, editor, model, monaco, binding };
}

async function planOf(application: Omit<Application, 'plan' | 'node' | 'done'>, bob = true): Promise<Application> {
  const history = project.history.file(node);
  await ready(history.state);
  const choice = { author: bob ? 'bob' : 'ana', start: 0, end: NOW };
  const { plan } = await history.ask('rollback', choice);
  history.close();
  return { node, plan, done: '', ...application };
}

const hunks = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-testid="hunk"]')];
const shownText = (): string => byTestId('moment-code').textContent.replaceAll('\u00a0', ' ');

describe('a moment over the editor', () => {
  it('compares with what was before, and says who wrote and who deleted', async () => {
    await showMoment({ kind: 'moment', node, position: 3, base: 1 });
    await until(() => hunks().length === 2, 15_000);
    expect(hunks()[0]?.textContent).toMatch(/Bob[^]*\+ bob/);
    expect(hunks()[1]?.textContent).toMatch(/Bob[^]*− three/);
    expect(document.querySelectorAll('[class*="hist-style-"]').length).toBeGreaterThan(0);
  });

  it('[SNAP-3] says that the moment was removed when an owner purges it meanwhile, and goes on with another one', async () => {
    const moment = await showMoment({ kind: 'moment', node, position: 3, base: 1 });
    await until(() => hunks().length === 2 && hasTestId('scrub-range'), 15_000);
    const reader = project.history.file(node);
    cleanups.push(() => reader.close());
    const rows = project.history.rows.splice(0);
    reader.retry();
    await until(() => byTestId('moment').textContent.includes('no longer in the history'));
    expect(byTestId('moment').textContent).not.toContain('There is no update');
    expect(hasTestId('scrub-range')).toBe(false);
    project.history.rows.push(...rows);
    reader.retry();
    await until(() => reader.state.value.kind === 'ready' && reader.state.value.overview.length === 3);
    moment.view = { kind: 'moment', node, position: 2, base: 1 };
    await until(() => hunks().length === 1, 15_000);
  });

  it('steps with the arrow keys, and closes with Escape', async () => {
    const moment = await showMoment({ kind: 'moment', node, position: 3, base: 'now' });
    await until(() => hasTestId('scrub-range'), 15_000);
    byTestId('layout-text').click();
    await until(() => !shownText().includes('three'));
    const key = (name: string, init: KeyboardEventInit = {}): void => {
      byTestId('moment').dispatchEvent(
        new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...init }),
      );
    };
    key('ArrowLeft');
    await until(() => shownText().includes('three') && shownText().includes('bob'));
    key('ArrowLeft', { shiftKey: true });
    await until(() => !shownText().includes('bob'));
    expect(byTestId('scrub-said').textContent).toContain('Ana Silva');
    const shown = record<HistoryView | null>(moment, 'history-show');
    key('Escape');
    expect(shown).toEqual([null]);
  });

  it('plays to the end', async () => {
    await showMoment({ kind: 'moment', node, position: 0, base: 'now' });
    await until(() => hasTestId('play'), 15_000);
    const speed = byTestId('scrub-speed') as HTMLSelectElement;
    speed.value = '60';
    speed.dispatchEvent(new Event('change', { bubbles: true }));
    byTestId('play').click();
    await until(() => (byTestId('scrub-range') as HTMLInputElement).value === '3', 10_000);
    await until(() => byTestId('play').ariaLabel === 'Play');
    expect(byTestId('scrub-said').textContent).toContain('Bob');
  });

  it('previews what taking somebody back would do, hunk by hunk, and says where others built on it', async () => {
    project.history.write(node, 'ana', NOW - 10 * MINUTE, (doc) => doc.getText('text').insert(6, '!'));
    const choice = { author: 'bob', start: 0, end: NOW };
    const moment = await showMoment({ kind: 'rollback', node, choice, title: 'Without Bob' });
    await until(() => hunks().length > 1, 15_000);
    expect(byTestId('moment-notes').textContent).toMatch(/Ana Silva wrote within it in line 2/);
    const count = hunks().length;
    document.querySelector<HTMLElement>('[data-testid="hunk-choose"]')?.click();
    const apply = await until(() => {
      const button = byTestId('apply');
      return button.textContent.includes(`${count - 1} of ${count}`) && button;
    });
    const asked = record<Application>(moment, 'history-apply');
    apply.click();
    expect(asked[0]?.chosen.size).toBe(count - 1);
  });
});

describe('after a comparison was closed', () => {
  it('the command palette of the editor works on', async () => {
    const context = openEditor();
    await showMoment({ kind: 'moment', node, position: 3, base: 1 });
    byTestId('layout-split').click();
    await until(() => hunks().length === 2, 15_000);
    unmountAll();
    context.editor.focus();
    context.editor.trigger('test', 'editor.action.quickCommand', null);
    await until(() => document.querySelector('.quick-input-list .monaco-list-row'));
    expect(document.querySelectorAll('.quick-input-list .monaco-list-row').length).toBeGreaterThan(1);
    const widget = document.querySelector<HTMLElement>('.quick-input-widget');
    widget?.querySelector('input')?.blur();
    await until(() => widget?.style.display === 'none');
  });
});

describe('carrying out a plan', () => {
  it('[P42] [EDIT-2] is one edit that Ctrl+Z takes back; places in the text stay', async () => {
    const context = openEditor();
    const before = context.model.getValue();
    const anchor = Y.createRelativePositionFromTypeIndex(context.file.text, before.indexOf('two'));
    expect(await applyPlan(context, project, await planOf({ chosen: new Set([0, 1]) }))).toBe(true);
    expect(context.file.text.toJSON()).toBe('one\ntwo\nthree\n');
    const place = Y.createAbsolutePositionFromRelativePosition(anchor, context.file.doc);
    expect(place?.index).toBe('one\n'.length);
    context.editor.trigger('test', 'undo', null);
    expect(context.model.getValue()).toBe(before);
    expect(context.file.text.toJSON()).toBe(before);
  });

  it('does only the chosen hunks, and keeps what is typed and not saved', async () => {
    const context = openEditor();
    context.editor.executeEdits('test', [{ range: new monaco.Range(1, 1, 1, 1), text: 'unsaved ' }]);
    const application = await planOf({ chosen: new Set([0]) });
    await applyPlan(context, project, application);
    expect(context.model.getValue()).toBe('unsaved one\ntwo\n');
    expect(await applyPlan(context, project, application)).toBe(false);
  });

  it('says so where the file cannot be changed', async () => {
    const context = openEditor();
    context.editor.updateOptions({ readOnly: true });
    await expect(applyPlan(context, project, await planOf({ chosen: new Set([0]) }))).rejects.toThrow(
      'cannot be changed',
    );
  });
});

describe('who wrote each line', () => {
  it('stands beside the lines, follows what is saved, and is taken back without a trace', async () => {
    const context = openEditor();
    const gutter = new BlameGutter(context, project);
    const marks = (): NodeListOf<Element> => context.editor.getContainerDomNode().querySelectorAll('.cw-blame');
    await until(() => marks().length === 3, 15_000);
    const labels = [...marks()].map((mark) => getComputedStyle(mark, '::after').content);
    expect(labels[0]).toContain('Ana Silva');
    expect(labels[1]).toContain('Bob');
    context.editor.executeEdits('test', [{ range: new monaco.Range(1, 1, 1, 1), text: 'x' }]);
    await until(() => [...marks()].some((mark) => getComputedStyle(mark, '::after').content.includes('not saved')));
    gutter.close();
    gutter.close();
    await until(() => marks().length === 0);
    expect(context.editor.getContainerDomNode().classList).not.toContain('has-blame');
  });
});

/** Rita proposed what Bob wrote half an hour ago, and Bob accepted it; or somebody claims that Rita did. */
function acceptByBob(proof: 'stamped' | 'forged'): void {
  const text = project.history.textOf(node).getText('text');
  const review = project.openReview(node);
  const update = (run: () => void, author: string): void => {
    const before = Y.encodeStateVector(review.doc);
    run();
    const stamp = { project: project.id, role: 'editor', author } as const;
    review.stamps.learn(Y.encodeStateAsUpdate(review.doc, before), stamp);
  };
  const anchor = createAnchor(text, 0, 3);
  const draft = { text: '', people: [] };
  const edit = { replaced: 'one', insert: 'one\nbob\n' };
  update(
    () => suggest(review.doc, { id: 'suggestion', by: 'rita', at: NOW }, anchor, edit, draft),
    proof === 'forged' ? 'mallory' : 'rita',
  );
  const span = spanOf(text, 4, 8);
  update(() => recordAcceptance(review.doc, { id: 'acceptance', by: 'bob', at: NOW }, 'suggestion', span), 'bob');
  review.close();
  project.people.set(new Map([...project.people.value, ['rita', { name: 'Rita', color: '#7c3aed' }]]));
}

describe('who suggested what somebody accepted', () => {
  const labels = (context: EditorContext): string[] =>
    [...context.editor.getContainerDomNode().querySelectorAll('.cw-blame')].map(
      (mark) => getComputedStyle(mark, '::after').content,
    );

  it('[STAMP-3] stands beside the line, in its hover and below a selection', async () => {
    acceptByBob('stamped');
    const context = openEditor();
    const gutter = new BlameGutter(context, project);
    await until(() => labels(context)[1]?.includes('Bob, Rita'), 15_000);
    expect(labels(context)[0]).not.toContain('Rita');
    context.editor.setPosition({ lineNumber: 2, column: 2 });
    context.editor.focus();
    context.editor.trigger('test', 'editor.action.showHover', {});
    await until(() => document.body.textContent.includes('Bob accepted, suggested by Rita'));
    gutter.close();
    expect(project.openReviews).toBe(0);
    context.editor.setSelection(new monaco.Range(1, 1, 3, 1));
    await showSelectionAuthors(context, project);
    const shown = await until(() => document.querySelector<HTMLElement>('[data-testid="selection-authors"]'));
    expect(shown.textContent).toContain('4 of them suggested by Rita');
    expect(project.openReviews).toBe(0);
  });

  it('[STAMP-3] [P44] is not said where somebody only claims it', async () => {
    acceptByBob('forged');
    const context = openEditor();
    const gutter = new BlameGutter(context, project);
    await until(() => labels(context)[1]?.includes('Bob'), 15_000);
    await showSelectionAuthors(context, project);
    const shown = await until(() => document.querySelector<HTMLElement>('[data-testid="selection-authors"]'));
    expect(shown.textContent).not.toContain('suggested');
    expect(labels(context)[1]).not.toContain('Rita');
    gutter.close();
  });
});

describe('who wrote a selection', () => {
  it('is said below it, and goes with the next key', async () => {
    const context = openEditor();
    context.editor.setSelection(new monaco.Range(1, 1, 3, 1));
    context.editor.focus();
    await showSelectionAuthors(context, project);
    const shown = await until(() => document.querySelector<HTMLElement>('[data-testid="selection-authors"]'));
    const lines = [...shown.querySelectorAll('li')].map((item) => item.textContent);
    expect(lines).toEqual([
      expect.stringMatching(/^Ana Silva \(you\): 4 characters, /),
      expect.stringMatching(/^Bob: 4 characters, /),
    ]);
    await until(() => shown.getBoundingClientRect().height > 0);
    context.editor.trigger('keyboard', 'type', { text: 'x' });
    await until(() => !hasTestId('selection-authors'));
  });
});

describe('while you were away', () => {
  const seen = (): LastSeen => new LastSeen('ana', project.id);

  function watch(): { readonly told: (News | null)[]; readonly watch: AbsenceWatch } {
    const told: (News | null)[] = [];
    const started = new AbsenceWatch(
      project,
      seen(),
      (news) => told.push(news),
      (error) => told.push(error as never),
    );
    cleanups.push(() => started.close());
    return { told, watch: started };
  }

  it('tells what others did since the file was on the screen, once', async () => {
    seen().write(node, NOW - 60 * MINUTE, NOW - ABSENCE_MS - MINUTE);
    const { told, watch: first } = watch();
    first.show(node);
    const [news] = await until(() => (told.length > 0 ? told : null));
    expect(news).toMatchObject({ node, authors: ['bob'], lines: 2, since: NOW - 60 * MINUTE });
    first.dismiss();
    expect(told.at(-1)).toBeNull();
    first.close();
    seen().write(node, 0, NOW - ABSENCE_MS - MINUTE);
    const { told: again, watch: second } = watch();
    second.show(node);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(again).toEqual([]);
  });

  it('tells of the whole project what others changed in it, once, and nothing of what was seen', async () => {
    const other = project.createFile('other.md', null, '');
    const told: ProjectNews[] = [];
    const start = (): ProjectAbsence => {
      const started = new ProjectAbsence(
        project,
        seen(),
        (news) => told.push(news),
        (error) => told.push(error as never),
      );
      cleanups.push(() => started.close());
      return started;
    };
    seen().write('*', NOW - 60 * MINUTE, NOW - ABSENCE_MS - MINUTE);
    project.history.write(other, 'bob', NOW - MINUTE, (doc) => doc.getText('text').insert(0, 'by Bob\n'));
    const first = start();
    await until(() => told.length > 0);
    expect(told[0]).toMatchObject({ others: ['bob'], since: NOW - 60 * MINUTE, newest: NOW - MINUTE });
    expect(told[0]?.files).toContain(other);
    // What comes before the eyes of the user is seen.
    project.history.write(other, 'bob', NOW, (doc) => doc.getText('text').insert(0, 'more\n'));
    await until(() => seen().read('*')?.time === NOW);
    first.close();
    seen().write('*', 0, NOW - ABSENCE_MS - MINUTE);
    start();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(told).toHaveLength(1);
  });

  it('goes on telling until the user has looked, whatever comes before the eyes meanwhile', async () => {
    seen().write(node, NOW - 60 * MINUTE, NOW - ABSENCE_MS - MINUTE);
    const { told, watch: first } = watch();
    first.show(node);
    await until(() => told.length > 0);
    project.history.write(node, 'bob', NOW, (doc) => doc.getText('text').insert(0, 'more\n'));
    await until(() => project.history.rows.length === 4);
    first.close();
    expect(seen().read(node)?.time).toBe(NOW - 60 * MINUTE);
    const { told: again, watch: second } = watch();
    second.show(node);
    await until(() => again.length > 0);
    expect(again[0]).toMatchObject({ since: NOW - 60 * MINUTE, until: NOW });
    project.history.write(node, 'bob', NOW + 1, (doc) => doc.getText('text').insert(0, 'most\n'));
    second.dismiss();
    expect(seen().read(node)?.time).toBe(NOW + 1);
  });

  it('tells nothing of what the user wrote, on the first visit, or after a moment', async () => {
    const { told, watch: first } = watch();
    first.show(node);
    await until(() => seen().read(node)?.time === NOW - 29 * MINUTE);
    project.history.write(node, 'bob', NOW, (doc) => doc.getText('text').insert(0, 'while looking\n'));
    await until(() => seen().read(node)?.time === NOW);
    first.show(null);
    project.history.write(node, 'bob', NOW + 1, (doc) => doc.getText('text').insert(0, 'for a moment\n'));
    first.show(node);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(told).toEqual([]);
  });
});
